"""Points in the plane for a page: layers that lie on each other, and a drawing over them.

All show the square [-extent, extent]², y upwards. What is real is blue and what is generated is
orange, here as in the curves.
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
"""Pixels along a plot of samples."""
SURFACE = 120
"""Pixels along the discriminator's surface, which is smooth."""
BINS = 100
"""Cells along a plot of density."""
BLUR = 1.5
"""Standard deviation of the density's kernel, in cells."""


@dataclass(frozen=True)
class Tick:
    """A label of both axes."""

    label: str
    share: float
    """Where it is, in per cent of an axis."""


def axis(extent: float) -> list[Tick]:
    """The labels of an axis from -extent to extent."""
    return [Tick(f"{v:g}".replace("-", "−"), round(50 + 50 * v / extent, 2)) for v in ticks(extent)]


def dots(points: Points, extent: float, colour: str, radius: float = 1.5) -> Image.Image:
    """(n, 2) -> the points themselves on nothing."""
    return shaded(cover(points, extent, SIDE, radius), ramp(f"{colour}00", colour, n=16))


def density(points: Points, extent: float) -> Image.Image:
    """(n, 2) -> how dense they lie, against where they lie densest."""
    reach = np.arange(-4, 5)
    kernel = np.exp(-(reach**2) / (2 * BLUR**2))
    smooth = spread(counted(points, extent, BINS)[::-1], np.outer(kernel, kernel))
    colours = ramp(f"{FAKE}00", f"{FAKE}b0", FAKE, "#ffc65c", n=48)
    return shaded(np.sqrt(smooth / max(smooth.max(), 1e-9)), colours)


def verdict(surface: NDArray[np.float32], *, probability: bool) -> tuple[Image.Image, list[str]]:
    """(S, S) raw outputs, the lowest row first -> the picture, and what its two ends mean."""
    ends = ["0", "1"] if probability else [_spelt(surface.min()), _spelt(surface.max())]
    smooth = enlarged(shares(surface, probability=probability), SURFACE)
    return shaded(smooth[::-1], ramp(LOW, MIDDLE, HIGH)), ends


def scale(*, probability: bool) -> str:
    """What a verdict's colours say."""
    return "D(x), probability of being real" if probability else "critic’s score"


def overlay(modes: Modes | None, extent: float) -> str:
    """The real centres, three standard deviations wide: what good samples lie in; as SVG."""
    if modes is None:
        return ""
    radius = max(3 * modes.sigma, extent / 80)
    circles = "".join(_circle(x, -y, radius) for x, y in modes.centres.tolist())
    return _drawing(circles, extent)


def trails(walks: list[Points], extent: float) -> str:
    """Each walk's samples, joined in their order; as SVG."""
    lines = []
    for walk in walks:
        points = " ".join(f"{x:.4g},{-y:.4g}" for x, y in walk.tolist())
        begin = _circle(walk[0, 0].item(), -walk[0, 1].item(), extent / 90)
        lines.append(f'<polyline points="{points}"/>{begin}')
    return _drawing("".join(lines), extent, "trails")


def _spelt(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _circle(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:.5g}" cy="{y:.5g}" r="{radius:.5g}"/>'


def _drawing(content: str, extent: float, name: str = "centres") -> str:
    box = f"{-extent:.5g} {-extent:.5g} {2 * extent:.5g} {2 * extent:.5g}"
    return f'<svg class="{name}" viewBox="{box}" aria-hidden="true">{content}</svg>'
