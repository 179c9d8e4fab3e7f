"""``ganzoo reproduce``: a paper's experiment, done again; ours beside theirs."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli.console import (
    add_row,
    command,
    err,
    known,
    loading,
    make_table,
    out,
    print_json,
    say,
)
from ganzoo.errors import UsageError
from ganzoo.sweeping.folder import spelt_seeds

if TYPE_CHECKING:
    from ganzoo.registry.registry import Registry
    from ganzoo.reproducing.experiment import Experiment, System
    from ganzoo.reproducing.result import Result
    from ganzoo.reproducing.scoring import Scored

RUNS = Path("runs/reproduce")


@command
def reproduce(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Experiments, or .toml files of your own."),
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Share of the protocol's steps: 0.1 trains a tenth of them.")
    ] = 1.0,
    seeds: Annotated[
        str | None, typer.Option(help="Such as 0-2; else as many as the protocol has.")
    ] = None,
    systems: Annotated[
        list[str] | None, typer.Option("--system", help="Only this one, by its name.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Runs that are trained at a time.")] = 1,
    out_folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the runs go.")
    ] = RUNS,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.md",
            help="Put each section into this page, and the scores behind it into FILE/NAME.json: "
            "what is there of other seeds and systems counts, too.",
        ),
    ] = None,
    score_only: Annotated[
        bool, typer.Option("--score-only", help="Train nothing: score the runs that are finished.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Train what a paper trained, score it as the paper did, and set ours beside theirs."""
    from ganzoo.reproducing.experiment import names as there_are
    from ganzoo.reproducing.experiment import read

    if not names:
        _list([read(name) for name in there_are()], as_json)
        return
    asked = [_asked(name, scale, systems, out_folder) for name in names]
    zoo = known()
    with loading():
        from ganzoo.reproducing import kept, page
        from ganzoo.reproducing.result import Result
    if write is not None and not write.suffix:
        raise UsageError(f"--write {write}: expected a file's name with its ending: {write}.md")
    if write is not None and not write.resolve().parent.is_dir():
        raise UsageError(f"--write {write}: there is no folder {write.resolve().parent}")
    for each in asked:  # what is wrong is told now, rather than after days
        _check(zoo, each, write, score_only)
    begun = [{} if score_only else _begin(zoo, each, seeds, jobs) for each in asked]
    told = []
    for each, commands in zip(asked, begun, strict=True):
        if commands:
            _train(each, commands, jobs)
        experiment = each.experiment
        runs: kept.Runs = _scored(zoo, each)
        if write is not None:
            beside = kept.file_beside(write, experiment)
            new = {name: those[0].steps for name, those in runs.items()}
            kept.refuse_shorter(beside, experiment, new)  # again: others write it meanwhile
            runs = kept.merged(experiment, kept.read(beside, experiment), runs)
        if not runs:
            raise UsageError(f"{each.folder} has no finished run of {experiment.name}")
        result = Result(experiment, runs)
        if write is not None:
            for lost in kept.lost(beside, runs):
                say(f"{beside} no longer has {lost}", style="yellow")
            kept.write(beside, experiment, runs)
            again = _commands(each, result, out_folder, jobs, write)
            page.write(write, experiment.name, page.section(result, again))
        told.append(_plain(result))
        if not as_json:
            _show(result)
    if as_json:
        print_json(told)
    if write is not None:
        say(f"Written into {write}")


@dataclass(frozen=True)
class Asked:
    """An experiment, as far as it is asked for."""

    name: str
    """As it was given: a file of one's own has a path."""
    experiment: Experiment
    systems: Sequence[System]
    steps: int
    """Of each run."""
    folder: Path
    """Of all its runs."""


def _asked(name: str, scale: float, systems: Sequence[str] | None, out_folder: Path) -> Asked:
    from ganzoo.reproducing.experiment import read

    experiment = read(name)
    steps, folder = experiment.scaled(scale), out_folder / experiment.name
    return Asked(name, experiment, _chosen(experiment, systems), steps, folder)


def _list(experiments: Sequence[Experiment], as_json: bool) -> None:
    if as_json:
        print_json([asdict(each) for each in experiments])
        return
    table = make_table("name", "what it is", "systems", "protocol")
    for each in experiments:
        protocol = f"{each.seeds} runs of {each.steps:,} steps"
        add_row(table, each.name, each.title, ", ".join(s.name for s in each.systems), protocol)
    out.print(table)


def _chosen(experiment: Experiment, wanted: Sequence[str] | None) -> Sequence[System]:
    by_name = {s.name.lower(): s for s in experiment.systems}
    for name in wanted or ():
        if name.lower() not in by_name:
            there = ", ".join(s.name for s in experiment.systems)
            raise UsageError(f"--system {name}: {experiment.name} has {there}")
    return [by_name[name.lower()] for name in wanted] if wanted else experiment.systems


def _check(zoo: Registry, asked: Asked, write: Path | None, score_only: bool) -> None:
    """Find what would otherwise stop the command after the training.

    Raises:
        UsageError: the experiment does not fit what is here, or its runs and scores do not.
    """
    from ganzoo.reproducing import kept, page
    from ganzoo.reproducing.runs import check_lengths, finished
    from ganzoo.reproducing.scoring import better

    if not score_only:
        _check_needs(zoo, asked.experiment)
        check_lengths(asked.systems, asked.folder, asked.steps)
    better(zoo, asked.experiment)
    there = finished(zoo, asked.experiment, asked.systems, asked.folder)
    steps = {name: runs[0].record.total for name, runs in there.items()}
    if not score_only:
        steps = {system.name: asked.steps for system in asked.systems}
    if write is not None:
        page.there(write, asked.experiment.name)
        kept.refuse_shorter(kept.file_beside(write, asked.experiment), asked.experiment, steps)


def _begin(zoo: Registry, asked: Asked, seeds: str | None, jobs: int) -> dict[Path, Sequence[str]]:
    """The folder of each run, and the command that trains it."""
    from ganzoo.reproducing.runs import request
    from ganzoo.sweeping.beginning import commands_of, settle
    from ganzoo.sweeping.folder import Sweep, seeds_of
    from ganzoo.training.plan import plan

    wanted = seeds_of(seeds or f"0-{asked.experiment.seeds - 1}")
    commands: dict[Path, Sequence[str]] = {}
    for system in asked.systems:
        planned = request(asked.experiment, system, asked.steps)
        with loading():
            settled = plan(zoo, planned)
            importlib.import_module("ganzoo.training.building")
        part = settle(zoo, settled, wanted, Sweep(asked.folder / system.folder), jobs)
        part.there.write(part.content)
        commands |= commands_of([part])
    return commands


def _train(asked: Asked, commands: Mapping[Path, Sequence[str]], jobs: int) -> None:
    """All runs, so many at a time; those that are finished stay."""
    from ganzoo.cli.sweep import check_finished
    from ganzoo.cli.sweep_display import shown
    from ganzoo.sweeping.processes import sweep

    title = asked.experiment.title
    say(f"{title}: {len(commands)} runs of {asked.steps:,} steps in {asked.folder}")
    try:
        with shown(quiet=False) as report:
            ended = sweep(commands, jobs, report, ["--no-report"])
    except KeyboardInterrupt:
        say("\nInterrupted. The same command goes on.", style="bold")
        raise
    check_finished(ended)


def _check_needs(zoo: Registry, experiment: Experiment) -> None:
    there = {plugin.distribution for plugin in zoo.plugins if not plugin.failure}
    if missing := [name for name in experiment.needs if name not in there]:
        folders = " ".join(f"-e plugins/{name}" for name in missing)
        raise UsageError(
            f"experiment {experiment.name} needs {' and '.join(missing)}: in the folder of "
            f"ganzoo's source, run pip install {folders}"
        )


def _scored(zoo: Registry, asked: Asked) -> dict[str, list[Scored]]:
    """What the finished runs in the folder score, by system, whichever command trained them."""
    from ganzoo.reproducing.runs import finished
    from ganzoo.reproducing.scoring import score

    there = finished(zoo, asked.experiment, asked.systems, asked.folder)
    with err.status("scoring", spinner="dots") as status:
        return {
            name: [score(zoo, asked.experiment, run, status.update) for run in runs]
            for name, runs in there.items()
        }


def _show(result: Result) -> None:
    from ganzoo.reproducing.page import rows

    experiment = result.experiment
    table = make_table(
        "", "", *(column.title for column in experiment.columns), title=experiment.title
    )
    starred = False
    for system in experiment.systems:
        for i, (who, cells) in enumerate(rows(result, system)):
            starred |= any("*" in cell for cell in cells)
            add_row(table, "" if i else system.name, who, *cells)
        table.add_section()
    out.print(table)
    for name, runs in result.runs.items():
        seeds = spelt_seeds(run.seed for run in runs)
        how = f"{runs[0].steps:,} of {experiment.steps:,} steps; seeds {seeds}"
        say(f"{name}: {how}", style="dim")
    if starred:
        say("* more than two standard errors from what was reported", style="dim")


def _plain(result: Result) -> Mapping[str, object]:
    runs = {name: [run.plain() for run in each] for name, each in result.runs.items()}
    return {"experiment": result.experiment.name, "runs": runs}


def _commands(asked: Asked, result: Result, out_folder: Path, jobs: int, write: Path) -> list[str]:
    """What makes such runs, whatever made these: one for all systems of the same runs."""
    experiment = result.experiment
    alike: dict[tuple[int, str], list[str]] = {}
    for name, runs in result.runs.items():
        alike.setdefault((runs[0].steps, spelt_seeds(run.seed for run in runs)), []).append(name)
    commands = []
    for (steps, seeds), names in alike.items():
        words = ["ganzoo", "reproduce", asked.name]
        words += [] if steps == experiment.steps else ["--scale", f"{steps / experiment.steps:g}"]
        words += [] if seeds == spelt_seeds(range(experiment.seeds)) else ["--seeds", seeds]
        if len(names) < len(experiment.systems):
            words += [word for name in names for word in ("--system", name)]
        words += ["--jobs", str(jobs)] if jobs > 1 else []
        words += ["--out", str(out_folder)] if out_folder != RUNS else []
        commands.append(shlex.join([*words, "--write", str(write)]))
    return commands
