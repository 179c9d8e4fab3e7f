"""``ganzoo compare``: runs side by side, on the terminal and as one page."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import add_row, can_draw, command, loading, make_table, out, print_json, say

if TYPE_CHECKING:
    from ganzoo.reporting.columns import Compared
    from ganzoo.reporting.comparison import Row

PAGE = Path("compare.html")


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
        typer.Option("--out", metavar="FILE", help=f"Where the page goes; else {PAGE}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare runs: first where their settings differ, then what came of it.

    Of a sweep (`ganzoo train --seeds`) means and standard errors are shown.
    """
    from ganzoo.runs.folder import find
    from ganzoo.sweeping.folder import find_sweep

    there = [find_sweep(run) or find(run) for run in runs]  # a misspelt name, before torch
    with loading():
        from ganzoo.reporting import compare as write
        from ganzoo.reporting.columns import gather
        from ganzoo.reporting.comparison import plain

    with contextlib.redirect_stdout(sys.stderr):
        compared = gather(there)
        if page is not None or can_draw(str(PAGE)):
            page = write(compared, page or PAGE)
    if as_json:
        print_json({**plain(compared), "page": page and str(page)})
        return
    _show(compared)
    if page is not None:
        say(f"With curves and samples: {page}")


def _show(compared: list[Compared]) -> None:
    from ganzoo.reporting.comparison import Row, differences, outcomes

    made = differences(compared)
    if not made and len(compared) > 1:
        made = [Row("settings", ["the same"] * len(compared))]
    ended = outcomes(compared)
    for part in _parts([*made, *ended]):
        table = make_table("", *(c.label for c in compared[part]))
        table.padding = (0, 1, 0, 0)
        add_row(table, "run", *(c.name for c in compared[part]))
        for rows in filter(None, (made, ended)):
            table.add_section()
            for row in rows:
                add_row(table, row.name, *row.values[part])
        out.print(table)


def _parts(rows: Sequence[Row]) -> list[slice]:
    """The runs of each table: as many tables as it takes to break no number, equally wide."""
    runs = len(rows[0].values)
    values = [value for row in rows for value in row.values]
    numbers = [v for v in values if (v[:1].isdigit() and " " not in v) or "±" in v]
    wide = max(map(len, numbers), default=1) + 2
    fit = max(1, (out.width - max(len(row.name) for row in rows) - 4) // wide)
    each = math.ceil(runs / math.ceil(runs / fit))
    return [slice(start, start + each) for start in range(0, runs, each)]
