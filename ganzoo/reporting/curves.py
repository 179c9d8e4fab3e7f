"""Curves as numbers, whatever draws them.

Each figure is one table of numbers by step. A long one is thinned to a thousand rows, which keep
the least and the greatest value of each stretch: a spike in the loss must not be lost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

MOST = 1_000
"""Points of a curve at most."""
BLUE, ORANGE, TEAL = "#2f7fd6", "#d9690f", "#1593a5"
COLOURS = (
    BLUE, ORANGE, "#2e9455", "#9b5fd0", "#d4475c", TEAL, "#a0713c", "#cf5a9f", "#7b818c", "#85851c",
)  # fmt: skip
"""Each is told from white and from black."""
GREY = "#8b909a"

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One curve."""

    name: str
    colour: str
    values: Values
    """(n,), NaN where there is none."""
    band: tuple[Values, Values] | None = None
    """How far up and down it may be: two of the same."""


@dataclass(frozen=True)
class Chart:
    """Curves over the same steps."""

    id: str
    title: str
    hint: str
    """How to read it, in a sentence."""
    steps: Values
    """(n,)"""
    lines: Sequence[Line]
    level: float | None = None
    """A value to compare with, drawn as a dashed line."""
    log: bool = False

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
    def spoken(self) -> str:
        """What is to be seen, for whoever cannot see it."""
        said = [f"{name} goes from {row[0]} to {row[1]}" for name, row in self.numbers]
        return f"{self.title}: {'; '.join(said)}."


def number(value: float) -> str:
    """Four digits, as a person reads them."""
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.2e}" if abs(value) < 1e-3 or abs(value) >= 1e6 else f"{value:,.4g}"


def thinned(columns: Sequence[Values], most: int = MOST) -> NDArray[np.int64]:
    """Which rows to keep: at most so many, with both ends and each stretch's extremes."""
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
    """A colour each, its own where it has one."""
    own = own or {}
    free = cycle(c for c in COLOURS if c not in own.values())
    return {name: own.get(name) or next(free) for name in names}
