"""``ganzoo reproduce``: repeats a paper's experiment and compares the results."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

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
        typer.Argument(
            metavar="NAME",
            help="Experiments, or .toml files of your own. Without a name, list the experiments.",
        ),
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Share of the protocol's steps: 0.1 trains a tenth of them.")
    ] = 1.0,
    seeds: Annotated[
        str | None, typer.Option(help="Seeds such as 0-2; by default as many as the protocol has.")
    ] = None,
    systems: Annotated[
        list[str] | None,
        typer.Option("--system", help="Train only this system. It can be given several times."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Number of runs to train at a time.")] = 1,
    out_folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder of the runs.")
    ] = RUNS,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.md",
            help="Write each section into this page, and its scores into FILE/NAME.json. Scores of "
            "other seeds and systems in that file are included.",
        ),
    ] = None,
    score_only: Annotated[
        bool, typer.Option("--score-only", help="Score the finished runs without training.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Repeat a paper's experiment, and compare the results with the paper's."""
    from ganzoo.reproducing.experiment import names as there_are
    from ganzoo.reproducing.experiment import read

    if not names:
        _list([read(name) for name in there_are()], as_json)
        return
    tasks = [_task(name, scale, systems, out_folder) for name in names]
    zoo = known()
    with loading():
        from ganzoo.reproducing import kept, page
        from ganzoo.reproducing.result import Result
    if write is not None and not write.suffix:
        raise UsageError(
            f"--write {write}: expected a file name with an ending, such as {write}.md"
        )
    if write is not None and not write.resolve().parent.is_dir():
        raise UsageError(f"--write {write}: there is no folder {write.resolve().parent}")
    for each in tasks:  # reports mistakes now instead of after days of training
        _check(zoo, each, write, score_only)
    begun = [{} if score_only else _begin(zoo, each, seeds, jobs) for each in tasks]
    results = []
    for each, commands in zip(tasks, begun, strict=True):
        if commands:
            _train(each, commands, jobs)
        experiment = each.experiment
        runs: kept.Runs = _scored(zoo, each)
        if write is not None:
            scores_file = kept.file_beside(write, experiment)
            new = {name: those[0].steps for name, those in runs.items()}
            kept.refuse_shorter(
                scores_file, experiment, new
            )  # again, because others may have written the file meanwhile
            runs = kept.merged(experiment, kept.read(scores_file, experiment), runs)
        if not runs:
            raise UsageError(f"{each.folder} has no finished run of {experiment.name}")
        result = Result(experiment, runs)
        if write is not None:
            for lost in kept.lost(scores_file, runs):
                say(f"{scores_file} no longer has {lost}", style="yellow")
            kept.write(scores_file, experiment, runs)
            again = _commands(each, result, out_folder, jobs, write)
            page.write(write, experiment.name, page.section(result, again))
        results.append(_plain(result))
        if not as_json:
            _show(result)
    if as_json:
        print_json(results)
    if write is not None:
        say(f"Wrote {write}")


@dataclass(frozen=True)
class Task:
    """An experiment, or a part of it, that is to be trained and scored."""

    name: str
    """As it was given: a name, or the path of a file."""
    experiment: Experiment
    systems: Sequence[System]
    steps: int
    """Of each run."""
    folder: Path
    """Of all its runs."""


def _task(name: str, scale: float, systems: Sequence[str] | None, out_folder: Path) -> Task:
    from ganzoo.reproducing.experiment import read

    experiment = read(name)
    steps, folder = experiment.scaled(scale), out_folder / experiment.name
    return Task(name, experiment, _chosen(experiment, systems), steps, folder)


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


def _check(zoo: Registry, task: Task, write: Path | None, score_only: bool) -> None:
    """Find what would stop the command after the training.

    Raises:
        UsageError: the installed plugins, the runs or the scores do not fit the experiment.
    """
    from ganzoo.reproducing import kept, page
    from ganzoo.reproducing.runs import check_lengths, finished
    from ganzoo.reproducing.scoring import better

    if not score_only:
        _check_needs(zoo, task.experiment)
        check_lengths(task.systems, task.folder, task.steps)
    better(zoo, task.experiment)
    there = finished(zoo, task.experiment, task.systems, task.folder)
    steps = {name: runs[0].record.total for name, runs in there.items()}
    if not score_only:
        steps = {system.name: task.steps for system in task.systems}
    if write is not None:
        page.there(write, task.experiment.name)
        kept.refuse_shorter(kept.file_beside(write, task.experiment), task.experiment, steps)


def _begin(zoo: Registry, task: Task, seeds: str | None, jobs: int) -> dict[Path, Sequence[str]]:
    """The folder of each run, and the command that trains it."""
    from ganzoo.reproducing.runs import request
    from ganzoo.sweeping.beginning import commands_of, settle
    from ganzoo.sweeping.folder import Sweep, seeds_of
    from ganzoo.training.plan import plan

    wanted = seeds_of(seeds or f"0-{task.experiment.seeds - 1}")
    commands: dict[Path, Sequence[str]] = {}
    for system in task.systems:
        planned = request(task.experiment, system, task.steps)
        with loading():
            settled = plan(zoo, planned)
            importlib.import_module("ganzoo.training.building")
        part = settle(zoo, settled, wanted, Sweep(task.folder / system.folder), jobs)
        part.write()
        commands |= commands_of([part])
    return commands


def _train(task: Task, commands: Mapping[Path, Sequence[str]], jobs: int) -> None:
    """Train all runs, ``jobs`` at a time. Finished runs stay as they are."""
    from ganzoo.cli.sweep import check_finished
    from ganzoo.cli.sweep_display import shown
    from ganzoo.sweeping.processes import sweep

    title = task.experiment.title
    say(f"{title}: {len(commands)} runs of {task.steps:,} steps in {task.folder}")
    try:
        with shown(quiet=False) as report:
            ended = sweep(commands, jobs, report, ["--no-report"])
    except KeyboardInterrupt:
        say("")
        say("Interrupted. The same command continues.", style="bold")
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


def _scored(zoo: Registry, task: Task) -> dict[str, list[Scored]]:
    """The scores of all finished runs in the folder, by system."""
    from ganzoo.reproducing.runs import finished
    from ganzoo.reproducing.scoring import score

    there = finished(zoo, task.experiment, task.systems, task.folder)
    with err.status("scoring", spinner="dots") as status:

        def tell(what: str) -> None:
            status.update(Text(what))  # rich would read markup in a str

        return {
            name: [score(zoo, task.experiment, run, tell) for run in runs]
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
        say("* more than two standard errors from the reported value", style="dim")


def _plain(result: Result) -> Mapping[str, object]:
    runs = {name: [run.plain() for run in each] for name, each in result.runs.items()}
    return {"experiment": result.experiment.name, "runs": runs}


def _commands(task: Task, result: Result, out_folder: Path, jobs: int, write: Path) -> list[str]:
    """Commands that repeat the runs. Systems with the same seeds and steps share a command."""
    experiment = result.experiment
    alike: dict[tuple[int, str], list[str]] = {}
    for name, runs in result.runs.items():
        alike.setdefault((runs[0].steps, spelt_seeds(run.seed for run in runs)), []).append(name)
    commands = []
    for (steps, seeds), names in alike.items():
        words = ["ganzoo", "reproduce", task.name]
        words += [] if steps == experiment.steps else ["--scale", f"{steps / experiment.steps:g}"]
        words += [] if seeds == spelt_seeds(range(experiment.seeds)) else ["--seeds", seeds]
        if len(names) < len(experiment.systems):
            words += [word for name in names for word in ("--system", name)]
        words += ["--jobs", str(jobs)] if jobs > 1 else []
        words += ["--out", str(out_folder)] if out_folder != RUNS else []
        commands.append(shlex.join([*words, "--write", str(write)]))
    return commands
