"""What can go wrong, by whose mistake it is: the exit status follows from the class.

Every message says what was found, what was expected, where it came from and what to try.
A person who made a mistake reads the message, never a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GanzooError(Exception):
    """Something failed that is nobody's typing mistake: exit status 1."""


class UsageError(GanzooError):
    """The request itself is wrong (a name, a key, a value, a pair that does not fit): status 2."""


class DoesNotFit(UsageError):
    """A model, a loss and a dataset that cannot go together; raise it from ``build``."""


class DataUnavailable(GanzooError):
    """A dataset can neither be found nor downloaded. The message says what to do."""


class BrokenFile(GanzooError):
    """A file is unreadable, truncated, corrupt or not what it should be."""


class Diverged(GanzooError):
    """A loss or a weight is no longer a finite number. The last good checkpoint is kept."""


def suggest(wrong: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the close ones, or all there are."""
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; there is {', '.join(names)}"


def reason(error: Exception) -> str:
    """Why a file could not be read, in a line: pydantic has many, of which this is the first."""
    if not hasattr(error, "errors"):
        return str(error)
    first = error.errors()[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
