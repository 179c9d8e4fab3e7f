"""``ganzoo plugins new``: creates a plugin to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.console import command, known, print_name, say
from ganzoo.prose.commands import quoted, shell_command
from ganzoo.scaffold import Kind, Like, Scaffold, scaffold, write


@command
def new(
    name: Annotated[
        str,
        typer.Argument(
            help="The plugin's name in lower-case words and hyphens, such as least-squares.",
            metavar="NAME",
        ),
    ],
    kind: Annotated[Kind, typer.Option(help="What the plugin provides.")],
    like: Annotated[
        Like | None,
        typer.Option(
            help="For a model, its shape: a plain game of two players, one with labels, one that "
            "turns a picture into another, or one with an encoder. By default two-player."
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", file_okay=False, help="Where to create the plugin's folder."),
    ] = Path(),
) -> None:
    """Create a working plugin as a starting point for your own."""
    plugin = scaffold(known(), name, kind, like)
    folder = write(plugin, out)
    _farewell(plugin, folder)
    print_name(folder)


def _farewell(plugin: Scaffold, folder: Path) -> None:
    say(f"Created {folder}, a plugin that works as it is.", style="green")
    rows = {
        plugin.kind: folder / plugin.module / f"{plugin.kind}.py",
        "record": folder / plugin.module / "__init__.py",
        "tests": folder / "tests" / f"test_{plugin.module}.py",
    }
    for what, path in rows.items():
        say(f"  {what:9} {path}")
    say("Next, you can run:")
    say(f"  pip install -e {quoted(folder)}")
    for line in plugin.train.splitlines():
        say(f"  {line}")
    say(f"  {shell_command('plugins', 'check', plugin.name)}")
