"""Many samples in one array of pixels: pictures as tiles, points as counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def tiled(images: Pixels, columns: int | None = None, *, gap: int, grey: int) -> Pixels:
    """Tile pictures (n, C, H, W) row by row, with grey gaps and no border.

    Returns (rows * (H + gap) - gap, columns * (W + gap) - gap, 3) for three channels. For any other
    number, only the first channel is shown, and the last axis is 1. Without ``columns`` the grid is
    almost square.
    """
    n, channels, height, width = images.shape
    depth = 3 if channels == 3 else 1
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, depth)
    grid = np.full(shape, grey, np.uint8)
    for i, image in enumerate(images[:, :depth]):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        grid[top : top + height, left : left + width] = image.transpose(1, 2, 0)
    return grid


def counted(points: NDArray[Any], extent: float, bins: int) -> NDArray[np.float64]:
    """The number of points (n, 2) in each cell of the square from -extent to extent.

    Returns (bins, bins). The lowest row is first.
    """
    bounds = [[-extent, extent]] * 2
    counts: NDArray[np.float64]
    counts, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=bins, range=bounds)
    return counts


def extent_of(points: NDArray[Any]) -> float:
    """Half the side of a square around all points (n, 2), with a margin of a tenth."""
    return float(np.abs(points).max(initial=0)) * 1.1 or 1.0
