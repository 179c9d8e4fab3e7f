"""``ganzoo train --seeds 0-9 --loss a,b``: a run for each seed and loss, in one folder."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ganzoo.cli.apart import apart
from ganzoo.cli.console import add_row, can_draw, err, loading, make_table, out, print_name, say
from ganzoo.cli.log import show_log
from ganzoo.cli.sweep_display import called, shown
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.boundary import headline
from ganzoo.registry.registry import Registry
from ganzoo.runs.finding import ROOT
from ganzoo.runs.folder import Run
from ganzoo.runs.fresh import new_folder
from ganzoo.sweeping.beginning import (
    Part,
    commands_of,
    plans_of,
    resumed,
    settle,
    settle_losses,
    together,
)
from ganzoo.sweeping.folder import Sweep, find_sweep, seeds_of, spelt_seeds
from ganzoo.sweeping.losses import are_several
from ganzoo.sweeping.processes import Progress as Now
from ganzoo.sweeping.processes import progress, sweep, with_plugins
from ganzoo.training.plan import Request, plan


@dataclass(frozen=True)
class How:
    """The options that change how the runs are trained, but not their results."""

    jobs: int = 1
    dry_run: bool = False
    quiet: bool = False
    page: bool = True


def train_many(
    zoo: Registry,
    request: Request,
    seeds: str | None,
    out: Path | None,
    resume: str | None,
    how: How,
) -> None:
    """Start a sweep over seeds, losses or both, or continue one: see `Sweep`.

    Raises:
        UsageError: the options contradict each other or the sweep in the folder.
        GanzooError: a run failed.
    """
    show_log(how.quiet)
    if resume is not None:
        there = find_sweep(resume)
        if there is None:
            raise UsageError(
                f"--resume {resume}: it is not a sweep, so leave out --seeds and --jobs"
            )
        if seeds is not None:
            raise UsageError(
                f"--resume {resume} continues a sweep with its own seeds: "
                "leave out all options except --jobs"
            )
        parts = resumed(zoo, there, request)
        if request.overrides:
            for part in parts:
                part.write()
        _train(there, parts, how, [f"{w.key}={w.value}" for w in request.overrides])
        return
    several = are_several(request.loss)
    if seeds is None and not several:
        raise UsageError(
            "--jobs is for several runs at a time: add --seeds, or name several losses"
        )
    wanted = seeds_of(seeds) if seeds is not None else None
    there = Sweep(out or ROOT / "MODEL-DATASET-TIME")
    with loading():  # a mistake is reported before torch is loaded
        plans, left = plans_of(zoo, request) if several else ({"": plan(zoo, request)}, [])
        importlib.import_module("ganzoo.training.building")
    if several:
        with apart():
            parts, more = settle_losses(zoo, plans, wanted, there, how.jobs)
        for error in (*left, *more):
            say(f"Left out: {error}", "yellow")
    else:
        with apart():
            parts = [settle(zoo, plans[""], wanted, there, how.jobs)]
    if not how.dry_run:
        there, parts = _write(there, parts, several, new=out is None)
    _train(there, parts, how)


def _write(
    there: Sweep, parts: Sequence[Part], several: bool, new: bool
) -> tuple[Sweep, Sequence[Part]]:
    """Write ``sweep.json``. If no folder was named, create one now."""
    if new:
        there = Sweep(new_folder(*parts[0].names))
        parts = [
            replace(p, there=Sweep(there.path / p.there.path.name) if several else there)
            for p in parts
        ]
    if several:
        there.write(together(there, parts))
    for part in parts:
        part.write()
    return there, parts


def _train(there: Sweep, parts: Sequence[Part], how: How, places: Sequence[str] = ()) -> None:
    commands = commands_of(parts)
    content = parts[0].content
    if how.dry_run:
        _show_plan(commands)
        return
    options = [word for name in content["observers"] for word in ("--observer", name)]
    options += [word for place in places for word in ("--set", place)]
    for key in content["asked"]:
        if key.startswith("observer."):
            options += ["--set", f"{key}={content['settings'][key]}"]
    swept = parts[0].there != there
    if not how.quiet:
        model, data = parts[0].names
        seeds = spelt_seeds({seed for part in parts for seed in part.seeds})
        what = f"{len(parts)} losses, seeds {seeds}" if swept else f"seeds {seeds}"
        say(f"Training {model} on {data} ({what}): {there.path}")
    if how.page:  # the messages of the runs themselves are hidden
        can_draw("report.html and curves.png of each run", ", then ganzoo report RUN")
    try:
        with shown(how.quiet) as report:
            ended = sweep(
                commands, how.jobs, report, [*options, *([] if how.page else ["--no-report"])]
            )
    except KeyboardInterrupt:
        done = sum(progress(Run(path)).status == "finished" for path in commands)
        say("")
        say(f"Interrupted: {done} of {len(commands)} runs have finished. To continue:")
        jobs = ("--jobs", how.jobs) if how.jobs > 1 else ()
        say(f"  {with_plugins('train', '--resume', there.path, *jobs)}", style="bold")
        raise
    finished = sum(now.status == "finished" for now in ended.values())
    if finished and not how.quiet:
        say(f"Finished {finished} of {len(ended)} runs.", style="green")
    if finished and swept:
        _compare(there, how)
    elif finished and not how.quiet:
        say("Next, you can run:")
        say(f"  {with_plugins('compare', there.path)}")
    print_name(there.path)
    check_finished(ended)


def _compare(there: Sweep, how: How) -> None:
    """Print the table on stderr, and write the page if pages are on and can be drawn.

    The runs are complete, so an error here does not make the sweep fail.
    """
    if how.quiet and not how.page:
        return
    again = with_plugins("compare", there.path)
    try:
        with loading():
            importlib.import_module("ganzoo.reporting.comparison")
        from ganzoo.cli.compare import show
        from ganzoo.reporting.comparison import Comparison

        compared = Comparison([there])
        if not how.quiet:
            show(compared, err)
        if how.page and can_draw("a comparison's page", f", then {again}"):
            with apart():
                page = compared.save()
            if not how.quiet:
                say(f"Wrote a page with samples and curves: {page}")
    except (Exception, KeyboardInterrupt) as error:
        say(f"The comparison failed ({headline(error)}); `{again}` tries again", "yellow")


def check_finished(ended: Mapping[Path, Now]) -> None:
    """Check that all runs have finished.

    Raises:
        GanzooError: some have not. The message says which and why.
    """
    failed = {path: now for path, now in ended.items() if now.status != "finished"}
    if failed:
        names = called(ended)
        reasons = "\n".join(f"  {names[path]} {_why(now)}" for path, now in failed.items())
        raise GanzooError(f"{len(failed)} of {len(ended)} runs did not finish:\n{reasons}")


def _why(now: Now) -> str:
    return f"{now.status}: {now.error}" if now.error else now.status


def _show_plan(commands: Mapping[Path, Sequence[str]]) -> None:
    table = make_table("run", "status", "command")
    for path, words in commands.items():
        now = progress(Run(path))
        match now.status:
            case "finished":
                add_row(table, path, "finished", "")
            case "waiting":
                add_row(table, path, "new", with_plugins("train", *words, "--out", path))
            case _:
                at = f"continues at step {now.step:,} of {now.total:,}"
                add_row(table, path, at, with_plugins("train", "--resume", path))
    out.print(table)
    say("Nothing was written.")
