"""What stands in one column of a comparison: a run, or all the runs of a sweep."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.diagnosis import Diagnosis, Finding
from ganzoo.errors import UsageError
from ganzoo.registry.records import Score
from ganzoo.registry.registry import registry
from ganzoo.reporting import facts
from ganzoo.reporting.charts import numbers
from ganzoo.reporting.curves import palette
from ganzoo.reporting.scores import UNDER_WAY, ScoreRow, scores
from ganzoo.reporting.spread import Spread
from ganzoo.runs.best import best_step
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord
from ganzoo.sweeping.folder import Sweep

HEALTH = {
    "distance": Score("distance", "Energy distance to the data; coarse for pictures.", "lower"),
    "modes": Score("modes", "How many of the data's modes have a good sample.", "higher"),
    "good": Score("good", "Share of samples within three sigma of a mode.", "higher"),
}
"""What the columns of ``health.csv`` mean that say which run is better."""


@dataclass(frozen=True)
class Ended:
    """A run and its results."""

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
    meanings: Mapping[str, Score]
    """What a name in ``final`` means, where that is known."""
    noise: Mapping[str, float]
    """How far a score varies from one set of samples to another: the standard deviation over the
    seeds that it was evaluated with, where there is more than one."""
    diagnosis: Diagnosis

    @property
    def name(self) -> str:
        """Its folder's."""
        return self.run.path.resolve().name


@dataclass(frozen=True)
class Compared:
    """A run, or a sweep, among others."""

    name: str
    """Its folder's, with as many of the folders above as tell it from the others."""
    colour: str
    path: Path
    is_sweep: bool
    runs: Sequence[Ended]

    @property
    def several(self) -> bool:
        """Whether its numbers are means."""
        return len(self.runs) > 1

    @property
    def counted(self) -> Sequence[Ended]:
        """Those that numbers are of: a run as it is, and of several those that are finished."""
        return [r for r in self.runs if r.status == "finished" or not self.several]

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
        return f"{self.name}/{self.shown.name}" if self.several else self.name

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

    def noise(self, name: str) -> float:
        """How far one run's score varies by itself; NaN where it is not known."""
        return self.counted[0].noise.get(name, np.nan) if len(self.counted) == 1 else np.nan

    @property
    def findings(self) -> Sequence[tuple[Finding, str]]:
        """What is wrong, each fault once, with the names of the runs that have it."""
        faulty: dict[str, list[tuple[Finding, str]]] = {}
        for run in self.runs:
            for finding in run.diagnosis.findings:
                faulty.setdefault(finding.fault, []).append((finding, run.name))
        return [(found[0][0], ", ".join(name for _, name in found)) for found in faulty.values()]


def gather(given: Sequence[Run | Sweep]) -> list[Compared]:
    """The runs and sweeps with what is compared. A sweep over losses has a column for each loss.

    Raises:
        UsageError: fewer than two runs, or a sweep of which no run has begun.
        BrokenFile: a run's record is damaged.
    """
    if len(given) < 2 and not any(isinstance(one, Sweep) for one in given):
        raise UsageError(f"runs to compare: {len(given)}; expected two or more, or a sweep")
    parts = [part for one in given for part in _parts(one)]
    names = called([part.path for part in parts])
    return [
        Compared(name, colour, part.path, isinstance(part, Sweep), _all_ended(part))
        for part, name, colour in zip(parts, names, palette(len(parts)), strict=True)
    ]


def called(paths: Sequence[Path]) -> list[str]:
    """A name for each path; one that is given twice is numbered."""
    every = [path.resolve().parts for path in paths]
    seen: Counter[str] = Counter()
    names = []
    for own in every:
        others = [parts for parts in every if parts != own]
        depth = 1
        while depth < len(own) and any(parts[-depth:] == own[-depth:] for parts in others):
            depth += 1
        name = "/".join(own[-depth:])
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return names


def _parts(one: Run | Sweep) -> Sequence[Run | Sweep]:
    if isinstance(one, Run):
        return [one]
    begun = [part for part in one.parts() if part.runs()]
    if not begun:
        raise UsageError(f"{one.path} is a sweep of which no run has begun")
    return begun


def _all_ended(one: Run | Sweep) -> list[Ended]:
    return [_ended(run) for run in ([one] if isinstance(one, Run) else one.runs())]


def _ended(run: Run) -> Ended:
    status, _ = run.status()
    final: dict[str, float] = {}
    for table in (run.metrics, run.health):
        columns = numbers(table).items()
        final |= {name: float(v[-1]) for name, v in columns if name not in ("step", "epoch")}
    best: dict[str, float] = {}
    meanings = {name: meaning for name, meaning in HEALTH.items() if name in final}
    noise: dict[str, float] = {}
    if (scored := scores(run, registry())) is not None:
        # where the final weights are the best they count as both: a mean takes each run once
        kept = scored.final if best_step(run) == scored.final else scored.best
        for row in scored.rows:
            for values, at in ((final, scored.final), (best, kept)):
                if at in row.at:
                    values[_name(row)] = row.at[at]
            if row.score:
                meanings[_name(row)] = row.score
        noise = dict(_noise(scored.rows, scored.final))
    seconds = numbers(run.timings).get("seconds", np.array([np.nan]))
    return Ended(
        run, run.record, status, facts.reached(run), float(seconds[-1]), facts.speed(run),
        final, best, meanings, noise, facts.diagnosis(run),
    )  # fmt: skip


def _name(row: ScoreRow) -> str:
    return row.name if row.protocol.startswith(UNDER_WAY) else f"{row.name} ({row.protocol})"


def _noise(rows: Sequence[ScoreRow], step: int) -> Iterable[tuple[str, float]]:
    """The standard deviation of each score that was evaluated with several seeds."""
    repeats: dict[tuple[str, str], list[ScoreRow]] = {}
    for row in rows:
        if row.repeated and np.isfinite(row.at.get(step, np.nan)):
            repeats.setdefault((row.name, row.repeated), []).append(row)
    for same in repeats.values():
        if len(same) > 1:
            deviation = statistics.stdev(row.at[step] for row in same)
            yield from ((_name(row), deviation) for row in same)
