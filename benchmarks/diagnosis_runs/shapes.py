"""Pictures that are no digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


def shapes(folder: Path, n: int) -> None:
    """Pictures to learn that are no digits: a bright ellipse, box or triangle each, 28 x 28."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for i in range(n):
        picture = Image.new("L", (28, 28))
        draw = ImageDraw.Draw(picture)
        (x, y), size = random.integers(3, 13, 2).tolist(), int(random.integers(6, 13))
        ink = int(random.integers(140, 256))
        if i % 3 == 2:
            draw.polygon([(x, y + size), (x + size, y + size), (x + size // 2, y)], fill=ink)
        else:
            (draw.ellipse if i % 3 else draw.rectangle)((x, y, x + size, y + size), fill=ink)
        picture.save(folder / f"{i:04}.png")
