"""Several runs side by side: where their settings differ, what came of it, and how.

The runs go by letters, each with a colour of its own, wherever they are shown.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganzoo.diagnosis import Finding
from ganzoo.errors import UsageError
from ganzoo.reporting import facts
from ganzoo.reporting.charts import numbers, overlaid
from ganzoo.reporting.curves import COLOURS, number
from ganzoo.reporting.page import render
from ganzoo.reporting.players import Player, Track, grid_of, looks, scatter, track
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord

MOST = 10
"""Runs that a page can still tell apart by colour."""
PICTURES = 100
"""Grids of all runs together that a page has at most."""
PARTS = ("model", "dataset", "loss", "penalty")


@dataclass(frozen=True)
class Compared:
    """A run among others."""

    label: str
    """``A``, ``B``, ..."""
    colour: str
    run: Run
    record: RunRecord
    status: str
    step: int
    seconds: float
    speed: float
    final: Mapping[str, float]
    """Metrics and health as they were at the end."""
    diagnosis: facts.Diagnosis

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self.diagnosis.findings

    @property
    def name(self) -> str:
        """Its folder's."""
        return self.run.path.resolve().name


@dataclass(frozen=True)
class Row:
    """One thing, for each run."""

    name: str
    values: Sequence[str]


def gather(runs: Sequence[Run]) -> list[Compared]:
    """The runs with what is compared.

    Raises:
        UsageError: fewer than two, or more than can be told apart.
        BrokenFile: a run's record is damaged.
    """
    if not 2 <= len(runs) <= MOST:
        raise UsageError(f"runs to compare: {len(runs)}; expected 2 to {MOST}")
    return [
        _compared(run, label, colour)
        for run, label, colour in zip(runs, string.ascii_uppercase, COLOURS, strict=False)
    ]


def differences(compared: Sequence[Compared]) -> list[Row]:
    """What the runs were made of where it is not the same for all: first what was asked for."""
    records = [c.record for c in compared]
    keys = list(dict.fromkeys(key for record in records for key in record.settings))
    asked = {key for record in records for key in record.asked}
    keys.sort(key=lambda key: key not in asked)
    versions = list(dict.fromkeys(name for record in records for name in record.versions))
    told = all(r.settings.get("trainer.steps") == r.total for r in records)
    rows = [
        *(Row(part, [getattr(r, part) or "none" for r in records]) for part in PARTS),
        *(Row(key, [_value(r.settings, key) for r in records]) for key in keys),
        *([] if told else [Row("total steps", [f"{r.total:,}" for r in records])]),
        *(Row(name, [_value(r.versions, name) for r in records]) for name in versions),
    ]
    return [row for row in rows if len(set(row.values)) > 1]


def outcomes(compared: Sequence[Compared]) -> list[Row]:
    """How each run ended, in numbers."""
    names = dict.fromkeys(name for c in compared for name in c.final)
    return [
        Row("status", [c.status for c in compared]),
        Row("steps", [f"{c.step:,}" for c in compared]),
        Row("time", [facts.duration(c.seconds) if c.seconds >= 0 else "–" for c in compared]),
        Row("samples/s", [f"{c.speed:,.0f}" if c.speed >= 0 else "–" for c in compared]),
        *(
            Row(name.replace("_", " "), [number(c.final.get(name, np.nan)) for c in compared])
            for name in names
        ),
        Row("findings", [_found(c.diagnosis) for c in compared]),
    ]


def _found(diagnosis: facts.Diagnosis) -> str:
    if diagnosis.findings:
        return ", ".join(finding.illness for finding in diagnosis.findings)
    return "none" if diagnosis.verdict.startswith("Nothing") else "cannot tell"


def page(compared: Sequence[Compared]) -> str:
    """The page as text."""
    by_label = {c.label: c.run for c in compared}
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
            {
                "label": c.label,
                "run": str(c.run.path),
                **{part: getattr(c.record, part) for part in PARTS},
                "settings": dict(c.record.settings),
                "status": c.status,
                "step": c.step,
                "total": c.record.total,
                "seconds": c.seconds if c.seconds >= 0 else None,
                "samples_per_second": c.speed if c.speed >= 0 else None,
                "final": {k: v if np.isfinite(v) else None for k, v in c.final.items()},
                "findings": [f.plain() for f in c.findings],
            }
            for c in compared
        ],
        "differences": {row.name: list(row.values) for row in differences(compared)},
    }


def _compared(run: Run, label: str, colour: str) -> Compared:
    status, _ = run.status()
    final: dict[str, float] = {}
    for table in (run.metrics, run.health):
        columns = numbers(table).items()
        final |= {name: float(v[-1]) for name, v in columns if name not in ("step", "epoch")}
    seconds = numbers(run.timings).get("seconds", np.array([np.nan]))
    return Compared(
        label, colour, run, run.record, status, facts.reached(run),
        float(seconds[-1]), facts.speed(run), final, facts.diagnosis(run),
    )  # fmt: skip


def _value(values: Mapping[str, Any], key: str) -> str:
    return facts.spelt(values[key]) if key in values else "–"


def _grids(compared: Sequence[Compared]) -> Player | None:
    """Every run's grids at the same shares of its length."""
    longest = max(len(c.run.look_steps()) for c in compared)
    moments = min(longest, PICTURES // len(compared))
    shares = [i / (moments - 1) for i in range(moments)] if moments > 1 else [1.0]
    tracks = [found for c in compared if (found := _track(c, shares))]
    if not tracks:
        return None
    labels = [f"{share:.0%} of the run" for share in shares]
    return Player("grids", "share of the run", labels, tracks)


def _track(c: Compared, shares: Sequence[float]) -> Track | None:
    seen = looks(c.run, _nearest(c.run.look_steps(), shares))
    if not seen:
        return None
    steps = _nearest(list(seen), shares)
    about: dict[str, Any] = {"colour": c.colour}
    title = f"{c.label} · {c.name}"
    if seen[steps[-1]].samples.field.is_image:
        return track(title, [grid_of(seen[step].samples) for step in steps], **about)
    return scatter([seen[step] for step in steps], c.run.real(), title, **about)


def _nearest(steps: Sequence[int], shares: Sequence[float]) -> list[int]:
    """The step nearest to each share of the way to the last."""
    if not steps:
        return []
    wanted = [share * max(steps) for share in shares]
    return [steps[int(np.abs(np.array(steps) - at).argmin())] for at in wanted]
