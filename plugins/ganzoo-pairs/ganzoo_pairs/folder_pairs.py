"""Your own pictures in two folders, as pairs or as two domains.

::

    drawings/    photos/      ganzoo train pix2pix --dataset folder-pairs \\
      cat.png      cat.jpg      --set dataset.a=drawings \\
      dog.png      dog.jpg      --set dataset.b=photos --set dataset.size=32

By default, pictures with the same name are a pair. The ending of the name does not matter, and the
names of sub-folders belong to it. Every picture must have its partner. With ``paired=false``, the
folders are two domains without pairs and may have different numbers of pictures.

Pictures are read exactly as `image-folder` reads them, with the same rules for sizes, 16 bits,
palettes and transparency. A part is held out, which the seed chooses.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Interval
from numpy.typing import NDArray

import ganzoo

ENDINGS = (
    ".bmp", ".gif", ".jpg", ".jpeg", ".jfif", ".png", ".tif", ".tiff", ".webp",
)  # fmt: skip
"""How the names of pictures end, as for image-folder."""
MOST_KEPT = 100
SHOWN = 3
"""Names in a message."""
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class FolderPairs:
    """Pictures from two folders."""

    a: Path
    """Folder of the inputs."""
    b: Path
    """Folder of the targets, or of the other domain."""
    paired: bool = True
    """Whether pictures with the same name are pairs."""
    size: Annotated[int, Interval(ge=0, le=4096)] = 0
    """Side of the pictures in pixels. Scales the shorter side to it and crops the central square. 0
    keeps the pictures' own size."""
    channels: Literal[0, 1, 3] = 0
    """Channels of the pictures: 1 converts them to grey, 3 to colour, and 0 keeps their own."""
    held_out: Annotated[int, Ge(0)] = 0
    """Number of pictures of each folder that training never sees. 0 means a tenth, at most 100."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the choice, independent of the seed of a run."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The pictures "b" and "a".

        Raises:
            UsageError: A folder is missing or has no pictures, or pictures have no partner.
            BrokenFile: The first picture of a folder cannot be read.
        """
        if self.paired:
            self._partners()
        found = {name: self._of(name, ganzoo.fields_of)["image"] for name in ("b", "a")}
        if self.paired:
            return found
        return {name: replace(found[name], domain=name) for name in ("a", "b")}

    def fingerprint(self) -> Mapping[str, str]:
        """The checksum of each picture's file, by its folder and its name."""
        return {
            f"{name}/{file}": checksum
            for name in ("a", "b")
            for file, checksum in ganzoo.checksums(self._root(name), self._paths(name)).items()
        }

    def load(self) -> ganzoo.Data:
        """The pictures for training and the held-out ones.

        Raises:
            UsageError: As for `fields`, or the pictures have several shapes, or are too few.
            BrokenFile: Pictures cannot be read.
        """
        fields = self.fields()
        data = {name: self._of(name, ganzoo.load_data) for name in fields}
        kept, rest = {}, {}
        for name, rows in self._rows({k: len(each) for k, each in data.items()}).items():
            kept[name], rest[name] = rows
        held_out = {k: _read(each, kept[k]) for k, each in data.items()}
        if all(each.arrays is not None for each in data.values()):
            arrays = {k: _read(each, rest[k]) for k, each in data.items()}
            return ganzoo.Data(fields, arrays, held_out=held_out)
        parts = {k: Part({k: _source(each)}, {k: rest[k]}) for k, each in data.items()}
        pairs = Part({k: _source(each) for k, each in data.items()}, rest)
        return ganzoo.Data(fields, source=pairs if self.paired else parts, held_out=held_out)

    def _rows(self, sizes: Mapping[str, int]) -> dict[str, tuple[Rows, Rows]]:
        """For each folder, the rows that are held out and those for training."""
        found = {}
        for k, name in enumerate(("a", "b")):
            n = sizes[name]
            kept = self.held_out or max(1, min(MOST_KEPT, n // 10))
            if kept >= n:
                raise ganzoo.UsageError(
                    f"folder-pairs: {self._root(name)} has {n:,} picture{'s' * (n > 1)}, of which "
                    f"{kept:,} would be held out. "
                    "Keep at least one for training"
                )
            order = np.random.default_rng([self.seed, k]).permutation(n)
            found[name] = np.sort(order[:kept]), np.sort(order[kept:])
        if self.paired:
            partner = self._partners()
            kept_a, rest_a = found["a"]
            found["b"] = partner[kept_a], partner[rest_a]
        return found

    def _of(self, name: str, read: Any) -> Any:
        """What image-folder has for one of the folders."""
        root = self._root(name)
        with _as_folder_pairs(name):
            return read(
                "image-folder", {"root": str(root), "size": self.size, "channels": self.channels}
            )

    def _root(self, name: str) -> Path:
        """A folder.

        Raises:
            UsageError: It does not exist.
        """
        root = Path(getattr(self, name)).expanduser()
        if not root.is_dir():
            found = "is a file" if root.exists() else "does not exist"
            raise ganzoo.UsageError(
                f"folder-pairs: {root} {found}; expected a folder of pictures. Name it with "
                f"--set dataset.{name}=FOLDER"
            )
        return root

    def _paths(self, name: str) -> list[Path]:
        """The pictures of a folder, in the order of image-folder."""
        paths, seen = [], set()
        for folder, inner, files in os.walk(self._root(name), followlinks=True):
            inner[:] = sorted(each for each in inner if not each.startswith("."))
            if (real := os.path.realpath(folder)) in seen:  # links can form a loop
                inner.clear()
                continue
            seen.add(real)
            pictures = (f for f in files if f.lower().endswith(ENDINGS) and not f.startswith("."))
            paths += [Path(folder, file) for file in pictures]
        return sorted(paths, key=lambda path: path.parts)

    def _partners(self) -> Rows:
        """For each picture of "a", the row of the picture of "b" with the same name.

        Raises:
            UsageError: A picture has no partner, or several.
        """
        rows: dict[str, dict[str, int]] = {}
        for name in ("a", "b"):
            root = self._root(name)
            names = [p.relative_to(root).with_suffix("").as_posix() for p in self._paths(name)]
            rows[name] = {each: row for row, each in enumerate(names)}
            if len(rows[name]) < len(names):
                twice = [each for row, each in enumerate(names) if rows[name][each] != row]
                raise ganzoo.UsageError(
                    f"folder-pairs: {root} has several pictures that are called {_some(twice)}; "
                    "expected different names without their endings"
                )
        for one, other in (("a", "b"), ("b", "a")):
            alone = [each for each in rows[one] if each not in rows[other]]
            if alone and rows[other]:  # an empty folder is refused as such
                raise ganzoo.UsageError(
                    f"folder-pairs: {_some(alone)} in {self._root(one)} has no partner of the same "
                    f"name in {self._root(other)}. Give both the same name, or "
                    "--set dataset.paired=false"
                )
        return np.array([rows["b"].get(each, 0) for each in rows["a"]], np.int64)


@dataclass(frozen=True)
class Part:
    """A `ganzoo.Source` of some rows of pictures that are read one by one."""

    sources: Mapping[str, ganzoo.Source]
    """Field -> the source of its pictures."""
    rows: Mapping[str, Rows]
    """Field -> the rows of its pictures."""

    def __len__(self) -> int:
        return len(next(iter(self.rows.values())))

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Any]:
        """One picture, or a pair. Nothing about it is random."""
        return {
            k: source.item(int(self.rows[k][index]), rng)["image"]
            for k, source in self.sources.items()
        }


@dataclass(frozen=True)
class Stored:
    """A `ganzoo.Source` of pictures in memory, for a pair whose other pictures are not."""

    images: Any

    def __len__(self) -> int:
        return len(self.images)

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Any]:
        """One picture."""
        return {"image": self.images[index]}


def _source(data: ganzoo.Data) -> Any:
    return data.source if data.arrays is None else Stored(data.arrays["image"])


def _read(data: ganzoo.Data, rows: Rows) -> Any:
    if data.arrays is not None:
        return data.arrays["image"][rows]
    return ganzoo.read_source(_source(data), rows)["image"]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


@contextmanager
def _as_folder_pairs(name: str) -> Iterator[None]:
    """Errors of image-folder in the words of this dataset."""
    try:
        yield
    except ganzoo.GanzooError as error:
        told = str(error).replace("image-folder:", f"folder-pairs, dataset.{name}:")
        raise type(error)(told.replace("dataset.root", f"dataset.{name}")) from error
