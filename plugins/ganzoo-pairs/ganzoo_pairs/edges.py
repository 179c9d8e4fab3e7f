r"""Outlines of digits, and the digits.

This is a task for pix2pix. The outline is the ring of pixels just outside of the ink:

.. math:: m = 1[x > 0.5], \qquad a = \mathrm{maxpool}_3(m) - m

Each outline has one right answer, so a mean absolute error alone already learns it. With
``coloured=true`` the digit has a random colour. The outline says nothing about the colour, so each
input has many right answers, and a network without an adversarial term draws their mean, a grey
digit. This is the task for BicycleGAN.

The setting is from Isola et al., "Image-to-Image Translation with Conditional Adversarial
Networks", 2016, https://arxiv.org/abs/1611.07004 (edges to photographs)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

import ganzoo
from ganzoo_pairs.made import Arrays, Made, Pictures, colours, tinted

INK = 127
"""Brighter bytes are ink."""


@dataclass(frozen=True)
class EdgesDigits(Made):
    """Pairs of an outline and its digit."""

    coloured: bool = False
    """Whether each digit has a random colour."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The digits "b", their outlines "a", and their "label" if they have classes.

        Raises:
            UsageError: `of` is not a dataset of grey pictures.
        """
        found = self.made_of()
        image = found.pop("image")
        digit = replace(image, shape=(3, *image.shape[1:])) if self.coloured else image
        return {"b": digit, "a": image, **found}

    def load(self) -> ganzoo.Data:
        """The pairs for training, and held-out pairs of other digits.

        Raises:
            DataUnavailable: The digits are not available.
            UsageError: `of` is not a dataset of grey pictures, or has too few.
        """
        training, held_out, depicts = self.parts()
        rng = self.rng("colours")
        kept, given = self._pairs(held_out, rng), self._pairs(training, rng)
        return ganzoo.Data(
            self.fields(), given, held_out=kept, depicts=None if self.coloured else depicts
        )

    def _pairs(self, part: Arrays, rng: np.random.Generator) -> Arrays:
        image = part.pop("image")
        colour = colours(rng.random(len(image))) if self.coloured else None
        digit = image if colour is None else tinted(image, colour)
        return {"b": digit, "a": outlines(image), **part}


def outlines(image: Pictures) -> Pictures:
    """Pixels that are not ink but touch it, also diagonally: 255, and all others 0."""
    ink = image > INK
    return np.where(around(ink) & ~ink, np.uint8(255), np.uint8(0))


def around(image: np.ndarray) -> np.ndarray:
    """The largest of the 3 x 3 pixels around each pixel of (N, C, H, W)."""
    for axis in (2, 3):
        padded = np.pad(image, [(0, 0)] * axis + [(1, 1)] + [(0, 0)] * (3 - axis))
        n = image.shape[axis]
        middle = [padded.take(np.arange(i, i + n), axis) for i in range(3)]
        image = np.maximum(np.maximum(middle[0], middle[1]), middle[2])
    return image
