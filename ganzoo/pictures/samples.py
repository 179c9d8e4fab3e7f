"""Samples that can be looked at: as a picture, in a notebook, or as a file."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import UsageError
from ganzoo.files import write_whole
from ganzoo.registry.records import Field

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

GAP = 2
"""Pixels between the pictures of a grid."""
PLOT = 384
"""Pixels along a plot of points."""


@dataclass(frozen=True, eq=False)
class Samples:
    """``n`` samples of one field. In a notebook they show themselves as a grid."""

    tensor: Tensor
    """(n, \\*shape), float32 in the field's range."""
    field: Field
    extent: float | None = None
    """Half the side of the square that points are plotted in; ``None``: what holds them all."""

    def __len__(self) -> int:
        return len(self.tensor)

    def __getitem__(self, part: slice) -> Samples:
        """Some of them."""
        return Samples(self.tensor[part], self.field, self.extent)

    @property
    def drawable(self) -> bool:
        """Whether samples of this shape have a picture."""
        return self.field.is_image or self.field.is_point

    def arrays(self) -> dict[str, NDArray[Any]]:
        """``images``, uint8 (n, C, H, W); or ``points``, float32 (n, 2); or ``samples``."""
        values = self.tensor.numpy()
        if self.field.is_image:
            assert self.field.range is not None
            low, high = self.field.range
            scaled = (values - low) * (255 / (high - low))
            return {"images": scaled.round().clip(0, 255).astype(np.uint8)}
        name = "points" if self.field.is_point else "samples"
        return {name: values.astype(np.float32)}

    def picture(self, columns: int | None = None) -> Image:
        """A grid of pictures, as good as square unless told otherwise, or a plot of points.

        Raises:
            UsageError: samples of this shape have no picture.
        """
        from PIL import Image

        arrays = self.arrays()
        if "images" in arrays:
            return Image.fromarray(_tiled(arrays["images"], columns))
        if "points" in arrays:
            return Image.fromarray(_plotted(arrays["points"], self.extent))
        raise UsageError(f"samples of shape {self.field.shape} have no picture; write a .npz file")

    def png(self, columns: int | None = None) -> bytes:
        """The picture as a PNG file's bytes."""
        file = io.BytesIO()
        self.picture(columns).save(file, "png")
        return file.getvalue()

    def save(self, path: str | Path, columns: int | None = None) -> None:
        """Write a ``.png`` (see `picture`), or a ``.npz`` of `arrays`.

        Raises:
            UsageError: another ending.
            GanzooError: the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() == ".png":
            content = self.png(columns)
        elif path.suffix.lower() == ".npz":
            file = io.BytesIO()
            np.savez_compressed(file, allow_pickle=False, **self.arrays())
            content = file.getvalue()
        else:
            raise UsageError(f"{path}: the name must end in .png or .npz")
        write_whole(path, content)

    def _repr_png_(self) -> bytes:
        return self.png()


def _tiled(images: NDArray[np.uint8], columns: int | None) -> NDArray[np.uint8]:
    """(n, C, H, W) -> (rows * H', columns * W', 3), small pictures enlarged."""
    if images.shape[1] != 3:
        images = images[:, :1].repeat(3, axis=1)
    zoom = max(1, 64 // images.shape[3])
    images = images.repeat(zoom, axis=2).repeat(zoom, axis=3)
    n, _, height, width = images.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    height, width = height + GAP, width + GAP
    grid = np.full((rows * height + GAP, columns * width + GAP, 3), 48, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * height + GAP, i % columns * width + GAP
        grid[top : top + height - GAP, left : left + width - GAP] = image.transpose(1, 2, 0)
    return grid


def _plotted(points: NDArray[np.float32], extent: float | None) -> NDArray[np.uint8]:
    """(n, 2) -> (PLOT, PLOT, 3): how dense the points are, dark on light, y upwards."""
    if extent is None:
        extent = float(np.abs(points).max(initial=0)) * 1.1 or 1.0
    bounds = [[-extent, extent]] * 2
    counts, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=PLOT // 3, range=bounds)
    shade = np.log1p(counts) / np.log1p(max(counts.max(), 1))
    shade = np.where(counts > 0, 0.35 + 0.65 * shade, 0)[::-1]  # one point must be visible
    paper, ink = np.array([255, 255, 255]), np.array([20, 60, 140])
    pixels = paper + shade[..., None] * (ink - paper)
    enlarged: NDArray[np.float64] = pixels.repeat(3, axis=0).repeat(3, axis=1)
    return enlarged.round().astype(np.uint8)
