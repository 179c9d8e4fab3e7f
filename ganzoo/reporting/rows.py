"""The rows of a comparison's table: settings that differ, and results with marks for the best.

Two results differ if their difference is more than `FAR` times its standard error,

.. math::
    \\sqrt{e_1^2 + e_2^2}

where :math:`e` is the standard error of a mean over seeds. For a single run, it is the standard
deviation of its score over several sets of samples. An unknown error counts as 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ganzoo.diagnosis import Diagnosis
from ganzoo.registry.records import TYPED, Score
from ganzoo.reporting import facts
from ganzoo.reporting.columns import Compared, Ended
from ganzoo.reporting.spread import Spread
from ganzoo.runs.record import RunRecord
from ganzoo.sweeping.folder import spelt_seeds

BEST, NOISE = "best", "within noise"
FAR = 2.0
"""Standard errors beyond which two results differ."""


@dataclass(frozen=True)
class Row:
    """One setting or result, with its value for each column."""

    name: str
    values: Sequence[str]
    marks: Sequence[str] = ()
    """`BEST`, `NOISE` or nothing for each column. Empty if no value is better than another."""
    meaning: Score | None = None

    @property
    def marked(self) -> Sequence[tuple[str, str]]:
        """Each value with its mark."""
        return list(zip(self.values, self.marks or [""] * len(self.values), strict=True))


def differences(compared: Sequence[Compared]) -> list[Row]:
    """The parts, settings and versions that differ between the runs, requested settings first."""
    records = [[run.record for run in c.runs] for c in compared]
    every = [record for column in records for record in column]
    keys = list(dict.fromkeys(key for record in every for key in record.settings))
    requested = {key for record in every for key in record.asked}
    keys.sort(key=lambda key: key not in requested)
    versions = list(dict.fromkeys(name for record in every for name in record.versions))
    recorded = all(r.settings.get("trainer.steps") == r.total for r in every)

    def row(name: str, value: Callable[[RunRecord], str]) -> Row:
        return Row(name, [", ".join(dict.fromkeys(map(value, column))) for column in records])

    def of_setting(key: str) -> Row:
        if key == "trainer.seed":
            return Row(key, [spelt_seeds(record.seed for record in column) for column in records])
        return row(key, lambda record: _value(record.settings, key))

    rows = [
        *(row(part, partial(_part, part)) for part in TYPED),
        *map(of_setting, keys),
        *([] if recorded else [row("total steps", lambda r: f"{r.total:,}")]),
        *(row(name, partial(_version, name)) for name in versions),
    ]
    return [row for row in rows if len(set(row.values)) > 1]


def outcomes(compared: Sequence[Compared]) -> list[Row]:
    """The results of each column. For a sweep, mean and standard error of its finished runs."""
    swept = any(c.several for c in compared)
    found = [c.tally([_found(run.diagnosis) for run in c.runs]) for c in compared]
    return [
        Row("status", [c.status for c in compared]),
        *([Row("finished runs", [str(finished(c)) for c in compared])] if swept else []),
        Row("steps", [c.tally([f"{run.step:,}" for run in c.counted]) for c in compared]),
        *scored(compared),
        Row("findings", found),
        Row("time", [_over(c, lambda run: run.seconds, facts.duration) for c in compared]),
        Row("samples/s", [_over(c, lambda run: run.speed, "{:,.0f}".format) for c in compared]),
    ]


def scored(compared: Sequence[Compared]) -> list[Row]:
    """The rows of numbers. Those that say which run is better come first."""
    runs = [run for c in compared for run in c.counted]
    names = dict.fromkeys(name for run in runs for name in run.final)
    meanings = {name: meaning for run in runs for name, meaning in run.meanings.items()}
    rows = []
    for name in sorted(names, key=lambda n: not (n in meanings and meanings[n].better)):
        meaning, spelt = meanings.get(name), name.replace("_", " ")
        for ending, values in (
            ("", [c.final(name) for c in compared]),
            (", best weights", [c.best(name) for c in compared]),
        ):
            if ending and not any(value.n for value in values):
                continue
            shown = [c.spelt(value) for c, value in zip(compared, values, strict=True)]
            marks = _marks(compared, values, name, meaning)
            rows.append(Row(spelt + ending, shown, marks, meaning))
    return rows


def marked(values: Sequence[Spread], better: str) -> list[str]:
    """`BEST` for the best value, `NOISE` for those within noise of it, and nothing for the others.

    If all values are the same, none is marked.
    """
    known = [value for value in values if math.isfinite(value.mean)]
    if len({value.mean for value in known}) < 2:
        return [""] * len(values)
    best = (max if better == "higher" else min)(known, key=lambda value: value.mean)

    def mark(value: Spread) -> str:
        if value.mean == best.mean:
            return BEST
        error = math.hypot(*(0 if math.isnan(v.error) else v.error for v in (value, best)))
        return NOISE if abs(value.mean - best.mean) <= FAR * error else ""

    return [mark(value) if math.isfinite(value.mean) else "" for value in values]


def _marks(
    compared: Sequence[Compared], values: Sequence[Spread], name: str, meaning: Score | None
) -> Sequence[str]:
    if not (meaning and meaning.better):
        return ()
    data = {_data(c) for c, value in zip(compared, values, strict=True) if value.n}
    if len(data) > 1:  # scores on different data say nothing about which run is better
        return ()
    sure = [
        Spread(value.mean, c.noise(name), value.n) if math.isnan(value.error) else value
        for c, value in zip(compared, values, strict=True)
    ]
    return marked(sure, meaning.better)


def _data(c: Compared) -> str:
    """Identifies the data that a score compares with."""
    own = {k: v for k, v in c.record.settings.items() if k.startswith("dataset.")}
    return f"{c.record.dataset} {sorted(own.items())}"


def _part(part: str, record: RunRecord) -> str:
    return getattr(record, part) or "none"


def _version(name: str, record: RunRecord) -> str:
    return _value(record.versions, name)


def _value(values: Mapping[str, Any], key: str) -> str:
    return facts.spelt(values[key]) if key in values else "–"


def finished(c: Compared) -> int:
    """The number of its finished runs."""
    return sum(run.status == "finished" for run in c.runs)


def _over(c: Compared, value: Callable[[Ended], float], spelt: Callable[[float], str]) -> str:
    """A mean without its error. It measures the machine and not the model."""
    known = [v for run in c.counted if (v := value(run)) >= 0]
    return spelt(float(np.mean(known))) if known else "–"


def _found(diagnosis: Diagnosis) -> str:
    if diagnosis.findings:
        return ", ".join(finding.fault for finding in diagnosis.findings)
    return "none" if diagnosis.judged else "not judged"
