"""``ganzoo train --seeds 0-9``: the same training from many seeds, in one folder."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from ganzoo.cli.console import add_row, can_draw, loading, make_table, out, say
from ganzoo.cli.log import show_log
from ganzoo.cli.sweep_display import called, shown
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import plain
from ganzoo.runs.folder import ROOT, Run
from ganzoo.runs.fresh import new_folder
from ganzoo.sweeping.folder import Sweep, differences, find_sweep, seeds_of, spelt_seeds
from ganzoo.sweeping.processes import Progress as Now
from ganzoo.sweeping.processes import progress, sweep
from ganzoo.training.plan import NAMES, Plan, Request, asked_keys, plan


@dataclass(frozen=True)
class How:
    """What the options say of the way, rather than of the runs."""

    jobs: int = 1
    dry_run: bool = False
    quiet: bool = False
    page: bool = True


def train_seeds(
    zoo: Registry,
    request: Request,
    seeds: str | None,
    out: Path | None,
    resume: str | None,
    how: How,
) -> None:
    """Begin a sweep, or go on with one: see `Sweep`.

    Raises:
        UsageError: the options do not go together, or not with the sweep that is there.
        GanzooError: a run failed.
    """
    show_log(how.quiet)
    if resume is not None:
        there = find_sweep(resume)
        if there is None:
            raise UsageError(
                f"--resume goes on with a run, or with all runs of a sweep; {resume} is no sweep: "
                "leave out --seeds and --jobs"
            )
        if seeds is not None or request != Request():
            raise UsageError(
                f"--resume {resume} goes on with a sweep as it was asked for: "
                "leave out all but --jobs"
            )
        content = there.read()
        _train(there, content, content["seeds"], how)
    elif seeds is None:
        raise UsageError("--jobs says how many runs of --seeds are trained at a time: give both")
    else:
        wanted = seeds_of(seeds)
        there, content = begin(zoo, request, wanted, out, how)
        _train(there, content, wanted, how)


def begin(
    zoo: Registry, request: Request, seeds: Sequence[int], folder: Path | None, how: How
) -> tuple[Sweep, dict[str, Any]]:
    """A new sweep; or the one in the folder, if it was asked for in the same words."""
    with loading():
        settled = plan(zoo, request)
        importlib.import_module("ganzoo.training.building")
    if settled.values["trainer.seed"].source in ("--seed", "--set"):
        raise UsageError("--seeds says which seeds there are: leave out --seed")
    asked = _asked(settled)
    there = Sweep(folder or ROOT / "MODEL-DATASET-TIME")
    if there.exists:
        content = there.read()
        if differing := differences(content["request"], asked):
            raise UsageError(
                f"{there.path} is a sweep with other settings:\n  "
                + "\n  ".join(differing)
                + f"\nTo go on with it as it is: ganzoo train --resume {there.path}"
            )
        content["seeds"] = sorted({*content["seeds"], *seeds})
    else:
        there.check_free()
        content = {"seeds": list(seeds), "request": asked, **_config(zoo, settled, how.jobs)}
        if folder is None and not how.dry_run:
            there = Sweep(new_folder(*_names(content)))
    if not how.dry_run:
        there.write(content)
    return there, content


def _asked(settled: Plan) -> dict[str, Any]:
    """What a person asked for, to tell whether it is the same again."""
    request = settled.request
    keys = [key for key in asked_keys(settled) if key != "trainer.seed"]
    return {
        **{part: getattr(request, part) for part in NAMES},
        "observers": list(request.observers),
        "metrics": list(request.metrics),
        "settings": {key: plain(settled.values[key].value) for key in keys},
    }


def _config(zoo: Registry, settled: Plan, jobs: int) -> dict[str, Any]:
    """What all runs have in common, as `read_config` takes it.

    Everything is built once here: what does not fit is told once, what must be downloaded is
    downloaded once, and all runs have one dataset, device and number of threads, on which their
    bits depend.
    """
    import torch

    from ganzoo.training.building import build, pick_device

    aside = settled.having("trainer.device", "cpu", "default")  # a GPU's memory is for the runs
    built = build(zoo, aside).plan
    settings = {key: plain(value.value) for key, value in built.values.items()}
    del settings["trainer.seed"]
    device, threads = (settled.values[f"trainer.{key}"].value for key in ("device", "threads"))
    settings["trainer.device"] = pick_device(device).type
    settings["trainer.threads"] = threads or max(1, min(torch.get_num_threads(), _cores() // jobs))
    asked = {*asked_keys(settled), "trainer.threads"}
    entries = {part: built.entry(part) for part in PARTS}
    return {
        **{part: entry.qualified if entry else None for part, entry in entries.items()},
        "preset": built.preset.name if built.preset else None,
        "observers": [entry.qualified for entry in built.observers],
        "metrics": [entry.qualified for entry in built.metrics],
        "asked": [key for key in settings if key in asked],
        "settings": settings,
    }


def _names(content: Mapping[str, Any]) -> tuple[str, str]:
    """Of the model and the dataset, without their distributions."""
    model, dataset = (str(content[part]).rpartition("/")[2] for part in ("model", "dataset"))
    return model, dataset


def _cores() -> int:
    """Those that we may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def commands_of(there: Sweep, seeds: Sequence[int]) -> dict[Path, Sequence[str]]:
    """What begins each run: see `sweep`."""
    return {
        there.run(seed).path: ["--config", str(there.file), "--seed", str(seed)] for seed in seeds
    }


def _train(there: Sweep, content: Mapping[str, Any], seeds: Sequence[int], how: How) -> None:
    commands = commands_of(there, seeds)
    if how.dry_run:
        _show_plan(commands)
        return
    heard = [word for name in content["observers"] for word in ("--observer", name)]
    for key in content["asked"]:
        if key.startswith("observer."):
            heard += ["--set", f"{key}={content['settings'][key]}"]
    if not how.quiet:
        model, data = _names(content)
        say(f"Training {model} on {data} (seeds {spelt_seeds(seeds)}): {there.path}")
    if how.page:  # the runs' own messages are not shown
        can_draw("report.html and curves.png of each run", ", then ganzoo report RUN")
    try:
        with shown(how.quiet) as report:
            ended = sweep(
                commands, how.jobs, report, [*heard, *([] if how.page else ["--no-report"])]
            )
    except KeyboardInterrupt:
        done = sum(progress(Run(path)).status == "finished" for path in commands)
        say(f"\nInterrupted: {done} of {len(commands)} runs are finished. Go on with:")
        jobs = f" --jobs {how.jobs}" if how.jobs > 1 else ""
        say(f"  ganzoo train --resume {there.path}{jobs}", style="bold")
        raise
    finished = sum(now.status == "finished" for now in ended.values())
    if finished and not how.quiet:
        say(f"Finished {finished} of {len(ended)} runs.", style="green")
        say("What next:")
        say(f"  ganzoo compare {there.path}")
    typer.echo(there.path)
    check_finished(ended)


def check_finished(ended: Mapping[Path, Now]) -> None:
    """See that all runs did.

    Raises:
        GanzooError: which did not, and why.
    """
    failed = {path: now for path, now in ended.items() if now.status != "finished"}
    if failed:
        names = called(ended)
        told = "\n".join(f"  {names[path]} {_why(now)}" for path, now in failed.items())
        raise GanzooError(f"{len(failed)} of {len(ended)} runs did not finish:\n{told}")


def _why(now: Now) -> str:
    return f"{now.status}: {now.error}" if now.error else now.status


def _show_plan(commands: Mapping[Path, Sequence[str]]) -> None:
    table = make_table("run", "it", "command")
    for path, words in commands.items():
        now = progress(Run(path))
        begin = " ".join(("ganzoo train", *words, "--out", str(path)))
        match now.status:
            case "finished":
                add_row(table, path, "is finished", "")
            case "waiting":
                add_row(table, path, "begins", begin)
            case _:
                at = f"goes on at step {now.step:,} of {now.total:,}"
                add_row(table, path, at, f"ganzoo train --resume {path}")
    out.print(table)
    say("Nothing was written.")
