"""A run's lock, so that only one process trains it at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.files import shown


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    """Lock the run in a folder. Wait some seconds if another process has locked it.

    Raises:
        UsageError: Another process is still training the run.
        GanzooError: The folder does not exist, or nothing can be written in it.
        BrokenFile: Something other than a file has the name of the lock.
    """
    path = folder / ".lock"
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        raise BrokenFile(f"{shown(path)} is not a file, so ganzoo cannot lock the run with it")
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout:
        raise UsageError(f"another process is training {shown(folder)}") from None
    except OSError as error:
        raise GanzooError(f"cannot write in {shown(folder)}: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()
