"""Whether the sweep that started this process still exists.

A sweep that ends, by Ctrl-C or by SIGTERM, interrupts its runs. Nothing can do so for a sweep that
is killed, so each run looks at its parent between two steps. The system gives an orphan another
parent, even if the sweep had been stopped before. Windows gives it none, and there the parent may
be a launcher of Python, so a run whose sweep was killed goes on to its end.
"""

from __future__ import annotations

import os
from collections.abc import Callable

NAME = "GANZOO_PARENT"
"""The environment variable in which a sweep gives each run its process id."""


def named(environment: dict[str, str]) -> dict[str, str]:
    """An environment for a run that this process starts."""
    return {**environment, NAME: str(os.getpid())}


def watched() -> Callable[[], bool]:
    """A function that says whether the sweep is gone. Without a sweep it never is.

    The variable is removed, so that it has no meaning for what this process starts.
    """
    parent = os.environ.pop(NAME, "")
    if not parent or os.name != "posix":
        return lambda: False
    return lambda: str(os.getppid()) != parent
