"""Points in the plane for a page, as layers of pictures with a drawing on top.

All layers show the square [-extent, extent]² with y upwards. As in the curves, real points are blue
and generated ones are orange.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganzoo.engine.data import Modes
from ganzoo.pictures.plane import (
    HIGH,
    LOW,
    MIDDLE,
    Points,
    cover,
    enlarged,
    shares,
    spread,
    ticks,
)
from ganzoo.pictures.shades import FAKE, ramp, shaded
from ganzoo.pictures.tiles import counted

SIDE = 480
"""Side of a plot of samples, in pixels."""
SURFACE = 120
"""Side of the discriminator's surface, in pixels. It is smooth, so few are enough."""
BINS = 100
"""Side of a plot of density, in cells."""
BLUR = 1.5
"""Standard deviation of the density's kernel, in cells."""


@dataclass(frozen=True)
class Tick:
    """A label of both axes."""

    label: str
    share: float
    """Its position on the axis, in per cent."""


def axis(extent: float) -> list[Tick]:
    """The labels of an axis from -extent to extent."""
    return [Tick(f"{v:g}".replace("-", "−"), round(50 + 50 * v / extent, 2)) for v in ticks(extent)]


def dots(points: Points, extent: float, colour: str, radius: float = 1.5) -> Image.Image:
    """(n, 2) -> the points on a transparent background."""
    return shaded(cover(points, extent, SIDE, radius), ramp(f"{colour}00", colour, n=16))


def density(points: Points, extent: float) -> Image.Image:
    """(n, 2) -> the density of the points, relative to its maximum."""
    reach = np.arange(-4, 5)
    kernel = np.exp(-(reach**2) / (2 * BLUR**2))
    smooth = spread(counted(points, extent, BINS)[::-1], np.outer(kernel, kernel))
    colours = ramp(f"{FAKE}00", f"{FAKE}b0", FAKE, "#ffc65c", n=48)
    return shaded(np.sqrt(smooth / max(smooth.max(), 1e-9)), colours)


def verdict(surface: NDArray[np.float32], *, probability: bool) -> tuple[Image.Image, list[str]]:
    """(S, S) raw outputs, lowest row first -> the picture, and the labels of its scale's ends."""
    ends = ["0", "1"] if probability else [_spelt(surface.min()), _spelt(surface.max())]
    smooth = enlarged(shares(surface, probability=probability), SURFACE)
    return shaded(smooth[::-1], ramp(LOW, MIDDLE, HIGH)), ends


def scale(*, probability: bool) -> str:
    """What a verdict's colours mean."""
    return "D(x), probability of being real" if probability else "critic’s score"


def overlay(modes: Modes | None, extent: float) -> str:
    """Circles around the real centres with a radius of three standard deviations, as SVG.

    A good sample lies inside one of them.
    """
    if modes is None:
        return ""
    radius = max(3 * modes.sigma, extent / 80)
    circles = "".join(_circle(x, -y, radius) for x, y in modes.centres.tolist())
    return _drawing(circles, extent)


def trails(paths: list[Points], extent: float) -> str:
    """A line through the samples of each interpolation in their order, as SVG."""
    lines = []
    for path in paths:
        points = " ".join(f"{x:.4g},{-y:.4g}" for x, y in path.tolist())
        begin = _circle(path[0, 0].item(), -path[0, 1].item(), extent / 90)
        lines.append(f'<polyline points="{points}"/>{begin}')
    return _drawing("".join(lines), extent, "trails")


def _spelt(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _circle(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:.5g}" cy="{y:.5g}" r="{radius:.5g}"/>'


def _drawing(content: str, extent: float, name: str = "centres") -> str:
    box = f"{-extent:.5g} {-extent:.5g} {2 * extent:.5g} {2 * extent:.5g}"
    return f'<svg class="{name}" viewBox="{box}" aria-hidden="true">{content}</svg>'
