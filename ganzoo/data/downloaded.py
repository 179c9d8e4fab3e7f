"""Datasets that are published as files: found in the data folder, or downloaded into it.

All that such a dataset shares is here: the settings ``root`` and ``mirrors``, looking before
downloading, and messages that say which file is missing or broken and what to do. What is left to
write is where the files come from and how they are read. Pictures in MNIST's format need only the
first::

    @dataclass(frozen=True)
    class Mushrooms(ganzoo.IdxImages):
        name = "mushrooms"
        folder = "Mushrooms/raw"

        def published(self, file):
            return ["https://example.org/mushrooms"], SUMS[file]

What is in a format of its own inherits from `Downloaded` and has ``fields`` and ``read`` as well.
How one file is fetched is in `ganzoo.data.downloads`.
"""

from __future__ import annotations

import abc
import gzip
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ganzoo.data.downloads import check_sum, fetch
from ganzoo.data.idx import read_idx
from ganzoo.data.places import data_folder
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DataUnavailable, GanzooError, UsageError
from ganzoo.files import whole_file
from ganzoo.registry.records import Field


@dataclass(frozen=True)
class Downloaded(abc.ABC):
    """A dataset whose files are downloaded where they are missing.

    Say `name`, `folder` and `wanted`; write ``fields``, `published` and `read`, which calls `need`.
    """

    name: ClassVar[str]
    """The dataset's, with which each message begins."""
    folder: ClassVar[str]
    """Where its files are, under ``root``: ``"MNIST/raw"``."""
    wanted: ClassVar[str]
    """Its files, for a person who must copy them there."""
    instead: ClassVar[str] = ""
    """Another way out, for the same person: ``"use --dataset mnist-5k"``."""

    root: str = ""
    """Folder that holds the dataset's own; empty for GANZOO_DATA, or else the user's cache
    folder."""
    mirrors: tuple[str, ...] = ()
    """Addresses of folders to download from, the preferred one first; empty for the publisher's."""

    def __post_init__(self) -> None:
        if isinstance(self.mirrors, str):
            raise UsageError(f"{self.name}: mirrors={self.mirrors!r}, expected a list of addresses")
        for mirror in self.mirrors:
            if not mirror.startswith(("http://", "https://")):
                raise UsageError(
                    f"{self.name}: mirrors has {mirror!r}, expected addresses that start with "
                    "http:// or https://"
                )

    @abc.abstractmethod
    def published(self, file: str) -> tuple[Sequence[str], str]:
        """Addresses of folders that have the published file of this name, and its MD5 sum.

        Asked for only where the file is needed: an import that takes seconds is in place here.
        """

    @abc.abstractmethod
    def read(self, folder: Path) -> Data:
        """The dataset from the files in its folder, each of them `need`ed before."""

    def load(self) -> Data:
        """The dataset.

        Raises:
            DataUnavailable: Its files are not there and cannot be downloaded.
            BrokenFile: They are there, but they are not what they should be.
            UsageError: ``root`` is not a folder.
        """
        root = Path(self.root).expanduser() if self.root else data_folder()
        if os.path.lexists(root) and not os.path.isdir(root):
            setting = "--set dataset.root" if self.root else "GANZOO_DATA"
            raise UsageError(
                f"{self.name}: {root} is a file, expected a folder ({setting} names it)"
            )
        try:
            return self.read(root / self.folder)
        except BrokenFile as error:
            raise BrokenFile(
                f"{self.name}: {error}\nDelete the file, so that it is downloaded again, or copy a "
                "good one there."
            ) from error
        except (ImportError, RuntimeError) as error:
            if "torchvision" not in str(error):
                raise
            raise DataUnavailable(
                f"{self.name}: torchvision cannot be imported ({error}). It does not fit the torch "
                "that is installed: install torch and torchvision together, from one index."
            ) from error

    def need(self, path: Path, *others: Path) -> Path:
        """The first of these files that is there; where none is, the first one is `obtain`ed.

        Raises:
            DataUnavailable: It cannot be had.
        """
        for candidate in (path, *others):
            if os.path.isfile(candidate):
                return candidate
        try:
            self.obtain(path)
        except BrokenFile:
            raise
        except GanzooError as error:
            raise DataUnavailable(
                f"{self.name}: there is no {path.name} in {path.parent}, and it cannot be put "
                f"there.\n{error}\n"
                f"What to do: copy {self.wanted} into that folder; or set GANZOO_DATA to a folder "
                f"that has them in {self.folder}{self.instead and '; or '}{self.instead}."
            ) from error
        return path

    def obtain(self, path: Path) -> None:
        """Put a missing file there, complete and checked. To be overridden where what is published
        is not the file itself but an archive that has it: `download` that, then unpack."""
        self.download(path)

    def download(self, path: Path) -> None:
        """See to it that a published file is there: fetched, or checked where it was there."""
        mirrors, md5 = self.published(path.name)
        if os.path.isfile(path):
            check_sum(path, md5)
        else:
            fetch([f"{m.rstrip('/')}/{path.name}" for m in self.mirrors or mirrors], path, md5)


@dataclass(frozen=True)
class IdxImages(Downloaded):
    """Grey pictures of 28 x 28 pixels with labels, in two IDX files, as MNIST has them.

    What is published are the same files compressed, ``images`` and ``labels`` with ``.gz``.
    """

    images: ClassVar[str] = "train-images-idx3-ubyte"
    labels: ClassVar[str] = "train-labels-idx1-ubyte"
    wanted: ClassVar[str] = f"{images} and {labels} (or both as .gz)"
    classes: ClassVar[range] = range(10)
    """The labels in the file. In a batch they count from 0."""
    depicts: ClassVar[str | None] = None
    """See `Data`."""

    def fields(self) -> Mapping[str, Field]:
        """Grey pictures, and as many labels as there are classes."""
        return labelled_fields(len(self.classes))

    def read(self, folder: Path) -> Data:
        """The pictures: "image" and "label"."""
        files = [folder / name for name in (self.images, self.labels)]
        image_file, label_file = (self.need(file, packed(file)) for file in files)
        images, labels = read_idx(image_file), read_idx(label_file)
        data = labelled_images(images, labels, image_file, label_file, self.classes)
        return replace(data, depicts=self.depicts)

    def obtain(self, path: Path) -> None:
        """The plain file, as torchvision reads it; the compressed one stays, as it does there."""
        source = packed(path)
        self.download(source)
        read_idx(source)  # nothing that is broken gets the plain file's name
        with gzip.open(source) as content, whole_file(path) as file:
            shutil.copyfileobj(content, file)


def packed(path: Path) -> Path:
    """The name of a file when it is compressed."""
    return path.with_name(f"{path.name}.gz")


def labelled_fields(classes: int = 10) -> Mapping[str, Field]:
    """Of grey pictures of 28 x 28 pixels, "image", with a "label"."""
    return {
        "image": Field((1, 28, 28), range=(-1.0, 1.0)),
        "label": Field((), dtype="int64", classes=classes),
    }


def labelled_images(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    image_file: Path,
    label_file: Path,
    classes: range = range(10),
) -> Data:
    """Checked pictures as a dataset.

    Args:
        images: (N, 28, 28).
        labels: (N,), each in ``classes``.
        image_file: Where the images come from, for the message.
        label_file: Where the labels come from.
        classes: The labels there are.
    """
    if images.shape[1:] != (28, 28):
        raise BrokenFile(f"{image_file} holds {images.shape}, expected (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise BrokenFile(
            f"{label_file} holds {labels.shape}, expected one label for each of the "
            f"{len(images):,} images in {image_file.name}"
        )
    for label in (labels.min(), labels.max()):
        if label not in classes:
            raise BrokenFile(
                f"{label_file} has the label {label}, expected {classes[0]} to {classes[-1]}"
            )
    return Data(
        labelled_fields(len(classes)),
        arrays={
            "image": images[:, np.newaxis],  # (N, 1, 28, 28)
            "label": labels.astype(np.int64) - classes[0],  # (N,)
        },
    )
