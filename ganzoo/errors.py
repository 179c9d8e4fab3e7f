"""What can go wrong, by whose mistake it is: the exit status follows from the class.

Every message says what was found, what was expected, where it came from and what to try.
A person who made a mistake reads the message, never a traceback.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable, Sequence

EXTRAS = {
    "pages": ("bokeh", "jinja2", "matplotlib", "rich_pixels", "uniplot"),
    "fid": ("torch_fidelity",),
    "zoo": (
        "ganzoo_dcgan", "ganzoo_losses", "ganzoo_mode_collapse", "ganzoo_tensorboard",
        "ganzoo_torchvision", "ganzoo_wgan",
    ),
}  # fmt: skip
"""The modules that each optional part of the distribution brings; `needs` asks for them."""


class GanzooError(Exception):
    """Something failed that is nobody's typing mistake: exit status 1."""


class UsageError(GanzooError):
    """The request itself is wrong (a name, a key, a value, a pair that does not fit): status 2."""


class DoesNotFit(UsageError):
    """A model, a loss and a dataset that cannot go together; raise it from ``build``."""


class DataUnavailable(GanzooError):
    """A dataset can neither be found nor downloaded. The message says what to do."""


class NotInstalled(GanzooError):
    """Packages are missing that only a part of ganzoo needs; the message says how to get them."""


class BrokenFile(GanzooError):
    """A file is unreadable, truncated, corrupt or not what it should be."""


class Diverged(GanzooError):
    """A loss or a weight is no longer a finite number. The last good checkpoint is kept."""


def needs(extra: str, what: str) -> None:
    """See that an extra is installed, before anything is done that needs it.

    Raises:
        NotInstalled: what is missing for ``what``, and the command that installs it.
    """
    missing = [m.replace("_", "-") for m in EXTRAS[extra] if importlib.util.find_spec(m) is None]
    if missing:
        raise NotInstalled(f"{listed(missing)} must be installed for {what}: {how_to_get(extra)}")


def how_to_get(extra: str) -> str:
    """The command that installs an extra, in words that end a sentence."""
    return f"in the folder of ganzoo's source, run pip install -e '.[{extra}]'"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


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
