"""Converts a built run to ``run.json``, and ``run.json`` to a request for the same run."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import torch

from ganzoo.errors import UsageError
from ganzoo.prose.commands import shell_command
from ganzoo.registry.records import PARTS, TYPED, Field
from ganzoo.registry.settings import Override, plain
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord, ViewRecord
from ganzoo.runs.recorder import reads_done
from ganzoo.training import origin
from ganzoo.training.building import Built, pick_device
from ganzoo.training.fingerprint import check_same, warn_of_unknown
from ganzoo.training.parts import origins_of, plugin_files, warn_of_origins
from ganzoo.training.places import places
from ganzoo.training.plan import NAMES, Plan, Request, asked_keys
from ganzoo.training.probes import plot_extent
from ganzoo.training.request import listed_names, recorded_names

logger = logging.getLogger("ganzoo")


def record_of(built: Built) -> RunRecord:
    """The record that reproduces the run."""
    settled, trainer = built.plan, built.trainer
    measured = [m.entry for m in built.measures]
    names: dict[str, Any] = dict.fromkeys(PARTS)
    names |= {part: settled.name(part) for part in PARTS}
    return RunRecord(
        **names,
        preset=settled.preset.name if settled.preset else None,
        settings=plain_settings(settled),
        asked=asked_keys(settled),
        **origins_of(settled, measured),
        metrics=tuple(e.qualified for e in measured),
        versions=_versions(settled),
        fields=built.data.fields,
        total=trainer.total,
        steps_per_epoch=trainer.steps_per_epoch,
        extent=built.extent(),
        views=views_of(built),
        started=datetime.now().isoformat(timespec="seconds"),
        command=command_of(settled),
        hardware=origin.hardware(settled.values["trainer.device"].value),
        commit=origin.commit(),
        fingerprint=built.fingerprint.digest,
    )


def resumed_record(record: RunRecord, built: Built) -> RunRecord:
    """The record of a run that goes on, perhaps for longer, or with its parts from elsewhere."""
    measured = [m.entry for m in built.measures]
    return replace(
        record,
        settings=plain_settings(built.plan),
        asked=asked_keys(built.plan),
        total=built.trainer.total,
        command=command_of(built.plan),
        views=views_of(built),
        fingerprint=built.fingerprint.digest,
        metrics=tuple(e.qualified for e in measured),
        **origins_of(built.plan, measured),
    )


def views_of(built: Built) -> dict[str, ViewRecord]:
    """What the model can show, as a run records it."""
    data, found = built.data, {}
    for view in built.trainer.rounds.views:
        made = view.field(data.fields)
        extent, target = plot_extent(data, made), view.target(data.fields)
        found[view.name] = ViewRecord(made, view.needs, target, extent)
    return found


def plain_settings(settled: Plan) -> dict[str, Any]:
    """Every setting, in the form in which JSON stores it."""
    return {key: plain(v.value) for key, v in settled.values.items()}


def recorded_request(record: RunRecord) -> Request:
    """The request that repeats the recorded run."""
    names = recorded_names(vars(record))
    if record.loss and not record.penalty:
        names["penalty"] = "none"  # otherwise the loss adds its own
    return Request(
        **names,
        overrides=tuple(
            Override(key, value, "run.json" if key in record.asked else "default in run.json")
            for key, value in record.settings.items()
        ),
    )


def other_parts(record: RunRecord, request: Request) -> list[str]:
    """Models, losses, metrics, ... in the request that differ from the recorded run's."""
    had: dict[str, str] = {part: getattr(record, part) or "none" for part in NAMES}
    found = [
        f"{part}: the run has {name}, and you requested {asked}"
        for part, name in had.items()
        if (asked := getattr(request, part)) and not _same(record, part, asked)
    ]
    names = [name.rpartition("/")[2] for name in record.metrics]
    wanted = [name.rpartition("/")[2] for name in request.metrics]
    if wanted and wanted != names:
        has = ", ".join(names) or "none"
        found.append(f"metrics: the run has {has}, and you requested {', '.join(wanted)}")
    return found


def _same(record: RunRecord, part: str, asked: str) -> bool:
    """Whether a request names the part of the run, with or without its distribution."""
    had, names = record.chosen(part) or {part: "none"}, listed_names(asked)
    return len(names) == len(had) and all(
        name in (own, f"{record.distributions.get(group)}/{own}")
        for name, (group, own) in zip(names, had.items(), strict=True)
    )


def check_device(run: Run, record: RunRecord) -> None:
    """Check that a run can go on here.

    Raises:
        UsageError: The device that it began on is not available.
    """
    device = str(record.settings["trainer.device"])
    try:
        pick_device(device)
    except UsageError as error:
        words = "train", "--config", run.path / "run.json", "--device", "auto"
        raise UsageError(
            f"cannot resume {run.path} here: it began on {device}, which is not available. A run "
            "goes on only on a device of the same kind, because others draw other random numbers."
            f"\nYou can sample and evaluate it here. For a new run with its settings: "
            f"{shell_command(*words, plugins=record.files_for())}"
        ) from error


def other_settings(record: RunRecord, asked: Plan) -> list[str]:
    """Settings, except the length and the place of the data, that differ from the run's."""
    settings, free = plain_settings(asked), places(asked.settings)
    return [
        f"{key}: the run has {record.settings[key]}, and you requested {settings[key]}"
        for key in settings
        if key in record.settings
        and key not in ("trainer.epochs", "trainer.steps", *free)
        and not key.startswith("observer.")  # they change no results
        and settings[key] != record.settings[key]
    ]


def check_resumed(run: Run, record: RunRecord, built: Built) -> None:
    """Check that a run can go on with this data and to this length.

    Raises:
        UsageError: It cannot.
    """
    check_same(run, built.fingerprint, built.plan, "resume")
    warn_of_unknown(run)
    trainer = built.trainer
    now = (_unnamed(built.data.fields), trainer.steps_per_epoch)
    then = (_unnamed(record.fields), record.steps_per_epoch)  # all that old runs know of their data
    if now != then:
        raise UsageError(f"cannot resume {run.path}: its data has changed since it began")
    if trainer.total < record.total:
        raise UsageError(
            f"{run.path} is a run of {record.total} steps. It can be extended, but not shortened "
            f"to {trainer.total}"
        )
    if trainer.total > record.total:
        trainer.progress.read |= reads_done(run)
        if trainer.fixed_by:
            raise UsageError(
                f"{run.path} cannot be extended beyond its {record.total} steps: {trainer.fixed_by}"
            )


def _unnamed(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Fields without the names of their classes, which change no sample. Old runs have none."""
    return {name: replace(field, names=()) for name, field in fields.items()}


def warn_of_versions(record: RunRecord, settled: Plan) -> None:
    """Warn of origins and versions that differ from those that made the run."""
    warn_of_origins(record, settled)
    for name, now in _versions(settled).items():
        if (then := record.versions.get(name, now)) != now:
            logger.warning(
                "The run was made with %s %s, and this is %s. Its results may change.",
                name, then, now,
            )  # fmt: skip


def _versions(settled: Plan) -> dict[str, str]:
    python = ".".join(map(str, sys.version_info[:3]))
    plugins = [e.plugin for e in settled.entries.values()]
    return {
        "python": python,
        "torch": torch.__version__,
        "numpy": np.__version__,
        **{plugin.distribution: plugin.version for plugin in plugins},
    }


def command_of(settled: Plan) -> str:
    """The command that repeats the run."""
    plugins = [word for file in plugin_files(settled).values() for word in ("--plugin", file)]
    words = ["ganzoo", *plugins, "train", settled.model.record.name]
    if settled.preset:
        words += ["--preset", settled.preset.name]
    for part in TYPED:
        if part != "model":
            words += [
                w for e in settled.chosen(part).values() for w in (f"--{part}", e.record.name)
            ]
    loss = settled.entry("loss")
    if not settled.chosen("penalty") and loss and getattr(loss.record, "penalty", None):
        words += ["--penalty", "none"]  # otherwise the loss adds its own
    for entry in (*settled.observers, *settled.metrics):
        words += [f"--{entry.record.kind}", entry.record.name]
    for key in asked_keys(settled):
        value = settled.values[key].value
        words += ["--set", f"{key}={list(value) if isinstance(value, tuple) else value}"]
    return shlex.join(words)
