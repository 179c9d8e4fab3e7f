"""Names of the numbers that moves log, which become the columns of ``metrics.csv``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.errors import GanzooError

COLUMNS = ("step", "epoch")
"""The columns that ganzoo fills itself."""


class LogNames:
    """Which move logs which name. Numbers of one name are averaged, so it has one move."""

    def __init__(self) -> None:
        self._moves: dict[str, str] = {}

    def check(self, move: str, names: Iterable[str]) -> None:
        """Take in the names that a move has logged.

        Raises:
            GanzooError: Another move logs one of them, or `COLUMNS` has it.
        """
        for name in names:
            if name in COLUMNS:
                raise GanzooError(
                    f"move {move!r} logs {name!r}, a column that metrics.csv has already. Choose "
                    "another name"
                )
            if (other := self._moves.setdefault(name, move)) != move:
                raise GanzooError(
                    f"the moves {other!r} and {move!r} both log {name!r}, so it would be the mean "
                    f"of two quantities. Choose another name in one of them, such as "
                    f"'{move}_{name}'"
                )
