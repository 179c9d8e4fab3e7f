"""Your own pictures: a folder of them, or a folder with one sub-folder a class.

::

    flowers/            flowers/
      0001.jpg            daisy/0001.jpg
      0002.jpg            tulip/0001.jpg

The right form gives the pictures labels: where *every* picture lies in a sub-folder of the root,
the sub-folders that hold pictures are the classes 0, 1, ... in alphabetical order. Deeper folders
belong to the sub-folder that they are in. Where a picture lies in the root itself, there are no
labels.

A network takes pictures of one shape, (C, H, W). So they must have it, or be given it with ``size``
and ``channels``. Folders that fit into a gibibyte are decoded once; of larger ones each picture is
decoded when a batch needs it.
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

from ganzoo.engine.data import Array, Data
from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.registry.records import Field

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
CHANNELS = {"L": 1, "RGB": 3}
"""Pillow's modes that are taken as they are."""
MEMORY = 1 << 30
"""Bytes up to which all pictures are kept in memory."""
LARGEST = 4096

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class ImageFolder:
    """Pictures from a folder."""

    root: str
    """The folder."""
    size: Annotated[int, Interval(ge=0, le=LARGEST)] = 0
    """Scale the shorter side to this and crop the middle square; 0 to take pictures as they are."""
    channels: Literal[0, 1, 3] = 0
    """Convert to 1 (grey) or 3 (colour) channels; 0 to take pictures as they are."""

    def fields(self) -> Mapping[str, Field]:
        """The pictures, "image", and "label" where each lies in a sub-folder.

        The shape is the first picture's, as its header says. Whether all have it, `load` sees.

        Raises:
            UsageError: There is no such folder, it has no pictures, or the first must be converted.
            BrokenFile: The first cannot be read.
        """
        root = self._root()
        paths = find_pictures(root)
        with no_warnings():
            return self._fields(self._shape(root, paths[:1]), find_labels(root, paths)[1])

    def _fields(self, shape: tuple[int, int, int], classes: int) -> Mapping[str, Field]:
        label = {"label": Field((), dtype="int64", classes=classes)} if classes else {}
        return {"image": Field(shape, range=(-1.0, 1.0)), **label}

    def load(self) -> Data:
        """What `fields` says.

        Raises:
            UsageError: There is no such folder, it has no pictures, or they are of several shapes
                and no setting says which one to give them.
            BrokenFile: One of them cannot be read.
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
        root = Path(self.root).expanduser()
        if not os.path.isdir(root):
            found = "is a file" if os.path.exists(root) else "does not exist"
            raise UsageError(
                f"image-folder: {root} {found}, expected a folder of pictures. "
                "Name it with --set dataset.root=FOLDER"
            )
        return root

    def _shape(self, root: Path, paths: Sequence[Path]) -> tuple[int, int, int]:
        """The shape (C, H, W) of these pictures, by the settings or else by what they agree on.

        Each header is looked at in any case: a file that is no picture shows itself now, and not
        an hour into the training.
        """
        headers = [read_header(path) for path in paths]
        first = headers[0]
        for path, header in zip(paths, headers, strict=True):
            name = path.relative_to(root)
            if not self.channels and header.mode not in CHANNELS:
                raise UsageError(
                    f"image-folder: {name} in {root} has the mode {header.mode}, expected L (grey) "
                    "or RGB (colour). Convert all pictures: --set dataset.channels=3 (or 1)"
                )
            if not self.channels and header.mode != first.mode:
                raise UsageError(
                    f"image-folder: {root} has pictures of mixed mode, "
                    f"{paths[0].relative_to(root)} is {first.mode} and {name} is {header.mode}. "
                    "Convert them all: --set dataset.channels=3 (or 1)"
                )
            if not self.size and header.size != first.size:
                raise UsageError(
                    f"image-folder: {root} has pictures of mixed size, "
                    f"{paths[0].relative_to(root)} is {first} and {name} is {header} pixels. "
                    "Scale and crop them all: --set dataset.size=64"
                )
        width, height = (self.size, self.size) if self.size else first.size
        return self.channels or CHANNELS[first.mode], height, width


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before it is decoded."""

    size: tuple[int, int]
    """Width and height, as it is to be shown."""
    mode: str

    def __str__(self) -> str:
        return f"{self.size[0]} x {self.size[1]}"


@dataclass(frozen=True)
class Pictures:
    """A `Source` that decodes a picture when it is asked for."""

    paths: Sequence[Path]
    labels: NDArray[np.int64] | None
    shape: tuple[int, int, int]
    scale: bool

    def __len__(self) -> int:
        return len(self.paths)

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One picture and, where there are any, its label. Nothing in it is random."""
        with no_warnings():
            sample: dict[str, Array] = {"image": self._decode(self.paths[index])}
        if self.labels is not None:
            sample["label"] = np.asarray(self.labels[index])
        return sample

    def all(self) -> dict[str, Array]:
        """Name -> array of all samples."""
        images = np.empty((len(self), *self.shape), np.uint8)  # (N, C, H, W)

        def decode(index: int) -> None:
            images[index] = self._decode(self.paths[index])

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # Pillow decodes in parallel
            for _ in pool.map(decode, range(len(self))):
                pass  # raises what went wrong, and gives up the rest
        return {"image": images} | ({} if self.labels is None else {"label": self.labels})

    def _decode(self, path: Path) -> NDArray[np.uint8]:
        """One picture, (C, H, W)."""
        channels, height, width = self.shape
        with opened(path) as image:
            if self.scale:
                # A JPEG can be decoded at a half, a quarter or an eighth of its size: far faster.
                image.draft(None, (2 * width, 2 * height))
            if "exif" in image.info:
                ImageOps.exif_transpose(image, in_place=True)
            picture = to_bytes(image, channels)
            if self.scale:
                picture = ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC)
            if picture.size != (width, height):
                raise BrokenFile(
                    f"image-folder: {path} is {picture.width} x {picture.height} pixels, expected "
                    f"{width} x {height} as when the run began. Was it changed since?"
                )
            pixels = np.array(picture)  # (H, W) or (H, W, C)
        return pixels[np.newaxis] if channels == 1 else pixels.transpose(2, 0, 1)


def to_bytes(image: Image.Image, channels: int) -> Image.Image:
    """The picture in one or three channels of eight bits; what was transparent becomes white."""
    mode = "L" if channels == 1 else "RGB"
    if image.mode == mode:
        return image
    if image.mode == "F":
        raise ValueError("its values are real numbers of unknown range; store it with 8 bits")
    if image.mode.startswith("I"):  # 16 bits, as PNG and TIFF have them: keep the upper eight
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
    """A picture; whatever Pillow dislikes about it becomes a `BrokenFile`."""
    try:
        with Image.open(path) as image:
            yield image
    except GanzooError:
        raise
    except Exception as error:  # a damaged file makes decoders raise all sorts of errors
        reason = getattr(error, "strerror", None) or error
        raise BrokenFile(
            f"image-folder: {path} cannot be read as a picture: {reason}. "
            "Replace it, or take it out of the folder"
        ) from error


def find_pictures(root: Path) -> list[Path]:
    """All pictures under a folder in alphabetical order; what is hidden (``.name``) is left out."""

    def unreadable(error: OSError) -> None:
        raise UsageError(f"image-folder: {error.filename} cannot be read: {error.strerror}")

    paths, seen = [], set()
    for folder, subfolders, names in os.walk(root, onerror=unreadable, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # links may go in circles
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        paths += [Path(folder, name) for name in names if is_picture(name)]
    if not paths:
        raise UsageError(
            f"image-folder: no pictures in {root} or its sub-folders, expected files that end in "
            + ", ".join(ENDINGS)
        )
    return sorted(paths, key=lambda path: path.parts)


def is_picture(name: str) -> bool:
    """Whether a file of this name is taken for a picture."""
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def find_labels(root: Path, paths: Sequence[Path]) -> tuple[NDArray[np.int64] | None, int]:
    """Labels (N,) and the number of classes; none where a picture lies in the root itself."""
    parts = [path.relative_to(root).parts for path in paths]
    if any(len(part) == 1 for part in parts):
        return None, 0
    classes = {name: k for k, name in enumerate(sorted({part[0] for part in parts}))}
    return np.array([classes[part[0]] for part in parts], np.int64), len(classes)


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Pillow warns of very large pictures, odd palettes and the like: no help to the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
