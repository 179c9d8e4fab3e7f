"""Ours beside theirs: means over seeds, their standard errors, and how far they are apart."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ganzoo.reproducing.experiment import Experiment, System
from ganzoo.reproducing.scoring import Scored

FAR = 2.0
"""Standard errors beyond which two means are said to differ."""


@dataclass(frozen=True)
class Mean:
    """A mean over runs; ``error`` is its standard error, ``None`` where it is not known."""

    value: float
    error: float | None = None

    def apart(self, other: Mean) -> float | None:
        """How many standard errors lie between two means; ``None`` where this one has none."""
        if self.error is None:
            return None
        error = math.hypot(self.error, other.error or 0.0)
        difference = abs(self.value - other.value)
        return difference / error if error else (0.0 if not difference else math.inf)


def mean(values: Sequence[float]) -> Mean:
    """Of a sample: the standard error is its standard deviation over the root of its size."""
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return Mean(statistics.fmean(values), error)


@dataclass(frozen=True)
class Result:
    """An experiment and what its runs scored, by system's name."""

    experiment: Experiment
    runs: Mapping[str, Sequence[Scored]]

    def ours(self, system: System, score: str, moment: str = "final") -> Mean | None:
        """Our mean of a score, of the ``"final"`` or the ``"best"`` weights."""
        runs = self.runs.get(system.name, ())
        return mean([getattr(run, moment)[score] for run in runs]) if runs else None

    def theirs(self, system: System, score: str) -> dict[str, Mean]:
        """What was reported, by source."""
        found = {}
        for reported in system.reported:
            if (value := reported.scores.get(score)) is not None:
                found[reported.source] = Mean(*value) if isinstance(value, tuple) else Mean(value)
        return found

    def far(self, system: System, score: str, source: str) -> bool:
        """Whether our final mean is more than two standard errors from theirs."""
        ours, theirs = self.ours(system, score), self.theirs(system, score).get(source)
        apart = ours.apart(theirs) if ours and theirs else None
        return apart is not None and apart > FAR
