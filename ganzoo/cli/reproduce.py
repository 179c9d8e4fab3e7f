"""``ganzoo reproduce``: a paper's experiment, done again; ours beside theirs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
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
    from ganzoo.plan import Request
    from ganzoo.registry import Registry
    from ganzoo.reproducing.experiment import Experiment, System
    from ganzoo.reproducing.result import Result
    from ganzoo.reproducing.scoring import Scored
    from ganzoo.runs.folder import Run

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
        _list([read(name) for name in there_are()])
        return
    experiments = [read(name) for name in names]
    for experiment in experiments:
        experiment.scaled(scale)
    zoo = known()
    with loading():
        from ganzoo.reproducing import kept, page
        from ganzoo.reproducing.result import Result
        from ganzoo.reproducing.scoring import better
    if write is not None and not write.suffix:
        raise UsageError(f"--write {write}: expected a file's name with its ending: {write}.md")
    if write is not None and not write.resolve().parent.is_dir():
        raise UsageError(f"--write {write}: there is no folder {write.resolve().parent}")
    for experiment in experiments:  # what is wrong is told now, rather than after days
        better(zoo, experiment)
        chosen = _chosen(experiment, systems)
        if write is not None:
            beside = kept.file_beside(write, experiment)
            steps = dict.fromkeys((s.name for s in chosen), experiment.scaled(scale))
            there = kept.read(beside, experiment)
            kept.refuse_shorter(beside, there, {} if score_only else steps)
    told = []
    for experiment in experiments:
        chosen = _chosen(experiment, systems)
        folder = out_folder / experiment.name
        if not score_only:
            _train(zoo, experiment, chosen, scale, seeds, jobs, folder)
        runs: kept.Runs = _scored(zoo, experiment, folder)
        if write is not None:
            beside = kept.file_beside(write, experiment)
            there = kept.read(beside, experiment)
            kept.refuse_shorter(beside, there, {name: new[0].steps for name, new in runs.items()})
            runs = kept.merged(experiment, there, runs)
        if not runs:
            raise UsageError(f"{folder} has no finished run of {experiment.name}")
        result = Result(experiment, runs)
        if write is not None:
            kept.write(beside, experiment, runs)
            commands = _commands(result, out_folder, jobs, write)
            page.write(write, experiment.name, page.section(result, commands))
        told.append(_plain(result))
        if not as_json:
            _show(result)
    if as_json:
        print_json(told)
    if write is not None:
        say(f"Written into {write}")


def _list(experiments: Sequence[Experiment]) -> None:
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


def _train(
    zoo: Registry,
    experiment: Experiment,
    systems: Sequence[System],
    scale: float,
    seeds: str | None,
    jobs: int,
    folder: Path,
) -> None:
    """All runs of the systems, so many at a time; those that are finished stay."""
    from ganzoo.cli.sweep import How, begin, check_finished, commands_of
    from ganzoo.cli.sweep_display import shown
    from ganzoo.sweeping.folder import seeds_of
    from ganzoo.sweeping.processes import sweep

    _check_needs(zoo, experiment)
    wanted = seeds_of(seeds or f"0-{experiment.seeds - 1}")
    commands: dict[Path, Sequence[str]] = {}
    for system in systems:
        request = _request(experiment, system, experiment.scaled(scale))
        there, _ = begin(zoo, request, wanted, folder / system.folder, How(jobs))
        commands |= commands_of(there, wanted)
    steps = experiment.scaled(scale)
    say(f"{experiment.title}: {len(commands)} runs of {steps:,} steps in {folder}")
    try:
        with shown(quiet=False) as report:
            ended = sweep(commands, jobs, report, ["--no-report"])
    except KeyboardInterrupt:
        say("\nInterrupted. The same command goes on.", style="bold")
        raise
    check_finished(ended)


def _request(experiment: Experiment, system: System, steps: int) -> Request:
    from ganzoo.plan import Request
    from ganzoo.settings import Wish

    settings = {**experiment.settings, **system.settings, "trainer.steps": steps}
    source = f"experiment {experiment.name}"
    return Request(
        model=system.model,
        loss=system.loss,
        penalty=system.penalty,
        dataset=experiment.dataset,
        wishes=tuple(Wish(key, value, source) for key, value in settings.items()),
    )


def _check_needs(zoo: Registry, experiment: Experiment) -> None:
    there = {plugin.distribution for plugin in zoo.plugins if not plugin.failure}
    if missing := [name for name in experiment.needs if name not in there]:
        folders = " ".join(f"-e plugins/{name}" for name in missing)
        raise UsageError(
            f"experiment {experiment.name} needs {' and '.join(missing)}: pip install {folders}"
        )


def _scored(zoo: Registry, experiment: Experiment, folder: Path) -> dict[str, list[Scored]]:
    """What the finished runs in the folder score, by system, whichever command trained them."""
    from ganzoo.reproducing.scoring import score

    found = {
        system.name: _finished(experiment, system, folder / system.folder)
        for system in experiment.systems
    }
    with err.status("scoring", spinner="dots") as status:
        return {
            name: [score(zoo, experiment, run, status.update) for run in runs]
            for name, runs in found.items()
            if runs
        }


def _finished(experiment: Experiment, system: System, folder: Path) -> list[Run]:
    """Its finished runs by seed.

    Raises:
        UsageError: one was trained otherwise than the experiment says, or for another length.
    """
    from ganzoo.runs.folder import all_runs

    runs = [run for run in all_runs(folder) if run.status()[0] == "finished"]
    asked = {**experiment.settings, **system.settings}
    for run in runs:
        record = run.record
        had = {key: record.settings.get(key) for key in asked}
        told = {"model": record.model, "dataset": record.dataset, **had}
        wanted = {"model": system.model, "dataset": experiment.dataset, **asked}
        if wrong := [key for key in wanted if told[key] != wanted[key]]:
            raise UsageError(
                f"{run.path} is no run of {experiment.name}: its {wrong[0]} is {told[wrong[0]]}, "
                f"{system.name} has {wanted[wrong[0]]}"
            )
    if len({run.record.total for run in runs}) > 1:
        raise UsageError(f"{folder} has finished runs of different lengths: there is no mean")
    return sorted(runs, key=lambda run: run.record.seed)


def _show(result: Result) -> None:
    from ganzoo.reproducing.page import rows

    experiment = result.experiment
    table = make_table(
        "", "", *(column.title for column in experiment.columns), title=experiment.title
    )
    starred = False
    for system in experiment.systems:
        for i, (who, cells) in enumerate(rows(result, system)):
            cells = [cell.replace("\\", "") for cell in cells]
            starred |= any("*" in cell for cell in cells)
            add_row(table, "" if i else system.name, who, *cells)
        table.add_section()
    out.print(table)
    for system in experiment.systems:
        runs = result.runs.get(system.name, ())
        seeds = ", ".join(str(run.seed) for run in runs)
        how = f"{runs[0].steps:,} of {experiment.steps:,} steps; seeds {seeds}" if runs else ""
        say(f"{system.name}: {how or 'not trained'}", style="dim")
    if starred:
        say("* more than two standard errors from what was reported", style="dim")


def _plain(result: Result) -> Mapping[str, object]:
    runs = {name: [run.plain() for run in each] for name, each in result.runs.items()}
    return {"experiment": result.experiment.name, "runs": runs}


def _commands(result: Result, out_folder: Path, jobs: int, write: Path) -> list[str]:
    """What makes these very runs, whatever made them: one for all systems of the same runs."""
    experiment = result.experiment
    alike: dict[tuple[int, str], list[str]] = {}
    for name, runs in result.runs.items():
        alike.setdefault((runs[0].steps, spelt_seeds(run.seed for run in runs)), []).append(name)
    commands = []
    for (steps, seeds), names in alike.items():
        words = ["ganzoo", "reproduce", experiment.name]
        words += [] if steps == experiment.steps else ["--scale", f"{steps / experiment.steps:g}"]
        words += [] if seeds == spelt_seeds(range(experiment.seeds)) else ["--seeds", seeds]
        if len(names) < len(experiment.systems):
            words += [word for name in names for word in ("--system", name)]
        words += ["--jobs", str(jobs)] if jobs > 1 else []
        words += ["--out", str(out_folder)] if out_folder != RUNS else []
        commands.append(shlex.join([*words, "--write", str(write)]))
    return commands
