"""Kuzushiji-MNIST: 70,000 cursive Japanese characters, from books that few people can still read.

Each is a grey picture of 28 x 28 pixels of one of ten hiragana: 0 o, 1 ki, 2 su, 3 tsu, 4 na, 5 ha,
6 ma, 7 ya, 8 re, 9 wo. Kuzushiji is the cursive script in which Japanese was written for a thousand
years, until schools dropped it in 1900. This dataset has the 60,000 for training.

Before that reform, one sound had several characters of different origin. So a class is not one
shape with variations but several separate shapes. A generator can miss modes *within* a class, and
the label does not reveal it.

Source: Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018,
https://arxiv.org/abs/1812.01718
"""

from dataclasses import dataclass

import ganzoo


@dataclass(frozen=True)
class KMNIST(ganzoo.IdxImages):
    """The 60,000 training characters, downloaded if they are missing (18 MB)."""

    name = "kmnist"
    folder = "KMNIST/raw"
    class_names = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import KMNIST

        return KMNIST.mirrors, dict(KMNIST.resources)[file]
