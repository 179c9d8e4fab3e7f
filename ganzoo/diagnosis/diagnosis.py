"""From what a run has shown to a verdict: its faults, or a sentence that says there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ganzoo.diagnosis import collapse, explosion, memorising, oscillation, won
from ganzoo.diagnosis.command import changed
from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import GRIDS, History
from ganzoo.diagnosis.remedy import remedy
from ganzoo.prose.commands import shell_command

FAULTS = (explosion, won, collapse, oscillation, memorising)
"""The gravest first."""


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a run, as far as it can be judged."""

    findings: Sequence[Finding]
    """Its faults, the gravest first."""
    signs: Sequence[Finding]
    """What would be a fault in a run that had trained for long enough; this one has not."""
    judged: bool
    """Whether there was enough to say that nothing is wrong, where nothing is."""
    verdict: str
    """Where there are no findings, what there is to say, in a few sentences."""
    command: str = ""
    """Where the run has not trained for long enough, the command that trains it further."""


def examine(history: History, path: str) -> Diagnosis:
    """The diagnosis of what has been read from ``path``."""
    found = [finding for fault in FAULTS if (finding := fault.find(history))]
    findings = [f for f in found if _settled(f, history)]
    signs = [f for f in found if f not in findings]
    judged = history.ripe and history.telling and not signs
    unfinished = history.step < history.record.total
    return Diagnosis(
        [_with_remedy(finding, history) for finding in findings],
        signs,
        judged,
        " ".join(_verdict(history, signs, judged, unfinished)),
        "" if judged and not unfinished else _longer(history, path),
    )


def _settled(finding: Finding, history: History) -> bool:
    """Whether it is a fault already, and not what every run begins with."""
    if finding.fault == "explosion":
        return True
    return history.ripe and (finding.lasting or history.enough)


def _with_remedy(finding: Finding, history: History) -> Finding:
    offered = remedy(finding.fault, history.record)
    if offered is None:
        return finding
    missing = "" if offered.installed else f" (first install {offered.package})"
    command = changed(history.record, offered.changes(history.record))
    return replace(finding, advice=offered.advice + missing, command=command)


def _verdict(
    history: History, signs: Sequence[Finding], judged: bool, unfinished: bool
) -> list[str]:
    step, total = history.step, history.record.total
    said = [f"The run is unfinished, at step {step:,} of {total:,}."] if unfinished else []
    if judged:
        return [*said, "So far, nothing looks wrong."] if said else ["Nothing looks wrong."]
    reason = ""
    if max(step, total) < history.needed:
        reason = f": a run like this may need {history.needed:,} steps"
    elif history.ripe and not history.telling:
        reason = f": that takes {GRIDS} grids, and this run has {len(history.health)}"
    said.append(f"It is too early to judge{reason}.")
    if signs:
        said.append(f"So far, {signs[0].evidence}. Many good runs begin like this.")
    return said


def _longer(history: History, path: str) -> str:
    """The command that trains the run until it can be judged."""
    record = history.record
    every = int(record.settings.get("trainer.sample_every", 1))
    steps = max(record.total, history.needed, GRIDS * every)
    scheduled = record.settings.get("trainer.schedule", "constant") != "constant"
    if steps > record.total and (scheduled or history.reads_done):
        return changed(record, {"trainer.epochs": None, "trainer.steps": steps})
    more = ("--steps", steps) if steps > record.total else ()
    return shell_command("train", "--resume", path, *more, plugins=record.files_for())
