"""``ganzoo train``: train a model, watch it, and say what came of it."""

from __future__ import annotations

import contextlib
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import (
    asked,
    can_draw,
    colourful,
    command,
    known,
    loading,
    redrawn,
    say,
)
from ganzoo.errors import Diverged, UsageError, listed
from ganzoo.registry.records import Dataset, Loss, Metric, Model, Observer, Penalty

if TYPE_CHECKING:
    from ganzoo.registry.registry import Registry
    from ganzoo.training.run import Training


@command
def train(
    model: Annotated[
        str | None,
        typer.Argument(help="The model; `ganzoo list`.", autocompletion=complete.names(Model)),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A set of the model's settings, such as quick.",
            autocompletion=complete.presets,
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(help="What to learn from.", autocompletion=complete.names(Dataset)),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="The objectives. Give several as a,b,c, or all, and each has a run of its own in "
            "DIR/LOSS; a comparison of them follows.",
            autocompletion=complete.names(Loss),
        ),
    ] = None,
    penalty: Annotated[
        str | None,
        typer.Option(help="A term to add, or none.", autocompletion=complete.names(Penalty)),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Length in passes over the data.")] = None,
    steps: Annotated[int | None, typer.Option(help="Length in rounds of moves.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Samples in a batch.")] = None,
    seed: Annotated[int | None, typer.Option(help="Fixes everything random; 0 unless set.")] = None,
    seeds: Annotated[
        str | None,
        typer.Option(metavar="0-9", help="A run of each seed, in DIR/seed-K; also 0,3,7-9."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many of them at a time; 1 unless set.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any setting; `ganzoo info MODEL`."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A TOML file, or a run's run.json to train it again.")
    ] = None,
    observer: Annotated[
        list[str] | None,
        typer.Option(help="Who else hears of the run.", autocompletion=complete.names(Observer)),
    ] = None,
    evaluate_every: Annotated[
        int | None,
        typer.Option(metavar="N", help="Score it every N steps, and keep the best weights, too."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="By what; else by whichever fit. The first decides which weights are best.",
            autocompletion=complete.names(Metric),
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run's folder; else one under runs/.")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Go on with a run.", autocompletion=complete.runs),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Build everything, time a few steps, write nothing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the way.")] = False,
    no_preview: Annotated[
        bool, typer.Option("--no-preview", help="Draw no samples and curves on the way.")
    ] = False,
    no_report: Annotated[
        bool,
        typer.Option(
            "--no-report", envvar="GANZOO_NO_REPORT", help="Make no page of it at the end."
        ),
    ] = False,
) -> None:
    """Train a model. Ctrl-C keeps what was learnt; --resume goes on from there."""
    from ganzoo.cli.log import show_log
    from ganzoo.registry.settings import Override
    from ganzoo.runs.folder import find
    from ganzoo.sweeping.folder import find_sweep
    from ganzoo.sweeping.losses import are_several
    from ganzoo.training.config import read_config
    from ganzoo.training.plan import Request, plan

    if epochs is not None and steps is not None:
        raise UsageError("--epochs and --steps both say how long: give one")
    options: dict[str, Any] = {
        "epochs": epochs, "steps": steps, "batch_size": batch_size, "seed": seed, "device": device,
        "evaluate_every": evaluate_every,
    }  # fmt: skip
    overrides = [
        Override(f"trainer.{name}", value, f"--{name.replace('_', '-')}")
        for name, value in options.items()
        if value is not None
    ]
    own = [
        Override(*asked(text), "--set") for text in reversed(settings or ())
    ]  # the last one wins
    request = Request(
        model, loss, penalty, dataset, preset,
        overrides=(*overrides, *own),
        observers=tuple(observer or ()),
        metrics=tuple(metric or ()),
    )  # fmt: skip
    if resume is not None and (config is not None or out is not None or dry_run):
        raise UsageError("--resume goes on in the run's own folder, with its own settings: "
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
            settled = plan(zoo, request)  # a misspelt name is told before torch is loaded
        else:
            find(resume)
        importlib.import_module("ganzoo.training.run")
    from ganzoo.training import run as training

    show_log(quiet)
    if dry_run:
        from ganzoo.cli.dry_run import dry_run as show

        show(zoo, settled)
        return
    run = (
        training.start(zoo, settled, out)
        if resume is None
        else training.resume(zoo, resume, request)
    )
    _train(zoo, run, quiet, not no_preview, not no_report)


def _train(zoo: Registry, run: Training, quiet: bool, preview: bool, page: bool) -> None:
    from ganzoo.cli.diagnose import Watch
    from ganzoo.cli.display import display

    path = run.run.path
    preview = preview and not quiet and redrawn() and colourful()
    drawn = ["pictures on the way"] if preview else []
    drawn += ["report.html", "curves.png"] if page else []
    draws = not drawn or can_draw(listed(drawn), f", then ganzoo report {path}" if page else "")
    show = display(run, quiet, preview and draws)
    watch = Watch(run.run, quiet)
    try:
        # what a plugin prints is no data
        with contextlib.redirect_stdout(sys.stderr), contextlib.closing(iter(run)) as steps, show:
            for step in steps:
                show.step(step)
                if step.samples is not None:
                    watch.look()
    except Diverged:
        watch.look(at_once=True)  # the error says what happened; this says why, and what to try
        if page:
            _report(zoo, run, draws)
        raise
    except KeyboardInterrupt:
        if run.run.exists:
            say(f"\nInterrupted at step {run.trainer.step:,} of {run.total:,}. Go on with:")
            say(f"  ganzoo train --resume {path}", style="bold")
        raise
    if page:
        if not quiet:
            say(f"Writing the {'report' if draws else 'animation'} ...", style="dim")
        _report(zoo, run, draws)
    if not quiet:
        _farewell(run)
        watch.conclude()
    typer.echo(path)


def _report(zoo: Registry, run: Training, draws: bool) -> None:
    """What the run leaves behind: see `leave`."""
    with loading(), contextlib.suppress(Exception):  # whatever fails here fails there again
        importlib.import_module(f"ganzoo.reporting.{'single' if draws else 'keepsakes'}")
    from ganzoo.reporting.leaving import leave

    with contextlib.redirect_stdout(sys.stderr):
        leave(run.run, zoo, pages=draws)


def _farewell(run: Training) -> None:
    folder = run.run.path
    say(f"Finished {run.total:,} steps.", style="green")
    rows = {
        "samples": run.run.grid(run.total),
        "report": folder / "report.html",
        "animation": folder / "training.gif",
        "curves": folder / "curves.png",
        "metrics": run.run.metrics.path,
        "settings": folder / "run.json",
    }
    for name, path in rows.items():
        if path.exists():
            say(f"  {name:10} {path}")
    say("What next:")
    say(f"  ganzoo sample {folder} --seed 1")
    say(f"  ganzoo evaluate {folder}")
    if run.plan.preset:
        model = run.record.model
        say(f"  ganzoo train {model}   (without the preset {run.plan.preset.name})")
    if not run.trainer.length_matters:
        say(f"  ganzoo train --resume {folder} --steps {run.total * 2}")
