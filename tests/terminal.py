"""A pseudo-terminal for a process: what it shows, and keys pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from conftest import Forks


class Terminal:
    """A terminal with a process whose messages it shows."""

    def __init__(self, forked: Forks, *args: str, before: str = "", **env: str) -> None:
        self._own, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
        seen = {"TERM": "xterm-256color", "STDERR": os.ttyname(its), **env}
        self.process = forked.start(*args, before=before, **seen)
        self._its = its
        self.shown = ""

    def until(self, text: str, seconds: float = 60) -> None:
        """Look on until this is shown."""
        deadline = time.monotonic() + seconds
        while not re.search(text, self.shown):
            assert time.monotonic() < deadline, self.shown
            assert not self.process.ended(), self.shown
            self._look()

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._own, key)

    def end(self) -> int:
        """Look on to the end; gives the status."""
        while not self.process.ended():
            self._look()
        self._look()
        os.close(self._its)
        os.close(self._own)
        return self.process.wait().status

    def _look(self) -> None:
        while select.select([self._own], [], [], 0.05)[0]:
            self.shown += os.read(self._own, 65536).decode(errors="replace")
