"""What a run has shown so far: its tables as rows of numbers, and what one asks of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from ganzoo.runs.record import RunRecord

if TYPE_CHECKING:
    from ganzoo.runs.folder import Run

Rows = Sequence[Mapping[str, float]]

FEWEST = 2
"""Rows in each of the two thirds that are compared; a run with six grids has as many."""
RIPE = 2 / 3
"""Share of the run before which little can be said: on MNIST vanilla-mlp needs 6,000 steps before
its samples differ, and looks until then as a run that never gets there."""
LONG = 10_000
"""Steps after which one need not wait any longer, however long the run is meant to be."""
EARLIEST = 150
"""Steps before which no run has learnt anything, however short it was meant to be."""


@dataclass(frozen=True)
class History:
    """All that a diagnosis looks at. Any of it may be missing: the run has just begun, or its game
    has no discriminator to ask."""

    record: RunRecord
    health: Rows = field(default_factory=list)
    """Of `ganzoo.runs.health`, a row a grid."""
    metrics: Rows = field(default_factory=list)
    """Means over the logging interval."""
    error: str = ""
    """What a failed run failed of."""
    modes: int = 0
    """How many the data has, where they are known."""

    @property
    def step(self) -> int:
        """How far the run has come."""
        return int(max((t[-1]["step"] for t in (self.health, self.metrics) if t), default=0))

    @property
    def matured(self) -> bool:
        """Whether the run has had the time to get over what every run begins with."""
        return self.step >= max(EARLIEST, min(RIPE * self.record.total, LONG))

    @property
    def telling(self) -> bool:
        """Whether there is enough to say that nothing is wrong."""
        return self.matured and trend(self.health, "distance") is not None


def read(run: Run) -> History:
    """The history in a run's folder.

    Raises:
        BrokenFile: ``run.json`` or a table is damaged.
    """
    health, metrics = run.health.numbers(), run.metrics.numbers()
    return History(run.record, health, metrics, run.error or "", _modes(run))


def _modes(run: Run) -> int:
    """How many centres are kept with the real samples."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(run.samples / "real.safetensors", framework="numpy") as real:
            return int(real.get_slice("centres").get_shape()[0])
    except (OSError, SafetensorError):  # not there, damaged, or none known
        return 0


def column(rows: Rows, name: str) -> list[float]:
    """The values that are there."""
    return [v for row in rows if math.isfinite(v := row.get(name, math.nan))]


def between(rows: Rows, begin: float, end: float) -> Rows:
    """The rows of a part of the way so far: ``between(rows, 0.5, 1)`` is the second half."""
    last = rows[-1]["step"] if rows else 0.0
    return [row for row in rows if begin * last < row["step"] <= end * last]


def middle(rows: Rows, name: str) -> float:
    """A column's median, for which one wild row does not count; NaN where it is not there."""
    values = column(rows, name)
    return median(values) if values else math.nan


@dataclass(frozen=True)
class Trend:
    """A column's medians over the second and the last third of the way so far."""

    start: float
    """The first value."""
    before: float
    now: float

    @property
    def ratio(self) -> float:
        """Below 1: it falls."""
        return self.now / self.before if self.before else math.inf


def trend(rows: Rows, name: str) -> Trend | None:
    """Where a column goes; ``None`` while there are too few rows to say."""
    before, now = between(rows, 1 / 3, 2 / 3), between(rows, 2 / 3, 1)
    if min(len(column(before, name)), len(column(now, name))) < FEWEST:
        return None
    return Trend(column(rows, name)[0], middle(before, name), middle(now, name))
