"""A terminal emulator that a process draws in."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte
from conftest import Forks

COLOURED = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
FRAME_END = "\x1b[?2026l"
"""What ganzoo writes at the end of a frame."""


class Terminal:
    """A terminal that shows a process's messages. ``shown`` is everything that it received."""

    def __init__(
        self, forked: Forks, *args: str | Path, size: tuple[int, int] = (80, 24), before: str = "",
        **env: str,
    ) -> None:  # fmt: skip
        self._own, self._its = pty.openpty()
        self._set_size(size)
        self.screen = pyte.HistoryScreen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.shown = ""
        env = {**COLOURED, "STDERR": os.ttyname(self._its), **env}
        self.process = forked.start(*args, before=before, **env)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, and what has scrolled away above it."""
        columns = range(self.screen.columns)
        above = ["".join(row[x].data for x in columns) for row in self.screen.history.top]
        lines = (line.rstrip() for line in (*above, *self.screen.display))
        return "\n".join(lines).rstrip().split("\n")

    def until(self, there: Callable[[], object], seconds: float = 60) -> None:
        """Watch until this holds."""
        deadline = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < deadline, self.lines
            assert not self.process.ended(), self.lines
            self._look()

    def until_drawn(self) -> None:
        """Watch until the next frame with curves."""
        begun = len(self.shown)
        self.until(
            lambda: re.search(r"\d steps.*samples/s.*\?2026l", self.shown[begun:], re.DOTALL)
        )

    def count(self, text: str) -> int:
        """The number of lines that contain this."""
        return sum(text in line for line in self.lines)

    def resize(self, size: tuple[int, int], *, reflows: bool) -> None:
        """Resize the window as with the mouse. A terminal that reflows wraps long lines."""
        self._look()
        before = [line.rstrip() for line in self.screen.display[: self.screen.cursor.y + 1]]
        self._set_size(size)
        self.screen.resize(size[1], size[0])
        if reflows:
            self.screen.reset()
            self._stream.feed("\r\n".join(before).encode())
        self.screen.history.top.clear()

    def interrupt(self) -> None:
        """Press Ctrl-C between two frames, because a terminal echoes it as ^C at the cursor.

        The process stands still meanwhile. On a busy machine, it could draw before the key comes.
        """
        between = False
        while not between:
            self.until(lambda: self.shown.endswith(FRAME_END))
            self.process.signal(signal.SIGSTOP)
            self.until(lambda: state_of(self.process.pid) == "T")
            self._look()
            if between := self.shown.endswith(FRAME_END):
                os.write(self._own, b"\x03")
            self.process.signal(signal.SIGCONT)

    def end(self) -> int:
        """Watch to the end. Returns the status."""
        deadline = time.monotonic() + 60
        while not self.process.ended():
            assert time.monotonic() < deadline, self.lines
            self._look()
        self._look()
        os.close(self._its)
        os.close(self._own)
        assert not self.screen.cursor.hidden
        assert "Traceback" not in self.shown
        return self.process.wait().status

    def _set_size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._own, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))

    def _look(self) -> None:
        while select.select([self._own], [], [], 0.02)[0]:
            got = os.read(self._own, 65536)
            self.shown += got.decode(errors="replace")
            self._stream.feed(got)


def state_of(pid: int) -> str:
    """The state of a process, such as ``T`` if it is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
