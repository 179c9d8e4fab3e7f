"""Samples, which can be shown as a picture, in a notebook or as a file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import UsageError
from ganzoo.files import write_whole
from ganzoo.pictures.next_to import interleaved, led_rows
from ganzoo.pictures.plane import INK, plane
from ganzoo.pictures.tiles import extent_of, tiled
from ganzoo.registry.records import Field

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

GAP = 2
"""Pixels between the pictures of a grid."""
GREY = 48
"""Shade of these gaps."""


@dataclass(frozen=True, eq=False)
class Samples:
    """``n`` samples of one field. A notebook shows them as a grid."""

    tensor: Tensor
    """The samples, (n, \\*shape), float32 in the field's range."""
    field: Field
    extent: float | None = None
    """Half the side of the square that plots of points show. ``None`` shows all points."""
    columns: int | None = None
    """Pictures in a row of the grid. ``None`` makes it almost square."""
    inputs: tuple[Samples, ...] = ()
    """What each sample was made from, to show before it."""
    targets: tuple[Samples, ...] = ()
    """What it should be, to show after it."""

    def __len__(self) -> int:
        return len(self.tensor)

    def __repr__(self) -> str:
        return f"<Samples: {len(self):,} of shape {tuple(self.field.shape)}>"

    def __getitem__(self, part: slice) -> Samples:
        """A slice of the samples. It keeps the columns if it has whole rows."""
        tensor = self.tensor[part]
        columns = self.columns
        if columns and ((part.start or 0) % columns or len(tensor) % columns or part.step):
            columns = None
        inputs, targets = (tuple(s[part] for s in some) for some in (self.inputs, self.targets))
        return Samples(tensor, self.field, self.extent, columns, inputs, targets)

    @property
    def drawable(self) -> bool:
        """Whether samples of this shape have a picture."""
        return self.field.drawable

    def arrays(self) -> dict[str, NDArray[Any]]:
        """An array ``images``, uint8 (n, C, H, W), ``points``, float32 (n, 2), or ``samples``."""
        values = self.tensor.numpy()
        if self.field.is_image:
            assert self.field.range is not None
            low, high = self.field.range
            scaled = (values - low) * (255 / (high - low))
            return {"images": scaled.round().clip(0, 255).astype(np.uint8)}
        name = "points" if self.field.is_point else "samples"
        return {name: values.astype(np.float32)}

    def tiles(self) -> tuple[NDArray[np.uint8], int | None]:
        """Pictures (m, C, H, W) in the order of the grid, and its columns if they are fixed.

        Inputs stand before each sample, or at the beginning of each row, and targets after it.
        """
        images = self.arrays()["images"]
        before = [part.arrays()["images"] for part in self.inputs]
        after = [part.arrays()["images"] for part in self.targets]
        if not before and not after:
            return images, self.columns
        if self.columns:
            return led_rows(before, images, self.columns)
        return interleaved([*before, images, *after])

    def picture(self, columns: int | None = None) -> Image:
        """A grid of pictures with so many columns (by default its own), or a plot of points.

        Raises:
            UsageError: Samples of this shape have no picture.
        """
        from PIL import Image

        if self.field.is_image:
            images, own = self.tiles()
            return Image.fromarray(_sheet(images, columns or own))
        if self.field.is_point:
            points = self.arrays()["points"]
            extent = extent_of(points) if self.extent is None else self.extent
            return plane(points, extent, colour=INK)
        raise UsageError(
            f"samples of shape {self.field.shape} have no picture. Write a .npz file instead"
        )

    def png(self, columns: int | None = None) -> bytes:
        """The picture as the bytes of a PNG file."""
        file = io.BytesIO()
        self.picture(columns).save(file, "png")
        return file.getvalue()

    def save(self, path: str | Path, columns: int | None = None) -> None:
        """Write a ``.png`` (see `picture`), or a ``.npz`` of `arrays`.

        Raises:
            UsageError: The name has another ending.
            GanzooError: The file cannot be written.
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

    def _repr_png_(self) -> bytes | None:
        return self.png() if self.drawable else None


def _sheet(images: NDArray[np.uint8], columns: int | None) -> NDArray[np.uint8]:
    """Pictures (n, C, H, W) as a grid (height, width, 3) with a border. Enlarges small ones."""
    zoom = max(1, 64 // images.shape[3])
    enlarged = images.repeat(zoom, axis=2).repeat(zoom, axis=3)
    grid = np.pad(
        tiled(enlarged, columns, gap=GAP, grey=GREY),
        ((GAP, GAP), (GAP, GAP), (0, 0)),
        constant_values=GREY,
    )
    return grid if grid.shape[2] == 3 else grid.repeat(3, axis=2)
