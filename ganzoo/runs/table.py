"""A CSV file to which rows are added, and which can be cut back to a step."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import unwritable, write_whole

TAIL = 10_000
"""Number of bytes that no row reaches."""


class Table:
    """Rows of numbers. The first column is ``step``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._columns: list[str] | None = None

    def rows(self) -> list[dict[str, str]]:
        """The rows as texts by column, without an unfinished last line.

        Raises:
            BrokenFile: The file is not such a table.
        """
        if not self.path.exists():
            return []
        try:
            text = self.path.read_text(encoding="utf-8")
            whole = text[: text.rfind("\n") + 1]
            reader = csv.DictReader(io.StringIO(whole))
            if whole and "step" not in (reader.fieldnames or ()):
                raise ValueError("it has no column 'step'")
            rows = list(reader)
            for row in rows:
                if None in row or None in row.values() or not row["step"].isdigit():
                    raise ValueError("a row does not fit its columns")
        except (OSError, ValueError, KeyError, csv.Error) as error:
            raise BrokenFile(f"{self.path} is not a table of steps ({error})") from error
        return rows

    def numbers(self) -> list[dict[str, float]]:
        """The rows as numbers. Other texts become NaN.

        Raises:
            BrokenFile: The file is not such a table.
        """
        return [{name: _number(text) for name, text in row.items()} for row in self.rows()]

    def last_step(self) -> int:
        """The step of the last row, or 0 without rows. Reads only the end of the file."""
        with suppress(OSError, ValueError), self.path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            line = file.read().rpartition(b"\n")[0].rpartition(b"\n")[2]
            return int(line.partition(b",")[0])
        return 0

    def append(self, row: Mapping[str, float | None]) -> None:
        """Add a row. ``None`` becomes an empty cell. The first row sets the columns.

        Raises:
            GanzooError: The columns differ, or the file cannot be written.
        """
        if self._columns is None:
            self._columns = list(self._header() or row)
        if set(row) != set(self._columns):
            names, known = ", ".join(row), ", ".join(self._columns)
            raise GanzooError(f"{self.path.name}: a row has {names}, and earlier rows have {known}")
        try:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, self._columns, lineterminator="\n")
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def sync(self) -> None:
        """Make the rows survive a power failure."""
        if not self.path.exists():
            return
        try:
            with self.path.open("r+b") as file:  # Windows syncs only writable files
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error

    def cut(self, keep: Callable[[int], bool]) -> None:
        """Keep only the rows for whose step ``keep`` returns true."""
        rows = self.rows()
        if not rows:
            self.path.unlink(missing_ok=True)
            return
        kept = io.StringIO()
        writer = csv.DictWriter(kept, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if keep(int(row["step"])))
        write_whole(self.path, kept.getvalue().encode())

    def _header(self) -> list[str] | None:
        if not self.path.exists():
            return None
        with self.path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file), None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
