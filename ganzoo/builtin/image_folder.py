"""Your own pictures, in a folder or in one sub-folder for each class.

::

    flowers/            flowers/
      0001.jpg            daisy/0001.jpg
      0002.jpg            tulip/0001.jpg

The layout on the right gives the pictures labels. If *every* picture is in a sub-folder of the
root, the sub-folders with pictures become the classes 0, 1, ... in alphabetical order, with the
names of the sub-folders. Pictures in deeper folders get the class of the sub-folder that contains
them. If any picture is in the root itself, no picture gets a label.

ganzoo decodes BMP, GIF, JPEG, PNG, TIFF and WebP. The names of the files end in .bmp, .gif, .jpg,
.jpeg, .jfif, .png, .tif, .tiff or .webp. It leaves out files with other endings and counts them.
Everything with such a name must be a picture. If a file is damaged, has another format, or is a
folder or a pipe, ganzoo names it and stops before the first step.

A network needs pictures of one shape, (C, H, W). If your pictures have several, set ``size`` and
``channels``. Every value becomes one of 0 to 255:

- Of 16 bits, the upper eight are kept. Pictures that would be dark are refused until you set
  ``bits``, because they may hold 12-bit values.
- Transparent parts, and a colour that is declared transparent, become white.
- Values of 32 bits, with a sign or with a fraction are refused, because their range is unknown.

docs/image-folder.md has the rule for each kind of picture.

Every picture is decoded before the first step. If the decoded pictures fit into 1 GiB, they stay in
memory. Otherwise each is decoded again whenever a batch needs it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Interval
from numpy.typing import NDArray

from ganzoo.builtin.image_checks import Known, broken, check_values, decode_all
from ganzoo.builtin.image_decoding import Decoder, Facts, Header, Unreadable, read_header
from ganzoo.builtin.image_files import Listing, list_pictures
from ganzoo.data.checksums import checksums
from ganzoo.engine.data import Array, Data
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import shown
from ganzoo.registry.records import Field

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
    bits: Literal[0, 8, 10, 12, 14, 16] = 0
    """Bits of grey values that are stored with 16, such as 12 for values up to 4,095. 0 takes what
    the files state, and refuses them if they would be dark."""

    def fields(self) -> Mapping[str, Field]:
        """The pictures "image", and "label" if each is in a sub-folder.

        The shape comes from the header of the first picture. `load` checks all the others.

        Raises:
            UsageError: The folder is missing or has no pictures, or the first picture must be
                converted.
            BrokenFile: The first picture cannot be read.
        """
        listing = self._listing
        with no_warnings():
            headers, failures = read_headers(listing.paths[:1])
            if failures:  # name the others, too
                raise broken(listing.root, read_headers(listing.paths)[1], len(listing.paths))
        return self._fields(self._shape(listing.root, headers), listing.labels()[1])

    def _fields(self, shape: tuple[int, int, int], classes: tuple[str, ...]) -> Mapping[str, Field]:
        image = {"image": Field(shape, range=(-1.0, 1.0))}
        if not classes:
            return image
        return image | {"label": Field((), "int64", classes=len(classes), names=classes)}

    def fingerprint(self) -> Mapping[str, str]:
        """The checksum of each picture's file, by its name in the folder. Labels follow from it."""
        listing = self._listing
        return checksums(listing.root, listing.paths)

    def load(self) -> Data:
        """The samples that `fields` describes. Every picture is decoded once.

        Raises:
            UsageError: The folder is missing or has no pictures, they have several shapes and the
                settings name none, or they would be dark.
            BrokenFile: Pictures cannot be read.
        """
        listing = self._listing
        self.__dict__.pop("_listing")  # loaded again, it looks again
        root, paths = listing.root, listing.paths
        labels, classes = listing.labels()
        log.info("reading %s pictures from %s", f"{len(paths):,}", shown(root))
        if listing.others:
            log.warning("%s", listing.left_out())
        with no_warnings():
            headers, failures = read_headers(paths)
            if not headers:
                raise broken(root, failures, len(paths))
            shape = self._shape(root, headers)
            pictures = Pictures(paths, labels, Decoder(shape, self.size > 0, self.bits))
            keep = not failures and len(paths) * np.prod(shape, dtype=np.int64) <= MEMORY
            images = np.empty((len(paths) if keep else 0, *shape), np.uint8)  # (N, C, H, W)

            def decode(index: int) -> Facts:
                pixels, facts = pictures.decode(paths[index])
                if keep:
                    images[index] = pixels
                return facts

            known = None if keep else Known(root, pictures.decode)
            rows, undecoded = decode_all(paths, decode, known)
        if undecoded:
            raise broken(root, undecoded, len(paths))
        check_values(root, rows, self.bits)
        fields = self._fields(shape, classes)
        if not keep:
            return Data(fields, source=pictures)
        return Data(fields, {"image": images} | ({} if labels is None else {"label": labels}))

    @cached_property
    def _listing(self) -> Listing:
        """What is in the folder. `fields` and the `load` after it read it once."""
        root = Path(self.root).expanduser()
        if not os.path.isdir(root):
            found = "is a file" if os.path.exists(root) else "does not exist"
            raise UsageError(
                f"image-folder: {shown(root)} {found}; expected a folder of pictures. "
                "Name it with --set dataset.root=FOLDER"
            )
        return list_pictures(root)

    def _shape(self, root: Path, headers: Mapping[Path, Header]) -> tuple[int, int, int]:
        """The shape (C, H, W) from the settings, or else the one that all pictures share."""
        (begin, first), *_ = headers.items()
        for path, header in headers.items():
            name = path.relative_to(root)
            if not self.channels and header.mode not in CHANNELS:
                raise UsageError(
                    f"image-folder: {name} in {shown(root)} has the mode {header.mode}; expected "
                    "L (grey) or RGB (colour). Convert all pictures with "
                    "--set dataset.channels=3 (or 1)"
                )
            if not self.channels and header.mode != first.mode:
                raise UsageError(
                    f"image-folder: {shown(root)} has pictures of several modes: "
                    f"{begin.relative_to(root)} is {first.mode} and {name} is {header.mode}. "
                    "Convert them all with --set dataset.channels=3 (or 1)"
                )
            if not self.size and header.size != first.size:
                raise UsageError(
                    f"image-folder: {shown(root)} has pictures of several sizes: "
                    f"{begin.relative_to(root)} is {first} and {name} is {header} pixels. "
                    "Scale and crop them all with --set dataset.size=64"
                )
        width, height = (self.size, self.size) if self.size else first.size
        return self.channels or CHANNELS[first.mode], height, width


@dataclass(frozen=True)
class Pictures:
    """A `Source` that decodes each picture on demand."""

    paths: Sequence[Path]
    labels: NDArray[np.int64] | None
    decode: Decoder

    def __len__(self) -> int:
        return len(self.paths)

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One picture and its label, if there are labels. Nothing about it is random.

        Raises:
            BrokenFile: The file has changed since `ImageFolder.load`, and cannot be read.
        """
        path = self.paths[index]
        try:
            with no_warnings():
                sample: dict[str, Array] = {"image": self.decode(path)[0]}
        except Unreadable as error:
            raise BrokenFile(
                f"image-folder: {path} cannot be read any more: {error}. It has changed since the "
                "run began. Put the old file back"
            ) from error
        if self.labels is not None:
            sample["label"] = np.asarray(self.labels[index])
        return sample


def read_headers(paths: Sequence[Path]) -> tuple[dict[Path, Header], dict[Path, str]]:
    """The headers of these files, and why others have none."""
    headers: dict[Path, Header] = {}
    failures: dict[Path, str] = {}
    for path in paths:
        try:
            headers[path] = read_header(path)
        except Unreadable as error:
            failures[path] = str(error)
    return headers, failures


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Hides Pillow's warnings, for example about large pictures. They do not help users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
