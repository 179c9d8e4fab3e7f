"""Error classes, which determine the exit status.

Every message says what was found, what was expected, where it came from and what to try.
The command line shows the message without a traceback.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

EXTRAS = {
    "pages": ("bokeh", "jinja2", "matplotlib", "rich_pixels", "uniplot"),
    "fid": ("torch_fidelity",),
    "zoo": (
        "ganzoo_conditional", "ganzoo_dcgan", "ganzoo_losses", "ganzoo_mode_collapse",
        "ganzoo_pairs", "ganzoo_tensorboard", "ganzoo_torchvision", "ganzoo_translation",
        "ganzoo_wgan",
    ),
}  # fmt: skip
"""The modules that each extra of the distribution installs. `needs` looks for them."""


class GanzooError(Exception):
    """Something failed although the request was valid. The exit status is 1."""


class UsageError(GanzooError):
    """The request is wrong: a name, a key, a value or a combination. The exit status is 2."""


class DoesNotFit(UsageError):
    """A model, a loss and a dataset do not fit together. Raise it from ``build``."""


class DataUnavailable(GanzooError):
    """A dataset can neither be found nor downloaded. The message says what to do."""


class NotInstalled(GanzooError):
    """Optional packages are missing. The message says how to install them."""


class BrokenFile(GanzooError):
    """A file is unreadable, truncated, corrupt or of the wrong kind."""


class Diverged(GanzooError):
    """A loss or a weight is no longer a finite number. The last good checkpoint is kept."""


class PluginFailed(GanzooError):
    """Code of a plugin raised an exception, which is the ``__cause__``.

    The message is one line that names the record, its distribution and the place.
    """

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace
        """The whole traceback."""
        self.kept: Path | None = None
        """The file in the run's folder that has the traceback, if there is one."""

    def __reduce__(self) -> tuple[Any, ...]:
        # from another process, with its cause if that can travel
        import pickle  # rarely needed

        cause = self.__cause__
        try:
            pickle.loads(pickle.dumps(cause))
        except Exception:
            cause = None
        return _caused, (type(self), str(self), self.trace, cause)


class WrongPart(GanzooError):
    """A record's code gave something else than ganzoo expects. The message begins with the record.

    The check itself raises a `GanzooError`. The boundary adds the record to it.
    """


def _caused(
    cls: type[PluginFailed], message: str, trace: str, cause: BaseException | None
) -> PluginFailed:
    error = cls(message, trace)
    error.__cause__ = cause
    return error


def out_of_memory(error: BaseException) -> bool:
    """Whether there was not enough memory. torch raises a `RuntimeError` then."""
    if isinstance(error, MemoryError):
        return True
    words = ("allocate memory", "out of memory", "Storage size calculation overflowed")
    try:
        return isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    except BaseException:  # its own text fails
        return False


def told(error: Exception) -> str:
    """Why a run failed, for its status. It is empty for an error of ganzoo itself."""
    if isinstance(error, GanzooError):
        return str(error)
    return "there is not enough memory" if out_of_memory(error) else ""


def needs(extra: str, what: str) -> None:
    """Check that an extra is installed, before starting what needs it.

    Raises:
        NotInstalled: it is not. The message names the missing packages, ``what`` needs them, and
            the command that installs them.
    """
    missing = [m.replace("_", "-") for m in EXTRAS[extra] if importlib.util.find_spec(m) is None]
    if missing:
        raise NotInstalled(f"{listed(missing)} must be installed for {what}: {how_to_get(extra)}")


def how_to_get(extra: str) -> str:
    """The command that installs an extra, as the end of a sentence."""
    return f"in the folder of ganzoo's source, run pip install -e '.[{extra}]'"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``, or an empty text for no words."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def suggest(wrong: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: close names, or all known ones."""
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; choose from {', '.join(names)}"
