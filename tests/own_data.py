"""Small folders of pictures, and a run of a few seconds on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import ganzoo

STEPS = 16
SETTINGS = {
    "generator": (8,), "discriminator": (8,), "batch_size": 8, "samples": 8, "threads": 1,
    "log_every": 4, "sample_every": 8, "checkpoint_every": 4, "device": "cpu", "workers": 0,
}  # fmt: skip


def paint(path: Path, seed: int) -> None:
    """One grey picture of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(256, size=(6, 6), dtype=np.uint8)).save(path)


def pictures(folder: Path, first: int = 0) -> Path:
    """40 pictures of noise."""
    for i in range(40):
        paint(folder / f"{i:03}.png", first + i)
    return folder


def train(root: Path, out: Path, steps: int = STEPS) -> Path:
    """A run on a folder."""
    settings: dict[str, Any] = {**SETTINGS, "dataset.root": str(root), "steps": steps}
    training = ganzoo.train(
        "vanilla-mlp", dataset="image-folder", settings=settings, out=out, progress=False
    )
    return training.finish().run.path


def resume(run: Path, steps: int = 24, **settings: str) -> None:
    """The run goes on to 24 steps."""
    asked = {"steps": steps, **settings}
    ganzoo.train(resume=run, settings=asked, progress=False).finish()
