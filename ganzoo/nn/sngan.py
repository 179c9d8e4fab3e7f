r"""SNGAN's residual networks, which the projection discriminator and many later models use.

**Blocks.** `residual_up` normalises, activates, doubles the side and convolves twice.
`residual_down` has no norm and halves the side by averaging. Norms and activations come *before*
the convolutions, so the sum at the end of a block is passed on as it is. Two details:

- The discriminator's first block (``first=True``) begins with a convolution, not with a ReLU. The
  ReLU would set every pixel below 0 to 0, which is half of the range of a picture.
- A shortcut's 1 x 1 convolution is computed on the smaller map. Averaging, or repeating pixels,
  commutes with a 1 x 1 convolution, so only a quarter of the work gives the same result.

**Features.** The last map is summed over its places, not averaged or flattened.

**Weights.** The first and second convolution of a block have Xavier's uniform weights with gain
:math:`\sqrt 2`, and all other layers with gain 1. Biases are 0. The networks set this themselves.
They need no other initialiser.

**Spectral norm** is not built in. ``spectral_norm(discriminator)`` adds it to a finished
discriminator, its last layer and the embedding of labels included.

At 32 pixels the paper's networks are ``residual_generator(128, (3, 32, 32), (256, 256, 256))`` and
``residual_trunk((3, 32, 32), (128, 128), blocks=2)``.

Sources: Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018, appendix
B.4, https://arxiv.org/abs/1802.05957. What the paper leaves open follows the authors' code,
https://github.com/pfnet-research/sngan_projection: the hidden channels, the order in the shortcuts,
and a plain batch norm before the generator's last convolution
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from ganzoo.nn.conditional import ConditionalSequential
from ganzoo.nn.hidden import relu
from ganzoo.nn.initialisers import xavier_weights
from ganzoo.nn.norms import Norm, needs_bias
from ganzoo.nn.residual import Residual
from ganzoo.nn.sides import checked, halved

GAIN = 2**0.5
"""Of the initial weights of a block's convolutions. A ReLU halves the variance."""


class SumPool(nn.Module):
    """(B, C, H, W) -> (B, C), summed over all places."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum((2, 3))


def residual_generator(
    latent: int, shape: Sequence[int], widths: Sequence[int], *, norm: Norm = nn.BatchNorm2d
) -> ConditionalSequential:
    """(B, latent) -> (B, \\*shape), between -1 and 1.

    With ``norm=partial(ConditionalBatchNorm2d, classes=10)`` it takes labels: ``network(z,
    labels)``.

    Args:
        latent: The size of a latent.
        shape: The shape (C, H, W) of a picture.
        widths: Channels of the hidden maps, from the largest map to the smallest. Each map has half
            the side of the one before, and the first has half the picture's side. The map of the
            picture's size has as many channels as the first.
        norm: The norm in the blocks.

    Raises:
        ValueError: There are no ``widths``, or ``shape`` is not that of a picture whose sides can
            be halved as often as there are.

    Source: as the module's
    """
    channels, height, width = halved(shape, len(checked(widths)))
    smallest = (widths[-1], height, width)
    return ConditionalSequential(
        nn.Linear(latent, widths[-1] * height * width).apply(xavier_weights()),
        nn.Unflatten(1, smallest),
        *(residual_up(*ends, norm=norm) for ends in pairwise((*widths[::-1], widths[0]))),
        nn.BatchNorm2d(widths[0]),
        relu(),
        nn.Conv2d(widths[0], channels, 3, padding=1).apply(xavier_weights()),
        nn.Tanh(),
    )


def residual_trunk(
    shape: Sequence[int], widths: Sequence[int], *, blocks: int = 0
) -> nn.Sequential:
    """(B, \\*shape) -> features (B, widths[-1]), for `Heads`, `Projection` or a linear layer.

    Args:
        shape: The shape (C, H, W) of a picture.
        widths: Channels of the maps, from the largest map to the smallest. Each block halves the
            side.
        blocks: Further blocks, which keep the side.

    Raises:
        ValueError: There are no ``widths``, or ``shape`` is not that of a picture whose sides can
            be halved as often as there are.

    Source: as the module's
    """
    channels, _, _ = halved(shape, len(checked(widths)))
    return nn.Sequential(
        residual_down(channels, widths[0], first=True),
        *(residual_down(*ends) for ends in pairwise(widths)),
        *(residual_down(widths[-1], widths[-1], halve=False) for _ in range(blocks)),
        relu(),
        SumPool(),
    )


def residual_up(before: int, after: int, *, norm: Norm = nn.BatchNorm2d) -> Residual:
    """(B, before, H, W) -> (B, after, 2 H, 2 W).

    Source: as the module's
    """
    residual = ConditionalSequential(
        norm(before),
        nn.ReLU(),  # not in place, because without a norm x itself would change
        nn.Upsample(scale_factor=2),
        nn.Conv2d(before, after, 3, padding=1, bias=needs_bias(norm)),
        norm(after),
        relu(),
        nn.Conv2d(after, after, 3, padding=1),
    )
    shortcut = nn.Sequential(nn.Conv2d(before, after, 1), nn.Upsample(scale_factor=2))
    return _initialised(residual, shortcut)


def residual_down(before: int, after: int, *, halve: bool = True, first: bool = False) -> Residual:
    """(B, before, H, W) -> (B, after, H / 2, W / 2), or the same side without ``halve``.

    The discriminator's first block is ``first``: it has no ReLU at its beginning.

    Source: as the module's
    """
    inside = after if first else before
    pool = [nn.AvgPool2d(2)] if halve else []
    residual = nn.Sequential(
        *([] if first else [nn.ReLU()]),  # not in place, because the shortcut needs x
        nn.Conv2d(before, inside, 3, padding=1),
        relu(),
        nn.Conv2d(inside, after, 3, padding=1),
        *pool,
    )
    learnt = halve or before != after
    shortcut = nn.Sequential(*pool, *([nn.Conv2d(before, after, 1)] if learnt else []))
    return _initialised(residual, shortcut)


def _initialised(residual: nn.Module, shortcut: nn.Module) -> Residual:
    residual.apply(xavier_weights(GAIN))
    shortcut.apply(xavier_weights())
    return Residual(residual, shortcut)
