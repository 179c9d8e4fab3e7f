"""A plot of points in the plane: real and generated ones, on the discriminator's surface.

It shows the square [-extent, extent]² with y upwards.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganzoo.pictures.shades import FAKE, REAL, ramp, shaded
from ganzoo.pictures.tiles import counted

if TYPE_CHECKING:
    from PIL.Image import Image

LOW, MIDDLE, HIGH = "#f4cda9", "#faf8f4", "#b5d2f0"
"""Colours of the surface, from generated to real as judged by the discriminator. They are pale, so
that points are visible on them."""
PAPER, INK, LINE, TEXT = "#ffffff", "#143c8c", "#8b909a", "#585d66"
LEFT, BELOW, ABOVE, RIGHT = 34, 26, 8, 8
"""Margins in pixels, for the labels of the axes."""

Points = NDArray[np.float32]
Grid = NDArray[Any]


def plane(
    points: Points, extent: float, side: int = 350, *, colour: str = FAKE,
    real: Points | None = None, surface: Grid | None = None,
) -> Image:  # fmt: skip
    """Plot points (n, 2) in a square of ``side`` pixels with axes around it.

    ``surface`` has values (S, S) from 0 for generated to 1 for real, on a mesh that spans the
    square. The lowest row is first.
    """
    from PIL import Image, ImageDraw

    square = Image.new("RGB", (side, side), PAPER)
    if surface is not None:
        square = shaded(enlarged(surface, side)[::-1], ramp(LOW, MIDDLE, HIGH, n=128))
        square = square.convert("RGBA").convert("RGB")
    for some, ink, radius in ((real, REAL, 1.2), (points, colour, 1.8)):
        if some is not None:
            opacity = Image.fromarray((255 * cover(some, extent, side, radius)).astype(np.uint8))
            square.paste(ink, mask=opacity)
    framed = Image.new("RGB", (LEFT + side + RIGHT, ABOVE + side + BELOW), PAPER)
    framed.paste(square, (LEFT, ABOVE))
    draw = ImageDraw.Draw(framed)
    draw.rectangle((LEFT - 1, ABOVE - 1, LEFT + side, ABOVE + side), outline=LINE)
    small, corner = lettering(12), ABOVE + side
    for value in ticks(extent):
        across = (value + extent) / (2 * extent) * side
        draw.line((LEFT + across, corner, LEFT + across, corner + 4), LINE)
        label = f"{value:g}"
        draw.text((LEFT + across, corner + 6), label, TEXT, small, anchor="mt")
        draw.line((LEFT - 5, corner - across, LEFT - 1, corner - across), LINE)
        draw.text((LEFT - 8, corner - across), label, TEXT, small, anchor="rm")
    draw.text((LEFT + side, corner + 6), "x", TEXT, small, anchor="rt")
    draw.text((LEFT - 8, ABOVE), "y", TEXT, small, anchor="rt")
    return framed


def cover(points: Points, extent: float, side: int, radius: float) -> NDArray[np.float64]:
    """Opacity (side, side), 0 to 1, of the dots of points (n, 2). The top row is first."""
    reach = math.ceil(radius)
    at = np.arange(-reach, reach + 1)
    dot = np.clip(radius + 0.5 - np.hypot(at[:, None], at), 0, 1)
    return 1 - 0.35 ** spread(counted(points, extent, side)[::-1], dot)


def spread(counts: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread each count over the cells around it."""
    reach = len(kernel) // 2
    padded = np.pad(counts, reach)
    height, width = counts.shape
    total = np.zeros_like(counts)
    for (y, x), weight in np.ndenumerate(kernel):
        total += weight * padded[y : y + height, x : x + width]
    return total


def shares(surface: Grid, *, probability: bool) -> NDArray[np.float64]:
    """Scale a discriminator's raw outputs to 0 to 1, as probabilities or from the smallest score to
    the largest."""
    values = surface.astype(np.float64)
    if probability:
        return 1 / (1 + np.exp(-np.clip(values, -50, 50)))
    low, high = values.min(), values.max()
    scaled: NDArray[np.float64] = (values - low) / max(high - low, 1e-12)
    return scaled


def enlarged(surface: Grid, side: int) -> NDArray[np.float32]:
    """Interpolate a mesh (S, S) to (side, side). The outer nodes are on the edges."""
    from PIL import Image

    image = Image.fromarray(surface.astype(np.float32))
    edge = len(surface) - 0.5
    box = (0.5, 0.5, edge, edge)
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, box=box))


def ticks(extent: float) -> list[float]:
    """Positions of at most seven labels on an axis from -extent to extent."""
    power = 10.0 ** math.floor(math.log10(extent))
    step = next(step for step in (0.2, 0.5, 1, 2, 5) if extent < 4 * step * power) * power
    most = math.floor(extent / step)
    return [i * step for i in range(-most, most + 1)]


def lettering(size: int) -> Any:
    """Pillow's own font, so that no system font is needed."""
    from PIL import ImageFont

    return ImageFont.load_default(size)
