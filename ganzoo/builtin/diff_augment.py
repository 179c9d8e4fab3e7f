r"""Differentiable augmentation: the discriminator sees changed pictures, real and fake alike.

With few pictures, the discriminator soon knows them by their pixels and no longer teaches the
generator. Changed copies of the real pictures alone would help it, but then the generator learns to
make changed pictures, too. So the same random changes :math:`T` go with both, in both players'
objectives:

.. math:: \max_D \; \mathbb{E}_x[f_D(-D(T(x)))] + \mathbb{E}_z[f_D(D(T(G(z))))],
    \qquad \min_G \; \mathbb{E}_z[f_G(-D(T(G(z))))]

The generator learns through :math:`T`, so :math:`T` must be differentiable. It has three parts:

- brightness: a number from :math:`[-0.5, 0.5)` is added to all pixels,
- translation: the picture moves by up to an eighth of its size in each direction,
- cutout: a square of half the picture's size becomes zero.

The paper also changes saturation and contrast. They are left out here, because grey pictures have
no saturation.

>>> white = torch.ones(1, 1, 8, 8)
>>> brighter = DiffAugment(translation=0, cutout=0)(white, Draw(0))  # one number for all pixels
>>> isclose(brighter.min(), brighter.max())
True
>>> moved = DiffAugment(brightness=0, cutout=0)(white, Draw(0))  # by 0 or 1 in each direction
>>> float(moved.sum()) in {8 * 8, 8 * 7, 7 * 7}
True

Source: Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for Data-Efficient GAN Training",
2020, equations 4 and 5, https://arxiv.org/abs/2006.10738
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge, Interval
from torch import Tensor
from torch.nn.functional import pad

from ganzoo.engine.random import Draw


@dataclass(frozen=True)
class DiffAugment:
    """Random brightness, translation and cutout."""

    strength: Annotated[float, Interval(ge=0, le=1)] = 1.0
    """Factor of the three sizes below. 0 changes nothing."""
    brightness: Annotated[float, Ge(0)] = 0.5
    """Largest change of the pixels, whose values are from -1 to 1."""
    translation: Annotated[float, Interval(ge=0, le=1)] = 0.125
    """Largest movement, as a share of the picture's size."""
    cutout: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Size of the square that is cut out, as a share of the picture's size."""

    def __call__(self, samples: Tensor, draw: Draw) -> Tensor:
        """``samples`` is (B, C, H, W). Each picture is changed on its own."""
        return self._cut(self._moved(self._brighter(samples, draw), draw), draw)

    def _brighter(self, x: Tensor, draw: Draw) -> Tensor:
        offset = 2 * draw.uniform(len(x), 1, 1, 1) - 1
        return x + self.strength * self.brightness * offset

    def _moved(self, x: Tensor, draw: Draw) -> Tensor:
        height, width = x.shape[2:]
        down, right = (self._moves(size, len(x), draw) for size in (height, width))
        rows = (torch.arange(height, device=x.device) + down).clamp(-1, height) + 1  # (B, H)
        columns = (torch.arange(width, device=x.device) + right).clamp(-1, width) + 1  # (B, W)
        around = pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)  # zero outside the picture
        picture = torch.arange(len(x), device=x.device)[:, None, None]
        return around[picture, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)

    def _moves(self, size: int, n: int, draw: Draw) -> Tensor:
        most = int(size * self.strength * self.translation + 0.5)
        return draw.integers(2 * most + 1, n, 1) - most

    def _cut(self, x: Tensor, draw: Draw) -> Tensor:
        inside = [self._within(size, len(x), draw) for size in x.shape[2:]]  # (B, H) and (B, W)
        hole = inside[0][:, :, None] & inside[1][:, None, :]
        return x * ~hole[:, None]

    def _within(self, size: int, n: int, draw: Draw) -> Tensor:
        """Rows, or columns, of a square whose centre is anywhere in the picture, (n, size)."""
        side = int(size * self.strength * self.cutout + 0.5)
        first = draw.integers(size + 1 - side % 2, n, 1) - side // 2
        at = torch.arange(size, device=first.device)
        return (at >= first) & (at < first + side)
