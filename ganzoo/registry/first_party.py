"""What the zoo's own plugins provide, to suggest a distribution that is not installed."""

from __future__ import annotations

GIVEN: dict[str, dict[str, tuple[str, ...]]] = {
    "ganzoo-conditional": {
        "model": ("acgan", "cgan", "cluster-gan", "infogan", "projection-gan", "sgan"),
        "dataset": ("few-labels", "held-out"),
    },
    "ganzoo-dcgan": {"model": ("dcgan",)},
    "ganzoo-losses": {
        "loss": (
            "bgan", "f-gan", "hinge", "least-squares", "mmd", "realness", "relativistic",
            "relativistic-average", "softmax", "sphere",
        ),
        "penalty": ("consistency", "lecam", "spectral"),
    },
    "ganzoo-mode-collapse": {
        "model": ("pac-dcgan", "pacgan", "unrolled"),
        "dataset": ("stacked-mnist", "stacked-mnist-5k"),
    },
    "ganzoo-pairs": {
        "dataset": (
            "coloured-digits", "digit-styles", "edges-digits", "folder-pairs", "holes", "icons",
            "letters", "low-resolution", "rotated-digits", "shapes",
        ),
    },
    "ganzoo-tensorboard": {"observer": ("tensorboard",)},
    "ganzoo-torchvision": {"dataset": ("cifar10", "emnist-letters", "fashion-mnist", "kmnist")},
    "ganzoo-translation": {
        "model": ("cyclegan", "discogan", "pix2pix"),
        "metric": ("class-kept", "translation"),
    },
    "ganzoo-wgan": {
        "model": ("wgan-gp-toy",),
        "loss": ("cramer", "wgan", "wgan-div", "wgan-gp"),
        "penalty": ("divergence", "dragan", "gradient-penalty", "r1", "r2"),
    },
}  # fmt: skip
"""Distribution -> kind -> names. A test compares it with what the distributions provide."""


def distribution_of(kind: str, name: str) -> str | None:
    """The distribution that provides a record. The kind ``"name"`` stands for any kind."""
    for distribution, kinds in GIVEN.items():
        for each, names in kinds.items():
            if name in names and kind in (each, "name"):
                return distribution
    return None
