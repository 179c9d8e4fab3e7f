"""EMNIST letters: 145,600 handwritten letters, processed like MNIST's digits.

NIST's Special Database 19 has forms filled in by 3,600 people. EMNIST treats its characters as
MNIST treated its digits: grey, centred, 28 x 28 pixels. The label is the letter, from 0 for A to 25
for Z. This dataset has the 124,800 for training, 4,800 of each letter.

A letter's capital and small form share one class. "A" and "a" have the same label but hardly a
stroke in common, while "C" and "c" have the same shape. A generator that draws only capitals has
dropped modes, and a classifier that counts classes would never notice. Its 26 classes are also a
step up from ten for a conditional GAN.

ganzoo corrects two things. The files store pictures with rows and columns exchanged, and ganzoo
turns them upright. The labels in the files count from 1, and here they count from 0.

Source: Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten
letters", 2017, https://arxiv.org/abs/1702.05373
"""

import gzip
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase

import numpy as np

import ganzoo


@dataclass(frozen=True)
class EMNISTLetters(ganzoo.IdxImages):
    """The 124,800 training letters, downloaded if they are missing (562 MB).

    One archive holds all parts of EMNIST. ganzoo extracts only the two files that it needs. You can
    delete the archive afterwards.
    """

    name = "emnist-letters"
    folder = "EMNIST/raw"
    images = "emnist-letters-train-images-idx3-ubyte"
    labels = "emnist-letters-train-labels-idx1-ubyte"
    wanted = f"{images} and {labels} (or both as .gz)"
    instead = "copy gzip.zip, which contains them, into that folder"
    classes = range(1, 27)
    class_names = tuple(ascii_uppercase)

    def read(self, folder: Path) -> ganzoo.Data:
        data = super().read(folder)
        assert data.arrays is not None
        images = data.arrays["image"].swapaxes(2, 3)  # (N, 1, W, H) -> (N, 1, H, W)
        return replace(data, arrays={**data.arrays, "image": np.ascontiguousarray(images)})

    def obtain(self, path: Path) -> None:
        archive = path.with_name("gzip.zip")
        self.download(archive)  # verifies the checksum, so the content is as expected
        with zipfile.ZipFile(archive) as files:
            packed = files.read(f"gzip/{path.name}.gz")
        ganzoo.write_whole(path, gzip.decompress(packed))

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import EMNIST

        return [EMNIST.url.removesuffix(file)], EMNIST.md5
