"""Pictures of samples for a page: each at its own size in pixels, and embedded in the page."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganzoo.pictures.tiles import tiled

GAP = 1
"""Pixels between the pictures of a grid, before the page enlarges it."""
EXACT = 250_000
"""Bytes of pixels up to which a picture is stored losslessly. Larger ones are compressed."""


def sheet(images: NDArray[np.uint8], columns: int | None = None) -> Image.Image:
    """(n, C, H, W) -> one picture of all samples, row by row."""
    grid = tiled(images, columns, gap=GAP, grey=40)
    return Image.fromarray(grid if grid.shape[2] == 3 else grid[..., 0])


def uri(image: Image.Image) -> str:
    """The picture as a data URI."""
    file = io.BytesIO()
    if image.mode == "P":
        kind = "png"
        image.save(file, kind, optimize=True, transparency=image.info["transparency"])
    else:
        kind = "webp"
        pixels = image.width * image.height * len(image.getbands())
        if pixels > EXACT:
            image.save(file, kind, quality=80)
        else:
            image.save(file, kind, lossless=True)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
