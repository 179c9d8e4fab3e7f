"""Checksums of a dataset's files, each computed once.

The data folder keeps them, so ganzoo reads a file again only if its size, its dates or its place on
the disk have changed. The dates include the one that no program can set (``ctime``), so a file that
was replaced and got its old date back is read again, too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from ganzoo.data.places import data_folder
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import write_whole

FRESH = 2.0
"""Seconds within which a file may change twice without a change of its dates. The checksum of a
file that is so new is not kept."""
MANY = 1 << 30
"""Number of bytes to read that takes long enough to say so."""

log = logging.getLogger("ganzoo")
Stamp = list[int]
"""What changes whenever a file changes: size, dates and place on the disk."""


def checksums(root: str | Path, paths: Sequence[Path]) -> Mapping[str, str]:
    """The SHA-256 checksums of files, by their names relative to the folder ``root``.

    A dataset of files returns this from ``fingerprint``.

    Args:
        root: the folder of the dataset. The names are the same wherever it is.
        paths: the files in it, in the order of the samples.

    Raises:
        BrokenFile: a file cannot be read, or is not a regular file.
    """
    root = Path(root)
    names = [path.relative_to(root).as_posix() for path in paths]
    stamps = dict(zip(names, map(_stamp, paths), strict=True))
    kept = _kept(root)
    had = {name: kept[name][1] for name, now in stamps.items() if kept.get(name, [0])[0] == now}
    missing = {name: path for name, path in zip(names, paths, strict=True) if name not in had}
    if sum(stamps[name][0] for name in missing) > MANY:
        log.info("computing the checksums of %s files in %s", f"{len(missing):,}", root)
    begun = time.time()
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # hashing runs in parallel
        had |= dict(zip(missing, pool.map(_checksum, missing.values()), strict=True))
    lasting = {
        name: [stamp, had[name]]
        for name, stamp in stamps.items()
        if max(stamp[1:3]) < (begun - FRESH) * 1e9
    }
    if lasting != kept:
        with suppress(OSError, GanzooError):  # without them, the next run computes them again
            write_whole(_file(root), json.dumps(lasting).encode())
    return {name: had[name] for name in names}


def _stamp(path: Path) -> Stamp:
    try:
        found = os.stat(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise BrokenFile(f"{path} is not a regular file. Remove it from the folder")
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _checksum(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BrokenFile:
    return BrokenFile(f"{path} cannot be read: {error.strerror or error}")


def _kept(root: Path) -> dict[str, list[Any]]:
    """Name -> its stamp and its checksum, as they are in the data folder."""
    if not os.path.isfile(_file(root)):
        return {}
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(_file(root).read_bytes())
        if isinstance(kept, dict) and all(map(_is_entry, kept.values())):
            return kept
    return {}


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], str)


def _file(root: Path) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.abspath(root))).hexdigest()[:32]
    return data_folder() / "checksums" / f"{name}.json"
