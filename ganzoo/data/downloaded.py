"""Datasets that are published as files. ganzoo finds them in the data folder or downloads them.

This module has what all such datasets share: the settings ``root`` and ``mirrors``, the search
before a download, and messages that name a missing or broken file and say what to do. A dataset
states where its files come from and how to read them. Pictures in MNIST's format need only the
first::

    @dataclass(frozen=True)
    class Mushrooms(ganzoo.IdxImages):
        name = "mushrooms"
        folder = "Mushrooms/raw"

        def published(self, file):
            return ["https://example.org/mushrooms"], SUMS[file]

A dataset in another format inherits from `Downloaded` and also has ``fields`` and ``read``.
`ganzoo.data.downloads` downloads single files.
"""

from __future__ import annotations

import abc
import gzip
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

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
    """A dataset whose files are downloaded if they are missing.

    A subclass sets `name`, `folder` and `wanted`. It defines ``fields``, `published`, and `read`,
    which calls `need`.

    Raises:
        UsageError: ``mirrors`` is not a list of addresses.
    """

    name: ClassVar[str]
    """Name of the dataset, for messages."""
    folder: ClassVar[str]
    """Folder of its files under ``root``, such as ``"MNIST/raw"``."""
    wanted: ClassVar[str]
    """Its files in words, for users who must copy them there."""
    instead: ClassVar[str] = ""
    """Another solution for these users, such as ``"use --dataset mnist-5k"``."""

    root: Path | Literal[""] = ""
    """Data folder, which has a folder for each dataset. If not set, the folder that GANZOO_DATA
    names, or the user's cache folder."""
    mirrors: tuple[str, ...] = ()
    """Addresses of folders to download from, the preferred one first. If not set, the publisher's
    addresses."""

    def __post_init__(self) -> None:
        if isinstance(self.mirrors, str):
            raise UsageError(f"{self.name}: mirrors={self.mirrors!r}; expected a list of addresses")
        for mirror in self.mirrors:
            if not mirror.startswith(("http://", "https://")):
                raise UsageError(
                    f"{self.name}: mirrors has {mirror!r}; expected addresses that start with "
                    "http:// or https://"
                )

    @abc.abstractmethod
    def published(self, file: str) -> tuple[Sequence[str], str]:
        """Addresses of folders with the published file of this name, and its MD5 sum.

        It is called only if the file is needed, so slow imports belong here.
        """

    @abc.abstractmethod
    def read(self, folder: Path) -> Data:
        """Read the dataset from its folder. Call `need` for each file before opening it."""

    def load(self) -> Data:
        """The dataset.

        Raises:
            DataUnavailable: Files are missing and cannot be downloaded.
            BrokenFile: A file is damaged or has other content.
            UsageError: ``root`` is not a folder.
        """
        root = Path(os.path.expanduser(self.root)) if self.root else data_folder()
        if os.path.lexists(root) and not os.path.isdir(root):
            setting = "--set dataset.root" if self.root else "GANZOO_DATA"
            raise UsageError(
                f"{self.name}: {root} is a file; expected a folder ({setting} names it)"
            )
        try:
            return self.read(root / self.folder)
        except BrokenFile as error:
            raise BrokenFile(
                f"{self.name}: {error}\nDelete the file to download it again, or copy "
                "a good one there."
            ) from error
        except (ImportError, RuntimeError) as error:
            if "torchvision" not in str(error):
                raise
            raise DataUnavailable(
                f"{self.name}: torchvision cannot be imported ({error}). It does not fit the "
                "installed torch. Install torch and torchvision together, from one index."
            ) from error

    def need(self, path: Path, *others: Path) -> Path:
        """The first of these files that exists. If none does, `obtain` the first one.

        Raises:
            DataUnavailable: No file exists, and the first cannot be obtained.
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
                f"{self.name}: {path.name} is missing from {path.parent} and could not be "
                f"downloaded.\n{error}\n"
                f"What to do: copy {self.wanted} into that folder, or set GANZOO_DATA to a folder "
                f"that has them in {self.folder}{self.instead and ', or '}{self.instead}."
            ) from error
        return path

    def obtain(self, path: Path) -> None:
        """Create a missing file, complete and checked. If an archive is published instead of the
        file, override this to `download` the archive and to unpack it."""
        self.download(path)

    def download(self, path: Path) -> None:
        """Download a published file, or check it if it exists."""
        mirrors, md5 = self.published(path.name)
        if os.path.isfile(path):
            check_sum(path, md5)
        else:
            fetch([f"{m.rstrip('/')}/{path.name}" for m in self.mirrors or mirrors], path, md5)


@dataclass(frozen=True)
class IdxImages(Downloaded):
    """Grey pictures of 28 x 28 pixels with labels, in two IDX files like MNIST's.

    The published files are compressed, ``images`` and ``labels`` with ``.gz``.
    """

    images: ClassVar[str] = "train-images-idx3-ubyte"
    labels: ClassVar[str] = "train-labels-idx1-ubyte"
    wanted: ClassVar[str] = f"{images} and {labels} (or both as .gz)"
    classes: ClassVar[range] = range(10)
    """Labels in the file. In a batch they start at 0."""
    class_names: ClassVar[tuple[str, ...]] = ()
    """Names of the classes, in the order of the labels. See `Field.names`."""
    depicts: ClassVar[str | None] = None
    """What the pictures show. See `Data`."""

    def fields(self) -> Mapping[str, Field]:
        """Grey pictures "image" with their "label"."""
        return labelled_fields(len(self.classes), self.class_names)

    def read(self, folder: Path) -> Data:
        """The pictures "image" with their "label"."""
        files = [folder / name for name in (self.images, self.labels)]
        image_file, label_file = (self.need(file, packed(file)) for file in files)
        images, labels = read_idx(image_file), read_idx(label_file)
        data = labelled_images(images, labels, image_file, label_file, self.classes)
        return replace(data, fields=self.fields(), depicts=self.depicts)

    def obtain(self, path: Path) -> None:
        """Unpack the file as torchvision does, and keep the compressed one."""
        source = packed(path)
        self.download(source)
        read_idx(source)  # a broken file must not get the plain file's name
        with gzip.open(source) as content, whole_file(path) as file:
            shutil.copyfileobj(content, file)


def packed(path: Path) -> Path:
    """The path of the compressed file."""
    return path.with_name(f"{path.name}.gz")


def labelled_fields(classes: int = 10, names: tuple[str, ...] = ()) -> Mapping[str, Field]:
    """The fields of grey pictures "image", 28 x 28, with a "label" whose classes have names."""
    return {
        "image": Field((1, 28, 28), range=(-1.0, 1.0)),
        "label": Field((), dtype="int64", classes=classes, names=names),
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
        image_file: The file of the images, for messages.
        label_file: The file of the labels.
        classes: All labels.

    Raises:
        BrokenFile: The shapes do not match, or a label is not in ``classes``.
    """
    if images.shape[1:] != (28, 28):
        raise BrokenFile(f"{image_file} has the shape {images.shape}; expected (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise BrokenFile(
            f"{label_file} has the shape {labels.shape}; expected one label for each of the "
            f"{len(images):,} images in {image_file.name}"
        )
    for label in (labels.min(), labels.max()):
        if label not in classes:
            raise BrokenFile(
                f"{label_file} has the label {label}; expected {classes[0]} to {classes[-1]}"
            )
    return Data(
        labelled_fields(len(classes)),
        arrays={
            "image": images[:, np.newaxis],  # (N, 1, 28, 28)
            "label": labels.astype(np.int64) - classes[0],  # (N,)
        },
    )
