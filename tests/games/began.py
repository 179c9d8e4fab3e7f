r"""BEGAN: the discriminator is an autoencoder, and a balance keeps the two players level.

The discriminator reconstructs, and its verdict is the error :math:`L(v) = |v - D(v)|`: small for
what it takes for real. The balance :math:`k` says how much it cares for the fakes; it follows from
what the fakes' error is, beside the share :math:`\gamma` of the real ones' that it should be:

.. math::
    L_D = L(x) - k_t L(G(z_D)), \qquad L_G = L(G(z_G))

    k_{t+1} = k_t + \lambda (\gamma L(x) - L(G(z_G))), \quad k \in [0, 1]

How far training has come is :math:`M = L(x) + |\gamma L(x) - L(G(z_G))|`.

:math:`k`, and the :math:`L(x)` that one move leaves for the other, are buffers: a checkpoint has
them without a word from this file.

Source: Berthelot et al. 2017, section 3, https://arxiv.org/abs/1703.10717
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import ganzoo
from games.networks import from_shape, to_shape


@dataclass(frozen=True)
class BEGAN:
    """A generator and an autoencoder of the same build."""

    latent: int = 4
    """Size of the noise z, uniform in [-1, 1]."""
    code: int = 1
    """Size of the autoencoder's code."""
    width: int = 32
    """Units in the hidden layers."""
    gamma: float = 0.5
    """The share of the real samples' error that the fakes' should have (diversity)."""
    rate: float = 0.001
    """How fast the balance moves (lambda)."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: None) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        generator = to_shape(self.latent, self.width, shape)
        autoencoder = nn.Sequential(
            from_shape(shape, self.width, self.code), to_shape(self.code, self.width, shape)
        )
        return BalancedGame(generator, autoencoder, self.latent, self.gamma, self.rate)


class BalancedGame(ganzoo.Game):
    """See the module's text."""

    balance: Tensor
    real_error: Tensor

    def __init__(
        self, generator: nn.Module, autoencoder: nn.Module, latent: int, gamma: float, rate: float
    ) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = autoencoder
        self.latent, self.gamma, self.rate = latent, gamma, rate
        self.register_buffer("balance", torch.zeros(()))
        self.register_buffer("real_error", torch.zeros(()))

    def moves(self) -> Sequence[ganzoo.Move]:
        return (
            ganzoo.Move(
                "discriminator", ("discriminator",), self.discriminator_loss, after=self.remember
            ),
            ganzoo.Move("generator", ("generator",), self.generator_loss, after=self.rebalance),
        )

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return 2 * draw.uniform(n, self.latent) - 1

    def error(self, samples: Tensor) -> Tensor:
        """L(v), averaged over the samples."""
        return (samples - self.discriminator(samples)).abs().mean()

    def discriminator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        real = ganzoo.first(batch)
        with torch.no_grad():
            fake = self.generator(self.latents(len(real), draw))
        on_real, on_fake = self.error(real), self.error(fake)
        return on_real - self.balance * on_fake, {"L(x)": on_real, "k": self.balance}

    def remember(self, logs: ganzoo.Scalars) -> None:
        self.real_error.copy_(logs["L(x)"])

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        n = len(ganzoo.first(batch))
        loss = self.error(self.generator(self.latents(n, draw)))
        return loss, {"M": self.real_error + (self.gamma * self.real_error - loss).abs()}

    def rebalance(self, logs: ganzoo.Scalars) -> None:
        surplus = self.gamma * self.real_error - logs["generator_loss"]
        self.balance.add_(self.rate * surplus).clamp_(0, 1)

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        samples: Tensor = self.generator(self.latents(n, draw))
        return samples
