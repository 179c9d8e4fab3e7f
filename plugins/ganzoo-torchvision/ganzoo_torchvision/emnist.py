"""EMNIST letters: 145,600 handwritten letters, made as MNIST's digits were made.

NIST's Special Database 19 has forms filled in by 3,600 people. EMNIST treats its characters as
MNIST treated its digits: grey, centred, 28 x 28 pixels. The label is the letter, 0 for A to 25 for
Z. The 124,800 for training are used here, 4,800 of each letter.

A letter is one class in its capital and its small form: "A" and "a" share a label but hardly a
stroke, while "C" and "c" are the same shape. A generator that draws only capitals has dropped
modes, and a classifier that counts classes would never tell. With 26 classes it is also the next
step up from ten for a GAN that is told the label.

Two things are put right here. The pictures are stored with rows and columns exchanged: they are
turned upright. The labels in the files count from 1: here from 0.

Source: Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten
letters", 2017, https://arxiv.org/abs/1702.05373
"""

import gzip
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import ganzoo


@dataclass(frozen=True)
class EMNISTLetters(ganzoo.IdxImages):
    """The 124,800 training letters, downloaded where they are missing (562 MB).

    All of EMNIST's parts are published in one archive. Only the two files that are needed are taken
    out of it; it may be deleted afterwards.
    """

    name = "emnist-letters"
    folder = "EMNIST/raw"
    images = "emnist-letters-train-images-idx3-ubyte"
    labels = "emnist-letters-train-labels-idx1-ubyte"
    wanted = f"{images} and {labels} (or both as .gz)"
    instead = "copy gzip.zip, the archive that has them, into that folder"
    classes = range(1, 27)

    def read(self, folder: Path) -> ganzoo.Data:
        data = super().read(folder)
        assert data.arrays is not None
        images = data.arrays["image"].swapaxes(2, 3)  # (N, 1, W, H) -> (N, 1, H, W)
        return replace(data, arrays={**data.arrays, "image": np.ascontiguousarray(images)})

    def obtain(self, path: Path) -> None:
        archive = path.with_name("gzip.zip")
        self.download(archive)  # its sum is right: what follows finds what it expects
        with zipfile.ZipFile(archive) as files:
            packed = files.read(f"gzip/{path.name}.gz")
        ganzoo.write_whole(path, gzip.decompress(packed))

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import EMNIST

        return [EMNIST.url.removesuffix(file)], EMNIST.md5
