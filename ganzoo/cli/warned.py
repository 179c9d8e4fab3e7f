"""Shows the first few warnings of each place, and counts the rest."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

FEW = 3
"""Warnings of one place that are shown."""
LONGEST = 500
"""Characters of a warning that are shown."""

_seen: Counter[str] = Counter()


def due(place: str) -> bool:
    """Whether to show another warning of a place. It is counted."""
    _seen[place] += 1
    return _seen[place] <= FEW


@contextlib.contextmanager
def few_warnings(say: Callable[[str, str], None]) -> Iterator[None]:
    """Inside ``with``, Python's warnings are lines of their own, and at most `FEW` come from one
    file. At the end, a line says how many more there were.

    Args:
        say: Shows a line in a style.
    """

    def show(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any
    ) -> None:
        place = os.path.basename(filename)
        if due(place):
            text = " ".join(str(message)[: 10 * LONGEST].split())
            say(f"{place}:{lineno}: {category.__name__}: {text[:LONGEST]}", "yellow")

    before = warnings.showwarning
    warnings.showwarning = show  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = before
        for place, count in _seen.items():
            if more := max(0, count - FEW):
                say(f"{place[:LONGEST]}: {more:,} more warning{'s' * (more > 1)}", "yellow")
        _seen.clear()
