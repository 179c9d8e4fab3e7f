"""Lists the pictures of a folder, their labels, and what is not a picture."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganzoo.builtin.image_decoding import FORMATS
from ganzoo.errors import UsageError, listed
from ganzoo.files import shown
from ganzoo.prose.visible import visible

ENDINGS = tuple(ending for endings in FORMATS.values() for ending in endings)
KINDS = 5
"""Kinds of other files that a message names."""


@dataclass(frozen=True)
class Listing:
    """What is in a folder and its sub-folders."""

    root: Path
    paths: Sequence[Path]
    """Everything that is named like a picture, in alphabetical order."""
    others: Mapping[str, int]
    """Endings of other files, such as ``.avif``, and how many files have each."""

    def labels(self) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
        """Labels (N,) and the names of the classes. None of both if a picture is in the root."""
        parts = [path.relative_to(self.root).parts for path in self.paths]
        if any(len(part) == 1 for part in parts):
            return None, ()
        classes = {name: k for k, name in enumerate(sorted({part[0] for part in parts}))}
        return np.array([classes[part[0]] for part in parts], np.int64), _names_of(classes)

    def left_out(self) -> str:
        """A sentence about the files of other kinds."""
        count, kinds = sum(self.others.values()), self.kinds()
        if count == 1:
            return f"1 file of another kind was left out: {kinds}"
        return f"{count:,} files of other kinds were left out: {kinds}"

    def kinds(self) -> str:
        """The most frequent endings with their counts."""
        ordered = sorted(self.others.items(), key=lambda item: (-item[1], item[0]))
        words = [f"{ending} ({count:,})" for ending, count in ordered[:KINDS]]
        if (more := len(ordered) - KINDS) > 0:
            words.append(f"{more:,} more kind{'s' * (more > 1)}")
        return listed(words)


def list_pictures(root: Path) -> Listing:
    """All pictures under a folder, without hidden ones (``.name``). Links are followed.

    Raises:
        UsageError: There are none, or a sub-folder cannot be read.
    """

    def unreadable(error: OSError) -> None:
        raise UsageError(f"image-folder: {error.filename} cannot be read: {error.strerror}")

    paths, seen = [], set()
    others: Counter[str] = Counter()
    for folder, subfolders, names in os.walk(root, onerror=unreadable, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # links can form a loop
            subfolders.clear()
            continue
        seen.add(real)
        # A folder that is named like a picture counts as one, so that it is refused by name.
        files = [name for name in names if not name.startswith(".")]
        inner = [name for name in subfolders if not name.startswith(".")]
        paths += [Path(folder, name) for name in (*files, *inner) if _is_picture(name)]
        others.update(_ending(name) for name in files if not _is_picture(name))
        subfolders[:] = sorted(name for name in inner if not _is_picture(name))
    listing = Listing(root, sorted(paths, key=lambda path: path.parts), others)
    if not paths:
        found = f"; found {listing.kinds()}" if others else ""
        raise UsageError(
            f"image-folder: no pictures in {shown(root)} or its sub-folders; expected files that "
            f"end in {', '.join(ENDINGS)}{found}"
        )
    return listing


def _names_of(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders' names as one line each. A name with hidden characters is quoted."""
    names = {
        name: name if name.strip() and visible(name, "") == name else ascii(name)
        for name in folders
    }
    several = len(set(names.values())) < len(names)  # a folder may be named like a quoted one
    return tuple(map(ascii, names) if several else names.values())


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _ending(name: str) -> str:
    ending = os.path.splitext(name)[1].lower()
    return ending if 1 < len(ending) <= 10 else "without an ending"
