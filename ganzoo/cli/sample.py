"""``ganzoo sample``: samples from a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import command, known, loading


@command
def sample(
    run: Annotated[
        str, typer.Argument(help="The run's folder.", autocompletion=complete.runs, metavar="RUN")
    ],
    n: Annotated[
        int | None, typer.Option("-n", help="How many; 64 pictures or 2,500 points by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same samples.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="A .png grid, or a .npz with the numbers.", metavar="FILE")
    ] = None,
    step: Annotated[
        int | None, typer.Option(help="With the weights of the grid at this step; else the newest.")
    ] = None,
) -> None:
    """Sample from what was trained; prints the file's name."""
    if out is not None and out.suffix.lower() not in (".png", ".npz"):
        raise typer.BadParameter(f"{out}: the name must end in .png or .npz", param_hint="--out")
    zoo = known()
    with loading():
        from ganzoo.trained import load

    trained = load(zoo, run, step)
    samples = trained.sample(n, seed)
    if out is None:
        name = f"sample-step{trained.step}-seed{seed}-n{len(samples)}"
        out = trained.run.path / f"{name}{'.png' if samples.drawable else '.npz'}"
    samples.save(out)
    typer.echo(out)
