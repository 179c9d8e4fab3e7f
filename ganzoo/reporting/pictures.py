"""Pictures for a page: of samples as they are, one pixel a pixel, written into the page itself."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganzoo.pictures.tiles import tiled

GAP = 1
"""Pixels between the pictures of a grid; the page enlarges all."""
EXACT = 250_000
"""Bytes of pixels up to which a picture is kept exactly; larger ones lose what nobody sees."""


def sheet(images: NDArray[np.uint8], columns: int | None = None) -> Image.Image:
    """(n, C, H, W) -> one picture of all, row by row."""
    grid = tiled(images, columns, gap=GAP, grey=40)
    return Image.fromarray(grid if grid.shape[2] == 3 else grid[..., 0])


def shaded(values: NDArray[Any], palette: NDArray[np.uint8]) -> Image.Image:
    """(H, W) from 0 to 1 -> a picture in the palette's colours, (N, 4) with opacity."""
    index = (np.clip(values, 0, 1) * (len(palette) - 1)).round().astype(np.uint8)
    height, width = index.shape
    image = Image.frombytes("P", (width, height), index.tobytes())
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    image.info["transparency"] = palette[:, 3].tobytes()
    return image


def uri(image: Image.Image) -> str:
    """The picture as an address that holds it."""
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


def ramp(*stops: str, n: int = 64) -> NDArray[np.uint8]:
    """(n, 4): a palette through colours such as ``#d9690f`` or, with opacity, ``#d9690f80``."""
    colours = np.array([[int(f"{s[1:]:f<8}"[i : i + 2], 16) for i in (0, 2, 4, 6)] for s in stops])
    at = np.linspace(0, len(stops) - 1, n)
    channels = [np.interp(at, np.arange(len(stops)), colours[:, c]) for c in range(4)]
    return np.stack(channels, axis=1).round().astype(np.uint8)
