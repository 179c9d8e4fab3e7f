"""Points in the plane, three ways: the samples, the generator's density, the verdict everywhere.

All show the square [-extent, extent]², y upwards. What is real is blue and what is generated is
orange, here as in the curves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganzoo.engine.data import Modes
from ganzoo.pictures.tiles import counted
from ganzoo.reporting.pictures import ramp, shaded

REAL, FAKE, BETWEEN = "#2f7fd6", "#d9690f", "#f2efe9"
SIDE = 400
"""Pixels along a plot of samples."""
BINS = 100
"""Cells along a plot of density."""
DOT = np.array([[0.3, 0.8, 0.3], [0.8, 1.0, 0.8], [0.3, 0.8, 0.3]])
"""How a sample covers the pixels around it."""
BLUR = 1.5
"""Standard deviation of the density's kernel, in cells."""

Points = NDArray[np.float32]


def dots(points: Points, extent: float, colour: str) -> Image.Image:
    """(n, 2) -> the points themselves on nothing."""
    cover = _spread(counted(points, extent, SIDE)[::-1], DOT)
    return shaded(1 - 0.35**cover, ramp(f"{colour}00", colour, n=16))


def density(points: Points, extent: float) -> Image.Image:
    """(n, 2) -> how dense they lie, against where they lie densest."""
    reach = np.arange(-4, 5)
    kernel = np.exp(-(reach**2) / (2 * BLUR**2))
    smooth = _spread(counted(points, extent, BINS)[::-1], np.outer(kernel, kernel))
    colours = ramp(f"{FAKE}00", f"{FAKE}b0", FAKE, "#ffc65c", n=48)
    return shaded(np.sqrt(smooth / max(smooth.max(), 1e-9)), colours)


def verdict(surface: NDArray[np.float32], *, probability: bool) -> tuple[Image.Image, list[str]]:
    """(S, S) raw outputs, the lowest row first -> the picture, and what its two ends mean."""
    values = surface.astype(np.float64)
    if probability:
        shares, ends = 1 / (1 + np.exp(-np.clip(values, -50, 50))), ["0", "1"]
    else:
        low, high = float(values.min()), float(values.max())
        shares, ends = (values - low) / max(high - low, 1e-12), [f"{low:.3g}", f"{high:.3g}"]
    return shaded(shares[::-1], ramp(FAKE, BETWEEN, REAL)), ends


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


def _circle(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:.5g}" cy="{y:.5g}" r="{radius:.5g}"/>'


def _drawing(content: str, extent: float, name: str = "centres") -> str:
    box = f"{-extent:.5g} {-extent:.5g} {2 * extent:.5g} {2 * extent:.5g}"
    return f'<svg class="{name}" viewBox="{box}" aria-hidden="true">{content}</svg>'


def _spread(counts: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each count spread over the cells around it."""
    reach = len(kernel) // 2
    padded = np.pad(counts, reach)
    height, width = counts.shape
    total = np.zeros_like(counts)
    for (y, x), weight in np.ndenumerate(kernel):
        total += weight * padded[y : y + height, x : x + width]
    return total
