"""Counts warnings, so that each place shows its first few."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

FEW = 3
"""Warnings of one place that are shown."""
LONGEST = 500
"""Characters of a place that are shown."""

_seen: Counter[str] = Counter()


def due(place: str) -> bool:
    """Whether to show another warning of a place. It is counted."""
    _seen[place] += 1
    return _seen[place] <= FEW


@contextlib.contextmanager
def counted(say: Callable[[str, str], None]) -> Iterator[None]:
    """At the end of ``with``, a line for each place says how many more warnings it gave.

    Args:
        say: Shows a line in a style.
    """
    try:
        yield
    finally:
        for place, count in _seen.items():
            if more := max(0, count - FEW):
                say(f"{place[:LONGEST]}: {more:,} more warning{'s' * (more > 1)}", "yellow")
        _seen.clear()
