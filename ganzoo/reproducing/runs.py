"""An experiment's runs: what is asked of each, and whether those that are there were made so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import Override
from ganzoo.reproducing.experiment import Experiment, System
from ganzoo.runs.folder import Run, all_runs
from ganzoo.training.plan import Request, asked_keys, plan
from ganzoo.training.recording import plain_settings, recorded_request


def request(experiment: Experiment, system: System, steps: int) -> Request:
    """What is asked of each of the system's runs."""
    settings = {**experiment.settings, **system.settings, "trainer.steps": steps}
    source = f"experiment {experiment.name}"
    return Request(
        model=system.model,
        loss=system.loss,
        penalty=system.penalty,
        dataset=experiment.dataset,
        overrides=tuple(Override(key, value, source) for key, value in settings.items()),
    )


def finished(
    zoo: Registry, experiment: Experiment, systems: Sequence[System], folder: Path
) -> Mapping[str, Sequence[Run]]:
    """The finished runs in the folder by system, of each by seed, whichever command trained them.

    Raises:
        UsageError: one was made otherwise than the experiment says, or there is no mean of them.
    """
    found = {}
    for system in systems:
        there = folder / system.folder
        runs = [run for run in all_runs(there) if run.status()[0] == "finished"]
        for run in runs:
            _check(zoo, experiment, system, run)
        if len({run.record.total for run in runs}) > 1:
            raise UsageError(f"{there} has finished runs of different lengths: there is no mean")
        if len({run.record.seed for run in runs}) < len(runs):
            raise UsageError(f"{there} has two finished runs of one seed: there is no mean")
        if runs:
            found[system.name] = sorted(runs, key=lambda run: run.record.seed)
    return found


def check_lengths(systems: Sequence[System], folder: Path, steps: int) -> None:
    """See that the runs that have begun in the folder are of so many steps.

    Raises:
        UsageError: one is not, and would make no mean with others.
    """
    for system in systems:
        for run in all_runs(folder / system.folder):
            if run.record.total != steps:
                raise UsageError(
                    f"{run.path} is a run of {run.record.total:,} steps, not of {steps:,}: "
                    "choose another --out, or another --scale"
                )


def _check(zoo: Registry, experiment: Experiment, system: System, run: Run) -> None:
    settled = plan(zoo, request(experiment, system, run.record.total))
    made, told = recorded_request(run.record), plain_settings(settled)
    wanted: dict[str, Any] = {key: told[key] for key in asked_keys(settled)}
    for key, left_to_ganzoo in (("trainer.device", "auto"), ("trainer.threads", 0)):
        if wanted.get(key) == left_to_ganzoo:
            del wanted[key]
    had: dict[str, Any] = {key: run.record.settings.get(key) for key in wanted}
    for part in PARTS:
        entry = settled.entry(part)
        wanted[part] = entry.qualified if entry else "none"
        had[part] = getattr(made, part) or "none"
    if wrong := [key for key in wanted if had[key] != wanted[key]]:
        raise UsageError(
            f"{run.path} is no run of {experiment.name}: its {wrong[0]} is {had[wrong[0]]}, "
            f"{system.name} has {wanted[wrong[0]]}"
        )
