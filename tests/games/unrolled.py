r"""Unrolled GAN: the generator sees how the discriminator would answer.

With :math:`f` the value that the discriminator :math:`\theta_D` maximises and the generator
:math:`\theta_G` minimises, K steps of gradient ascent are taken on a copy of the discriminator,

.. math::
    \theta_D^0 = \theta_D, \qquad
    \theta_D^{k+1} = \theta_D^k + \eta \frac{d f(\theta_G, \theta_D^k)}{d \theta_D^k},

and the generator minimises :math:`f(\theta_G, \theta_D^K(\theta_G, \theta_D))`: its gradient also
goes through the K steps, that is, through what the discriminator would become because of it. With
K = 0 this is the usual game. The discriminator itself moves as ever, by one step.

:math:`f` is minus the loss's ``discriminator``, the whole of it: the real samples' part depends on
:math:`\theta_G`, too, by way of :math:`\theta_D^K`. So the loss's ``generator`` is not used.

Source: Metz et al. 2016, section 2.2, https://arxiv.org/abs/1611.02163
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

import ganzoo
from games.networks import from_shape, to_shape


@dataclass(frozen=True)
class Unrolled:
    """Two perceptrons."""

    unroll: int = 5
    """How many of the discriminator's steps the generator looks ahead (K)."""
    rate: float = 0.1
    """Size of these steps (eta)."""
    latent: int = 2
    """Size of the noise z, drawn from N(0, I)."""
    width: int = 32
    """Units in the hidden layers."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        generator = to_shape(self.latent, self.width, shape)
        discriminator = from_shape(shape, self.width, 1)
        return UnrolledGame(generator, discriminator, loss, self)


class UnrolledGame(ganzoo.TwoPlayer):
    """The two-player game with another objective for the generator."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        config: Unrolled,
    ) -> None:
        super().__init__(generator, discriminator, loss, config.latent)
        self.unroll = config.unroll
        self.rate = config.rate

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        real = ganzoo.first(batch)
        fake = self.generator(self.latents(len(real), draw))

        def value(weights: Mapping[str, Tensor]) -> Tensor:
            """f, for a discriminator with these weights."""
            on_real = functional_call(self.discriminator, weights, (real,))
            on_fake = functional_call(self.discriminator, weights, (fake,))
            return -self.loss.discriminator(on_real, on_fake)

        weights = dict(self.discriminator.named_parameters())
        for _ in range(self.unroll):
            slopes = torch.autograd.grad(value(weights), weights.values(), create_graph=True)
            weights = {
                name: weight + self.rate * slope
                for (name, weight), slope in zip(weights.items(), slopes, strict=True)
            }
        return value(weights), {}
