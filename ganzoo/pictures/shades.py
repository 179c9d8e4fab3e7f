"""Numbers from 0 to 1 as colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

REAL, FAKE = "#2f7fd6", "#d9690f"
"""Colours of real and generated samples, in plots and in curves."""


def ramp(*stops: str, n: int = 64) -> NDArray[np.uint8]:
    """A palette (n, 4) through colours such as ``#d9690f``, or ``#d9690f80`` with opacity."""
    colours = np.array([[int(f"{s[1:]:f<8}"[i : i + 2], 16) for i in (0, 2, 4, 6)] for s in stops])
    at = np.linspace(0, len(stops) - 1, n)
    channels = [np.interp(at, np.arange(len(stops)), colours[:, c]) for c in range(4)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def shaded(values: NDArray[Any], palette: NDArray[np.uint8]) -> Image:
    """A picture of values (H, W) from 0 to 1 in the colours of a palette (N, 4)."""
    from PIL import Image

    index = (np.clip(values, 0, 1) * (len(palette) - 1)).round().astype(np.uint8)
    height, width = index.shape
    image = Image.frombytes("P", (width, height), index.tobytes())
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    image.info["transparency"] = palette[:, 3].tobytes()
    return image
