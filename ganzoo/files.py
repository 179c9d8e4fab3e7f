"""Atomic writes: a file appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ganzoo.errors import GanzooError

PATIENCE = (0.01, 0.1, 1)
"""Seconds between attempts. On Windows, a file that is being read cannot be replaced."""


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that appears as ``target`` when it is complete, or not at all.

    It writes to a temporary file in the same folder, which it creates if necessary. It flushes the
    file to disk and then renames it. Renaming is atomic, so readers see the old file or the new
    one. On any exception, it removes the temporary file.

    Raises:
        GanzooError: the disk is full, the folder is read-only, and so on. Every `OSError` in the
            block counts as a disk error, so handle others inside.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(part, target)
        _sync_folder(target.parent)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def unwritable(target: Path, error: OSError) -> GanzooError:
    """The error that says that this file cannot be written, and why."""
    return GanzooError(
        f"cannot write {target.name} into the folder {target.parent}: "
        f"{error.strerror or error}. Is the disk full, or the folder read-only?"
    )


def write_whole(target: Path, content: bytes) -> None:
    """Write ``content`` atomically: see `whole_file`."""
    with whole_file(target) as file:
        file.write(content)


def _rename(part: Path, target: Path) -> None:
    for seconds in PATIENCE:
        with contextlib.suppress(PermissionError):
            os.replace(part, target)
            return
        time.sleep(seconds)
    os.replace(part, target)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # other systems cannot open a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
