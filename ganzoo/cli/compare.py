"""``ganzoo compare``: runs side by side, on the terminal and as one page."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import add_row, command, loading, make_table, out, print_json, say

if TYPE_CHECKING:
    from ganzoo.reporting.comparison import Compared


@command
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(help="Two runs or more.", autocompletion=complete.runs, metavar="RUN..."),
    ],
    page: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the page goes.")] = (
        Path("compare.html")
    ),
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare runs: first where their settings differ, then what came of it."""
    with loading():
        from ganzoo.reporting import compare as write
        from ganzoo.reporting.comparison import gather, plain
        from ganzoo.runs.folder import find

    with contextlib.redirect_stdout(sys.stderr):
        compared = gather([find(run) for run in runs])
        write(compared, page)
    if as_json:
        print_json({**plain(compared), "page": str(page)})
        return
    _show(compared)
    say(f"With curves and samples: {page}")


def _show(compared: list[Compared]) -> None:
    from ganzoo.reporting.comparison import differences, outcomes

    table = make_table("", *(c.label for c in compared))
    add_row(table, "run", *(c.name for c in compared))
    table.add_section()
    rows = differences(compared)
    for row in rows:
        add_row(table, row.name, *row.values)
    if not rows:
        add_row(table, "settings", *("the same" for _ in compared))
    table.add_section()
    for row in outcomes(compared):
        add_row(table, row.name, *row.values)
    out.print(table)
