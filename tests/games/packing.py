r"""PacGAN: the discriminator judges m samples at once.

A generator that has collapsed makes samples that are each perfect; only side by side can one see
that they are all the same. So the discriminator gets m samples of one kind, joined, and gives one
verdict on all of them:

.. math::
    \min_G \max_D \; E_{x_1 \dots x_m}[\log D(x_1, \dots, x_m)]
    + E_{z_1 \dots z_m}[\log(1 - D(G(z_1), \dots, G(z_m)))]

Only the first layer's width and the shape of the outputs, (B / m, 1), differ from the usual game.

Source: Lin et al. 2018, section 2, https://arxiv.org/abs/1712.04086
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

import ganzoo
from games.networks import perceptron, to_shape


@dataclass(frozen=True)
class Packing:
    """Two perceptrons."""

    pack: int = 2
    """Samples that the discriminator sees at once (m)."""
    latent: int = 2
    """Size of the noise z, drawn from N(0, I)."""
    width: int = 32
    """Units in the hidden layers."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        generator = to_shape(self.latent, self.width, shape)
        discriminator = perceptron(self.pack * math.prod(shape), self.width, 1)
        return PackedGame(generator, discriminator, loss, self.latent, self.pack)


class PackedGame(ganzoo.TwoPlayer):
    """Samples meet in the discriminator, so real and fake go through it one after the other."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        latent: int,
        pack: int,
    ) -> None:
        super().__init__(generator, discriminator, loss, latent)
        self.pack = pack

    def shown(self, samples: Tensor, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor:
        """(B, \\*shape) -> (B / m, m * size)."""
        if len(samples) % self.pack:
            raise ganzoo.UsageError(
                f"model.pack is {self.pack}, which does not divide a batch of {len(samples)}"
            )
        return samples.reshape(len(samples) // self.pack, -1)
