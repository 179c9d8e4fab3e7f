"""Registers datasets that torchvision maintains. Imports neither it nor torch."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="fashion-mnist",
        summary="60,000 pictures of clothes in ten classes, 28 x 28, a harder MNIST.",
        paper=ganzoo.Paper(
            "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
            year=2017,
            arxiv="1708.07747",
        ),
        factory="ganzoo_torchvision.fashion_mnist:FashionMNIST",
    )
    yield ganzoo.Dataset(
        name="kmnist",
        summary="60,000 cursive Japanese characters in ten classes, 28 x 28.",
        paper=ganzoo.Paper(
            "Deep Learning for Classical Japanese Literature", year=2018, arxiv="1812.01718"
        ),
        factory="ganzoo_torchvision.kmnist:KMNIST",
    )
    yield ganzoo.Dataset(
        name="emnist-letters",
        summary="124,800 handwritten letters in 26 classes, 28 x 28 (a download of 562 MB).",
        paper=ganzoo.Paper(
            "EMNIST: an extension of MNIST to handwritten letters", year=2017, arxiv="1702.05373"
        ),
        factory="ganzoo_torchvision.emnist:EMNISTLetters",
    )
    yield ganzoo.Dataset(
        name="cifar10",
        summary="50,000 colour photographs in ten classes, 32 x 32.",
        paper=ganzoo.Paper(
            "Learning Multiple Layers of Features from Tiny Images",
            year=2009,
            url="https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
        ),
        factory="ganzoo_torchvision.cifar10:CIFAR10",
    )
