"""Curves as numbers, independent of what draws them.

Each figure is one table of numbers by step. A long table is thinned to a thousand rows. These keep
the minimum and the maximum of each stretch, so no spike in a loss disappears.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

MOST = 1_000
"""Maximum number of points of a curve."""
BLUE, ORANGE, TEAL = "#2f7fd6", "#d9690f", "#1593a5"
COLOURS = (
    BLUE, ORANGE, "#2e9455", "#9b5fd0", "#d4475c", TEAL, "#a0713c", "#cf5a9f", "#7b818c", "#85851c",
)  # fmt: skip
"""Each contrasts with both white and black."""
SHADES = ((0.3, 0.9), (0.38, 0.45), (0.45, 0.9), (0.52, 0.4), (0.6, 0.8))
"""Lightness and saturation of the further colours of a palette."""
GREY = "#8b909a"

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One curve."""

    name: str
    colour: str
    values: Values
    """(n,), NaN if missing."""
    band: tuple[Values, Values] | None = None
    """The lower and the upper end of a band around it, each (n,)."""


@dataclass(frozen=True)
class Chart:
    """Curves over the same steps, or over the same values of something else."""

    id: str
    title: str
    hint: str
    """One or more sentences about how to read it."""
    steps: Values
    """(n,)"""
    lines: Sequence[Line]
    level: float | None = None
    """A value to compare with, drawn as a dashed line."""
    log: bool = False
    whole: bool = False
    """Whether its values are whole numbers, such as counts."""
    axis: str = "step"
    """What ``steps`` are."""

    @property
    def numbers(self) -> list[tuple[str, list[str]]]:
        """Each curve's first, last, least and greatest value."""
        rows = []
        for line in self.lines:
            known = line.values[np.isfinite(line.values)]
            if len(known):
                four = (known[0], known[-1], known.min(), known.max())
                rows.append((line.name, [number(v) for v in four]))
        return rows

    @property
    def counts(self) -> tuple[float, float]:
        """The ends of an axis of whole numbers, a little beyond all values, the level and zero."""
        known = [line.values[np.isfinite(line.values)] for line in self.lines]
        every = np.concatenate([*known, [0.0, 1.0 if self.level is None else self.level]])
        low, high = float(every.min()), float(every.max())
        return low - 0.05 * (high - low), high + 0.05 * (high - low)

    @property
    def spoken(self) -> str:
        """A description for screen readers."""
        said = [f"{name} starts at {row[0]} and ends at {row[1]}" for name, row in self.numbers]
        return f"{self.title}: {'; '.join(said)}."


def number(value: float) -> str:
    """A number with four significant digits, for people."""
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.2e}" if abs(value) < 1e-3 or abs(value) >= 1e6 else f"{value:,.4g}"


def thinned(columns: Sequence[Values], most: int = MOST) -> NDArray[np.int64]:
    """The rows to keep: both ends and each stretch's extremes, ``most`` in total."""
    n = len(columns[0])
    if n <= most:
        return np.arange(n)
    stretches = np.array_split(np.arange(1, n - 1), max(1, (most - 2) // (2 * len(columns))))
    kept = {0, n - 1}
    for stretch in stretches:
        for column in columns:
            known = stretch[np.isfinite(column[stretch])]
            if len(known):
                kept |= {int(known[column[known].argmin()]), int(known[column[known].argmax()])}
    return np.array(sorted(kept))


def coloured(names: Sequence[str], own: Mapping[str, str] | None = None) -> dict[str, str]:
    """A colour for each name. Names in ``own`` have theirs."""
    own = own or {}
    free = cycle(c for c in COLOURS if c not in own.values())
    return {name: own.get(name) or next(free) for name in names}


def palette(n: int) -> list[str]:
    """``n`` colours that differ from each other as much as possible and contrast with both papers.

    The first are `COLOURS`. Each further one is the candidate that is farthest from all before it.
    """
    chosen = list(COLOURS[:n])
    if n <= len(chosen):
        return chosen
    hues = [(hue / 60, light, full) for hue in range(60) for light, full in SHADES]
    candidates = np.array([colorsys.hls_to_rgb(*each) for each in hues])
    luminance = np.where(
        candidates <= 0.04045, candidates / 12.92, ((candidates + 0.055) / 1.055) ** 2.4
    ) @ (0.2126, 0.7152, 0.0722)
    candidates = candidates[(luminance > 0.13) & (luminance < 0.3)]  # 3 : 1 against both papers
    nearest = np.full(len(candidates), np.inf)
    for i in range(n):
        if i >= len(chosen):
            best = candidates[nearest.argmax()]
            chosen.append("#" + "".join(f"{round(c * 255):02x}" for c in best.tolist()))
        own = np.array([int(chosen[i][k : k + 2], 16) / 255 for k in (1, 3, 5)])
        # the eye distinguishes greens best, and blues better than reds
        nearest = np.minimum(nearest, (candidates - own) ** 2 @ (2.0, 4.0, 3.0))
    return chosen
