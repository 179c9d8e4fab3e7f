"""``data.sums``: the fingerprint of the data that a run learns from.

It has a line for each file of the data in the order of the samples, or for each of its fields. The
lines are those of ``sha256sum``, so this compares a folder of pictures with a run::

    cd PICTURES && sha256sum --check RUN/data.sums

The checksum of ``data.sums`` is in ``run.json``. It depends on the names, the content and the order
of the files, but not on their folder or their dates.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ganzoo.errors import BrokenFile
from ganzoo.files import write_whole

NAME = "data.sums"
SHOWN = 3
"""Number of names that a message gives for each kind of change."""
ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
"""As ``sha256sum`` writes them, in a line that begins with a backslash."""


@dataclass(frozen=True)
class Fingerprint:
    """What identifies a run's data."""

    sums: Mapping[str, str]
    """Name of each file or field -> its checksum, in the order of the samples."""

    @cached_property
    def digest(self) -> str:
        """The checksum of ``data.sums``."""
        return hashlib.sha256(self._content).hexdigest()

    def write(self, folder: Path) -> None:
        """Write ``data.sums`` into a folder."""
        write_whole(folder / NAME, self._content)

    @property
    def _content(self) -> bytes:
        return b"".join(os.fsencode(_line(name, value)) for name, value in self.sums.items())


def read_fingerprint(folder: Path) -> Fingerprint:
    """The fingerprint in a folder's ``data.sums``.

    Raises:
        BrokenFile: The file is missing or damaged.
    """
    path = folder / NAME
    if os.path.exists(path) and not os.path.isfile(path):
        raise BrokenFile(f"{path} is not a regular file")
    try:
        lines = os.fsdecode(path.read_bytes()).split("\n")
    except OSError as error:
        raise BrokenFile(f"cannot read {path}: {error.strerror or error}") from error
    if lines.pop():
        raise BrokenFile(f"{path} is damaged: its last line has no end")
    sums = {}
    for line in lines:
        value, gap, name = line.partition("  ")
        if value.startswith("\\"):
            value, name = value[1:], _unescaped(name)
        if not (value and gap and name):
            raise BrokenFile(f"{path} is damaged: it has the line {line[:80]!r}")
        sums[name] = value
    return Fingerprint(sums)


def changes(then: Fingerprint, now: Fingerprint) -> list[str]:
    """What has changed, a line for each kind of change. Each line names some files or fields."""
    changed = [name for name, value in then.sums.items() if now.sums.get(name, value) != value]
    gone = [name for name in then.sums if name not in now.sums]
    new: defaultdict[str, deque[str]] = defaultdict(deque)
    for name, value in now.sums.items():
        if name not in then.sums:
            new[value].append(name)
    renamed = {name: new[then.sums[name]].popleft() for name in gone if new[then.sums[name]]}
    added = {name for names in new.values() for name in names}
    found = {
        "renamed": [f"{old} is now {name}" for old, name in renamed.items()],
        "changed": changed,
        "removed": [name for name in gone if name not in renamed],
        "added": [name for name in now.sums if name in added],
    }
    lines = [f"{what}: {some(names)}" for what, names in found.items() if names]
    if not lines and list(then.sums) != list(now.sums):
        lines = ["the samples are in another order"]
    return lines


def some(names: Iterable[str]) -> str:
    """The first names, and the number of the others."""
    names = list(names)
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _line(name: str, value: str) -> str:
    escaped = "".join(ESCAPED.get(c, c) for c in name)
    return f"{'' if escaped == name else chr(92)}{value}  {escaped}\n"


def _unescaped(name: str) -> str:
    meant = {escaped[1]: c for c, escaped in ESCAPED.items()}
    pieces = iter(name)
    return "".join(meant.get(next(pieces, ""), "") if c == "\\" else c for c in pieces)
