"""The columns of a comparison. A column is one run, or all runs of a sweep."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from ganzoo.diagnosis import Diagnosis, Finding
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.registry.records import Score
from ganzoo.registry.registry import registry
from ganzoo.reporting import facts
from ganzoo.reporting.charts import numbers
from ganzoo.reporting.curves import palette
from ganzoo.reporting.scores import DURING, ScoreRow, scores
from ganzoo.reporting.spread import Spread
from ganzoo.runs.best import best_step
from ganzoo.runs.folder import Run
from ganzoo.runs.problems import problems as problems_of
from ganzoo.runs.record import RunRecord
from ganzoo.sweeping.folder import Sweep

T = TypeVar("T")
HEALTH = {
    "distance": Score(
        "distance", "Energy distance to the data, a coarse measure for pictures.", "lower"
    ),
    "modes": Score("modes", "The number of the data's modes that have a good sample.", "higher"),
    "good": Score(
        "good", "Share of samples within three standard deviations of a mode's centre.", "higher"
    ),
}
"""The meanings of the columns of ``health.csv`` that say which run is better."""


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
    """The last values of metrics and health, and evaluations of the final weights."""
    best: Mapping[str, float]
    """Scores of the best weights, if the run kept any."""
    meanings: Mapping[str, Score]
    """The meanings of names in ``final``, if known."""
    noise: Mapping[str, float]
    """The standard deviations of scores over the seeds of their samples. A score that was evaluated
    with one seed only has none."""
    diagnosis: Diagnosis
    problems: Sequence[str]
    """What is wrong with its files."""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.run.folder.resolve().name


@dataclass(frozen=True)
class Compared:
    """One column: a run or a sweep."""

    name: str
    """The name of its folder, with as many parent folders as make it unique."""
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
        """The runs that count for its numbers: a single run, or the finished ones of several."""
        return [r for r in self.runs if r.status == "finished" or not self.several]

    @property
    def record(self) -> RunRecord:
        """The record of the run, or of a sweep's first run."""
        return self.runs[0].record

    @property
    def shown(self) -> Ended:
        """The run whose samples are shown."""
        return (self.counted or self.runs)[0]

    @property
    def title(self) -> str:
        """The name of the shown run."""
        return f"{self.name}/{self.shown.name}" if self.several else self.name

    @property
    def status(self) -> str:
        """``finished`` or ``3 finished, 1 failed``."""
        return self.tally([run.status for run in self.runs])

    def tally(self, words: Sequence[str]) -> str:
        """The runs' words as one text, which counts them if they differ."""
        counts = Counter(words).most_common()
        if len(counts) == 1:
            return words[0]
        return ", ".join(f"{n} {word}" for word, n in counts) or "–"

    def spelt(self, spread: Spread) -> str:
        """A number over the runs. It names the number of runs if some have no value."""
        some = 0 < spread.n < len(self.counted)
        return f"{spread} ({spread.n} of {len(self.counted)} runs)" if some else str(spread)

    def final(self, name: str) -> Spread:
        """A final number over the runs."""
        return Spread.over(run.final.get(name, np.nan) for run in self.counted)

    def best(self, name: str) -> Spread:
        """A score of the best weights over the runs."""
        return Spread.over(run.best.get(name, np.nan) for run in self.counted)

    def noise(self, name: str) -> float:
        """The standard deviation of a single run's score over sets of samples; NaN if unknown."""
        return self.counted[0].noise.get(name, np.nan) if len(self.counted) == 1 else np.nan

    @property
    def findings(self) -> Sequence[tuple[Finding, str]]:
        """Each fault once, with the names of the runs that have it."""
        faulty: dict[str, list[tuple[Finding, str]]] = {}
        for run in self.runs:
            for finding in run.diagnosis.findings:
                faulty.setdefault(finding.fault, []).append((finding, run.name))
        return [(found[0][0], ", ".join(name for _, name in found)) for found in faulty.values()]


def gather(given: Sequence[Run | Sweep], problems: list[BrokenFile]) -> list[Compared]:
    """Read what is compared. A sweep over losses has a column for each loss.

    A damaged run is left out and does not hide the others. What is wrong with it is added to
    ``problems``.

    Raises:
        UsageError: fewer than two runs, or a sweep of which no run has begun.
        BrokenFile: too few runs are intact.
    """
    if len(given) < 2 and not any(isinstance(one, Sweep) for one in given):
        raise UsageError(f"cannot compare {len(given)} run; expected two or more, or a sweep")
    parts = [part for one in given for part in _parts(one, problems)]
    ended = [(part, _all_ended(part, problems)) for part in parts]
    columns = [(part, runs) for part, runs in ended if runs]
    if problems and len(columns) < 2 and not any(isinstance(p, Sweep) for p, _ in columns):
        raise problems[0]
    names = called([part.path for part, _ in columns])
    return [
        Compared(name, colour, part.path, isinstance(part, Sweep), runs)
        for (part, runs), name, colour in zip(columns, names, palette(len(columns)), strict=True)
    ]


def called(paths: Sequence[Path]) -> list[str]:
    """A unique name for each path. Repeated paths are numbered."""
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


def _parts(one: Run | Sweep, problems: list[BrokenFile]) -> Sequence[Run | Sweep]:
    if isinstance(one, Run):
        return [one]
    before = len(problems)
    begun = [part for part in _intact(one.parts, problems) if _intact(part.runs, problems)]
    if not begun and len(problems) == before:
        raise UsageError(f"{one.path} is a sweep of which no run has begun")
    return begun


def _all_ended(one: Run | Sweep, problems: list[BrokenFile]) -> list[Ended]:
    runs = [one] if isinstance(one, Run) else one.runs()
    return [ended for run in runs for ended in _intact(partial(_ended, run), problems)]


def _intact(read: Callable[[], Sequence[T]], problems: list[BrokenFile]) -> Sequence[T]:
    """What ``read`` returns, or nothing if a file is damaged."""
    try:
        return read()
    except BrokenFile as error:
        problems.append(error)
        return []


def _ended(run: Run) -> Sequence[Ended]:
    status, _ = run.status()
    final: dict[str, float] = {}
    for table in (run.metrics, run.health):
        columns = numbers(table).items()
        final |= {name: float(v[-1]) for name, v in columns if name not in ("step", "epoch")}
    best: dict[str, float] = {}
    meanings = {name: meaning for name, meaning in HEALTH.items() if name in final}
    noise: dict[str, float] = {}
    if (scored := scores(run, registry())) is not None:
        # if the final weights are also the best, they count as both, so means include every run
        kept = scored.final if best_step(run) == scored.final else scored.best
        for row in scored.rows:
            for values, at in ((final, scored.final), (best, kept)):
                if at in row.at:
                    values[_name(row)] = row.at[at]
            if row.score:
                meanings[_name(row)] = row.score
        noise = dict(_noise(scored.rows, scored.final))
    seconds = numbers(run.timings).get("seconds", np.array([np.nan]))
    ended = Ended(
        run, run.record, status, facts.reached(run), float(seconds[-1]), facts.speed(run),
        final, best, meanings, noise, facts.diagnosis(run), problems_of(run),
    )  # fmt: skip
    return [ended]


def _name(row: ScoreRow) -> str:
    return row.name if row.protocol.startswith(DURING) else f"{row.name} ({row.protocol})"


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
