"""Patches of the two photographs that scikit-learn carries, china.jpg and flower.jpg.

Both are from Flickr, under the licence CC BY 2.0. The README names their authors. They are halved
first, so that a small patch shows more. Held-out patches come from a band in the middle of each
photograph, and training patches from the left and from the right of it, so no pixel is in both.
"""

from __future__ import annotations

import numpy as np

import ganzoo
from ganzoo_pairs.made import Pictures
from ganzoo_pairs.packages import folder_of

NAMES = ("china.jpg", "flower.jpg")
BAND = (0.4, 0.65)
"""The part of the width that is held out."""


def patches(
    n: int, height: int, width: int, rng: np.random.Generator, *, held_out: bool
) -> Pictures:
    """``n`` random patches of both photographs, (n, 3, height, width).

    Raises:
        NotInstalled: scikit-learn is missing, or does not have the photographs.
        UsageError: The patches are larger than the parts of the photographs.
    """
    parts = [part for name in NAMES for part in _parts(name, held_out)]
    rows, columns = (min(part.shape[axis] for part in parts) for axis in (1, 2))
    if height > rows or width > columns:
        raise ganzoo.UsageError(
            f"patches of {height} x {width} pixels are needed, and the photographs have only "
            f"{rows} x {columns}"
        )
    made = np.empty((n, 3, height, width), np.uint8)
    for i in range(n):
        part = parts[rng.integers(len(parts))]
        top = rng.integers(part.shape[1] - height + 1)
        left = rng.integers(part.shape[2] - width + 1)
        made[i] = part[:, top : top + height, left : left + width]
    return made


def _parts(name: str, held_out: bool) -> list[Pictures]:
    """The parts of a halved photograph that are for training or held out, (3, H, W)."""
    from PIL import Image

    file = folder_of("sklearn", name, "scikit-learn") / "datasets" / "images" / name
    if not file.is_file():
        raise ganzoo.NotInstalled(
            f"{file} is missing. It is part of scikit-learn: pip install scikit-learn"
        )
    with Image.open(file) as photograph:
        pixels = np.asarray(photograph.convert("RGB").reduce(2)).transpose(2, 0, 1)
    left, band, right = np.split(pixels, [round(x * pixels.shape[2]) for x in BAND], axis=2)
    return [band] if held_out else [left, right]
