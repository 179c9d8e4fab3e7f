"""Digits with attributes: thin or thick, slanted, inverted and coloured.

This is a task for StarGAN: change one attribute of a digit and keep the others, and keep the digit.
The label has a number for each of the five attributes, 1 or 0. Each is drawn by itself, but no
digit is both thin and thick. So there are 3 x 2 x 2 x 2 = 24 domains.

- thin: each pixel becomes the smallest of 2 x 2, and thick: the largest of 3 x 3
- slanted: sheared to the right by 0.4 pixels a row
- inverted: the background is white, and the ink is black
- coloured: the ink has a random colour

The attributes are known exactly, so a small classifier can score a change. "digit" is the class of
the digit.

The setting is from Choi et al., "StarGAN: Unified Generative Adversarial Networks for
Multi-Domain Image-to-Image Translation", 2017, https://arxiv.org/abs/1711.09020
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import ganzoo
from ganzoo_pairs.edges import around
from ganzoo_pairs.made import Arrays, Made, Pictures, colours

NAMES = ("thin", "thick", "slanted", "inverted", "coloured")
SLANT = 0.4


@dataclass(frozen=True)
class DigitStyles(Made):
    """Digits with five attributes."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The digits "image", their attributes "label", and "digit" if they have classes.

        Raises:
            UsageError: `of` is not a dataset of grey pictures.
        """
        found = self.made_of()
        image = replace(found["image"], shape=(3, *found["image"].shape[1:]))
        label = ganzoo.Field((len(NAMES),), range=(0.0, 1.0), names=NAMES)
        digit = {"digit": found["label"]} if "label" in found else {}
        return {"image": image, "label": label, **digit}

    def load(self) -> ganzoo.Data:
        """The digits for training and the held-out ones.

        Raises:
            DataUnavailable: The digits are not available.
            UsageError: `of` is not a dataset of grey pictures, or has too few.
        """
        fields = self.fields()
        training, held_out, _ = self.parts()
        rng = self.rng("styles")
        kept, given = (_styled(part, rng) for part in (held_out, training))
        return ganzoo.Data(fields, given, held_out=kept)


def _styled(part: Arrays, rng: np.random.Generator) -> Arrays:
    n = len(part["image"])
    width = rng.integers(3, size=n)  # 0 as it is, 1 thin, 2 thick
    label = np.column_stack([width == 1, width == 2, *(rng.integers(2, size=n) for _ in "sic")])
    made = {
        "image": styled(part["image"], label.astype(bool), rng),
        "label": label.astype(np.uint8),
    }
    return made | ({"digit": part["label"]} if "label" in part else {})


def styled(image: Pictures, label: NDArray[np.bool_], rng: np.random.Generator) -> Pictures:
    """Digits (N, 1, H, W) with these attributes (N, 5): (N, 3, H, W)."""
    thin, thick, slanted, inverted, coloured = label.T
    ink = image.copy()
    ink[thin] = thinned(image[thin])
    ink[thick] = around(image[thick])
    ink[slanted] = sheared(ink[slanted])
    white = np.uint8(255) * ~inverted[:, None, None, None]
    colour = np.where(coloured[:, None, None, None], colours(rng.random(len(ink))), white)
    made = np.empty((len(ink), 3, *ink.shape[2:]), np.uint8)
    for start in range(0, len(ink), 4_096):  # the products need two bytes each
        rows = slice(start, start + 4_096)
        share = ink[rows].astype(np.uint16)
        paper = (255 - share) * inverted[rows, None, None, None]
        made[rows] = (share * colour[rows] + 127) // 255 + paper
    return made


def thinned(image: Pictures) -> Pictures:
    """The smallest of each pixel and its neighbours below, to the right, and between both."""
    padded = np.pad(image, [(0, 0), (0, 0), (0, 1), (0, 1)])
    lower = np.minimum(padded[:, :, :-1], padded[:, :, 1:])
    return np.minimum(lower[..., :-1], lower[..., 1:])


def sheared(image: Pictures) -> Pictures:
    """The upper half to the right, the lower half to the left, by `SLANT` pixels a row. Pixels
    between two are their weighted mean."""
    height, width = image.shape[2:]
    made = np.zeros_like(image)
    for row in range(height):
        shift = SLANT * ((height - 1) / 2 - row)
        source = np.arange(width) - shift
        first = np.floor(source).astype(int)
        line = np.pad(image[:, :, row], [(0, 0), (0, 0), (1, 1)]).astype(np.float32)
        left, right = (line[..., np.clip(first + k + 1, 0, width + 1)] for k in (0, 1))
        made[:, :, row] = np.round(left + (right - left) * (source - first).astype(np.float32))
    return made
