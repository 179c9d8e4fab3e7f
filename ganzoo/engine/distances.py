"""Euclidean distances between samples. For pictures, they are between pixels."""

from __future__ import annotations

import torch
from torch import Tensor

WHOLE = 2_000
"""Number of rows whose distances are computed at a time."""


def distances(x: Tensor, y: Tensor) -> Tensor:
    """Distances (N, M) between rows (N, D) and (M, D)."""
    # by subtraction, because products do not give 0 for a sample and itself
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")


def spread(x: Tensor) -> float:
    r"""Mean distance :math:`E|X - X'|` between different rows of (N, D). NaN for a single row."""
    n = len(x)
    if n <= WHOLE:
        return float(torch.pdist(x).mean())
    parts = [distances(rows, x).sum(dtype=torch.float64) for rows in torch.split(x, WHOLE)]
    return float(torch.stack(parts).sum()) / (n * (n - 1))
