"""Upright digits, and digits that are turned by 90 degrees, without pairs.

CycleGAN must find out by itself that one domain is the other one turned. No digit is in both
domains. The right answer is known, so the held-out part has each digit with its own rotation, and a
translation can be scored against it. A convolutional network cannot turn a picture by local
changes, so this task shows whether the layers together see the whole picture.

The digits of "b" are turned counter-clockwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import ganzoo
from ganzoo_pairs.made import Made, Pictures, halves, two_domains


@dataclass(frozen=True)
class RotatedDigits(Made):
    """Two domains of digits: upright and turned."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The upright digits "a", the turned digits "b", and "label_a" and "label_b" if they have
        classes.

        Raises:
            UsageError: `of` is not a dataset of square grey pictures.
        """
        found = self.made_of()
        image = found["image"]
        if image.shape[1] != image.shape[2]:
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, which has {image.described}; expected square pictures, "
                "because they are turned by 90 degrees"
            )
        return two_domains({"a": image, "b": image}, found.get("label"))

    def load(self) -> ganzoo.Data:
        """Different digits in both domains, and held-out digits with their rotations.

        Raises:
            DataUnavailable: The digits are not available.
            UsageError: `of` is not a dataset of square grey pictures, or has too few.
        """
        fields = self.fields()
        training, held_out, depicts = self.parts()
        upright, turned = halves(len(training["image"]))
        arrays = {"a": training["image"][upright], "b": rotated(training["image"][turned])}
        kept = {"a": held_out["image"], "b": rotated(held_out["image"])}
        if "label" in training:
            label = training["label"]
            arrays |= {"label_a": label[upright], "label_b": label[turned]}
            kept |= {"label_a": held_out["label"], "label_b": held_out["label"]}
        return ganzoo.Data(fields, arrays, held_out=kept, depicts=depicts)


def rotated(image: Pictures) -> Pictures:
    """Pictures (N, C, S, S) turned by 90 degrees, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(image, axes=(2, 3)))
