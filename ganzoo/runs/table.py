"""A CSV file that grows by rows and can be cut back to a step."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import write_whole


class Table:
    """Rows of numbers; the first column is ``step``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._columns: list[str] | None = None

    def rows(self) -> list[dict[str, str]]:
        """What has been written, by column; a line that was cut short is left out.

        Raises:
            BrokenFile: it is not such a table.
        """
        if not self.path.exists():
            return []
        try:
            text = self.path.read_text()
            whole = text[: text.rfind("\n") + 1]
            rows = list(csv.DictReader(io.StringIO(whole)))
            if any(not row["step"].isdigit() for row in rows):
                raise ValueError("a step is not a number")
        except (OSError, ValueError, KeyError) as error:
            raise BrokenFile(f"{self.path} is not a table of steps ({error})") from error
        return rows

    def append(self, row: Mapping[str, float]) -> None:
        """Add a row. The first one settles the columns.

        Raises:
            GanzooError: a new column, or the file cannot be written.
        """
        if self._columns is None:
            self._columns = list(self._header() or row)
        if set(row) != set(self._columns):
            names, known = ", ".join(row), ", ".join(self._columns)
            raise GanzooError(
                f"{self.path.name}: a row with {names} where earlier ones had {known}"
            )
        try:
            with self.path.open("a", newline="") as file:
                writer = csv.DictWriter(file, self._columns, lineterminator="\n")
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)
        except OSError as error:
            raise GanzooError(f"cannot write {self.path}: {error.strerror or error}") from error

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        if self.path.exists():
            with self.path.open("rb") as file:
                os.fsync(file.fileno())

    def cut(self, keep: Callable[[int], bool]) -> None:
        """Keep only the rows whose step passes."""
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
        with self.path.open(newline="") as file:
            return next(csv.reader(file), None)
