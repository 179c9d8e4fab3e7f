"""``ganzoo plugins new``: write a plugin to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.console import command, known, say
from ganzoo.scaffold import Kind, Scaffold, scaffold, write


@command
def new(
    name: Annotated[
        str, typer.Argument(help="Lower-case words joined by hyphens, such as least-squares.")
    ],
    kind: Annotated[Kind, typer.Option(help="What it gives the zoo.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", file_okay=False, help="Where to put its folder.")
    ] = Path(),
) -> None:
    """Write a plugin that trains as it is, to make your own of."""
    plugin = scaffold(known(), name, kind)
    folder = write(plugin, out)
    _farewell(plugin, folder)
    typer.echo(folder)


def _farewell(plugin: Scaffold, folder: Path) -> None:
    say(f"Wrote {folder}, which works as it is.", style="green")
    rows = {
        plugin.kind: folder / plugin.module / f"{plugin.kind}.py",
        "record": folder / plugin.module / "__init__.py",
        "tests": folder / "tests" / f"test_{plugin.module}.py",
    }
    for what, path in rows.items():
        say(f"  {what:9} {path}")
    say("What next:")
    say(f"  pip install -e {shlex.quote(str(folder))}")
    say(f"  {plugin.train}")
    say(f"  ganzoo plugins check {plugin.name}")
