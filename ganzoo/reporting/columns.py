"""What stands in one column of a comparison: a run, or all the runs of a sweep."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.diagnosis import Finding
from ganzoo.errors import UsageError
from ganzoo.registry.registry import registry
from ganzoo.reporting import facts
from ganzoo.reporting.charts import numbers
from ganzoo.reporting.curves import COLOURS
from ganzoo.reporting.scores import UNDER_WAY, scores
from ganzoo.reporting.spread import Spread
from ganzoo.runs.best import best_step
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord
from ganzoo.sweeping.folder import Sweep

MOST = 10
"""Columns that a page can still tell apart by colour."""


@dataclass(frozen=True)
class Ended:
    """A run and what came of it."""

    run: Run
    record: RunRecord
    status: str
    step: int
    seconds: float
    speed: float
    final: Mapping[str, float]
    """Metrics and health as they were at the end, and evaluations of the final weights."""
    best: Mapping[str, float]
    """Scores of the best weights, where the run kept any."""
    diagnosis: facts.Diagnosis

    @property
    def name(self) -> str:
        """Its folder's."""
        return self.run.path.resolve().name


@dataclass(frozen=True)
class Compared:
    """A run, or a sweep, among others."""

    label: str
    """``A``, ``B``, ..."""
    colour: str
    path: Path
    is_sweep: bool
    runs: Sequence[Ended]

    @property
    def counted(self) -> Sequence[Ended]:
        """Those that numbers are of: a run as it is, and of a sweep's those that are finished."""
        return [r for r in self.runs if r.status == "finished" or not self.is_sweep]

    @property
    def name(self) -> str:
        """Its folder's."""
        return self.path.resolve().name

    @property
    def record(self) -> RunRecord:
        """What was trained: of a sweep, with the first of its seeds."""
        return self.runs[0].record

    @property
    def shown(self) -> Ended:
        """The one run whose samples are shown."""
        return (self.counted or self.runs)[0]

    @property
    def title(self) -> str:
        """The name of what is shown."""
        return f"{self.name}/{self.shown.name}" if self.is_sweep else self.name

    @property
    def status(self) -> str:
        """``finished``; ``3 finished, 1 failed``."""
        return self.tally([run.status for run in self.runs])

    def tally(self, words: Sequence[str]) -> str:
        """A word for each run, as one: of a sweep, how many runs have it where not all do."""
        counts = Counter(words).most_common()
        if len(counts) == 1:
            return words[0]
        return ", ".join(f"{n} {word}" for word, n in counts) or "–"

    def spelt(self, spread: Spread) -> str:
        """A number over the runs, and of how many where not all have it."""
        some = 0 < spread.n < len(self.counted)
        return f"{spread} ({spread.n} of {len(self.counted)} runs)" if some else str(spread)

    def final(self, name: str) -> Spread:
        """A final number over the runs."""
        return Spread.over(run.final.get(name, np.nan) for run in self.counted)

    def best(self, name: str) -> Spread:
        """A score of the best weights over the runs."""
        return Spread.over(run.best.get(name, np.nan) for run in self.counted)

    @property
    def findings(self) -> Sequence[tuple[Finding, str]]:
        """What is wrong, each illness once, with the names of the runs that have it."""
        ill: dict[str, list[tuple[Finding, str]]] = {}
        for run in self.runs:
            for finding in run.diagnosis.findings:
                ill.setdefault(finding.illness, []).append((finding, run.name))
        return [(found[0][0], ", ".join(name for _, name in found)) for found in ill.values()]


def gather(given: Sequence[Run | Sweep]) -> list[Compared]:
    """The runs and sweeps with what is compared.

    Raises:
        UsageError: fewer than two runs, or more columns than can be told apart.
        BrokenFile: a run's record is damaged.
    """
    least = 1 if any(isinstance(one, Sweep) for one in given) else 2
    if not least <= len(given) <= MOST:
        raise UsageError(f"runs to compare: {len(given)}; expected {least} to {MOST}")
    return [
        _compared(one, label, colour)
        for one, label, colour in zip(given, string.ascii_uppercase, COLOURS, strict=False)
    ]


def _compared(one: Run | Sweep, label: str, colour: str) -> Compared:
    if isinstance(one, Run):
        return Compared(label, colour, one.path, False, [_ended(one)])
    runs = [_ended(run) for run in one.runs()]
    if not runs:
        raise UsageError(f"{one.path} is a sweep of which no run has begun")
    return Compared(label, colour, one.path, True, runs)


def _ended(run: Run) -> Ended:
    status, _ = run.status()
    final: dict[str, float] = {}
    for table in (run.metrics, run.health):
        columns = numbers(table).items()
        final |= {name: float(v[-1]) for name, v in columns if name not in ("step", "epoch")}
    best: dict[str, float] = {}
    if (scored := scores(run, registry())) is not None:
        # where the final weights are the best they count as both: a mean takes each run once
        kept = scored.final if best_step(run) == scored.final else scored.best
        for row in scored.rows:
            name = (
                row.name if row.protocol.startswith(UNDER_WAY) else f"{row.name} ({row.protocol})"
            )
            for values, at in ((final, scored.final), (best, kept)):
                if at in row.at:
                    values[name] = row.at[at]
    seconds = numbers(run.timings).get("seconds", np.array([np.nan]))
    return Ended(
        run, run.record, status, facts.reached(run), float(seconds[-1]), facts.speed(run),
        final, best, facts.diagnosis(run),
    )  # fmt: skip
