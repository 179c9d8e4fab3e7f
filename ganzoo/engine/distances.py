"""How far apart samples are: Euclidean, of pictures in pixels."""

from __future__ import annotations

import torch
from torch import Tensor

WHOLE = 2_000
"""Rows whose distances are taken at once; of more, so many at a time."""


def distances(x: Tensor, y: Tensor) -> Tensor:
    """(N, D) and (M, D) -> (N, M)."""
    # by subtraction: through products, the distance of a sample to itself is not 0
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")


def spread(x: Tensor) -> float:
    r"""Mean distance :math:`E|X - X'|` between two different rows of (N, D); of one, NaN."""
    n = len(x)
    if n <= WHOLE:
        return float(torch.pdist(x).mean())
    parts = [distances(rows, x).sum(dtype=torch.float64) for rows in torch.split(x, WHOLE)]
    return float(torch.stack(parts).sum()) / (n * (n - 1))
