"""``ganzoo compare``: runs side by side, on the terminal and as one page."""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import can_draw, command, loading, out, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from ganzoo.reporting.comparison import Comparison


@command
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="Two runs or more; a sweep, or several.",
            autocompletion=complete.runs,
            metavar="RUN...",
        ),
    ],
    page: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Where the page goes. Unless set, compare-NAMES.html here, or compare.html in "
            "the folder of a single sweep.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare runs: how their settings differ, their scores with the best marked, and a page.

    The page has samples of the same step side by side, and curves. Of a sweep (`ganzoo train
    --seeds`) means and standard errors are shown.
    """
    from ganzoo.runs.folder import find
    from ganzoo.sweeping.folder import find_sweep

    there = [find_sweep(run) or find(run) for run in runs]  # a misspelt name, before torch
    with loading():
        from ganzoo.reporting.comparison import Comparison, plain

    with contextlib.redirect_stdout(sys.stderr):
        compared = Comparison(there)
        if page is not None or can_draw("a comparison's page"):
            page = compared.save(page)
    if as_json:
        print_json({**plain(compared.columns), "page": page and str(page)})
        return
    show(compared, out)
    if page is not None:
        say(f"The page with samples and curves: {page}")


def show(compared: Comparison, console: Console) -> None:
    """Print the table: as wide as the terminal, and no wider than a page where there is none."""
    from ganzoo.reporting.table import WIDE, tables

    wide = console.width if console.is_terminal else shutil.get_terminal_size((WIDE, 24)).columns
    for part in tables(compared.columns, wide):
        console.print(part, width=wide)
