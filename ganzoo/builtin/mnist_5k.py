"""5,000 real MNIST digits, stored in one picture that is part of ganzoo.

They are 500 of each digit from MNIST's training set. That is enough to watch a GAN learn. It is
also few enough for a discriminator to memorise, which is instructive, too.

The picture is ``mnist_5k.png``, next to this file, with 50 rows of 100 digits. The digits are
sorted by label. The first five rows are zeros, the next five are ones, and so on, so no file
needs to list the labels. ``mnist_5k.md`` states their origin and licence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Interval, MultipleOf
from numpy.typing import NDArray

from ganzoo.data.downloaded import labelled_fields, labelled_images
from ganzoo.data.downloads import check_sum
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DataUnavailable
from ganzoo.registry.records import Field

if TYPE_CHECKING:
    from torch import Tensor

SHEET = Path(__file__).with_name("mnist_5k.png")
"""The digits, 100 in a row, without gaps."""
MD5 = "e7f8662a72f84ffc5411b42813f11ef4"
"""The checksum of `SHEET`. Pillow does not notice every flipped bit."""


@dataclass(frozen=True)
class MNIST5k:
    """The digits that come with ganzoo, 500 of each."""

    size: Annotated[int, Interval(ge=10, le=5_000), MultipleOf(10)] = 5_000
    """Number of digits, the same for each label. The discriminator memorises a small set."""

    def fields(self) -> Mapping[str, Field]:
        """Grey pictures "image" with their "label"."""
        return labelled_fields()

    def load(self) -> Data:
        """The digits "image" with their "label", sorted by label.

        Raises:
            DataUnavailable: The file of digits is missing.
            BrokenFile: The file is damaged or cannot be read.
        """
        images = _read(SHEET)
        labels = np.arange(10, dtype=np.uint8).repeat(500)
        first = np.arange(5_000) % 500 < self.size // 10  # of each label
        data = labelled_images(images[first], labels[first], SHEET, SHEET)
        return replace(data, depicts="digits")

    def plain(self) -> Mapping[str, Tensor]:
        """The first digits of each label among MNIST's training digits, which torchvision
        downloads. They are those that come with ganzoo."""
        import torch
        from torchvision.datasets import MNIST

        found, first = MNIST("data", download=True), self.size // 10
        rows = torch.cat([torch.nonzero(found.targets == label)[:first, 0] for label in range(10)])
        return {"image": found.data[rows][:, None], "label": found.targets[rows]}


def _read(path: Path) -> NDArray[np.uint8]:
    """The sheet, cut into its digits: (5000, 28, 28)."""
    if not os.path.lexists(path):
        raise DataUnavailable(
            f"mnist-5k: {path} is missing. It is part of ganzoo-core. Install ganzoo-core again."
        )
    try:
        check_sum(path, MD5)
    except BrokenFile as error:
        raise BrokenFile(
            f"mnist-5k: {error}. It is part of ganzoo-core. Install ganzoo-core again."
        ) from error

    from PIL import Image  # only this function needs it

    with Image.open(path) as sheet:
        pixels = np.asarray(sheet)  # (50 * 28, 100 * 28)
    return pixels.reshape(50, 28, 100, 28).swapaxes(1, 2).reshape(-1, 28, 28)
