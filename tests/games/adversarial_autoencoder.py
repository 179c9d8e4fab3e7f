r"""Adversarial autoencoder: a game on the codes, so that a decoder can make samples from a prior.

Three moves on one batch, with encoder :math:`E`, decoder :math:`F`, and a discriminator :math:`D`
of codes for which the prior's draws are the real ones:

.. math::
    \min_{E, F} \; E_x \|x - F(E(x))\|^2

    \min_E \max_D \; E_{z \sim p}[\log D(z)] + E_x[\log(1 - D(E(x)))]

The first line is the reconstruction phase; the second is the regularisation phase, with the encoder
in the generator's place. It takes any loss and penalty. The encoder is trained by two moves.

Source: Makhzani et al. 2015, section 2 (deterministic encoder), https://arxiv.org/abs/1511.05644
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

import ganzoo
from games.networks import from_shape, to_shape
from ganzoo.nn import perceptron


@dataclass(frozen=True)
class AdversarialAutoencoder:
    """Three perceptrons; codes follow N(0, I)."""

    latent: int = 2
    """Size of a code."""
    width: int = 32
    """Units in the hidden layers."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        return CodeGame(
            encoder=from_shape(shape, self.width, self.latent),
            decoder=to_shape(self.latent, self.width, shape),
            discriminator=perceptron(self.latent, self.width, 1),
            loss=loss,
            latent=self.latent,
        )


class CodeGame(ganzoo.Game):
    """See the module's text."""

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        latent: int,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.discriminator = discriminator
        self.loss = loss
        self.latent = latent

    def moves(self) -> Sequence[ganzoo.Move]:
        return (
            ganzoo.Move("reconstruction", ("encoder", "decoder"), self.reconstruction_loss),
            ganzoo.Move(
                "discriminator",
                ("discriminator",),
                self.discriminator_loss,
                repeats=self.loss.critic_moves,
                after=lambda _: self.loss.constrain(self.discriminator),
            ),
            ganzoo.Move("generator", ("encoder",), self.generator_loss),
        )

    def reconstruction_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        x = ganzoo.first(batch)
        return mse_loss(self.decoder(self.encoder(x)), x), {}

    def discriminator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        with torch.no_grad():
            codes = self.encoder(ganzoo.first(batch))  # (B, latent)
        prior = draw.normal(*codes.shape)
        on_prior, on_codes = self.discriminator(prior), self.discriminator(codes)
        loss = self.loss.discriminator(on_prior, on_codes)
        loss = loss + self.loss.penalty(self.discriminator, prior, codes, draw)
        return loss, self.loss.verdicts(on_prior, on_codes)

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        codes = self.encoder(ganzoo.first(batch))
        with torch.no_grad():
            on_prior = self.discriminator(draw.normal(*codes.shape))
        return self.loss.generator(self.discriminator(codes), on_prior), {}

    def views(self) -> Sequence[ganzoo.View]:
        return (ganzoo.View("samples", self.sample, uses=("decoder",)),)

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        samples: Tensor = self.decoder(draw.normal(n, self.latent))
        return samples
