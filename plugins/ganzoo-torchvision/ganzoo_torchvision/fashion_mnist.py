"""Fashion-MNIST: 70,000 pictures of clothes, a drop-in replacement for MNIST that is harder.

Each is a grey picture of 28 x 28 pixels of one of Zalando's articles, scaled down from the shop's
photograph; its label is one of ten kinds: 0 T-shirt or top, 1 trouser, 2 pullover, 3 dress, 4 coat,
5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot. The 60,000 for training are used here.

To a GAN it is another test than digits are. A digit is a few strokes of ink, its pixels nearly all
black or white: a coat is a large area of greys, with folds, patterns and a soft edge, so a tanh
that is driven to its two ends does not do. And the classes lie close together (shirt, coat and
pullover), or far apart and small in variety (trousers): what a generator leaves out is seen at
once.

Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms", 2017, https://arxiv.org/abs/1708.07747
"""

from dataclasses import dataclass

import ganzoo


@dataclass(frozen=True)
class FashionMNIST(ganzoo.IdxImages):
    """The 60,000 training pictures, downloaded where they are missing (26 MB)."""

    name = "fashion-mnist"
    folder = "FashionMNIST/raw"

    def published(self, file: str) -> tuple[list[str], str]:
        from torchvision.datasets import FashionMNIST

        return FashionMNIST.mirrors, dict(FashionMNIST.resources)[file]
