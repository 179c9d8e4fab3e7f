"""``ganzoo report``: writes a run's page, which opens from disk."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, key_value, known, loading, print_name


@command
def report(
    run: Annotated[
        str,
        typer.Argument(
            help="The run's folder, or its name under runs/.",
            autocompletion=complete.runs,
            metavar="RUN",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write only the page, to this file. By default, the page, the curves and the "
            "animation go into the run's folder.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting of a section from a plugin, such as section.NAME.KEY=VALUE.",
        ),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Write a run's page with its samples, curves, networks, settings and faults."""
    zoo = known()
    with loading():
        from ganzoo.registry.settings import Override
        from ganzoo.reporting import report as write
        from ganzoo.runs.finding import find

    with apart():
        pairs = map(key_value, settings or ())
        overrides = [Override(key, value, "--set") for key, value in pairs]
        path = write(find(run), out, zoo, overrides)
    if open_it:
        webbrowser.open(path.resolve().as_uri())
    print_name(path)
