"""What the discriminator is evaluated on during training, and what training leaves out for it."""

from __future__ import annotations

import numpy as np
import torch

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, View
from ganzoo.registry.records import Field

SURFACE, COARSE = 48, 24
"""Points along each side of the discriminator's surface, for a grid and for a frame."""


def kept_apart(config: TrainerConfig, made: Field, samples: int) -> int:
    """Number of real samples that training never uses."""
    return min(config.held_out, samples // 20) if made.is_image else 0


def probes(view: View, data: Data, feed: Feed) -> dict[str, Batch]:
    """Batches on which the discriminator is evaluated during training, see `Trainer`.

    For pictures, these are real ones that it trains on (``"seen"``) and that it never trains on
    (``"unseen"``). For points, it is the plane that plots show (``"surface"``).
    """
    name = view.field(data.fields)
    if data.fields[name].is_image:
        unseen = feed.held_out()
        n = len(unseen[name])
        return {"seen": feed.trained_on(n), "unseen": unseen} if n else {}
    plane = mesh(view, data, feed.device, SURFACE)
    return {"surface": plane} if plane else {}


def mesh(view: View, data: Data, device: torch.device, side: int) -> Batch | None:
    """The plane that plots of points show, (side * side, 2), or ``None`` if there is no plot."""
    name = view.field(data.fields)
    extent = plot_extent(data, name)
    if extent is None or len(data.fields) > 1 or view.label is not None:
        return None
    line = torch.linspace(-extent, extent, side)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return {name: torch.stack([x, y], dim=-1).reshape(-1, 2).to(device)}


def plot_extent(data: Data, name: str) -> float | None:
    """Half the side of the square that plots of points show, which is larger than the data."""
    if not data.fields[name].is_point or data.arrays is None:
        return None
    return float(np.abs(data.arrays[name]).max()) * 1.25 or 1.0  # points may all be at the origin
