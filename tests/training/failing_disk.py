"""A disk on which one change fails, or all changes from one on."""

from __future__ import annotations

import builtins
import io
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest


class Disk:
    """Counts the changes to files in a folder: creating, writing, fsync, rename, remove, mkdir.

    The change number ``at`` fails with the error ``code``. With ``full``, so do all later ones. A
    write that fails has written half of its bytes.
    """

    def __init__(self, folder: Path, at: int = 0, code: int = 0, *, full: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._folder = folder.resolve()
        self._at, self._code, self._full = at, code, full

    @property
    def changes(self) -> int:
        """How many there were."""
        return self.counts.total()

    def fails(self, kind: str, path: Any) -> bool:
        """Count a change, and say whether it fails."""
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        if not Path(path).absolute().is_relative_to(self._folder):
            return False
        self.counts[kind] += 1
        return self.changes == self._at or (self._full and self.changes > self._at > 0)

    def error(self, path: Any) -> OSError:
        """What the system says."""
        return OSError(self._code, os.strerror(self._code), str(path))

    def __enter__(self) -> Disk:
        self._patch = pytest.MonkeyPatch()
        for name in ("mkdir", "replace", "rename", "unlink", "remove", "fsync"):
            self._patch.setattr(os, name, self._failing(name, getattr(os, name)))
        opened, system_open, disk = builtins.open, os.open, self

        def open_here(
            file: Any, mode: str = "r", *args: Any, opener: Any = None, **more: Any
        ) -> Any:
            if not set(mode) & set("xaw+"):
                return opened(file, mode, *args, opener=opener, **more)
            assert "b" in mode, "text is written as bytes, so that the test sees every write"
            if opener is None and disk.fails("create", file):
                raise disk.error(file)
            return io.BufferedWriter(_Raw(disk, str(file), mode.replace("b", ""), opener))

        def system_open_here(path: Any, flags: int, *args: Any, **more: Any) -> int:
            if flags & os.O_CREAT and disk.fails("create", path):
                raise disk.error(path)
            return system_open(path, flags, *args, **more)

        self._patch.setattr(builtins, "open", open_here)
        self._patch.setattr(io, "open", open_here)
        self._patch.setattr(os, "open", system_open_here)
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def _failing(self, kind: str, function: Any) -> Any:
        def changed(path: Any, *args: Any, **more: Any) -> Any:
            if self.fails(kind, path):
                raise self.error(path)
            return function(path, *args, **more)

        return changed


class _Raw(io.FileIO):
    """A file whose writes the disk counts."""

    def __init__(self, disk: Disk, path: str, mode: str, opener: Any) -> None:
        super().__init__(path, mode, opener=opener)
        self._disk, self._path = disk, path

    def write(self, data: Any, /) -> int:
        data = memoryview(data).cast("B")
        if self._disk.fails("write", self._path):
            super().write(data[: len(data) // 2])
            raise self._disk.error(self._path)
        return super().write(data)
