"""``ganzoo compare``: runs side by side, in the terminal and as a page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import can_draw, command, key_value, loading, out, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from ganzoo.reporting.comparison import Comparison


@command
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="Two or more runs, or one or more sweeps.",
            autocompletion=complete.runs,
            metavar="RUN",
        ),
    ],
    page: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The page's file. By default, compare-NAMES.html in the current folder, or "
            "compare.html in the folder of a single sweep.",
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            help="The view whose samples the page shows, if the models have several; by default "
            "the first of each.",
            metavar="NAME",
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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare the settings and scores of several runs, and write a page.

    The page shows curves, and samples of the same step side by side.

    Sweeps (`--seeds`) are shown as means and standard errors.
    """
    from ganzoo.cli.log import show_log
    from ganzoo.runs.finding import find
    from ganzoo.sweeping.folder import find_sweep

    show_log(quiet=True)
    there = [
        find_sweep(run) or find(run) for run in runs
    ]  # finds a misspelt name before torch is loaded
    with loading():
        from ganzoo.reporting.comparison import Comparison, plain

    with apart():
        compared = Comparison(there, view)
        if page is not None or can_draw("a comparison's page"):
            page = compared.save(page, dict(map(key_value, settings or ())))
    if as_json:
        more = {"problems": compared.problems, "page": page and str(page)}
        print_json({**plain(compared.columns), **more})
        return
    show(compared, out)
    if page is not None:
        say(f"Wrote a page with samples and curves: {page}")


def show(compared: Comparison, console: Console) -> None:
    """Print the table as wide as the terminal, or as a page if the output is not a terminal."""
    from ganzoo.reporting.table import WIDE, tables

    wide = console.width if console.is_terminal else shutil.get_terminal_size((WIDE, 24)).columns
    for part in tables(compared.columns, wide):
        console.print(part, width=wide)
