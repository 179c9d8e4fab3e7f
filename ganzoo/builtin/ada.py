r"""Adaptive augmentation (ADA): changes pictures more often when the discriminator memorises them.

How much augmentation is right depends on the number of pictures and on the step of the training. So
ADA measures it. A discriminator that memorises the real pictures judges almost all of them
positive. ADA estimates the share of positive judgements by

.. math:: r_t = \mathbb{E}_x[\mathrm{sign}(D(T(x)))],

which is 0 if the discriminator cannot tell pictures apart, and 1 if it knows every real picture.
The probability :math:`p` of each change begins at 0. After every four moves of the discriminator,
it rises or falls by a fixed amount, until :math:`r_t` is near 0.6:

.. math:: p \leftarrow \mathrm{clamp}_{[0, 1]}\Big(p +
    \frac{4 B}{N}\,\mathrm{sign}(r_t - 0.6)\Big)

:math:`B` is the size of a batch, and :math:`N` is the number of pictures after which :math:`p` can
have risen from 0 to 1. Both players see the changed pictures, as in `ganzoo.builtin.diff_augment`.
The paper finds that samples do not look changed while :math:`p < 0.8`, because then enough pictures
are as they were.

The changes, in this order, each with the probability :math:`p`:

- mirroring, rotation by a multiple of 90 degrees, and translation by whole pixels, up to an eighth
  of the picture's size,
- scaling by :math:`2^{0.2 n}`, where :math:`n` is standard normal,
- rotation by any angle, before and after the next change, each with the probability
  :math:`1 - \sqrt{1 - p}`,
- stretching by :math:`2^{0.2 n}` in width and its inverse in height,
- translation by :math:`n` eighths of the picture's size in each direction.

Outside a picture is its reflection. The paper also changes colours, filters frequencies and
corrupts pictures. Its best set has no filters or corruptions, and grey pictures have no colours. It
resamples pictures with a wavelet filter, and this code with bilinear interpolation. Its :math:`p`
has no upper bound.

Use a loss that compares the outputs with 0, such as ``bce`` or ``hinge``. Otherwise their sign has
no meaning.

>>> ada = ADA(pictures=800).build()
>>> for _ in range(4):  # three in four judgements are positive, so r = 0.5
...     ada.heard(torch.tensor([3.0, 0.1, 7.0, -2.0]), torch.zeros(4))
>>> float(ada.p)  # it stays at 0
0.0
>>> for _ in range(4):  # all are positive, so r = 1, and p rises by 4 * 4 / 800
...     ada.heard(torch.ones(4), torch.zeros(4))
>>> isclose(ada.p, 0.02)
True

Source: Karras, Aittala, Hellsten, Laine, Lehtinen and Aila, "Training Generative Adversarial
Networks with Limited Data", 2020, sections 2 and 3 and appendix B,
https://arxiv.org/abs/2006.06676
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import Annotated

import torch
from annotated_types import Gt, Interval
from torch import Tensor, nn

from ganzoo.engine.random import Draw

MOVES = 4
"""Moves of the discriminator between changes of the probability."""
EIGHTH, SPREAD = 0.125, 0.2
"""Size of translations as a share of the picture's, and of scalings in powers of two."""


@dataclass(frozen=True)
class ADA:
    """Geometric changes, with a probability that follows the discriminator's overfitting."""

    probability: Annotated[float, Interval(ge=0, le=1)] = 0.0
    """Probability of each change at the start."""
    target: Annotated[float, Interval(ge=-1, le=1)] = 0.6
    """Mean sign of the outputs on real pictures above which the probability rises."""
    pictures: Annotated[int, Gt(0)] = 500_000
    """Real pictures after which the probability can have risen from 0 to 1."""

    def build(self) -> nn.Module:
        """The module that keeps the probability."""
        return Adaptive(self)

    def __call__(self, samples: Tensor, draw: Draw) -> Tensor:
        """``samples`` is (B, C, H, W). The probability is that of the start."""
        return warped(samples, draw, torch.tensor(self.probability, device=samples.device))


class Adaptive(nn.Module):
    """Changes pictures with the probability `p`, and adapts it. See `ADA`."""

    p: Tensor
    """The probability of each change, a scalar in [0, 1]."""
    signs: Tensor
    """Sum of the mean signs since the probability last changed."""
    moves: Tensor
    """Their number."""

    def __init__(self, ada: ADA) -> None:
        super().__init__()
        self.target, self.pictures = ada.target, ada.pictures
        self.register_buffer("p", torch.tensor(float(ada.probability)))
        self.register_buffer("signs", torch.tensor(0.0))
        self.register_buffer("moves", torch.tensor(0.0))

    def forward(self, samples: Tensor, draw: Draw) -> Tensor:
        """``samples`` is (B, C, H, W). Each picture is changed on its own."""
        return warped(samples, draw, self.p)

    def heard(self, on_real: Tensor, on_fake: Tensor) -> None:
        """After a move, take in its outputs on real pictures, (B, ...)."""
        self.signs += on_real.sign().mean()
        self.moves += 1
        due = self.moves >= MOVES  # tensors only, so that the round can be captured
        direction = torch.sign(self.signs / self.moves - self.target)
        change = direction * (len(on_real) * MOVES / self.pictures)
        self.p.copy_(torch.where(due, (self.p + change).clamp(0, 1), self.p))
        for total in (self.signs, self.moves):
            total.mul_(~due)


def warped(pictures: Tensor, draw: Draw, p: Tensor) -> Tensor:
    """Pictures (B, C, H, W) after all changes, each with the probability ``p``.

    The changes are combined before the pictures are resampled, which blurs only once. Each one maps
    a point of the new picture to a point of the old one, in pixels from the centre.
    """
    n, (height, width) = len(pictures), pictures.shape[2:]
    matrix = torch.eye(2, device=pictures.device).expand(n, 2, 2)
    offset = torch.zeros(n, 2, device=pictures.device)
    for own_matrix, own_offset in _changes(n, (width, height), draw, p):
        offset = offset + (matrix @ own_offset[:, :, None])[:, :, 0]
        matrix = matrix @ own_matrix
    x, y = (torch.arange(size, device=pictures.device) - (size - 1) / 2 for size in (width, height))
    points = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)  # (H, W, 2)
    found = torch.einsum("nij,hwj->nhwi", matrix, points) + offset[:, None, None]
    across, down = found.unbind(-1)
    return _interpolated(pictures, across + (width - 1) / 2, down + (height - 1) / 2)


def _changes(
    n: int, size: tuple[int, int], draw: Draw, p: Tensor
) -> Iterator[tuple[Tensor, Tensor]]:
    """The changes as matrices (n, 2, 2) and offsets (n, 2). Where one is not made, they change
    nothing."""
    none = torch.zeros(n, 2, device=p.device)

    def happens(chance: Tensor) -> Tensor:
        return draw.uniform(n) < chance

    def shares(numbers: Tensor) -> Tensor:
        """Pixels for shares (n, 2) of the picture's size."""
        return torch.stack((numbers[:, 0] * size[0], numbers[:, 1] * size[1]), dim=1)

    def stretched(across: Tensor, down: Tensor) -> Tensor:
        return torch.diag_embed(torch.stack((across, down), dim=1))

    def turned() -> Tensor:
        angle = torch.where(happens(1 - (1 - p).sqrt()), 2 * pi * draw.uniform(n), 0.0)
        return _turn(angle.cos(), angle.sin())

    mirrored = torch.where(happens(p), 1.0 - 2.0 * draw.integers(2, n), 1.0)
    yield stretched(mirrored, torch.ones_like(mirrored)), none
    quarters = torch.where(happens(p), draw.integers(4, n), 0)
    cosine, sine = (  # exactly, so that pixels stay pixels
        (quarters == one).float() - (quarters == other).float() for one, other in ((0, 2), (1, 3))
    )
    yield _turn(cosine, sine), none
    whole = shares((2 * draw.uniform(n, 2) - 1) * EIGHTH).round()
    yield stretched(*torch.ones_like(none).T), torch.where(happens(p)[:, None], whole, none)
    scale = torch.where(happens(p), 2 ** (SPREAD * draw.normal(n)), 1.0)
    yield stretched(scale, scale), none
    yield turned(), none
    scale = torch.where(happens(p), 2 ** (SPREAD * draw.normal(n)), 1.0)
    yield stretched(scale, 1 / scale), none
    yield turned(), none
    moved = shares(draw.normal(n, 2) * EIGHTH)
    yield stretched(*torch.ones_like(none).T), torch.where(happens(p)[:, None], moved, none)


def _turn(cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotations (n, 2, 2) by angles with these cosines and sines (n,)."""
    return torch.stack((cosine, -sine, sine, cosine), dim=1).reshape(-1, 2, 2)


def _interpolated(pictures: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Values of pictures (B, C, H, W) at points x and y (B, H, W) in pixels, by bilinear
    interpolation. `torch.nn.functional.grid_sample` would not repeat its gradients on a GPU."""
    height, width = pictures.shape[2:]
    rows = pictures.permute(0, 2, 3, 1)
    which = torch.arange(len(pictures), device=pictures.device)[:, None, None]
    found = torch.zeros_like(rows)
    for down in (0, 1):
        for across in (0, 1):
            row, column = y.floor() + down, x.floor() + across
            share = (1 - (y - row).abs()) * (1 - (x - column).abs())
            at = which, _reflected(row, height), _reflected(column, width)
            found = found + share[..., None] * rows[at]
    return found.permute(0, 3, 1, 2)


def _reflected(index: Tensor, size: int) -> Tensor:
    """The pixel of a row of ``size`` that an index outside of it mirrors."""
    if size == 1:
        return torch.zeros_like(index, dtype=torch.int64)
    index = index.long().abs() % (2 * (size - 1))
    return torch.where(index < size, index, 2 * (size - 1) - index)
