"""A comparison as text. If it is too wide, it becomes several tables, so that no number breaks."""

from __future__ import annotations

import io
import math
import shutil
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ganzoo.prose.visible import visible
from ganzoo.reporting.columns import Compared
from ganzoo.reporting.rows import BEST, FAR, NOISE, Row, differences, outcomes

SIGNS = {BEST: " *", NOISE: " ~", "": ""}
NOTHING = "–"
RULES = box.Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")
SPACE = 4
"""Columns around a table and between its names and values."""
WIDE = 100
"""Width in characters if the output is not a terminal."""


def text(compared: Sequence[Compared]) -> str:
    """The tables without colours, as wide as the terminal."""
    wide = shutil.get_terminal_size((WIDE, 24)).columns
    console = Console(width=wide, file=io.StringIO(), markup=False, highlight=False, emoji=False)
    for part in tables(compared, wide):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in visible(console.file.getvalue()).splitlines())


def tables(compared: Sequence[Compared], wide: int) -> Iterator[RenderableType]:
    """The tables, at most ``wide`` characters wide, and what their signs mean."""
    made = differences(compared)
    if not made and len(compared) > 1:
        made = [Row("settings", ["the same"] * len(compared))]
    ended = outcomes(compared)
    rows = [*made, *ended]
    names, cell = max(len(row.name) for row in rows), _widest(rows)
    # names stay in one line where there is room for all runs, or for three of them
    roomy = names + min(len(compared), 3) * cell + SPACE <= wide
    first = names if roomy else min(names, max(20, wide * 2 // 5))
    for part in _parts(len(compared), max(1, (wide - first - SPACE) // cell)):
        yield _table(compared[part], [made, ended], part, first)
    yield from (Text(note) for note in _notes(compared, ended))


def _table(
    compared: Sequence[Compared], sections: Sequence[Sequence[Row]], part: slice, first: int
) -> Table:
    table = Table(box=RULES, padding=(0, 1, 0, 0))
    table.add_column("run", max_width=first, overflow="fold")
    for c in compared:
        table.add_column(Text(c.name, f"bold {c.colour}"), overflow="fold")
    for rows in filter(None, sections):
        for row in rows:
            cells = row.marked[part]
            if any(value != NOTHING for value, _ in cells):  # if this table's runs have it
                shown = [Text(v + SIGNS[m], "bold" if m == BEST else "") for v, m in cells]
                table.add_row(Text(row.name), *shown)
        table.add_section()
    return table


def _widest(rows: Sequence[Row]) -> int:
    """Columns that a run takes so that no number is broken."""
    cells = [value + SIGNS[mark] for row in rows for value, mark in row.marked]
    numbers = [cell for cell in cells if cell[:1].isdigit() or cell[:1] == "-" or "±" in cell]
    return max(map(len, numbers), default=1) + 2


def _parts(runs: int, fit: int) -> Iterator[slice]:
    """The runs of each table: as many tables as it takes, equally wide."""
    each = math.ceil(runs / math.ceil(runs / fit))
    yield from (slice(start, start + each) for start in range(0, runs, each))


def _notes(compared: Sequence[Compared], rows: Sequence[Row]) -> Iterator[str]:
    marks = {mark for row in rows for mark in row.marks}
    if BEST in marks:
        yield "* best of its row"
    if NOISE in marks:
        yield f"~ within noise: differs from the best by less than {FAR:g} standard errors"
    if BEST in marks and not any(c.several for c in compared):
        yield "Each run has one seed. With other seeds, the order may differ."
        yield "To train several seeds, use ganzoo train --seeds 0-4."
