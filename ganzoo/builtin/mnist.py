"""MNIST: 70,000 handwritten digits, the standard first dataset for generative models.

Each sample is a grey picture of 28 x 28 pixels, labelled with its digit. ganzoo uses the 60,000
training digits. It leaves out the 10,000 test digits, because training a GAN does not need them.

The files are kept where torchvision keeps them, in ``MNIST/raw/`` under the data folder, so ganzoo
and torchvision find each other's downloads.

Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document
Recognition", 1998, https://doi.org/10.1109/5.726791
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganzoo.data.downloaded import IdxImages

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class MNIST(IdxImages):
    """The 60,000 training digits, downloaded if they are missing."""

    name = "mnist"
    folder = "MNIST/raw"
    depicts = "digits"
    instead = "use --dataset mnist-5k, 5,000 real digits that come with ganzoo"

    def published(self, file: str) -> tuple[Sequence[str], str]:
        """The mirrors and the checksum, which torchvision maintains."""
        from torchvision import datasets

        return datasets.MNIST.mirrors, dict(datasets.MNIST.resources)[file]

    def plain(self) -> Mapping[str, Tensor]:
        """MNIST's training digits, which torchvision downloads."""
        from torchvision.datasets import MNIST

        found = MNIST("data", download=True)
        return {"image": found.data[:, None], "label": found.targets}
