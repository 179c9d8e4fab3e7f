"""``ganzoo sample``: generates samples from a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import can_draw, colourful, command, err, known, loading, print_name, say
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganzoo.engine.view import Label
    from ganzoo.pictures.samples import Samples
    from ganzoo.training.trained import Trained

FRAMES = 16


@command
def sample(
    run: Annotated[
        str,
        typer.Argument(
            help="The run's folder, or its name under runs/.",
            autocompletion=complete.runs,
            metavar="RUN",
        ),
    ],
    n: Annotated[
        int | None,
        typer.Option("-n", help="Number of samples; 64 pictures or 2,500 points by default."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="The same seed gives the same samples, and fewer are the first of more; "
            "0 by default."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A .png file, or a .npz file with the numbers. An interpolation can be a .gif.",
            metavar="FILE",
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            help="The view to show, if the model has several; by default the first. The run's page "
            "lists them.",
            metavar="NAME",
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            help="For a model with labels: 7, several such as 0-9 or 1,3, or a value such as 0.5. "
            "By default a grid with a label a column and a latent a row.",
            metavar="LABEL",
        ),
    ] = None,
    truncation: Annotated[
        float,
        typer.Option(
            help="Factor of the latents' distance from their mean. Smaller values give more "
            "typical and less varied samples; 1 by default.",
            metavar="PSI",
        ),
    ] = 1.0,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--input",
            help="Your own pictures for a view that needs some: files or folders, repeatable. By "
            "default the run's held-out ones.",
            metavar="PATH",
        ),
    ] = None,
    interpolate: Annotated[
        tuple[int, int] | None,
        typer.Option(
            metavar="A B", help="Interpolate from seed A to seed B, as a .png strip or a .gif."
        ),
    ] = None,
    labels: Annotated[
        bool,
        typer.Option("--labels", help="With --interpolate, A and B are labels instead of seeds."),
    ] = False,
    frames: Annotated[
        int | None,
        typer.Option(
            min=2, help=f"With --interpolate, the number of samples; {FRAMES} by default."
        ),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(help="Use the weights of this step's sample grid; by default the newest."),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Also draw as many as fit in the terminal.")
    ] = False,
) -> None:
    """Generate samples from a run, and print the name of their file."""
    if interpolate is None and labels:
        raise typer.BadParameter("it needs --interpolate A B", param_hint="--labels")
    if interpolate is None and frames is not None:
        raise typer.BadParameter("it needs --interpolate A B", param_hint="--frames")
    if labels and label is not None:
        raise typer.BadParameter("--labels already sets the labels", param_hint="--label")
    if interpolate is not None and inputs:
        raise typer.BadParameter(
            "--interpolate uses the run's held-out inputs. Leave --input out", param_hint="--input"
        )
    if interpolate is not None and n is not None:
        raise typer.BadParameter("with --interpolate, set --frames instead", param_hint="-n")
    if interpolate is not None and not labels and seed is not None:
        raise typer.BadParameter("--interpolate A B already sets the seeds", param_hint="--seed")
    endings = (".png", ".npz") if interpolate is None else (".png", ".npz", ".gif")
    if out is not None and out.suffix.lower() not in endings:
        allowed = f"{', '.join(endings[:-1])} or {endings[-1]}"
        raise typer.BadParameter(f"{out}: the name must end in {allowed}", param_hint="--out")
    zoo = known()
    from ganzoo.runs.finding import find

    find(run)  # finds a misspelt name before torch is loaded
    with loading():
        from ganzoo.training.loading import load

    with apart():
        trained = load(zoo, run, step)
        wanted = _labels(trained, view, label)
        what = f"{view}-" if view else ""
        of = "label" + re.sub(r"[^\w.,+-]+", "-", label) + "-" if label else ""
        of += f"truncation{truncation:g}-" if truncation != 1 else ""
        if interpolate is not None and len(wanted or ()) > 1:
            raise typer.BadParameter("--interpolate takes one label", param_hint="--label")
        if interpolate is None:
            own = _own(trained, view, inputs)
            samples = trained.sample(n, seed or 0, wanted, view, own, truncation=truncation)
            name = f"sample-{what}step{trained.step}-{of}seed{seed or 0}-n{len(samples)}"
        elif labels:
            a, b = interpolate
            samples = trained.walk_labels(a, b, frames or FRAMES, seed or 0, view, truncation)
            name = (
                f"walk-{what}step{trained.step}-{of}labels{a}-{b}-seed{seed or 0}-n{len(samples)}"
            )
        else:
            a, b = interpolate
            one = wanted[0] if wanted else None
            samples = trained.walk(a, b, frames or FRAMES, one, view, truncation)
            name = f"walk-{what}step{trained.step}-{of}seeds{a}-{b}-n{len(samples)}"
    if out is None:
        out = trained.run.path / f"{name}{'.png' if samples.drawable else '.npz'}"
    _save(samples, out, strip=interpolate is not None)
    if show:
        real = trained.run.real()
        _show(samples, real.modes.centres if real and real.modes else None)
    print_name(out)


def _labels(trained: Trained, view: str | None, text: str | None) -> list[Label] | None:
    if text is None:
        return None
    from ganzoo.cli.labels import typed_labels

    chosen = trained.find(view)
    if chosen.label is None:
        raise UsageError(f"the view {chosen.name} of {trained.record.model} takes no label")
    return typed_labels(chosen.label, text)


def _own(
    trained: Trained, view: str | None, places: Sequence[Path] | None
) -> dict[str, NDArray[np.uint8]] | None:
    """The user's pictures by field. Other fields that the view needs stay the run's own."""
    if not places:
        return None
    from ganzoo.builtin.own_pictures import own_pictures

    chosen, fields = trained.find(view), trained.record.fields
    if not chosen.needs:
        raise UsageError(f"the view {chosen.name} of {trained.record.model} takes no inputs")
    field = next((n for n in chosen.needs if fields[n].is_image), chosen.needs[0])
    return {field: own_pictures(places, fields[field])}


def _save(samples: Samples, out: Path, strip: bool) -> None:
    from ganzoo.files import write_whole
    from ganzoo.pictures.animation import gif, interpolated

    if out.suffix.lower() == ".gif":
        write_whole(out, gif(interpolated(samples)))
    else:
        samples.save(out, columns=len(samples) if strip else None)


def _show(samples: Samples, centres: NDArray[Any] | None) -> None:
    if not colourful():
        say("--show needs a terminal with colours; open the file instead", "yellow")
        return
    if not can_draw("--show"):
        return
    from ganzoo.cli.preview.pixels import drawn, half_blocks, joined

    pixels = drawn(samples, err.width, err.height - 3, centres)
    if pixels is None:
        say(
            "Nothing to draw: these are neither pictures nor points, or the terminal is small.",
            "yellow",
        )
    else:
        err.print(joined(half_blocks(pixels, err)), end="")
