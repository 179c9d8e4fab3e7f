"""Checks the pieces that a plugin's section gives, and prepares them for a page.

Everything becomes plain text, numbers and pictures here, and a page shows nothing else.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from PIL import Image

from ganzoo.pictures.samples import Samples
from ganzoo.prose.visible import visible
from ganzoo.reporting.curves import Chart, Line, number, palette
from ganzoo.reporting.pictures import sheet, uri
from ganzoo.reporting.pieces import LineChart, Picture, Piece, Table
from ganzoo.reporting.players import LARGEST, Still

MOST = 50
"""Largest number of pieces in a section, because a generator may be endless."""
LONGEST = 20_000
"""Characters of a text."""
ROWS = 1_000
"""Largest number of rows or columns of a table, and of lines of a chart."""
PIXELS = 16_000_000
"""Largest number of pixels of a picture."""
POINTS = 1_000_000
"""Largest number of points of a line. A page shows a thousand of them."""
NOTHING = "–"
EXPECTED = "text, ganzoo.Table, ganzoo.Picture or ganzoo.LineChart"
PIECES = (str, Table, Picture, LineChart)


@dataclass(frozen=True)
class Cells:
    """A table that is ready to be shown."""

    title: str
    columns: Sequence[str]
    right: Sequence[bool]
    """Whether each column has only numbers, which stand at the right."""
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Group:
    """Neighbours of one kind, which a page shows next to each other."""

    kind: Literal["text", "table", "picture", "chart"]
    items: Sequence[Any]
    """Texts, `Cells`, `Still` or `Chart`."""


def laid_out(given: object, ident: str, name: str) -> list[Group]:
    """The pieces that ``show`` returned, in groups.

    Args:
        given: An iterable of pieces. It is a plugin's, and may be anything.
        ident: The beginning of the charts' ids in the page.
        name: The section's name, for what has no title.

    Raises:
        TypeError: It is something else.
        ValueError: A piece is too large, or its parts do not fit together.
    """
    if isinstance(given, PIECES) or not isinstance(given, Iterable):
        one = "one text" if isinstance(given, str) else _kind(given)
        raise TypeError(f"show() returned {one}; yield each piece, or return a list")
    pieces = list(itertools.islice(given, MOST + 1))
    if len(pieces) > MOST:
        raise ValueError(f"show() gave more than {MOST} pieces. It may be endless")
    ready = [_ready(piece, f"{ident}-{i}", name) for i, piece in enumerate(pieces)]
    return [
        Group(kind, [item for _, item in items])
        for kind, items in itertools.groupby(ready, key=lambda each: each[0])
    ]


def _ready(piece: Piece, ident: str, name: str) -> tuple[Any, Any]:
    if isinstance(piece, str):
        return "text", _text(piece, LONGEST)
    if isinstance(piece, Table):
        return "table", _cells(piece)
    if isinstance(piece, Picture):
        return "picture", _still(piece, name)
    if isinstance(piece, LineChart):
        return "chart", _chart(piece, ident, name)
    raise TypeError(f"show() gave {_kind(piece)}; expected {EXPECTED}")


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _text(value: object, most: int = 500) -> str:
    """A plain text. A subclass of `str` could bring markup of its own.

    Raises:
        TypeError: It is something else.
        ValueError: It is too long.
    """
    if not isinstance(value, str):
        raise TypeError(f"a text is {_kind(value)}; expected str")
    if len(value) > most:
        raise ValueError(f"a text has {len(value):,} characters; expected at most {most:,}")
    return visible(str.__str__(value))


def _cells(table: Table) -> Cells:
    columns = [_text(column) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    if not 0 < len(columns) <= ROWS or len(rows) > ROWS:
        sizes = f"{len(rows):,} rows and {len(columns):,} columns"
        raise ValueError(f"a table has {sizes}; expected at most {ROWS:,}, and one column or more")
    if wrong := [row for row in rows if len(row) != len(columns)]:
        raise ValueError(f"a row has {len(wrong[0])} cells, and its table {len(columns)} columns")
    right = [
        any(is_number for _, is_number in cells) and all(n or t == NOTHING for t, n in cells)
        for cells in (zip(*rows, strict=True) if rows else [()] * len(columns))
    ]
    texts = [[text for text, _ in row] for row in rows]
    return Cells(_text(table.title), columns, right, texts)


def _cell(value: object) -> tuple[str, bool]:
    if value is None:
        return NOTHING, False
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no", False
    if isinstance(value, Integral):
        return f"{int(value):,}", True
    if isinstance(value, Real):
        return number(float(value)), True
    return _text(value), False


def _still(piece: Picture, name: str) -> Still:
    title = _text(piece.title)
    shown = piece.shown
    if isinstance(shown, Samples):
        if not shown.drawable or not len(shown):
            raise ValueError(f"{shown!r} have no picture")
        if piece.columns is not None and not 1 <= piece.columns <= len(shown):
            raise ValueError(f"columns is {piece.columns}, and there are {len(shown)} samples")
        arrays = shown.arrays()
        is_image = "images" in arrays
        picture = sheet(arrays["images"], piece.columns) if is_image else shown.picture()
    elif isinstance(shown, Image.Image):
        is_image, picture = False, shown
    else:
        raise TypeError(f"a Picture has {_kind(shown)}; expected a picture of Pillow's or Samples")
    width, height = picture.size
    if not 0 < width * height <= PIXELS:
        raise ValueError(
            f"a picture has {width:,} × {height:,} pixels; expected at most 16 million"
        )
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    source = uri(picture)
    if len(source) > LARGEST:
        raise ValueError(f"a picture takes {len(source) / 1e6:.1f} MB; expected at most 2.5 MB")
    return Still(title, source, width, height, smooth=not is_image, alt=title or name)


def _chart(piece: LineChart, ident: str, name: str) -> Chart:
    if not isinstance(piece.lines, Mapping) or not 0 < len(piece.lines) <= MOST:
        raise ValueError(f"a LineChart needs a dictionary of 1 to {MOST} lines")
    x = _values(piece.x, "x")
    if not len(x) or not np.isfinite(x).all() or (np.diff(x) < 0).any():
        raise ValueError("x of a LineChart must be finite numbers in ascending order")
    lines = []
    for (label, values), colour in zip(piece.lines.items(), palette(len(piece.lines)), strict=True):
        line = Line(_text(label), colour, _values(values, label))
        if len(line.values) != len(x):
            raise ValueError(
                f"line {line.name} has {len(line.values):,} values for {len(x):,} of x"
            )
        lines.append(line)
    every = np.concatenate([line.values for line in lines])
    known = every[np.isfinite(every)]
    if not len(known):
        raise ValueError("a LineChart has no finite value")
    return Chart(
        ident, _text(piece.title) or name, _text(piece.hint, LONGEST), x, lines,
        log=bool(piece.log) and bool((known > 0).all()),
        axis=_text(piece.axis),
    )  # fmt: skip


def _values(given: Any, name: object) -> Any:
    values = np.asarray(given, dtype=np.float64)
    if values.ndim != 1 or len(values) > POINTS:
        raise ValueError(f"{name} has the shape {values.shape}; expected one dimension")
    return np.where(np.isfinite(values), values, math.nan)
