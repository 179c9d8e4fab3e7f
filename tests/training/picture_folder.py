"""A small run on pictures that are read while it trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SMALL = (
    "--set", "threads=1", "--set", "samples=16", "--set", "log_every=5", "--set", "sample_every=20",
    "--set", "checkpoint_every=10",
)  # fmt: skip
PERCEPTRON = ("train", "vanilla-mlp", "--set", "generator=8", "--set", "discriminator=8", *SMALL)


def pictures(folder: Path) -> str:
    """A folder of pictures that is read picture by picture: it is larger than the memory allows."""
    rng = np.random.default_rng(0)
    for i in range(40):
        path = folder / f"{'ab'[i % 2]}/{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(256, size=(6, 6), dtype=np.uint8)).save(path)
    return "from ganzoo.builtin import image_folder; image_folder.MEMORY = 0"
