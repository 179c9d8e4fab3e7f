"""CIFAR-10: 60,000 small colour photographs, the next step after digits.

Each has 32 x 32 pixels in red, green and blue. Its label is one of ten classes: 0 airplane, 1
automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck. People selected them by
hand from the 80 million "tiny images" that search engines had returned for nouns. This dataset has
the 50,000 for training, 5,000 of each class.

Digits have one subject in the middle of a black background. Here anything may be behind the
subject, in any light, and three channels must agree. A GAN that does well on MNIST may only get as
far as coloured fog. That is why most papers on training GANs report a number on this dataset. It is
large enough to be hard and small enough for one machine.

The files are pickles, and opening one runs the code in it. So ganzoo verifies the archive's
checksum before it unpacks the archive, and torchvision verifies each file's before it opens it.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf
"""

import tarfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import ganzoo

FILES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")
"""Files that torchvision needs, including the test pictures, before it reads the others."""
NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


@dataclass(frozen=True)
class CIFAR10(ganzoo.Downloaded):
    """The 50,000 training pictures, downloaded if they are missing (170 MB)."""

    name = "cifar10"
    folder = "cifar-10-batches-py"
    wanted = f"{', '.join(FILES[:-1])} and {FILES[-1]}"
    instead = "copy cifar-10-python.tar.gz, which contains them, next to that folder"

    def fields(self) -> dict[str, ganzoo.Field]:
        return {
            "image": ganzoo.Field((3, 32, 32), range=(-1.0, 1.0)),
            "label": ganzoo.Field((), dtype="int64", classes=10, names=NAMES),
        }

    def read(self, folder: Path) -> ganzoo.Data:
        from torchvision.datasets import CIFAR10

        sums = dict([*CIFAR10.train_list, *CIFAR10.test_list])
        sums[CIFAR10.meta["filename"]] = CIFAR10.meta["md5"]
        for file in FILES:
            ganzoo.check_sum(self.need(folder / file), sums[file])  # reports which file is broken
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # from numpy 2.4.0, about pickles written in 2009
            theirs = CIFAR10(folder.parent, train=True, download=False)
        return ganzoo.Data(
            self.fields(),
            arrays={
                "image": np.ascontiguousarray(theirs.data.transpose(0, 3, 1, 2)),  # (N, C, H, W)
                "label": np.array(theirs.targets, np.int64),  # (N,)
            },
        )

    def obtain(self, path: Path) -> None:
        """Extracts all files from the archive, atomically and without using its paths."""
        folder = path.parent
        archive = folder.with_name("cifar-10-python.tar.gz")
        self.download(archive)
        wanted = {f"{folder.name}/{file}": folder / file for file in FILES}
        with tarfile.open(archive) as members:
            for member in members:
                content = members.extractfile(member)
                if content and (target := wanted.get(member.name)):
                    ganzoo.write_whole(target, content.read())

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import CIFAR10

        return [CIFAR10.url.removesuffix(file)], CIFAR10.tgz_md5
