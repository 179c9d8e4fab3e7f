"""Turns a request into sweeps: fixes what all runs have in common before any starts."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ganzoo.errors import DoesNotFit, UsageError
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import plain
from ganzoo.runs.fingerprint import Fingerprint
from ganzoo.sweeping.folder import Sweep, differences
from ganzoo.sweeping.losses import losses_of
from ganzoo.sweeping.processes import with_plugins
from ganzoo.training.config import read_config
from ganzoo.training.places import places
from ganzoo.training.plan import NAMES, Plan, Request, asked_keys, plan


@dataclass(frozen=True)
class Part:
    """A sweep over seeds, and the seeds to train now."""

    there: Sweep
    content: Mapping[str, Any]
    """The content of ``sweep.json``."""
    seeds: Sequence[int]
    fingerprint: Fingerprint | None = None
    """That of the data of a new sweep."""

    def write(self) -> None:
        """Write ``sweep.json`` and, for a new sweep, ``data.sums``."""
        if self.fingerprint is not None:
            self.fingerprint.write(self.there.path)
        self.there.write(self.content)

    @property
    def names(self) -> tuple[str, str]:
        """The names of the model and the dataset, without their distributions."""
        model, data = (str(self.content[part]).rpartition("/")[2] for part in ("model", "dataset"))
        return model, data


def plans_of(zoo: Registry, request: Request) -> tuple[Mapping[str, Plan], list[DoesNotFit]]:
    """Folder name -> the plan with its loss, and the reasons why other losses are left out.

    Raises:
        DoesNotFit: no loss fits the model.
        UsageError: a name or value is wrong.
    """
    plans, left = {}, []
    for name, loss in losses_of(zoo, request.loss or "").items():
        try:
            plans[name] = plan(zoo, replace(request, loss=loss.qualified))
        except DoesNotFit as error:
            left.append(error)
    if not plans:
        raise left[0]
    return plans, left


def settle(
    zoo: Registry, settled: Plan, seeds: Sequence[int] | None, there: Sweep, jobs: int
) -> Part:
    """A new sweep, or the one in the folder with more seeds if it has the same request.

    It writes nothing. If ``seeds`` is ``None``, the only seed is the plan's.

    Raises:
        DoesNotFit: the parts do not go together.
        UsageError: the folder holds another sweep or something else.
    """
    seed = settled.values["trainer.seed"]
    if seeds is not None and seed.source in ("--seed", "--set"):
        raise UsageError("--seeds already sets the seeds: leave out --seed")
    seeds = [seed.value] if seeds is None else seeds
    wanted = _requested(settled)
    if not there.exists:
        there.check_free()
        config, fingerprint = _config(zoo, settled, jobs)
        return Part(there, {"seeds": list(seeds), "request": wanted, **config}, seeds, fingerprint)
    content, free = there.read(), places(settled.settings)
    _check_same(there, content["request"], wanted, free)
    now = {key: plain(settled.values[key].value) for key in free}
    content = _moved(there, content, settled, {k: value for k, value in now.items() if value})
    return Part(there, {**content, "seeds": sorted({*content["seeds"], *seeds})}, seeds)


def resumed(zoo: Registry, there: Sweep, request: Request) -> Sequence[Part]:
    """The parts of a sweep that goes on. The request may name another place of the data.

    Raises:
        UsageError: The request has anything else.
    """
    parts = [Part(each, each.read(), each.seeds()) for each in there.parts()]
    if request == Request():
        return parts
    now: dict[str, Any] = {}
    if request == Request(overrides=request.overrides):
        settled = plan(zoo, request.over(read_config(parts[0].there.file, request)))
        given = {override.source for override in request.overrides}
        now = {k: plain(v.value) for k, v in settled.values.items() if v.source in given}
    if not now or now.keys() - places(settled.settings):
        raise UsageError(
            f"--resume {there.path} continues a sweep with its own settings: leave out all "
            "options except --jobs, and --set for the place of its data"
        )
    return [replace(part, content=_moved(part.there, part.content, settled, now)) for part in parts]


def _moved(
    there: Sweep, content: Mapping[str, Any], settled: Plan, now: Mapping[str, Any]
) -> dict[str, Any]:
    """The content of ``sweep.json`` with the data in the plan's place, if it is the same data."""
    from ganzoo.training.fingerprint import check_beside, stated

    if not now:
        return dict(content)
    check_beside(there.path, stated(settled))  # other data is compared by each run
    return {**content, "settings": {**content["settings"], **now}}


def settle_losses(
    zoo: Registry,
    plans: Mapping[str, Plan],
    seeds: Sequence[int] | None,
    there: Sweep,
    jobs: int,
) -> tuple[Sequence[Part], list[DoesNotFit]]:
    """A sweep over seeds for each loss, and why others are left out: see `settle`.

    Raises:
        DoesNotFit: no loss fits the model and the dataset.
    """
    if there.exists:
        first = next(iter(plans.values()))
        had, wanted = there.read()["request"], _common(_requested(first))
        _check_same(there, had, wanted, places(first.settings))
    else:
        there.check_free()
    parts, left = [], []
    for name, settled in plans.items():
        try:
            parts.append(settle(zoo, settled, seeds, Sweep(there.path / name), jobs))
        except DoesNotFit as error:
            left.append(error)
    if not parts:
        raise left[0]
    return parts, left


def together(there: Sweep, parts: Sequence[Part]) -> dict[str, Any]:
    """The content of ``sweep.json`` for a sweep over losses, including those it already has."""
    had = there.read() if there.exists else {"losses": [], "seeds": []}
    first = parts[0].content
    return {
        "losses": list(dict.fromkeys((*had["losses"], *(p.there.path.name for p in parts)))),
        "seeds": sorted({*had["seeds"], *(seed for part in parts for seed in part.seeds)}),
        "request": _common(first["request"]),
        **{name: first[name] for name in ("model", "dataset", "preset", "observers", "metrics")},
        "asked": [],
    }


def commands_of(parts: Sequence[Part]) -> dict[Path, Sequence[str]]:
    """The arguments that start each run, all runs of the first seed first: see `sweep`."""
    seeds = dict.fromkeys(seed for part in parts for seed in part.seeds)
    return {
        part.there.run(seed).path: ["--config", str(part.there.file), "--seed", str(seed)]
        for seed in seeds
        for part in parts
        if seed in part.seeds
    }


def _common(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the requests for several losses have in common."""
    return {**request, "loss": "several"}


def _check_same(
    there: Sweep, had: Mapping[str, Any], wanted: Mapping[str, Any], free: Collection[str]
) -> None:
    """Compare two requests, but not the settings in ``free``."""

    def compared(request: Mapping[str, Any]) -> dict[str, Any]:
        settings = request.get("settings", {}).items()
        return {**request, "settings": {k: v for k, v in settings if k not in free}}

    if differing := differences(compared(had), compared(wanted)):
        raise UsageError(
            f"{there.path} is a sweep with other settings:\n  "
            + "\n  ".join(differing)
            + f"\nTo continue it as it is: {with_plugins('train', '--resume', there.path)}"
        )


def _requested(settled: Plan) -> dict[str, Any]:
    """The request as plain values, to compare it with a later one."""
    request = settled.request
    keys = [key for key in asked_keys(settled) if key != "trainer.seed"]
    return {
        **{part: getattr(request, part) for part in NAMES},
        "observers": list(request.observers),
        "metrics": list(request.metrics),
        "settings": {key: plain(settled.values[key].value) for key in keys},
    }


def _config(zoo: Registry, settled: Plan, jobs: int) -> tuple[dict[str, Any], Fingerprint]:
    """What all runs have in common, in the form that `read_config` takes, and their data.

    It builds everything once, so errors are reported once and data is downloaded once. All runs
    get the same dataset, device and number of threads, on which their exact results depend.
    """
    import torch

    from ganzoo.training.building import build, pick_device

    aside = settled.having(
        "trainer.device", "cpu", "default"
    )  # keeps the GPU's memory free for the runs
    whole = build(zoo, aside)
    built = whole.plan
    settings = {key: plain(value.value) for key, value in built.values.items()}
    del settings["trainer.seed"]
    device, threads = (settled.values[f"trainer.{key}"].value for key in ("device", "threads"))
    settings["trainer.device"] = pick_device(device).type
    settings["trainer.threads"] = threads or max(1, min(torch.get_num_threads(), _cores() // jobs))
    wanted = {*asked_keys(settled), "trainer.threads"}
    names = {part: [e.qualified for e in built.chosen(part).values()] for part in PARTS}
    content = {
        **{part: ",".join(each) or None for part, each in names.items()},
        "preset": built.preset.name if built.preset else None,
        "observers": [entry.qualified for entry in built.observers],
        "metrics": [entry.qualified for entry in built.metrics],
        "asked": [key for key in settings if key in wanted],
        "settings": settings,
    }
    return content, whole.fingerprint


def _cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
