"""An experiment's runs: their request, and whether existing runs match it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import Override
from ganzoo.reproducing.experiment import Experiment, System
from ganzoo.runs.finding import all_runs
from ganzoo.runs.folder import Run
from ganzoo.training.places import places
from ganzoo.training.plan import Request, asked_keys, plan
from ganzoo.training.recording import plain_settings


def request(experiment: Experiment, system: System, steps: int) -> Request:
    """The request for each of the system's runs, without a seed."""
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
    """The finished runs in the folder by system, ordered by seed, from any command.

    Raises:
        UsageError: a run does not match the experiment, or the runs cannot have a common mean.
    """
    found = {}
    for system in systems:
        there = folder / system.folder
        runs = [run for run in all_runs(there) if run.status()[0] == "finished"]
        for run in runs:
            _check(zoo, experiment, system, run)
        if len({run.record.total for run in runs}) > 1:
            raise UsageError(
                f"{there} has finished runs of different lengths; a mean needs runs of one length"
            )
        if len({run.record.fingerprint for run in runs} - {""}) > 1:
            raise UsageError(
                f"{there} has finished runs on different data; a mean needs runs on the same data"
            )
        if len({run.record.seed for run in runs}) < len(runs):
            raise UsageError(
                f"{there} has two finished runs of one seed; a mean needs different seeds"
            )
        if runs:
            found[system.name] = sorted(runs, key=lambda run: run.record.seed)
    return found


def check_lengths(systems: Sequence[System], folder: Path, steps: int) -> None:
    """Check that all runs in the folder have this number of steps, so that they have a mean.

    Raises:
        UsageError: a run has another number.
    """
    for system in systems:
        for run in all_runs(folder / system.folder):
            if run.record.total != steps:
                raise UsageError(
                    f"{run.path} is a run of {run.record.total:,} steps, not of {steps:,}; "
                    "choose another --out or --scale"
                )


def _check(zoo: Registry, experiment: Experiment, system: System, run: Run) -> None:
    settled = plan(zoo, request(experiment, system, run.record.total))
    record, settings = run.record, plain_settings(settled)
    free = places(settled.settings)
    expected: dict[str, Any] = {k: settings[k] for k in asked_keys(settled) if k not in free}
    for key, left_to_ganzoo in (("trainer.device", "auto"), ("trainer.threads", 0)):
        if expected.get(key) == left_to_ganzoo:
            del expected[key]
    had: dict[str, Any] = {key: record.settings.get(key) for key in expected}
    for part in PARTS:
        wanted = [entry.qualified for entry in settled.chosen(part).values()]
        found = [f"{record.distributions.get(g)}/{n}" for g, n in record.chosen(part).items()]
        expected[part], had[part] = (",".join(names) or "none" for names in (wanted, found))
    if wrong := [key for key in expected if had[key] != expected[key]]:
        raise UsageError(
            f"{run.path} does not fit {experiment.name}: its {wrong[0]} is {had[wrong[0]]}, but "
            f"{system.name} has {expected[wrong[0]]}"
        )
