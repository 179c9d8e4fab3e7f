"""The scores of a run's final weights and of its best ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import nan
from typing import Any

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.registry.records import Metric, Score
from ganzoo.registry.registry import Registry
from ganzoo.runs.best import read_best
from ganzoo.runs.evaluations import Evaluation, number, read_evaluations
from ganzoo.runs.folder import Run

DURING = "during training"


@dataclass
class ScoreRow:
    """One score by one protocol."""

    name: str
    protocol: str
    """The number of samples, their seed and the metric's settings."""
    score: Score | None
    """What it means, or ``None`` if its metric is not installed."""
    repeated: str = ""
    """The protocol without its seed. Rows that share it repeat one measurement."""
    at: dict[int, float] = field(default_factory=dict)
    """Step -> value."""


@dataclass(frozen=True)
class Scores:
    """All scores of a run, at the step of its final weights and at that of its best ones."""

    rows: list[ScoreRow]
    final: int
    best: int | None
    """Step of the best weights, or ``None`` if none were kept or if they are the final ones."""


def scores(run: Run, zoo: Registry) -> Scores | None:
    """The scores of a run, or ``None`` if it was never evaluated."""
    found: dict[tuple[str, str], ScoreRow] = {}

    def add(name: str, protocol: str, step: int, value: float, repeated: str = "") -> None:
        row = ScoreRow(name, protocol, _meaning(zoo, name), repeated)
        found.setdefault((name, protocol), row).at[step] = value

    for table_row in _metrics(run):
        for name in table_row:
            if "." in name and table_row[name] == table_row[name]:  # rows without a score have NaN
                add(name, _during(run, zoo, name), int(table_row["step"]), table_row[name])
    for evaluation in _evaluations(run):
        for name, value in evaluation.scores.items():
            repeated = f"{evaluation.samples:,} samples{_spelt(evaluation.settings)}"
            add(name, _protocol(evaluation), evaluation.step, value, repeated)
    final, best = _last(run), None
    with suppress(BrokenFile):
        best = read_best(run)[0]
    best = None if best == final else best
    rows = [row for row in found.values() if final in row.at or best in row.at]
    return Scores(rows, final, best) if rows else None


def _last(run: Run) -> int:
    return max([0, *run.sampled_steps()[:1], *run.checkpoint_steps()[:1]])


def _metrics(run: Run) -> Iterable[Mapping[str, float]]:
    with suppress(BrokenFile):
        return run.metrics.numbers()
    return []


def _evaluations(run: Run) -> Iterable[Evaluation]:
    with suppress(BrokenFile):
        return read_evaluations(run.evaluations)
    return []


def _protocol(evaluation: Evaluation) -> str:
    settings = _spelt(evaluation.settings)
    return f"{evaluation.samples:,} samples of seed {evaluation.seed}{settings}"


def _spelt(settings: Mapping[str, Any]) -> str:
    return "".join(f"; {key.rpartition('.')[2]} {value}" for key, value in settings.items())


def _during(run: Run, zoo: Registry, name: str) -> str:
    metric = name.partition(".")[0]
    with suppress(GanzooError):
        record = zoo.find(Metric, metric).record
        if isinstance(record, Metric):
            settings = run.record.settings.items()
            own = {k: v for k, v in settings if k.startswith(f"metric.{metric}.")}
            return f"{DURING}, {record.samples:,} samples{_spelt(own)}"
    return DURING


def _meaning(zoo: Registry, name: str) -> Score | None:
    metric, _, score = name.partition(".")
    with suppress(GanzooError):
        record = zoo.find(Metric, metric).record
        assert isinstance(record, Metric)
        return next((each for each in record.scores if each.name == score), None)
    return None


def text(row: ScoreRow, step: int | None) -> str:
    """Its value at a step, as text for people."""
    value = row.at.get(step, nan) if step is not None else nan
    return number(value) if value == value else "–"
