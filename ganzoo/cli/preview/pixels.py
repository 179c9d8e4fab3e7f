"""Samples as pixels for a number of lines and columns in a terminal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from rich_pixels import Pixels

from ganzoo.pictures.samples import Samples
from ganzoo.pictures.tiles import counted, extent_of, tiled

Line = list[Segment]
Pixel = NDArray[np.uint8]

ENOUGH = 12
"""Pictures to show before they are enlarged."""
LEGIBLE = 12
"""Pixels along a picture that a digit needs to be legible."""
LARGE = 24
"""Pixels along a picture up to which small pictures are enlarged."""
SIDE = 72
"""The most pixels along a plot of points."""
GREY = 40
"""Brightness of the gap between pictures."""
PAPER, FAINT, BRIGHT, CENTRE = (
    np.array(colour) for colour in ((22, 24, 32), (44, 92, 158), (222, 240, 255), (226, 138, 60))
)
"""Colours of a plot of points for no, few and most points, and for the real centres."""


def half_blocks(pixels: Pixel, console: Console) -> list[Line]:
    """(H, W, 3) -> a line of half blocks for each two rows, with equal neighbours joined."""
    odd = len(pixels) % 2
    whole = np.concatenate((pixels, pixels[-1:])) if odd else pixels
    image = Image.fromarray(whole & 0xF8)  # makes more neighbours equal
    drawn = console.render_lines(Pixels.from_image(image), pad=False)[: len(whole) // 2]
    lines = [list(Segment.simplify(line)) for line in drawn]
    return [*lines[:-1], [_upper(segment) for segment in lines[-1]]] if odd else lines


def joined(lines: list[Line]) -> Segments:
    """Lines as one object to print."""
    return Segments([segment for line in lines for segment in (*line, Segment.line())])


def _upper(segment: Segment) -> Segment:
    """The upper half of a segment's pixels, without the lower half."""
    assert segment.style is not None
    return Segment("▀" * len(segment.text), Style(color=segment.style.bgcolor))


def drawn(
    samples: Samples, columns: int, lines: int, centres: NDArray[Any] | None = None
) -> Pixel | None:
    """Samples as (H, W, 3), or ``None`` if there is nothing to draw or no room.

    It draws the first pictures, as many as fit, or the density of all points with ``centres``.
    """
    if not len(samples):
        return None
    if samples.field.is_image:
        return _tiles(*_in_order(samples), columns, 2 * lines)
    side = min(columns, 2 * lines, SIDE) // 2 * 2
    if samples.field.is_point and side >= LEGIBLE:
        return _density(samples.arrays()["points"], samples.extent, side, centres)
    return None


def _in_order(samples: Samples) -> tuple[Pixel, int]:
    """Pictures (n, C, H, W), and how many of them must stay next to each other in a row."""
    images, own = samples.tiles()
    if samples.columns:
        return images, own or 1
    return images, 1 + len(samples.inputs) + len(samples.targets)


def _tiles(images: Pixel, group: int, columns: int, height: int) -> Pixel | None:
    """(n, C, H, W) -> at most (height, columns, 3), enlarged if enough of them fit.

    A row has whole groups of pictures, unless it is too narrow for one.
    """
    n, _, high, wide = images.shape
    longest = max(high, wide)
    enlarged = [(zoom, 1) for zoom in range(LARGE // longest, 1, -1)]
    for zoom, part in [*enlarged, *((1, part) for part in range(1, min(high, wide) + 1))]:
        h, w = high * zoom // part, wide * zoom // part
        down, across = (height + 1) // (h + 1), (columns + 1) // (w + 1)
        smaller = longest // (part + 1)
        if down * across >= min(n, ENOUGH) or (down * across and smaller < LEGIBLE):
            break
    else:
        return None
    across = min(across, n)
    across = across // group * group or across
    images = images[: down * across, :, : h * part // zoom, : w * part // zoom]
    images = images.repeat(zoom, axis=2).repeat(zoom, axis=3)
    channels = images.shape[1]
    images = images.reshape(-1, channels, h, part, w, part).mean((3, 5)).astype(np.uint8)
    pixels = tiled(images, across, gap=1, grey=GREY)
    return pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2)


def _density(
    points: NDArray[np.float32], extent: float | None, side: int, centres: NDArray[Any] | None
) -> Pixel:
    """(n, 2) -> (side, side, 3), y upwards: the density of points, and marks around each centre.

    The centre itself has no mark, so it is bright if there are samples.
    """
    points = points[np.isfinite(points).all(axis=1)]
    extent = extent or extent_of(points)
    counts = counted(points, extent, side)
    shade = (np.log1p(counts) / np.log1p(max(counts.max(), 1)))[..., None]
    pixels = np.where(counts[..., None] > 0, FAINT + shade * (BRIGHT - FAINT), PAPER)
    if centres is not None:
        at = ((np.asarray(centres) + extent) / (2 * extent) * side).astype(int)  # (K, 2): x, y
        for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            x, y = (at + step).T
            inside = (x >= 0) & (x < side) & (y >= 0) & (y < side)
            pixels[y[inside], x[inside]] = CENTRE
    return pixels[::-1].round().astype(np.uint8)
