"""Our results and the papers': means over seeds, their standard errors and their differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ganzoo.reporting.spread import Spread
from ganzoo.reproducing.experiment import Experiment, System
from ganzoo.reproducing.scoring import Scored

FAR = 2.0
"""Standard errors beyond which two means are said to differ."""


@dataclass(frozen=True)
class Result:
    """An experiment, and the scores of its runs by system's name."""

    experiment: Experiment
    runs: Mapping[str, Sequence[Scored]]

    def ours(self, system: System, score: str, moment: str = "final") -> Spread:
        """Our mean of a score for the ``"final"`` or the ``"best"`` weights."""
        values = [getattr(run, moment)[score] for run in self.runs.get(system.name, ())]
        if not all(map(math.isfinite, values)):  # leaving such a run out would hide it
            return Spread(sum(values))
        return Spread.over(values)

    def theirs(self, system: System, score: str) -> dict[str, Spread]:
        """The reported scores, by source."""
        found = {}
        for reported in system.reported:
            if (value := reported.scores.get(score)) is not None:
                found[reported.source] = (
                    Spread(*value) if isinstance(value, tuple) else Spread(value)
                )
        return found

    def far(self, system: System, score: str, source: str) -> bool:
        """Whether our final mean is more than two standard errors from the source's."""
        theirs = self.theirs(system, score).get(source)
        return theirs is not None and self.ours(system, score).apart(theirs) > FAR
