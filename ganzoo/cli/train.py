"""``ganzoo train``: trains a model, shows its progress and sums up the results."""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import (
    can_draw,
    colourful,
    command,
    known,
    loading,
    print_name,
    redrawn,
    say,
)
from ganzoo.cli.farewell import farewell
from ganzoo.cli.request import (
    MODEL,
    BatchSize,
    DatasetName,
    Epochs,
    Penalties,
    Preset,
    Seed,
    Settings,
    Steps,
    overrides,
)
from ganzoo.errors import Diverged, UsageError, listed
from ganzoo.prose.commands import shell_command
from ganzoo.registry.records import Augmentation, Loss, Metric, Observer

if TYPE_CHECKING:
    from ganzoo.registry.registry import Registry
    from ganzoo.training.run import Training


@command
def train(
    model: Annotated[str | None, MODEL] = None,
    preset: Preset = None,
    dataset: DatasetName = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="The loss's name. With several (a,b,c) or all, each loss gets a run in DIR/LOSS, "
            "and ganzoo compares them.",
            autocompletion=complete.names(Loss),
        ),
    ] = None,
    penalty: Penalties = None,
    augmentation: Annotated[
        str | None,
        typer.Option(
            "--augment",
            "--augmentation",
            autocompletion=complete.names(Augmentation),
            help="What changes the pictures that the discriminator sees, such as diff-augment.",
        ),
    ] = None,
    epochs: Epochs = None,
    steps: Steps = None,
    batch_size: BatchSize = None,
    seed: Seed = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="0-9", help="Train one run for each seed, in DIR/seed-K. 0,3,7-9 works too."
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Number of runs to train at a time; 1 by default.")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda or mps; auto takes the fastest.")
    ] = None,
    settings: Settings = None,
    config: Annotated[
        Path | None,
        typer.Option(help="A TOML file of settings, or the run.json of a run to repeat."),
    ] = None,
    observer: Annotated[
        list[str] | None,
        typer.Option(
            help="An observer that follows the run, such as tensorboard. A resumed run has those "
            "that it had; none goes on without them.",
            autocompletion=complete.names(Observer),
        ),
    ] = None,
    evaluate_every: Annotated[
        int | None,
        typer.Option(metavar="N", help="Score samples every N steps, and keep the best weights."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="A metric for --evaluate-every; by default all that fit the data. The first one "
            "decides which weights are best.",
            autocompletion=complete.names(Metric),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The run's folder; by default a new one under runs/."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="Continue a run, or all runs of a sweep (several seeds or losses).",
            autocompletion=complete.runs,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show networks, settings and expected time, but write nothing."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the run's folder and warnings.")
    ] = False,
    no_preview: Annotated[
        bool, typer.Option("--no-preview", help="Draw no samples or curves during training.")
    ] = False,
    no_report: Annotated[
        bool,
        typer.Option("--no-report", envvar="GANZOO_NO_REPORT", help="Write no report at the end."),
    ] = False,
) -> None:
    """Train a model. Ctrl-C saves a checkpoint, and --resume continues from it."""
    from ganzoo.cli.log import show_log
    from ganzoo.runs.finding import find
    from ganzoo.sweeping.folder import find_sweep
    from ganzoo.sweeping.losses import are_several
    from ganzoo.training.config import read_config
    from ganzoo.training.plan import Request, plan

    changed = overrides(
        settings, epochs=epochs, steps=steps, batch_size=batch_size, seed=seed, device=device,
        evaluate_every=evaluate_every,
    )  # fmt: skip
    request = Request(
        model, loss, ",".join(penalty or ()) or None, dataset, preset,
        augmentation=augmentation,
        overrides=changed,
        observers=tuple(observer or ()),
        metrics=tuple(metric or ()),
    )  # fmt: skip
    if resume is not None and (config is not None or out is not None or dry_run):
        raise UsageError("--resume continues a run in its own folder with its own settings: "
                         "leave out --config, --out and --dry-run")  # fmt: skip
    if config is not None:
        request = request.over(read_config(config, request))
    zoo = known()
    many = seeds is not None or jobs is not None or are_several(request.loss)
    if many or (resume is not None and find_sweep(resume)):
        from ganzoo.cli.sweep import How, train_many

        how = How(jobs or 1, dry_run, quiet, not no_report)
        train_many(zoo, request, seeds, out, resume, how)
        return
    with loading():
        if resume is None:
            settled = plan(zoo, request)  # finds a misspelt name before torch is loaded
        else:
            find(resume)
        importlib.import_module("ganzoo.training.run")
    from ganzoo.training import run as training

    show_log(quiet)
    if dry_run:
        from ganzoo.cli.dry_run import dry_run as show

        show(zoo, settled)
        return
    with apart():
        run = (
            training.start(zoo, settled, out)
            if resume is None
            else training.resume(zoo, resume, request)
        )
    _train(zoo, run, quiet, not no_preview, not no_report)


def _train(zoo: Registry, run: Training, quiet: bool, preview: bool, page: bool) -> None:
    from ganzoo.cli.diagnose import Watch
    from ganzoo.cli.display import display
    from ganzoo.sweeping import parent

    path = run.run.path
    preview = preview and not quiet and redrawn() and colourful()
    drawn = ["pictures during training"] if preview else []
    drawn += ["report.html", "curves.png"] if page else []
    then = f", then {shell_command('report', path)}" if page else ""
    draws = not drawn or can_draw(listed(drawn), then)
    show = display(run, quiet, preview and draws)
    watch, orphaned = Watch(run.run, quiet), parent.watched()
    try:
        with apart(), contextlib.closing(iter(run)) as steps, show:
            for step in steps:
                show.step(step)
                if step.samples is not None:
                    watch.look()
                if orphaned():
                    raise KeyboardInterrupt  # nobody is left to press Ctrl-C
    except Diverged:
        watch.look(at_once=True)  # adds the cause and what to try to the error
        if page:
            _report(zoo, run, draws)
        raise
    except KeyboardInterrupt:
        if run.run.exists:
            say("")
            say(f"Interrupted at step {run.trainer.step:,} of {run.total:,}. To continue:")
            again = shell_command("train", "--resume", path, plugins=run.record.files_for())
            say(f"  {again}", style="bold")
        raise
    if page:
        if not quiet:
            say(f"Writing the {'report' if draws else 'animation'} ...", style="dim")
        _report(zoo, run, draws)
    if not quiet:
        farewell(run)
        watch.conclude()
    print_name(path)


def _report(zoo: Registry, run: Training, draws: bool) -> None:
    """Write the report, curves and animation: see `leave`."""
    with loading(), contextlib.suppress(Exception):  # a failure here happens again below
        importlib.import_module(f"ganzoo.reporting.{'single' if draws else 'keepsakes'}")
    from ganzoo.reporting.leaving import leave

    with apart():
        leave(run.run, zoo, pages=draws)
