"""``ganzoo report``: a run as one page that opens from disk."""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import command, known, loading


@command
def report(
    run: Annotated[
        str, typer.Argument(help="The run's folder.", autocompletion=complete.runs, metavar="RUN")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The page alone, here; else all into its folder."),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Write a run's page: samples, curves, networks, settings, and what went wrong."""
    zoo = known()
    with loading():
        from ganzoo.reporting import report as write
        from ganzoo.runs.folder import find

    with contextlib.redirect_stdout(sys.stderr):  # what a plugin prints is no data
        path = write(find(run), out, zoo)
    if open_it:
        webbrowser.open(path.resolve().as_uri())
    typer.echo(path)
