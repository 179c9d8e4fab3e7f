"""Small pictures, and the same pictures with four times as many pixels on a side.

The task of SRGAN: "a" is "b" at a quarter of its height and width, by bicubic interpolation that
averages over the pixels that it leaves out. By default, "b" is a patch of 32 x 32 pixels from two
photographs. Held-out patches come from parts of the photographs that training never sees. They
still show the same two scenes, so a score on them says little about other photographs.

Any dataset of pictures works with ``--set dataset.of=NAME``.

The setting is from Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a
Generative Adversarial Network", 2016, https://arxiv.org/abs/1609.04802
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Interval

import ganzoo
from ganzoo_pairs.made import Made, Pictures, picture
from ganzoo_pairs.photos import patches

SIDE = 32


@dataclass(frozen=True)
class LowResolution(Made):
    """Pairs of a small picture and its original."""

    of: str = ""
    """The dataset with the pictures. If not set, patches of two photographs."""
    size: Annotated[int, Interval(ge=2, le=100_000)] = 2_000
    """Number of training patches. Other datasets have their own size."""
    factor: Literal[2, 4] = 4
    """How many times smaller the height and the width of "a" are."""
    held_out: Annotated[int, Ge(1)] = 200
    """Number of pictures that training never sees. If the other dataset holds some out itself, they
    are the first of those."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The pictures "b", the small ones "a", and the "label" of the dataset if it has classes.

        Raises:
            UsageError: `of` is not a dataset of pictures, or their sides cannot be divided.
        """
        found = self.made_of(grey=False) if self.of else {"image": picture(3, SIDE)}
        image = found.pop("image")
        channels, *sides = image.shape
        if any(side % self.factor for side in sides):
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, which has {image.described}; expected sides that "
                f"{self.factor} divides, which is dataset.factor"
            )
        small = replace(image, shape=(channels, *(side // self.factor for side in sides)))
        return {"b": image, "a": small, **found}

    def load(self) -> ganzoo.Data:
        """The pairs for training and the held-out ones.

        Raises:
            DataUnavailable: The pictures are not available.
            NotInstalled: scikit-learn is missing.
            UsageError: `of` is not a dataset of pictures, or has too few.
        """
        fields, depicts, rng = self.fields(), None, self.rng("patches")
        if self.of:
            training, held_out, depicts = self.parts(grey=False)
        else:
            training = {"image": patches(self.size, SIDE, SIDE, rng, held_out=False)}
            held_out = {"image": patches(self.held_out, SIDE, SIDE, rng, held_out=True)}
        for part in (training, held_out):
            part["b"] = part.pop("image")
            part["a"] = smaller(part["b"], self.factor)
        return ganzoo.Data(fields, training, held_out=held_out, depicts=depicts)


def smaller(image: Pictures, factor: int) -> Pictures:
    """Pictures (N, C, H, W) at (N, C, H / factor, W / factor), by antialiased bicubic
    interpolation."""
    from PIL import Image

    n, channels, height, width = image.shape
    made = np.empty((n * channels, height // factor, width // factor), np.uint8)
    size = (width // factor, height // factor)
    for k, plane in enumerate(image.reshape(-1, height, width)):
        made[k] = Image.fromarray(plane).resize(size, Image.Resampling.BICUBIC)
    return made.reshape(n, channels, *made.shape[1:])
