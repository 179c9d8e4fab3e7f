"""Several runs side by side: where their settings differ, what came of it, and how.

The runs go by letters, each with a colour of its own, wherever they are shown. A sweep counts as
one: its numbers and curves are means over its seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ganzoo.registry.records import TYPED
from ganzoo.reporting import facts
from ganzoo.reporting.charts import overlaid
from ganzoo.reporting.columns import Compared, Ended
from ganzoo.reporting.players import Player, Track, grid_of, looks, scatter, track
from ganzoo.runs.record import RunRecord
from ganzoo.sweeping.folder import spelt_seeds

PICTURES = 100
"""Grids of all runs together that a page has at most."""


@dataclass(frozen=True)
class Row:
    """One thing, for each run."""

    name: str
    values: Sequence[str]


def differences(compared: Sequence[Compared]) -> list[Row]:
    """What the runs were made of where it is not the same for all: first what was asked for."""
    records = [[run.record for run in c.runs] for c in compared]
    every = [record for column in records for record in column]
    keys = list(dict.fromkeys(key for record in every for key in record.settings))
    asked = {key for record in every for key in record.asked}
    keys.sort(key=lambda key: key not in asked)
    versions = list(dict.fromkeys(name for record in every for name in record.versions))
    told = all(r.settings.get("trainer.steps") == r.total for r in every)

    def row(name: str, value: Callable[[RunRecord], str]) -> Row:
        return Row(name, [", ".join(dict.fromkeys(map(value, column))) for column in records])

    def of_setting(key: str) -> Row:
        if key == "trainer.seed":
            return Row(key, [spelt_seeds(record.seed for record in column) for column in records])
        return row(key, lambda record: _value(record.settings, key))

    rows = [
        *(row(part, partial(_part, part)) for part in TYPED),
        *map(of_setting, keys),
        *([] if told else [row("total steps", lambda r: f"{r.total:,}")]),
        *(row(name, partial(_version, name)) for name in versions),
    ]
    return [row for row in rows if len(set(row.values)) > 1]


def outcomes(compared: Sequence[Compared]) -> list[Row]:
    """How each ended, in numbers: of a sweep, mean and standard error of its finished runs."""
    names = dict.fromkeys(name for c in compared for run in c.counted for name in run.final)
    swept = any(c.is_sweep for c in compared)
    rows = [
        Row("status", [c.status for c in compared]),
        *([Row("finished runs", [_finished(c) for c in compared])] if swept else []),
        Row("steps", [c.tally([f"{run.step:,}" for run in c.counted]) for c in compared]),
        Row("time", [_over(c, lambda run: run.seconds, facts.duration) for c in compared]),
        Row("samples/s", [_over(c, lambda run: run.speed, "{:,.0f}".format) for c in compared]),
    ]
    for name in names:
        spelt = name.replace("_", " ")
        rows.append(Row(spelt, [c.spelt(c.final(name)) for c in compared]))
        if any(c.best(name).n for c in compared):
            best = [c.spelt(c.best(name)) for c in compared]
            rows.append(Row(f"{spelt}, best weights", best))
    found = [c.tally([_found(run.diagnosis) for run in c.runs]) for c in compared]
    return [*rows, Row("findings", found)]


def _part(part: str, record: RunRecord) -> str:
    return getattr(record, part) or "none"


def _version(name: str, record: RunRecord) -> str:
    return _value(record.versions, name)


def _finished(c: Compared) -> str:
    return str(sum(run.status == "finished" for run in c.runs))


def _over(c: Compared, value: Callable[[Ended], float], spelt: Callable[[float], str]) -> str:
    """The mean of what has no error worth telling: the machine's, not the model's."""
    known = [v for run in c.counted if (v := value(run)) >= 0]
    return spelt(float(np.mean(known))) if known else "–"


def _found(diagnosis: facts.Diagnosis) -> str:
    if diagnosis.findings:
        return ", ".join(finding.illness for finding in diagnosis.findings)
    return "none" if diagnosis.verdict.startswith("Nothing") else "cannot tell"


def page(compared: Sequence[Compared]) -> str:
    """The page as text."""
    from ganzoo.reporting.page import render  # the table does without

    by_label = {c.label: [run.run for run in c.counted] for c in compared}
    return render(
        "compare.html",
        compared=compared,
        differences=differences(compared),
        outcomes=outcomes(compared),
        charts=overlaid(by_label, {c.label: c.colour for c in compared}),
        grids=_grids(compared),
    )


def plain(compared: Sequence[Compared]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "runs": [
            {"label": c.label, **(_plain_sweep(c) if c.is_sweep else _plain(c.runs[0]))}
            for c in compared
        ],
        "differences": {row.name: list(row.values) for row in differences(compared)},
    }


def _plain(run: Ended) -> dict[str, Any]:
    return {
        "run": str(run.run.path),
        **{part: getattr(run.record, part) for part in TYPED},
        "settings": dict(run.record.settings),
        "status": run.status,
        "step": run.step,
        "total": run.record.total,
        "seconds": run.seconds if run.seconds >= 0 else None,
        "samples_per_second": run.speed if run.speed >= 0 else None,
        "final": _finite(run.final),
        "best": _finite(run.best),
        "findings": [f.plain() for f in run.diagnosis.findings],
    }


def _plain_sweep(c: Compared) -> dict[str, Any]:
    final = {name: c.final(name) for run in c.counted for name in run.final}
    best = {name: c.best(name) for run in c.counted for name in run.best}
    return {
        "run": str(c.path),
        "status": c.status,
        "finished": int(_finished(c)),
        "final": _finite({name: spread.mean for name, spread in final.items()}),
        "standard_error": _finite({name: spread.error for name, spread in final.items()}),
        "counted": {name: spread.n for name, spread in final.items()},
        "best": _finite({name: spread.mean for name, spread in best.items()}),
        "best_standard_error": _finite({name: spread.error for name, spread in best.items()}),
        "best_counted": {name: spread.n for name, spread in best.items()},
        "runs": [_plain(run) for run in c.runs],
    }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def _value(values: Mapping[str, Any], key: str) -> str:
    return facts.spelt(values[key]) if key in values else "–"


def _grids(compared: Sequence[Compared]) -> Player | None:
    """Every run's grids at the same shares of its length."""
    longest = max(len(c.shown.run.look_steps()) for c in compared)
    moments = min(longest, PICTURES // len(compared))
    shares = [i / (moments - 1) for i in range(moments)] if moments > 1 else [1.0]
    tracks = [found for c in compared if (found := _track(c, shares))]
    if not tracks:
        return None
    labels = [f"{share:.0%} of the run" for share in shares]
    return Player("grids", "share of the run", labels, tracks)


def _track(c: Compared, shares: Sequence[float]) -> Track | None:
    seen = looks(c.shown.run, _nearest(c.shown.run.look_steps(), shares))
    if not seen:
        return None
    steps = _nearest(list(seen), shares)
    about: dict[str, Any] = {"colour": c.colour}
    title = f"{c.label} · {c.title}"
    if seen[steps[-1]].samples.field.is_image:
        return track(title, [grid_of(seen[step].samples) for step in steps], **about)
    return scatter([seen[step] for step in steps], c.shown.run.real(), title, **about)


def _nearest(steps: Sequence[int], shares: Sequence[float]) -> list[int]:
    """The step nearest to each share of the way to the last."""
    if not steps:
        return []
    wanted = [share * max(steps) for share in shares]
    return [steps[int(np.abs(np.array(steps) - at).argmin())] for at in wanted]
