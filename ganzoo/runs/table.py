"""A CSV file to which rows are added, and which can be cut back to a step."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import (
    absolute,
    added_to,
    open_file,
    read_whole,
    remove,
    shown,
    unwritable,
    write_whole,
)

TAIL = 10_000
"""Number of bytes that no row reaches."""
MOST = 2**30
"""Largest size in bytes. A row has about a hundred."""
DIGITS = 18
"""Most digits of a step."""


class Table:
    """Rows of numbers. The first column is ``step``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = absolute(path)
        self._columns: list[str] | None = None

    def rows(self) -> list[dict[str, str]]:
        """The rows as texts by column, without an unfinished last line. Each text is a number or
        empty.

        Raises:
            BrokenFile: The file is not such a table.
        """
        try:
            content = read_whole(self._file, MOST)
        except FileNotFoundError:
            return []
        try:
            return _rows(content[: content.rfind(b"\n") + 1].decode())
        except (ValueError, csv.Error) as error:
            raise BrokenFile(f"{shown(self._file)} is not a table of steps ({error})") from error

    def numbers(self) -> list[dict[str, float]]:
        """The rows as numbers. Empty texts become NaN.

        Raises:
            BrokenFile: The file is not such a table.
        """
        return [{name: _number(text) for name, text in row.items()} for row in self.rows()]

    def last_step(self) -> int:
        """The step of the last row, or 0 without rows. Reads only the end of the file."""
        with suppress(OSError, ValueError, BrokenFile), open_file(self._file) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            line = file.read(TAIL).rpartition(b"\n")[0].rpartition(b"\n")[2]
            return _step(line.partition(b",")[0].decode())
        return 0

    def append(self, row: Mapping[str, float | None]) -> None:
        """Add a row. ``None`` and what is missing become empty cells. A new column is added behind
        the others, and earlier rows get empty cells in it.

        Raises:
            GanzooError: The file is another table, or it cannot be written.
        """
        if self._columns is None:
            self._columns = list(self._header() or row)
        new = [name for name in row if name not in self._columns]
        if {*new} & {*list(row)[:2]}:  # every row has these
            names, known = ", ".join(row), ", ".join(self._columns)
            raise GanzooError(f"{self.path.name}: a row has {names}, and earlier rows have {known}")
        if new:
            self._columns = [*self._columns, *new]
            self._write(self.rows())
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, lineterminator="\n")
        with added_to(self._file) as file:
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow(row)
            file.write(text.getvalue().encode())

    def sync(self) -> None:
        """Make the rows survive a power failure."""
        if not self._file.exists():
            return
        with added_to(self._file) as file:  # Windows syncs only writable files
            os.fsync(file.fileno())

    def cut(self, keep: Callable[[int], bool]) -> None:
        """Keep only the rows for whose step ``keep`` returns true."""
        rows = self.rows()
        if not rows:
            try:
                remove(self._file)
            except OSError as error:
                raise unwritable(self._file, error) from error
            return
        self._columns = list(rows[0])
        self._write([row for row in rows if keep(int(row["step"]))])

    def _write(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Write the whole file."""
        assert self._columns is not None
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(self._file, text.getvalue().encode())

    def _header(self) -> list[str] | None:
        with suppress(FileNotFoundError), open_file(self._file) as file:
            line = file.readline(TAIL).decode("utf-8", "replace")
            return next(csv.reader([line]), None)
        return None


def _rows(text: str) -> list[dict[str, str]]:
    """The rows of a table.

    Raises:
        ValueError: It is none.
        csv.Error: It is none.
    """
    head, _, body = text.partition("\n")
    columns = next(csv.reader([head]), [])
    if text and "step" not in columns:
        raise ValueError("it has no column 'step'")
    if len(set(columns)) < len(columns):
        raise ValueError("two columns have one name")
    if not body.isascii() or "_" in body:  # Python reads "²" and "1_000" as numbers, too
        raise ValueError("a row has something other than numbers")
    rows = []
    for cells in csv.reader(io.StringIO(body)):
        if len(cells) != len(columns):
            raise ValueError("a row does not fit its columns")
        row = dict(zip(columns, cells, strict=True))
        _step(row["step"])
        rows.append(row)
    for row in rows:
        for name, cell in row.items():
            _number(cell, name)
    return rows


def _step(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError(f"a row's step is {text[:40]!r}")
    return int(text)


def _number(text: str, name: str = "") -> float:
    try:
        return float(text) if text else math.nan
    except ValueError:
        raise ValueError(f"{name} is {text[:40]!r} in a row") from None
