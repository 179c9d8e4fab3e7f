"""``ganzoo evaluate``: scores a run's samples with metrics."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import (
    add_row,
    command,
    err,
    key_value,
    known,
    loading,
    make_table,
    out,
    print_json,
    redrawn,
    say,
)
from ganzoo.errors import UsageError, listed
from ganzoo.prose.markup import readable
from ganzoo.registry.records import Metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganzoo.evaluation.evaluate import Tell
    from ganzoo.registry.registry import Registry
    from ganzoo.runs.evaluations import Evaluation

YARDSTICKS = {"real": "real data", "noise": "noise"}


@command
def evaluate(
    run: Annotated[
        str,
        typer.Argument(
            help="The run's folder, or its name under runs/.",
            autocompletion=complete.runs,
            metavar="RUN",
        ),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="A metric to use; by default all that fit the data.",
            autocompletion=complete.names(Metric),
        ),
    ] = None,
    n: Annotated[
        int | None, typer.Option("-n", help="Number of samples; by default each metric's own.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same samples.")] = 0,
    step: Annotated[
        str | None,
        typer.Option(
            metavar="K|best",
            help="Use the weights of this step's sample grid, or the best ones. By default, the "
            "final and the best weights are both scored.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a setting of a metric (`ganzoo info METRIC` lists them), or name the "
            "place to which the data has moved. The last value counts.",
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            help="The view to score; by default, each metric scores the first view that it fits.",
            metavar="NAME",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Score a run's samples with metrics, and save the scores in its folder."""
    if step is not None and step != "best" and not _is_number(step):
        raise UsageError(f"--step {step}: expected a number of steps, or best")
    from ganzoo.files import shown
    from ganzoo.runs.finding import find
    from ganzoo.sweeping.folder import find_sweep

    zoo = known()
    if (sweep := find_sweep(run)) is not None:
        runs = ", ".join(str(each.path) for each in sweep.runs()[:3])
        raise UsageError(f"{run} is a sweep. Evaluate its runs one by one: {runs or 'none yet'}")
    there = find(run)  # a misspelt name is refused before torch is loaded
    with loading():
        from ganzoo.evaluation import evaluate as evaluating
        from ganzoo.registry.settings import Override
    moment: Any = int(step) if step and _is_number(step) else step
    overrides = [Override(*key_value(text), "--set") for text in reversed(settings or ())]
    with apart(), _progress() as tell:
        found = evaluating.evaluate(
            zoo, run, metric or (), n, seed, moment, overrides, tell, view=view
        )
    if as_json:
        print_json([{**each.plain(), "known": _known(zoo, each)} for each in found])
        return
    _show(zoo, found)
    say(f"Saved in {shown(there.evaluations)}", style="dim")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20


@contextlib.contextmanager
def _progress() -> Iterator[Tell]:
    """A progress bar on stderr, if that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True, disable=not redrawn()) as progress:
        bar = progress.add_task("")

        def tell(what: str, done: int, total: int) -> None:
            progress.update(bar, description=what, completed=done, total=total)

        yield tell


def _show(zoo: Registry, found: list[Evaluation]) -> None:
    """A row for each score. The columns are steps of the run, and values to compare with."""
    from ganzoo.runs.evaluations import number

    moments = list(dict.fromkeys((each.step, each.best) for each in found))
    heads = [_head(step, best, moments) for step, best in moments]
    held = {each.metric: each.yardsticks for each in found}
    columns = [name for name in YARDSTICKS if any(name in each for each in held.values())]
    known: dict[str, tuple[float, str]] = {}
    for each in found:
        known |= _known(zoo, each)
    best = ["zoo's best"] if known else []
    table = make_table(
        "score", *heads, *(YARDSTICKS[c] for c in columns), *best, "better", "what it is"
    )
    for name in held:
        metric = zoo.find(Metric, name).record
        assert isinstance(metric, Metric)
        at = {each.step: each.scores for each in found if each.metric == name}
        scored = [at.get(step, {}) for step, _ in moments]
        scored += [held[name].get(column, {}) for column in columns]
        scored += [{each: value for each, (value, _) in known.items()}] * len(best)
        for score in metric.scores:
            qualified = metric.qualified(score)
            numbers = (number(each[qualified]) if qualified in each else "–" for each in scored)
            add_row(table, qualified, *numbers, score.better, readable(score.summary))
        table.add_section()
    out.print(table)
    sizes = {each.metric: each.samples for each in found}
    counts = listed([f"{size:,} samples for {name}" for name, size in sizes.items()])
    say(f"Scored {counts} (seed {found[0].seed}) against {found[0].dataset}.", style="dim")
    if columns:
        say(
            "'real data' is the score of real samples, which is about the best possible score. "
            "'noise' is the score of uniform noise.",
            style="dim",
        )
    for who in dict.fromkeys(by for _, by in known.values()):
        say(f"The zoo's best on {found[0].dataset}: {who}.", style="dim")


def _known(zoo: Registry, found: Evaluation) -> dict[str, tuple[float, str]]:
    """Score -> its best known value on the run's dataset, and the model that reached it."""
    metric = zoo.find(Metric, found.metric).record
    assert isinstance(metric, Metric)
    known = {metric.qualified(score): score.known.get(found.dataset) for score in metric.scores}
    return {name: best for name, best in known.items() if best is not None}


def _head(step: int, best: bool, moments: list[tuple[int, bool]]) -> str:
    if best and len(moments) > 1:
        return f"best (step {step:,})"
    return f"step {step:,}{', the best' if best else ''}"
