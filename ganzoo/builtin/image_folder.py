"""Your own pictures, in a folder or in one sub-folder for each class.

::

    flowers/            flowers/
      0001.jpg            daisy/0001.jpg
      0002.jpg            tulip/0001.jpg

The layout on the right gives the pictures labels. If *every* picture is in a sub-folder of the
root, the sub-folders with pictures become the classes 0, 1, ... in alphabetical order. Pictures in
deeper folders get the class of the sub-folder that contains them. If any picture is in the root
itself, no picture gets a label.

A network needs pictures of one shape, (C, H, W). If your pictures have several, set ``size`` and
``channels``. A folder whose decoded pictures fit into 1 GiB is decoded once. The pictures of a
larger folder are decoded whenever a batch needs them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Interval
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from ganzoo.data.checksums import checksums
from ganzoo.engine.data import Array, Data
from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.registry.records import Field

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
CHANNELS = {"L": 1, "RGB": 3}
"""Pillow's modes that need no conversion."""
MEMORY = 1 << 30
"""Largest size in bytes of decoded pictures that are kept in memory."""
LARGEST = 4096

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class ImageFolder:
    """Pictures from a folder."""

    root: Path
    """Folder of the pictures."""
    size: Annotated[int, Interval(ge=0, le=LARGEST)] = 0
    """Side of the pictures in pixels. Scales the shorter side to it and crops the central square. 0
    keeps the pictures' own size."""
    channels: Literal[0, 1, 3] = 0
    """Channels of the pictures: 1 converts them to grey, 3 to colour, and 0 keeps their own."""

    def fields(self) -> Mapping[str, Field]:
        """The pictures "image", and "label" if each is in a sub-folder.

        The shape comes from the header of the first picture. `load` checks all the others.

        Raises:
            UsageError: The folder is missing or has no pictures, or the first picture must be
                converted.
            BrokenFile: The first picture cannot be read.
        """
        root = self._root()
        paths = find_pictures(root)
        with no_warnings():
            return self._fields(self._shape(root, paths[:1]), find_labels(root, paths)[1])

    def _fields(self, shape: tuple[int, int, int], classes: int) -> Mapping[str, Field]:
        label = {"label": Field((), dtype="int64", classes=classes)} if classes else {}
        return {"image": Field(shape, range=(-1.0, 1.0)), **label}

    def fingerprint(self) -> Mapping[str, str]:
        """The checksum of each picture's file, by its name in the folder. Labels follow from it."""
        root = self._root()
        return checksums(root, find_pictures(root))

    def load(self) -> Data:
        """The samples that `fields` describes.

        Raises:
            UsageError: The folder is missing or has no pictures, or they have several shapes and
                the settings name none.
            BrokenFile: A picture cannot be read.
        """
        root = self._root()
        paths = find_pictures(root)
        labels, classes = find_labels(root, paths)
        log.info("reading %s pictures from %s", f"{len(paths):,}", root)
        with no_warnings():
            shape = self._shape(root, paths)
            pictures = Pictures(paths, labels, shape, scale=self.size > 0)
            fields = self._fields(shape, classes)
            if len(paths) * np.prod(shape, dtype=np.int64) > MEMORY:
                return Data(fields, source=pictures)
            return Data(fields, arrays=pictures.all())

    def _root(self) -> Path:
        root = Path(os.path.expanduser(self.root))
        if not os.path.isdir(root):
            found = "is a file" if os.path.exists(root) else "does not exist"
            raise UsageError(
                f"image-folder: {root} {found}; expected a folder of pictures. "
                "Name it with --set dataset.root=FOLDER"
            )
        return root

    def _shape(self, root: Path, paths: Sequence[Path]) -> tuple[int, int, int]:
        """The shape (C, H, W) from the settings, or else the one that all pictures share.

        Reads each header in any case, so that a file that is not a picture fails now instead of
        an hour into training.
        """
        headers = [read_header(path) for path in paths]
        first = headers[0]
        for path, header in zip(paths, headers, strict=True):
            name = path.relative_to(root)
            if not self.channels and header.mode not in CHANNELS:
                raise UsageError(
                    f"image-folder: {name} in {root} has the mode {header.mode}; expected L (grey) "
                    "or RGB (colour). Convert all pictures with --set dataset.channels=3 (or 1)"
                )
            if not self.channels and header.mode != first.mode:
                raise UsageError(
                    f"image-folder: {root} has pictures of several modes: "
                    f"{paths[0].relative_to(root)} is {first.mode} and {name} is {header.mode}. "
                    "Convert them all with --set dataset.channels=3 (or 1)"
                )
            if not self.size and header.size != first.size:
                raise UsageError(
                    f"image-folder: {root} has pictures of several sizes: "
                    f"{paths[0].relative_to(root)} is {first} and {name} is {header} pixels. "
                    "Scale and crop them all with --set dataset.size=64"
                )
        width, height = (self.size, self.size) if self.size else first.size
        return self.channels or CHANNELS[first.mode], height, width


@dataclass(frozen=True)
class Header:
    """What a picture's file states before the picture is decoded."""

    size: tuple[int, int]
    """Width and height as displayed, after the rotation that EXIF states."""
    mode: str

    def __str__(self) -> str:
        return f"{self.size[0]} x {self.size[1]}"


@dataclass(frozen=True)
class Pictures:
    """A `Source` that decodes each picture on demand."""

    paths: Sequence[Path]
    labels: NDArray[np.int64] | None
    shape: tuple[int, int, int]
    scale: bool

    def __len__(self) -> int:
        return len(self.paths)

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One picture and its label, if there are labels. Nothing about it is random."""
        with no_warnings():
            sample: dict[str, Array] = {"image": self._decode(self.paths[index])}
        if self.labels is not None:
            sample["label"] = np.asarray(self.labels[index])
        return sample

    def all(self) -> dict[str, Array]:
        """Arrays of all samples by field name."""
        images = np.empty((len(self), *self.shape), np.uint8)  # (N, C, H, W)

        def decode(index: int) -> None:
            images[index] = self._decode(self.paths[index])

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # Pillow decodes in parallel
            for _ in pool.map(decode, range(len(self))):
                pass  # raises the first error, and cancels the rest
        return {"image": images} | ({} if self.labels is None else {"label": self.labels})

    def _decode(self, path: Path) -> NDArray[np.uint8]:
        """One picture, (C, H, W)."""
        channels, height, width = self.shape
        with opened(path) as image:
            if self.scale:
                # Decoding a JPEG at a half, a quarter or an eighth of its size is far faster.
                image.draft(None, (2 * width, 2 * height))
            if "exif" in image.info:
                ImageOps.exif_transpose(image, in_place=True)
            picture = to_bytes(image, channels)
            if self.scale:
                picture = ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC)
            if picture.size != (width, height):
                raise BrokenFile(
                    f"image-folder: {path} is {picture.width} x {picture.height} pixels; it was "
                    f"{width} x {height} when the run began. Put the old file back"
                )
            pixels = np.array(picture)  # (H, W) or (H, W, C)
        return pixels[np.newaxis] if channels == 1 else pixels.transpose(2, 0, 1)


def to_bytes(image: Image.Image, channels: int) -> Image.Image:
    """The picture with one or three channels of eight bits. Transparent parts become white."""
    mode = "L" if channels == 1 else "RGB"
    if image.mode == mode:
        return image
    if image.mode == "F":
        raise ValueError(
            "its values are floating-point numbers of unknown range. Store it with 8 bits"
        )
    if image.mode.startswith("I"):  # PNG, TIFF with 16 bits: keep the upper 8
        image = Image.fromarray(np.clip(np.asarray(image) >> 8, 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(mode)


def read_header(path: Path) -> Header:
    """Size and mode of a picture, without decoding it."""
    with opened(path) as image:
        width, height = image.size
        turned = "exif" in image.info and image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
        return Header((height, width) if turned else (width, height), image.mode)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """An open picture. Any error of Pillow becomes a `BrokenFile`."""
    try:
        with Image.open(path) as image:
            yield image
    except GanzooError:
        raise
    except Exception as error:  # decoders raise many kinds of errors for a damaged file
        reason = getattr(error, "strerror", None) or error
        raise BrokenFile(
            f"image-folder: {path} cannot be read as a picture: {reason}. "
            "Replace it or remove it from the folder"
        ) from error


def find_pictures(root: Path) -> list[Path]:
    """All pictures under a folder in alphabetical order, without hidden ones (``.name``)."""

    def unreadable(error: OSError) -> None:
        raise UsageError(f"image-folder: {error.filename} cannot be read: {error.strerror}")

    paths, seen = [], set()
    for folder, subfolders, names in os.walk(root, onerror=unreadable, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # links can form a loop
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        paths += [Path(folder, name) for name in names if is_picture(name)]
    if not paths:
        raise UsageError(
            f"image-folder: no pictures in {root} or its sub-folders; expected files that end in "
            + ", ".join(ENDINGS)
        )
    return sorted(paths, key=lambda path: path.parts)


def is_picture(name: str) -> bool:
    """Whether a file with this name counts as a picture."""
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def find_labels(root: Path, paths: Sequence[Path]) -> tuple[NDArray[np.int64] | None, int]:
    """Labels (N,) and the number of classes, or None and 0 if a picture is in the root itself."""
    parts = [path.relative_to(root).parts for path in paths]
    if any(len(part) == 1 for part in parts):
        return None, 0
    classes = {name: k for k, name in enumerate(sorted({part[0] for part in parts}))}
    return np.array([classes[part[0]] for part in parts], np.int64), len(classes)


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Hides Pillow's warnings, for example about large pictures. They do not help users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
