"""What happens if the output cannot be written. All commands share one rule:

- A broken pipe on stdout (``ganzoo list | head``): the reader has enough. The command ends quietly
  with status 0. `train` writes only at its end, so it trains to its end.
- Any other error on stdout, such as a full disk: one message on stderr, and status 1.
- A closed stdout (``>&-``) is such an error for data. The name of a folder or file that a command
  has written is left out instead: see `ganzoo.cli.console.print_name`.
- stderr closed, full or broken: messages are lost, and the status is as usual.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, TextIO


class CannotWrite(Exception):
    """stdout cannot be written.

    It is not an `OSError`. Anything may raise those, and typer and rich end the process themselves
    on a `BrokenPipeError`.
    """

    def __init__(self, error: OSError) -> None:
        self.closed = error.errno == errno.EBADF
        self.broken_pipe = isinstance(error, BrokenPipeError)
        reason = "it is closed" if self.closed else error.strerror or str(error)
        super().__init__(f"cannot write the output: {reason}")


class _Stream(io.FileIO):
    """A file descriptor for output. What it cannot write is lost."""

    unwritten = "backslashreplace"
    """What becomes of a character that UTF-8 does not have."""

    def __init__(self, descriptor: int, before: TextIO | None) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._before = before  # it would close the descriptor when it is collected

    def write(self, data: Any, /) -> int:
        """Write all of ``data``, even if the descriptor takes only a part at a time."""
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left:
                written = super().write(left)
                if written is None:  # the descriptor does not block, and its pipe is full
                    select.select([], [self], [])
                left = left[written or 0 :]
        except OSError as error:
            self.lost(error)
        return size

    def lost(self, error: OSError) -> None:
        """Something could not be written."""


class _Stdout(_Stream):
    unwritten = "surrogateescape"  # a file's name keeps its bytes
    _raised = False

    def lost(self, error: OSError) -> None:
        """Raise an error, but only once, so that nothing complains when the process ends."""
        if not self._raised:
            self._raised = True
            raise CannotWrite(error) from error


def prepare() -> None:
    """Make stdout and stderr follow the rule. Replace closed ones, also for child processes.

    A closed descriptor would be given to the next file that is opened, and other code would write
    into that file. For stdout it becomes one that cannot be written.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    sys.stdout = _prepared(sys.stdout, _Stdout, os.O_RDONLY)
    sys.stderr = _prepared(sys.stderr, _Stream, os.O_WRONLY)


def _prepared(stream: Any, kind: type[_Stream], access: int) -> Any:
    """The stream with another lowest layer, or the same if it has no file descriptor."""
    if stream is None:
        descriptor = os.open(os.devnull, access)
        os.set_inheritable(descriptor, True)
        raw = kind(descriptor, None)
        return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", kind.unwritten)
    buffer = getattr(stream, "buffer", None)
    if type(getattr(buffer, "raw", buffer)) is not io.FileIO:
        return stream
    with suppress(OSError):
        stream.flush()
    raw = kind(stream.fileno(), stream)
    is_utf8 = codecs.lookup(stream.encoding).name == "utf-8"
    return io.TextIOWrapper(
        raw if isinstance(buffer, io.FileIO) else io.BufferedWriter(raw),  # python -u has no buffer
        stream.encoding,
        kind.unwritten if is_utf8 else "replace",  # Greek letters in a formula must not fail
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
