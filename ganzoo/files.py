"""Files: written atomically, and read only if they are regular files.

A pipe or a device in place of a file could keep a reader waiting for ever, so it is refused.
Nothing is written or removed through a link, because what it leads to is someone else's.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ganzoo.errors import BrokenFile, GanzooError

PATIENCE = (0.01, 0.1, 1)
"""Seconds between attempts. On Windows, a file that is being read cannot be replaced."""
PART = re.compile(r"\.(.+)\.[0-9a-f]{8}\.part", re.ASCII | re.DOTALL)
"""Names of the temporary files of `whole_file`. The group is the name of the complete file."""
AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe is opened without waiting for its other end
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
BINARY = getattr(os, "O_BINARY", 0)


def absolute(path: Path) -> Path:
    """The path from the root, which stays the same if the working directory changes."""
    try:
        return path.absolute()
    except OSError:  # the working directory is gone, so nothing can be found in it anyway
        return path


def shown(path: Path) -> Path:
    """The path as messages show it: from the working directory if it is below it."""
    with contextlib.suppress(ValueError, OSError):
        return path.relative_to(Path.cwd())
    return path


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading.

    Raises:
        FileNotFoundError: It does not exist.
        BrokenFile: It is a folder, a pipe or a device, or it cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | AT_ONCE | BINARY)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise BrokenFile(f"{shown(path)} is {_kind(mode)}, not a file")


def read_whole(path: Path, most: int) -> bytes:
    """The content of a regular file of at most ``most`` bytes.

    Raises:
        FileNotFoundError: It does not exist.
        BrokenFile: It is not a regular file, is larger, or cannot be read.
    """
    with open_file(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            content = b"" if size > most else file.read(most + 1)
        except OSError as error:
            raise unreadable(path, error) from error
    if max(size, len(content)) > most:
        raise BrokenFile(f"{shown(path)} is too large ({size:,} bytes; expected at most {most:,})")
    return content


def unreadable(path: Path, error: Exception) -> BrokenFile:
    """The error that says that this file cannot be read, and why."""
    return BrokenFile(f"cannot read {shown(path)}: {getattr(error, 'strerror', None) or error}")


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that appears as ``target`` when it is complete, or not at all.

    It writes to a temporary file in the same folder, which it creates if necessary. It flushes the
    file to disk and then renames it. Renaming is atomic, so readers see the old file or the new
    one. On any exception, it removes the temporary file. If ``target`` is a link to a file, the new
    file replaces the link, and the other file stays as it is.

    Raises:
        GanzooError: the disk is full, the folder is read-only, ``target`` is a device, and so on.
            Every `OSError` in the block counts as a disk error, so handle others inside.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        _check_replaceable(target)
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
        f"cannot write {target.name} into the folder {shown(target.parent)}: "
        f"{error.strerror or error}. Is the disk full, or the folder read-only?"
    )


def write_whole(target: Path, content: bytes) -> None:
    """Write ``content`` atomically: see `whole_file`."""
    with whole_file(target) as file:
        file.write(content)


@contextlib.contextmanager
def added_to(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file to write at its end. Create it if it is missing.

    Raises:
        GanzooError: it cannot be written, or it is a link.
    """
    try:
        with open(path, "ab", opener=_own) as file:
            yield file
    except OSError as error:
        raise unwritable(path, error) from error


def remove(path: Path) -> None:
    """Remove a file that ganzoo made. Links and folders of this name are left alone.

    Raises:
        OSError: it cannot be removed.
    """
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink()


def _own(path: str, flags: int) -> int:
    if os.path.islink(path):
        raise OSError("it is a link to another file")
    handle = os.open(path, flags | AT_ONCE | NO_LINK, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("it is not a regular file")
    return handle


def _check_replaceable(target: Path) -> None:
    """Check that renaming a file to ``target`` destroys no device, such as /dev/null."""
    try:
        mode = os.stat(target).st_mode
    except (OSError, ValueError):  # missing, or a link to something missing
        return
    if not stat.S_ISREG(mode) or target.parent == Path("/dev"):
        raise GanzooError(f"cannot write {shown(target)}: it is {_kind(mode)}, not a regular file")


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


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
