"""Fashion-MNIST: 70,000 pictures of clothes, a harder replacement for MNIST.

Each is a grey picture of 28 x 28 pixels, scaled down from a photograph in Zalando's shop. Its label
is one of ten classes: 0 T-shirt or top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt,
7 sneaker, 8 bag, 9 ankle boot. This dataset has the 60,000 for training.

It tests a GAN in other ways than digits do. A digit is a few strokes of ink, and its pixels are
nearly all black or white. A coat is a large grey area with folds, patterns and a soft edge, so the
generator's tanh must produce more than its two extremes. Some classes are close together (shirt,
coat and pullover). Others are far apart and vary little (trousers). You notice at once what a
generator leaves out.

Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms", 2017, https://arxiv.org/abs/1708.07747
"""

from dataclasses import dataclass

import ganzoo


@dataclass(frozen=True)
class FashionMNIST(ganzoo.IdxImages):
    """The 60,000 training pictures, downloaded if they are missing (26 MB)."""

    name = "fashion-mnist"
    folder = "FashionMNIST/raw"
    class_names = (
        "t-shirt/top", "trouser", "pullover", "dress", "coat",
        "sandal", "shirt", "sneaker", "bag", "ankle boot",
    )  # fmt: skip

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import FashionMNIST

        return FashionMNIST.mirrors, dict(FashionMNIST.resources)[file]
