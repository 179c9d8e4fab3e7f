r"""PacDCGAN: packing for pictures.

The game is that of `pacgan`, with the networks of a DCGAN: m pictures of C channels go into the
discriminator as one picture of m C channels, so that its first convolution sees the same place of
all of them. On `stacked-mnist` a DCGAN forgets most of the 1,000 modes; with two pictures in a pack
the paper's finds them all.

.. math::
    \min_G \max_D \; E_{x_1 \dots x_m}[\log D(x_1, \dots, x_m)]
    + E_{z_1 \dots z_m}[\log(1 - D(G(z_1), \dots, G(z_m)))]

**The networks** are those of the paper's experiment, but for their width: four convolutions of 5 x
5 with a stride of 2 lead from a side of 28 by 14, 7 and 4 to 2 in the discriminator, and four
transposed ones back in the generator, with twice the channels at half the side. As in every DCGAN
there is batch norm in every layer but the generator's last and the discriminator's first and last;
ReLU in the generator with a tanh at its end, leaky ReLU (slope 0.2) in the discriminator; normal
weights with standard deviation 0.02. Samples meet in the discriminator's batch norm, so real and
generated packs go through it apart.

**The protocol** of the paper's first experiment with stacked digits: 128,000 pictures; batches of
64 *packs*, so 128 pictures for m = 2 (``trainer.batch_size`` counts pictures); Adam at 2e-4 with
:math:`\beta_1 = 0.5`; latents of 100 numbers; 50 passes over 128,000 packs, which are 100,000
rounds. The authors' width is 64: ``--set model.width=64 --steps 100000``, for a GPU.

**Where it differs from the authors' code.** A quarter of the width, for CPUs. Normal latents;
theirs are uniform from -1 to 1. Pictures between -1 and 1, as the tanh makes them; theirs are
between 0 and 1. The generator moves twice in a round here as there, lest the discriminator win, but
each time on fresh latents (the paper does not say so: a comment in the code does).

Sources: Lin, Khetan, Fanti and Oh, "PacGAN: The power of two samples in generative adversarial
networks", 2017, section 4.2, https://arxiv.org/abs/1712.04086; the authors' code,
https://github.com/fjxmlzn/PacGAN. The networks: Radford, Metz and Chintala, 2015,
https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from annotated_types import Ge
from torch import nn

import ganzoo
from ganzoo_mode_collapse.packing import Packed

SIDES = (28, 14, 7, 4, 2)
"""Of the maps between a picture and the smallest: each is half the one before, rounded up."""


@dataclass(frozen=True)
class PacDCGAN:
    """Two convolutional networks for pictures of 28 x 28 pixels."""

    pack: Annotated[int, Ge(1)] = 2
    """Pictures that the discriminator sees at once (m); 1: a DCGAN."""
    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, drawn from N(0, I)."""
    generator_moves: Annotated[int, Ge(1)] = 2
    """How often the generator moves in a round."""
    width: Annotated[int, Ge(1)] = 16
    """Channels next to the picture; they double with each halving of the side. The authors' code
    has 64."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A packed game for the first field of ``data``: (C, 28, 28), from -1 to 1."""
        field = next(iter(data.values()))
        if field.shape[1:] != (28, 28) or field.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "pac-dcgan makes pictures of 28 x 28 pixels between -1 and 1; this data is "
                f"{' x '.join(map(str, field.shape)) or 'a number'}, "
                + (f"from {field.range[0]} to {field.range[1]}" if field.range else "not bounded")
            )
        channels = field.shape[0]
        widths = [self.width * 2**i for i in range(len(SIDES) - 1)]
        game = Packed(
            generator(self.latent, widths[::-1], channels),
            discriminator(self.pack * channels, widths),
            loss,
            self.latent,
            self.pack,
            joint=False,  # batch norm would mix real packs with fake ones
            generator_moves=self.generator_moves,
        )
        game.apply(initialise)
        return game


def generator(latent: int, widths: list[int], channels: int) -> nn.Sequential:
    """(B, latent) -> (B, channels, 28, 28): ``widths`` from the smallest map to the largest."""
    first, smallest = widths[0], SIDES[-1]
    layers: list[nn.Module] = [
        nn.Linear(latent, first * smallest**2, bias=False),
        nn.Unflatten(1, (first, smallest, smallest)),
        nn.BatchNorm2d(first),
        nn.ReLU(inplace=True),
    ]
    sides = SIDES[-2:0:-1]  # of what each layer makes, but the last
    for (before, after), side in zip(pairwise(widths), sides, strict=True):
        layers += [twice(before, after, side), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, twice(widths[-1], channels, SIDES[0], bias=True), nn.Tanh())


def discriminator(channels: int, widths: list[int]) -> nn.Sequential:
    """(B, channels, 28, 28) -> (B, 1): ``widths`` from the largest map to the smallest."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels, widths[0], 5, stride=2, padding=2),
        nn.LeakyReLU(0.2, inplace=True),
    ]
    for before, after in pairwise(widths):
        layers += [
            nn.Conv2d(before, after, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(0.2, inplace=True),
        ]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1] * SIDES[-1] ** 2, 1))


def twice(before: int, after: int, side: int, *, bias: bool = False) -> nn.ConvTranspose2d:
    """A transposed convolution that doubles the side of a map, to an even or an odd number."""
    return nn.ConvTranspose2d(
        before, after, 5, stride=2, padding=2, output_padding=1 - side % 2, bias=bias
    )


def initialise(module: nn.Module) -> None:
    """Normal weights, mean 0, standard deviation 0.02; biases 0."""
    if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
