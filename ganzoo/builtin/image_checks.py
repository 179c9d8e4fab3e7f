"""Decodes all pictures of a folder before training, so that none can end a run later.

The pictures of a folder that does not fit into memory are decoded again whenever a batch needs
them. So what this pass finds is kept in the data folder, for each path, size and time of change.
The next run on the folder then decodes only new and changed pictures.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import numpy as np
import PIL
from numpy.typing import NDArray

from ganzoo.builtin.image_decoding import Decoder, Facts, Unreadable
from ganzoo.data.places import data_folder
from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.files import shown, write_whole

CHUNK = 256
"""Pictures that the threads get at a time."""
OFTEN = 10.0
"""Seconds between lines about the progress."""
NAMED = 5
"""Unreadable pictures that a message names."""
DARK = 4
"""Pictures with more than 8 bits are dark if they use at most this part of the range, 1 / DARK."""
RULES = 1
"""Version of the decoding. What was kept under another one is not used."""
FACTS = {"low": "u1", "high": "u1", "bits": "u1", "peak": "u2", "crc": "u4"}
ROW = np.dtype([("file", "u8"), *FACTS.items()])
"""The `Facts` of a picture, and a checksum of its path, size and time of change."""

log = logging.getLogger("ganzoo")
Rows = NDArray[np.void]
Decode = Callable[[int], Facts]
"""Decodes the picture of this index."""


def decode_all(
    paths: Sequence[Path], decode: Decode, known: Known | None = None
) -> tuple[Rows, dict[Path, str]]:
    """Rows of facts (N,), and why pictures are unreadable.

    Args:
        paths: N files.
        decode: Decodes one of them. It is called in threads.
        known: What earlier runs found. It spares pictures that have not changed, and it is updated.
    """
    rows = np.zeros(len(paths), ROW)
    failures: dict[Path, str] = {}
    todo = list(range(len(paths)))
    if known is not None:
        rows["file"] = [_file_sum(path) for path in paths]
        todo = np.flatnonzero(~known.fill(rows)).tolist()

    def attempt(index: int) -> None:
        try:
            rows[list(FACTS)][index] = decode(index)
        except Unreadable as error:
            failures[paths[index]] = str(error)

    done, said = 0, monotonic()
    try:
        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # Pillow releases the lock
            for start in range(0, len(todo), CHUNK):
                chunk = todo[start : start + CHUNK]
                list(pool.map(attempt, chunk))
                done += len(chunk)
                if monotonic() - said > OFTEN:
                    said = monotonic()
                    log.info("decoded %s of %s pictures", f"{done:,}", f"{len(todo):,}")
    finally:
        if known is not None and done:
            unread = set(todo[done:]) | {i for i in todo if paths[i] in failures}
            known.keep(np.delete(rows, sorted(unread)))
    return rows, dict(sorted(failures.items()))


class Known:
    """What earlier runs found about the pictures of a folder, in a file in the data folder."""

    def __init__(self, root: Path, decoder: Decoder) -> None:
        said = f"{RULES} {PIL.__version__} {decoder} ".encode()
        said += os.fsencode(os.path.realpath(root))
        name = hashlib.sha256(said).hexdigest()[:16]
        self._file = data_folder() / "pictures" / f"{name}.npy"

    def fill(self, rows: Rows) -> NDArray[np.bool_]:
        """Fill in the facts of unchanged files. Returns which rows they are, (N,)."""
        kept = self._read()
        if not len(kept):
            return np.zeros(len(rows), bool)
        at = np.searchsorted(kept["file"], rows["file"]).clip(max=len(kept) - 1)
        same = np.asarray(kept["file"][at] == rows["file"])
        rows[same] = kept[at[same]]
        return same

    def keep(self, rows: Rows) -> None:
        """Keep these facts, in place of older ones."""
        buffer = io.BytesIO()
        np.save(buffer, np.sort(rows, order="file"), allow_pickle=False)
        with contextlib.suppress(OSError, GanzooError):  # without it, the next run decodes again
            write_whole(self._file, buffer.getvalue())

    def _read(self) -> Rows:
        with contextlib.suppress(OSError, ValueError, EOFError):
            kept = np.load(self._file, allow_pickle=False)
            if isinstance(kept, np.ndarray) and kept.dtype == ROW and kept.ndim == 1:
                return kept
        return np.zeros(0, ROW)


def _file_sum(path: Path) -> int:
    """A checksum of a file's path, size and times of change."""
    try:
        found = os.stat(path)
    except OSError:
        return 0  # decoding it says why
    times = found.st_mtime_ns, found.st_ctime_ns  # no program can set the second one
    said = b"%s %d %d %d" % (os.fsencode(path), found.st_size, *times)
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest())


def broken(root: Path, failures: Mapping[Path, str], total: int) -> BrokenFile:
    """The error that names unreadable pictures."""
    if len(failures) == 1:
        ((path, reason),) = failures.items()
        return BrokenFile(
            f"image-folder: {path} cannot be read as a picture: {reason}. "
            "Replace it or remove it from the folder"
        )
    lines = [f"  {path.relative_to(root)}: {reason}" for path, reason in failures.items()]
    if len(lines) > NAMED:
        lines[NAMED:] = [f"  and {len(lines) - NAMED:,} more"]
    some = len(failures) < total
    count = f"{len(failures):,} of the {total:,}" if some else f"all {total:,}"
    return BrokenFile(
        f"image-folder: {count} pictures in {shown(root)} are unreadable:\n"
        + "\n".join(lines)
        + "\nReplace them or remove them from the folder"
    )


def check_values(root: Path, rows: Rows, bits: int) -> None:
    """Refuse pictures that a wrong range makes dark, and warn if all pictures are the same.

    Raises:
        UsageError: ``bits`` is 0, and the values of 16 bits use at most a quarter of their range.
    """
    deep = rows[rows["bits"] > 8]
    bright = deep["peak"].astype(int) * DARK >> deep["bits"]
    if len(deep) and not bits and not bright.any():
        peak = int(deep["peak"].max())
        found = next(n for n in (8, 10, 12, 14) if peak < 1 << n)
        raise UsageError(
            f"image-folder: pictures in {shown(root)} have more than 8 bits, and would be dark, "
            f"because their largest value is {peak:,}. If they hold {found}-bit values, use --set "
            f"dataset.bits={found}. If their values are right, use --set dataset.bits=16"
        )
    low, high = int(rows["low"].min()), int(rows["high"].max())
    if len(np.unique(rows["crc"])) == 1 and (len(rows) > 1 or low == high):
        same = f"all {len(rows):,} pictures in {shown(root)} are the same"
        if low == high:
            colour = {0: "black", 255: "white"}.get(low, f"{low} of 255")
            same = f"every pixel of the pictures in {shown(root)} is {colour}"
        log.warning("%s. A model can learn only that", same)
