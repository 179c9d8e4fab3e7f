"""Pictures of inputs and targets next to the samples that were made from them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def interleaved(parts: Sequence[Pixels]) -> tuple[Pixels, int]:
    """Pictures (n, C, H, W) of each part in turn, and the columns of an almost square grid.

    The parts of a sample stay next to each other in a row. Smaller pictures are enlarged, and grey
    ones become coloured, if others are larger or coloured.
    """
    n, count = len(parts[0]), len(parts)
    rows = np.stack(_alike(parts), axis=1)  # (n, count, C, H, W)
    across = max(1, round(math.sqrt(n / count)))
    return rows.reshape(n * count, *rows.shape[2:]), count * across


def led_rows(inputs: Sequence[Pixels], samples: Pixels, columns: int) -> tuple[Pixels, int]:
    """Rows of a grid (rows * columns, C, H, W), each with its inputs at the beginning.

    All samples of a row have the same inputs (rows * columns, C, H, W).
    """
    *before, shown = _alike([*inputs, samples])
    rows = [
        np.concatenate([*(x[start : start + 1] for x in before), shown[start : start + columns]])
        for start in range(0, len(shown), columns)
    ]
    return np.concatenate(rows), columns + len(inputs)


def _alike(parts: Sequence[Pixels]) -> list[Pixels]:
    """The parts with the largest height, width and number of channels."""
    channels = 3 if any(part.shape[1] == 3 for part in parts) else 1
    height, width = (max(part.shape[axis] for part in parts) for axis in (2, 3))
    return [_enlarged(_coloured(part, channels), height, width) for part in parts]


def _coloured(images: Pixels, channels: int) -> Pixels:
    return images if images.shape[1] == channels else images[:, :1].repeat(channels, axis=1)


def _enlarged(images: Pixels, height: int, width: int) -> Pixels:
    """Pictures in which each new pixel is the nearest old one."""
    rows = np.arange(height) * images.shape[2] // height
    columns = np.arange(width) * images.shape[3] // width
    return images[:, :, rows][:, :, :, columns]
