"""MNIST: 70,000 handwritten digits, the fruit fly of generative models.

Each is a grey picture of 28 x 28 pixels with its digit as a label. The 60,000 for training are used
here; the 10,000 for testing are left alone, as a GAN has no use for them.

LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998.

The files are kept as torchvision keeps them, in ``MNIST/raw/`` under the data folder, so that
either finds what the other downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ganzoo.data.downloaded import IdxImages


@dataclass(frozen=True)
class MNIST(IdxImages):
    """The 60,000 training digits, downloaded where they are missing."""

    name = "mnist"
    folder = "MNIST/raw"
    depicts = "digits"
    instead = "use --dataset mnist-5k, 5,000 real digits that need no network"

    def published(self, file: str) -> tuple[Sequence[str], str]:
        """torchvision keeps up the mirrors and sums."""
        from torchvision import datasets

        return datasets.MNIST.mirrors, dict(datasets.MNIST.resources)[file]
