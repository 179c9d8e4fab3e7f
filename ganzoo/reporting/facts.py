"""The facts about a run in words, from its folder and from those of its plugins that are
installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from ganzoo.diagnosis import Diagnosis, diagnose
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.registry.records import KINDS, PARTS, Paper
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import settings_of
from ganzoo.reporting.charts import numbers
from ganzoo.reporting.curves import Values
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord
from ganzoo.runs.status import UNKNOWN
from ganzoo.runs.table import Table

ENDS = {
    "finished": "",
    "interrupted": "The run was interrupted. Its weights are saved, and you can resume it.",
    "killed": "The run’s process was killed. This page shows what it had saved by then.",
    "failed": "The run failed.",
    UNKNOWN: "Nobody knows how the run ended, because its status.json is damaged.",
    "running": "The run was still training when this page was made.",
}


@dataclass(frozen=True)
class Part:
    """The model, loss, penalty or dataset of a run."""

    kind: str
    name: str
    summary: str = ""
    paper: Paper | None = None
    missing: str = ""
    """Why its summary and paper are unknown."""


@dataclass(frozen=True)
class SettingRow:
    """A setting of the run."""

    key: str
    value: str
    meaning: str
    requested: bool


def diagnosis(run: Run) -> Diagnosis:
    """What is wrong with the run, or why that is unknown."""
    try:
        return diagnose(run)
    except BrokenFile as error:
        return Diagnosis([], [], False, f"The run cannot be diagnosed: {error}")


def reached(run: Run) -> int:
    """The last step that the folder has data of. A killed run has not recorded its last step."""
    status, step = run.status()
    if status not in ("running", "killed", UNKNOWN):
        return step
    steps = [step, *run.look_steps()[:1]]
    steps += [int(found[-1]) for t in (run.metrics, run.health) if len(found := _steps(t))]
    return max(steps)


def _steps(table: Table) -> Values:
    return numbers(table).get("step", np.array([]))


def parts(record: RunRecord, zoo: Registry) -> list[Part]:
    """The model, loss, penalty and dataset of the run."""
    found = []
    for group, name in _chosen(record):
        kind, entry = group.partition(".")[0], _entry(record, zoo, group, name)
        if entry is None:
            source = record.distributions.get(group, "its plugin")
            found.append(Part(kind, name, missing=f"{source} is not installed here or is broken"))
        else:
            found.append(Part(kind, name, entry.record.summary, entry.record.paper))
    return found


def facts(run: Run, record: RunRecord) -> list[tuple[str, str]]:
    """The run's length, start, speed and hardware, as terms and values."""
    step = reached(run)
    timings = numbers(run.timings)
    seconds: Sequence[float] = list(timings.get("seconds", []))
    rows = [
        ("Steps", f"{step:,}" if step == record.total else f"{step:,} of {record.total:,}"),
        ("Epochs", f"{step / record.steps_per_epoch:,.3g}" if record.steps_per_epoch else ""),
        ("Batch size", f"{record.settings.get('trainer.batch_size', '')} samples"),
        ("Seed", str(record.seed)),
        ("Started", when(record.started)),
        ("Duration", duration(seconds[-1]) if len(seconds) else ""),
        ("Speed", f"{speed(run):,.0f} samples/s" if len(seconds) else ""),
        ("Hardware", hardware(record)),
    ]
    return [(name, value) for name, value in rows if value]


def headline(rows: Sequence[tuple[str, str]]) -> str:
    """The most important facts in one line."""
    known = dict(rows)
    steps = f"{known['Steps']} step{'s' * (known['Steps'] != '1')}"
    took = f" in {known['Duration']}" if "Duration" in known else ""
    return " · ".join([steps + took, *([known["Hardware"]] if "Hardware" in known else [])])


def setting_rows(record: RunRecord, zoo: Registry) -> list[SettingRow]:
    """All settings, the requested ones first."""
    meanings = _meanings(record, zoo)
    rows = [
        SettingRow(key, spelt(value), meanings.get(key, ""), key in record.asked)
        for key, value in record.settings.items()
    ]
    return sorted(rows, key=lambda row: not row.requested)


def spelt(value: Any) -> str:
    """A setting's value as a person types it."""
    if value is None:
        return "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def when(started: str) -> str:
    """A day and a time."""
    try:
        then = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{then.day} {then:%B %Y, %H:%M}"


def duration(seconds: float) -> str:
    """``1 h 2 min``, ``2 min 3 s`` or ``3.4 s``."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours} h {minute} min" if hours else f"{minute} min {second} s"


def speed(run: Run) -> float:
    """The median of the real samples per second."""
    import numpy as np

    rates = numbers(run.timings).get("samples_per_second", np.array([]))
    return float(np.nanmedian(rates)) if np.isfinite(rates).any() else float("nan")


def hardware(record: RunRecord) -> str:
    """The hardware that the run was trained on, as far as it is recorded."""
    device = str(record.settings.get("trainer.device", ""))
    threads = record.settings.get("trainer.threads")
    if device == "cpu":
        return f"CPU, {threads} thread{'s' * (threads != 1)}" if threads else "CPU"
    return {"cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)"}.get(device, device)


def _chosen(record: RunRecord) -> list[tuple[str, str]]:
    """Group of settings and name of each part."""
    return [each for kind in PARTS for each in record.chosen(kind).items()]


def _entry(record: RunRecord, zoo: Registry, group: str, name: str) -> Entry | None:
    kind, distribution = KINDS[group.partition(".")[0]], record.distributions.get(group)
    try:
        return zoo.find(kind, name, near=distribution)
    except GanzooError:
        return None


def _meanings(record: RunRecord, zoo: Registry) -> dict[str, str]:
    from ganzoo.engine.config import TrainerConfig

    classes: dict[str, Callable[[], type[Any]]] = {"trainer": lambda: TrainerConfig}
    for group, name in _chosen(record):
        if entry := _entry(record, zoo, group, name):
            classes[group] = entry.resolve
    meanings: dict[str, str] = {}
    for group, cls in classes.items():
        try:
            meanings |= {s.key: s.meaning for s in settings_of(group, cls())}
        except Exception:  # a broken plugin can raise anything; the page leaves its meanings out
            continue
    return meanings


def papers(made_of: Sequence[Part]) -> list[tuple[str, Paper]]:
    """Each paper once, with the parts that it describes."""
    found: dict[Paper, list[str]] = {}
    for part in made_of:
        if part.paper:
            found.setdefault(part.paper, []).append(part.name)
    return [(" and ".join(names), paper) for paper, names in found.items()]
