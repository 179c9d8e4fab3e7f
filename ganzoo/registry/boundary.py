"""The boundary around every call into a plugin, the built-in one included.

Whatever the plugin's code raises becomes one `PluginFailed`, whose message is one line that names
the record, its distribution and the place. The shared state of the process is put back (see
`ganzoo.registry.surroundings`), and a warning names the record that changed it.

ganzoo calls a plugin as narrowly as possible. So an error of ganzoo's own code is outside every
boundary and keeps its type.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, Protocol, TypeVar

from ganzoo.errors import GanzooError, PluginFailed, WrongPart, out_of_memory
from ganzoo.registry.surroundings import look, own_random, put_back

if TYPE_CHECKING:
    from ganzoo.registry.registry import Entry

logger = logging.getLogger("ganzoo")
P = ParamSpec("P")
T = TypeVar("T")
LONGEST = 500
"""Characters of an exception in a message. The traceback has all of it."""


class Guard(Protocol):
    """Calls a function of a plugin: a `Boundary`, or `unguarded`."""

    def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


def unguarded(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function without a boundary."""
    return call(*args, **kwargs)


class _Suspect(NamedTuple):
    """A record in plain text, so that other processes can have it, too."""

    who: str
    source: str
    in_file: bool
    package: str

    def owns(self, module: str) -> bool:
        return module == self.package or module.startswith(f"{self.package}.")


class Boundary:
    """Calls code of a record: ``boundary(call, *args)`` returns what ``call(*args)`` returns.

    Args:
        entry: The record whose code is called.
        others: Records whose code that code may call in turn, such as the model's by a penalty. An
            error belongs to the record in whose code it arose.

    Raises:
        PluginFailed: The code raised an exception. It is the ``__cause__``.
        WrongPart: The code raised a plain `GanzooError`, or a check of what it gave did.
        GanzooError: The code raised one of its other subclasses itself.
        MemoryError: There is not enough memory. Some such errors are a `RuntimeError`.
        KeyboardInterrupt: The user pressed Ctrl-C.
    """

    def __init__(self, entry: Entry, *others: Entry) -> None:
        self._suspects = tuple(map(_suspect, (entry, *others)))
        self._told: set[str] = set()

    def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        before = look()
        try:
            return self.last(call, *args, **kwargs)
        finally:
            if changed := put_back(before):
                self._tell(changed)

    def last(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for the last call of a process. It may leave the shared state as it likes."""
        try:
            return call(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may call sys.exit() or raise anything
            if not _passes(error):
                raise self._failed(error) from error
            if type(error) is GanzooError:
                raise self._wrong(error) from error
            raise

    def checking(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ganzoo's own code, which checks what the record's code gave.

        Raises:
            WrongPart: The check raised a plain `GanzooError`.
        """
        try:
            return call(*args, **kwargs)
        except GanzooError as error:
            if type(error) is GanzooError:
                raise self._wrong(error) from error
            raise

    def once(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a call that prepares something. It leaves the random states unchanged."""
        with own_random():
            return self(call, *args, **kwargs)

    def __str__(self) -> str:
        first = self._suspects[0]
        return f"{first.who} ({first.source})"

    def _wrong(self, error: GanzooError) -> WrongPart:
        return WrongPart(f"{self}: {error}")

    def _failed(self, error: BaseException) -> PluginFailed:
        by, where = self._suspects[0], ""
        for frame, line in traceback.walk_tb(error.__traceback__):
            module, file = frame.f_globals.get("__name__"), frame.f_code.co_filename
            if not isinstance(module, str) or file.startswith("<"):
                continue
            if owners := [suspect for suspect in self._suspects if suspect.owns(module)]:
                by, where = owners[0], f"{_short(module, file)}:{line}"
        from_ = where if where and by.in_file else ", ".join(filter(None, (by.source, where)))
        return PluginFailed(f"{by.who} ({from_}) failed: {headline(error)}", trace(error))

    def _tell(self, changed: list[str]) -> None:
        for name in changed:
            if name not in self._told:
                self._told.add(name)
                logger.warning("%s changed %s. ganzoo has put it back.", self, name)


def _suspect(entry: Entry) -> _Suspect:
    record, module = entry.record, entry.record.factory.partition(":")[0]
    parts = module.split(".")
    package = ".".join(parts[:2] if parts[0] == "ganzoo" else parts[:1])
    in_file = isinstance(entry.plugin.origin, Path)
    return _Suspect(f"{record.kind} {record.name}", entry.plugin.source, in_file, package)


def _short(module: str, file: str) -> str:
    """A module's file, from the folder that holds its package."""
    deep = len(module.split(".")) + (os.path.basename(file) == "__init__.py")
    return "/".join(Path(file).parts[-deep:])


def _passes(error: BaseException) -> bool:
    """Whether an error has a meaning of its own, and a text."""
    if isinstance(error, GanzooError):
        try:
            str(error)
        except BaseException:
            return False
        return True
    return out_of_memory(error)


def headline(error: BaseException) -> str:
    """An exception in one line that is not too long, even if its own ``str`` fails."""
    try:
        said = str(error)
        text = " ".join(said[: 10 * LONGEST].split())
    except BaseException:
        said = text = "<exception str() failed>"
    line = f"{type(error).__name__}: {text}".rstrip(": ")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ... ({len(said):,} characters)"


def trace(error: BaseException) -> str:
    """The whole traceback of an exception, even if its own ``str`` fails."""
    try:
        return "".join(traceback.format_exception(error))
    except BaseException:
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"Traceback (most recent call last):\n{frames}{headline(error)}\n"
