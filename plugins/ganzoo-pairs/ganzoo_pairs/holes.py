r"""Pictures with a missing square, and the whole pictures.

The task of context encoders: fill the hole. With a picture :math:`b` and a mask :math:`m` that is 1
in the hole,

.. math:: a = (1 - m) b + m \bar b

The mean colour :math:`\bar b` of all training pictures fills the hole. "mask" tells where the hole
is, because the colour can also occur elsewhere. The square is in the middle, or in a random place
that is the same in every epoch.

Any dataset of pictures works with ``--set dataset.of=NAME``. With ``low-resolution``, these are
patches of photographs.

The setting is from Pathak et al., "Context Encoders: Feature Learning by Inpainting", 2016,
https://arxiv.org/abs/1604.07379
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

import ganzoo
from ganzoo_pairs.made import Arrays, Made, Pictures


@dataclass(frozen=True)
class Holes(Made):
    """Pairs of a picture with a hole and the whole picture."""

    of: str = "mnist-5k"
    """The dataset with the pictures. Any dataset of pictures works, such as mnist."""
    side: Annotated[int, Ge(1)] = 12
    """Side of the missing square in pixels."""
    place: Literal["central", "random"] = "central"
    """Where the square is."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The pictures "b", those with a hole "a", its "mask", and a "label" if there are classes.

        Raises:
            UsageError: `of` is not a dataset of pictures, or the hole is not smaller than them.
        """
        found = self.made_of(grey=False)
        image = found.pop("image")
        if self.side >= min(image.shape[1:]):
            raise ganzoo.UsageError(
                f"dataset.side is {self.side}; {self.of} has {image.described}, and a part of each "
                "must remain"
            )
        mask = ganzoo.Field((1, *image.shape[1:]), range=(0.0, 1.0))
        return {"b": image, "a": image, "mask": mask, **found}

    def load(self) -> ganzoo.Data:
        """The pairs for training and the held-out ones.

        Raises:
            DataUnavailable: The pictures are not available.
            UsageError: `of` is not a dataset of pictures, or has too few, or the hole is too large.
        """
        fields = self.fields()
        training, held_out, depicts = self.parts(grey=False)
        mean = training["image"].mean(axis=(0, 2, 3), keepdims=True)
        fill, rng = np.round(mean).astype(np.uint8), self.rng("holes")
        kept, given = (self._with_holes(part, fill, rng) for part in (held_out, training))
        return ganzoo.Data(fields, given, held_out=kept, depicts=depicts)

    def _with_holes(self, part: Arrays, fill: Pictures, rng: np.random.Generator) -> Arrays:
        image = part.pop("image")
        mask = self._masks(len(image), image.shape[2:], rng)
        return {"b": image, "a": np.where(mask, fill, image), "mask": mask, **part}

    def _masks(self, n: int, sides: Sequence[int], rng: np.random.Generator) -> Pictures:
        """255 in the hole and 0 elsewhere, (n, 1, *sides)."""
        inside = []
        for side in sides:
            first = np.full(n, (side - self.side) // 2)
            if self.place == "random":
                first = rng.integers(side - self.side + 1, size=n)
            offset = np.arange(side) - first[:, None]  # (n, side)
            inside.append((offset >= 0) & (offset < self.side))
        rows, columns = inside
        hole = rows[:, None, :, None] & columns[:, None, None, :]
        return np.where(hole, np.uint8(255), np.uint8(0))
