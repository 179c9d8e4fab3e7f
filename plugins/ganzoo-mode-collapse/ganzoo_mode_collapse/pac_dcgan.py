r"""PacDCGAN: packing for pictures.

The game is that of `pacgan`, with the networks of a DCGAN. The discriminator gets m pictures of C
channels as one picture of m C channels, so its first convolution sees the same place in all of
them. On `stacked-mnist` a DCGAN misses most of the 1,000 modes. With packs of two pictures the
paper's model finds them all.

.. math::
    \min_G \max_D \; \mathbb{E}_{x_1 \dots x_m}[\log D(x_1, \dots, x_m)]
    + \mathbb{E}_{z_1 \dots z_m}[\log(1 - D(G(z_1), \dots, G(z_m)))]

**The networks** are those of the paper's experiment, except for their width. In the discriminator,
four 5 x 5 convolutions with stride 2 reduce a side of 28 to 14, 7, 4 and 2. In the generator, four
transposed convolutions do the reverse. Channels double when the side halves. As in every DCGAN,
batch norm follows every layer but the generator's last and the discriminator's first and last. The
generator uses ReLU and ends in a tanh, and the discriminator uses leaky ReLU with slope 0.2.
Weights are normal with standard deviation 0.02. The discriminator's batch norm mixes samples, so
real and generated packs pass through it separately.

**The protocol** of the paper's first experiment with stacked digits uses 128,000 pictures in
batches of 64 *packs*, which are 128 pictures for m = 2 (``trainer.batch_size`` counts pictures).
Adam trains at 2e-4 with :math:`\beta_1 = 0.5`, latents have 100 numbers, and 50 passes over 128,000
packs are 100,000 rounds. The authors' width is 64: ``--set model.width=64 --steps 100000``, for a
GPU.

**Where it differs from the authors' code.** The networks have a quarter of the width, for CPUs.
Latents are normal, and theirs are uniform from -1 to 1. Pictures are between -1 and 1, as the tanh
makes them, and theirs are between 0 and 1. In both, the generator moves twice in a round, so that
the discriminator does not win. Here each move uses fresh latents. (The paper does not mention the
second move, but a comment in the code does.)

Sources: Lin, Khetan, Fanti and Oh, "PacGAN: The power of two samples in generative adversarial
networks", 2017, section 4.2, https://arxiv.org/abs/1712.04086, and the authors' code,
https://github.com/fjxmlzn/PacGAN. The networks are from Radford, Metz and Chintala, 2015,
https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import nn

import ganzoo
from ganzoo.nn import downsampling, normal_weights, relu, upsampling
from ganzoo_mode_collapse.packing import Packed

SIDES = (28, 14, 7, 4, 2)
"""Sides of the feature maps. Each is half the one before, rounded up."""
KERNEL = 5
STD = 0.02  # of the weights at the start


@dataclass(frozen=True)
class PacDCGAN:
    """Two convolutional networks for pictures of 28 x 28 pixels."""

    pack: Annotated[int, Ge(1)] = 2
    """Pictures that the discriminator sees at once (m). 1 is a plain DCGAN."""
    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, drawn from N(0, I)."""
    generator_moves: Annotated[int, Ge(1)] = 2
    """Number of generator moves in a round."""
    width: Annotated[int, Ge(1)] = 16
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves. The authors' code has 64."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A packed game for the first field of ``data``: (C, 28, 28), from -1 to 1."""
        field = next(iter(data.values()))
        if field.shape[1:] != (28, 28) or field.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "pac-dcgan needs pictures of 28 x 28 pixels between -1 and 1; this data has "
                f"{field.described}, "
                + (f"from {field.range[0]} to {field.range[1]}" if field.range else "not bounded")
            )
        channels = field.shape[0]
        widths = [self.width * 2**i for i in range(len(SIDES) - 1)]
        game = Packed(
            generator(self.latent, widths, channels),
            discriminator(self.pack * channels, widths, loss.outputs),
            loss,
            self.latent,
            self.pack,
            joint=False,  # batch norm would mix real packs with fake ones
            generator_moves=self.generator_moves,
        )
        game.apply(normal_weights(STD))
        return game


def generator(latent: int, widths: list[int], channels: int) -> nn.Sequential:
    """(B, latent) -> (B, channels, 28, 28): ``widths`` from the largest map to the smallest."""
    deepest, smallest = widths[-1], SIDES[-1]
    return nn.Sequential(
        nn.Linear(latent, deepest * smallest**2, bias=False),
        nn.Unflatten(1, (deepest, smallest, smallest)),
        nn.BatchNorm2d(deepest),
        relu(),
        *upsampling(*widths[::-1], channels, side=SIDES[0], kernel=KERNEL),
        nn.Tanh(),
    )


def discriminator(channels: int, widths: list[int], out: int = 1) -> nn.Sequential:
    """(B, channels, 28, 28) -> (B, out): ``widths`` from the largest map to the smallest."""
    return nn.Sequential(
        *downsampling(channels, *widths, kernel=KERNEL),
        nn.Flatten(),
        nn.Linear(widths[-1] * SIDES[-1] ** 2, out),
    )
