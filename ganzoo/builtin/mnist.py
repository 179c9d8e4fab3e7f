"""MNIST: 70,000 handwritten digits, the fruit fly of generative models.

Each is a grey picture of 28 x 28 pixels with its digit as a label. The 60,000 for training are used
here; the 10,000 for testing are left alone, as a GAN has no use for them.

LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998.

The files are kept as torchvision keeps them, in ``MNIST/raw/`` under the data folder, so that
either finds what the other downloaded.
"""

from __future__ import annotations

import gzip
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganzoo.builtin.idx import read_idx
from ganzoo.downloads import fetch
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DataUnavailable, GanzooError, UsageError
from ganzoo.files import whole_file
from ganzoo.places import data_folder
from ganzoo.records import Field

IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"


@dataclass(frozen=True)
class MNIST:
    """The 60,000 training digits, downloaded where they are missing."""

    root: str = ""
    """Folder that holds MNIST/raw; empty for GANZOO_DATA, or else the user's cache folder."""
    mirrors: tuple[str, ...] = ()
    """Addresses of folders to download from, the preferred one first; empty for torchvision's."""

    def __post_init__(self) -> None:
        if isinstance(self.mirrors, str):
            raise UsageError(f"mnist: mirrors={self.mirrors!r}, expected a list of addresses")
        for mirror in self.mirrors:
            if not mirror.startswith(("http://", "https://")):
                raise UsageError(
                    f"mnist: mirrors has {mirror!r}, expected addresses that start with "
                    "http:// or https://"
                )

    def load(self) -> Data:
        """The digits: "image" and "label".

        Raises:
            DataUnavailable: They are not there and cannot be downloaded.
            BrokenFile: They are there, but the files are not what they should be.
            UsageError: ``root`` is not a folder.
        """
        root = Path(self.root).expanduser() if self.root else data_folder()
        if os.path.lexists(root) and not os.path.isdir(root):
            setting = "--set dataset.root" if self.root else "GANZOO_DATA"
            raise UsageError(f"mnist: {root} is a file, expected a folder ({setting} names it)")
        raw = root / "MNIST" / "raw"
        try:
            paths = [self._find(raw, name) for name in (IMAGES, LABELS)]
            images, labels = (read_idx(path) for path in paths)
            return digits(images, labels, *paths)
        except BrokenFile as error:
            raise BrokenFile(
                f"mnist: {error}\nDelete the file, so that it is downloaded again, or copy a good "
                "one there."
            ) from error

    def _find(self, raw: Path, name: str) -> Path:
        """The plain file, or the compressed one, or the plain one freshly downloaded."""
        plain, packed = raw / name, raw / f"{name}.gz"
        for path in (plain, packed):
            if os.path.isfile(path):
                return path
        try:
            self._download(packed)
            _unpack(packed, plain)
        except BrokenFile:
            raise
        except GanzooError as error:
            raise DataUnavailable(
                f"mnist: there is no {name} in {raw}, and it cannot be put there.\n{error}\n"
                f"What to do: copy {IMAGES} and {LABELS} (or both as .gz) into that folder; or set "
                "GANZOO_DATA to a folder that has them in MNIST/raw; or use --dataset mnist-5k, "
                "5,000 real digits that need no network."
            ) from error
        return plain

    def _download(self, packed: Path) -> None:
        # Takes seconds, so only where it is needed.
        from torchvision import datasets  # type: ignore[import-untyped]

        mirrors = self.mirrors or datasets.MNIST.mirrors
        sums = dict(datasets.MNIST.resources)
        urls = [f"{mirror.rstrip('/')}/{packed.name}" for mirror in mirrors]
        fetch(urls, packed, sums[packed.name])


def _unpack(packed: Path, plain: Path) -> None:
    """Writes the plain file that torchvision reads. The compressed one stays, as it does there."""
    read_idx(packed)  # nothing that is broken gets the plain file's name
    with gzip.open(packed) as source, whole_file(plain) as file:
        shutil.copyfileobj(source, file)


def digits(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], image_file: Path, label_file: Path
) -> Data:
    """Checked digits as a dataset.

    Args:
        images: (N, 28, 28).
        labels: (N,), from 0 to 9.
        image_file: Where the images come from, for the message.
        label_file: Where the labels come from.
    """
    if images.shape[1:] != (28, 28):
        raise BrokenFile(f"{image_file} holds {images.shape}, expected (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise BrokenFile(
            f"{label_file} holds {labels.shape}, expected one label for each of the "
            f"{len(images):,} images in {image_file.name}"
        )
    if labels.max() > 9:
        raise BrokenFile(f"{label_file} has the label {labels.max()}, expected 0 to 9")
    return Data(
        fields={
            "image": Field((1, 28, 28), range=(-1.0, 1.0)),
            "label": Field((), dtype="int64", classes=10),
        },
        arrays={
            "image": images[:, np.newaxis],  # (N, 1, 28, 28)
            "label": labels.astype(np.int64),  # (N,)
        },
    )
