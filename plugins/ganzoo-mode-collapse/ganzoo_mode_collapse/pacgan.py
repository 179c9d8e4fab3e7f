r"""PacGAN: the discriminator judges m samples at once.

Each sample of a collapsed generator may be perfect. Only several samples together show that they
are all the same. So the discriminator gets m samples of one kind, joined, and judges them together:

.. math::
    \min_G \max_D \; \mathbb{E}_{x_1 \dots x_m}[\log D(x_1, \dots, x_m)]
    + \mathbb{E}_{z_1 \dots z_m}[\log(1 - D(G(z_1), \dots, G(z_m)))]

With m = 1 this is the usual GAN. Nothing else changes. The generator still makes one sample from
one latent, and only the discriminator's first layer is wider.

**Where it is in the code.** ``Packed.shown`` joins what the discriminator sees. A batch of
``trainer.batch_size`` samples has ``batch_size / m`` packs. The paper's batches have 100 *packs*,
so PacGAN2 has 200 samples in a batch, and PacGAN4 has 400.

**The networks** are those of the paper's experiments in the plane (section 4.1), which came from
ALI. Latents are points in the plane. The generator has four hidden layers of 400 units with batch
norm and ReLU. The discriminator has three layers of 200 maxout units, each the maximum of five
linear functions, and no batch norm. Weights are normal with mean 0 and standard deviation 0.02.
Adam trains at 1e-4 with :math:`\beta_1 = 0.8` for 400,000 rounds of 100 packs.

**How they move.** As in the authors' code, both players move at once, and batch norm sees the
latents of one place in the packs at a time (`ganzoo_mode_collapse.at_once`). Elsewhere in ganzoo
players take turns, and ``--set at_once=false`` does so here.

Source: Lin, Khetan, Fanti and Oh, "PacGAN: The power of two samples in generative adversarial
networks", 2017, https://arxiv.org/abs/1712.04086, and the authors' code,
https://github.com/fjxmlzn/PacGAN
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated, Any

import torch
from annotated_types import Ge
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import normal_weights, perceptron
from ganzoo_mode_collapse.at_once import AtOnce
from ganzoo_mode_collapse.packing import Packed

STD = 0.02  # of the weights at the start
NORM = partial(nn.BatchNorm1d, eps=1e-4, momentum=0.05)  # as in the authors' code


@dataclass(frozen=True)
class PacGAN:
    """The paper's networks for points in the plane."""

    pack: Annotated[int, Ge(1)] = 2
    """Samples that the discriminator sees at once (m). 1 is the usual GAN."""
    latent: Annotated[int, Ge(1)] = 2
    """Size of the noise z, drawn from N(0, I)."""
    generator: Annotated[int, Ge(1)] = 400
    """Units in each of the generator's four hidden layers."""
    discriminator: Annotated[int, Ge(1)] = 200
    """Units in each of the discriminator's three hidden layers."""
    pieces: Annotated[int, Ge(1)] = 5
    """Linear functions in each maxout unit."""
    at_once: bool = True
    """Whether both players move at once, as in the paper. If not, the discriminator moves first."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A packed game for the first field of ``data``, which must be points: (D,)."""
        field = next(iter(data.values()))
        shape = field.shape
        if len(shape) != 1:
            raise ganzoo.DoesNotFit(
                f"pacgan needs points, such as ring or grid; this data has {field.described}"
            )
        kind = AtOnce if self.at_once else Packed
        game = kind(
            perceptron(self.latent, *[self.generator] * 4, *shape, norm=NORM),
            discriminator(self.pack * shape[0], self.discriminator, self.pieces, loss.outputs),
            loss,
            self.latent,
            self.pack,
            joint=True,
        )
        game.apply(normal_weights(STD))
        return game


class Maxout(nn.Module):
    """(B, size) -> (B, units): each unit is the maximum of ``pieces`` linear functions."""

    def __init__(self, size: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(size, units * pieces)
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        greatest: Tensor = Greatest.apply(self.linear(x).unflatten(1, (self.pieces, -1)))
        return greatest


class Greatest(torch.autograd.Function):
    """(B, pieces, units) -> (B, units), like ``amax(1)`` with a faster gradient.

    The gradient of ``amax`` takes a sixth of a whole step on a CPU, because it counts ties in
    integers to share the gradient among them. Here each tie gets all of it.
    """

    @staticmethod
    def forward(ctx: Any, pieces: Tensor) -> Tensor:
        greatest = pieces.amax(1)
        ctx.save_for_backward(pieces, greatest)
        return greatest

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        pieces, greatest = ctx.saved_tensors
        is_greatest: Tensor = pieces.clone().eq_(greatest.unsqueeze(1))  # in floats: no conversion
        return is_greatest.mul_(gradient.unsqueeze(1))


def discriminator(size: int, width: int, pieces: int, out: int = 1) -> nn.Sequential:
    """(B, size) -> (B, out): three hidden layers of maxout units."""
    hidden = [Maxout(a, b, pieces) for a, b in pairwise([size, *[width] * 3])]
    return nn.Sequential(*hidden, nn.Linear(width, out))
