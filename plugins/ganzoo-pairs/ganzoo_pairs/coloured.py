r"""Grey digits, and digits on photographs, without pairs.

This is the idea of MNIST-M. A digit inverts the colours of a random patch of a photograph:

.. math:: b = |p - x|

Here :math:`p` is the patch and :math:`x` the digit, both in [0, 1]. A classifier that has learnt
from grey digits reads "b" badly. PixelDA translates the labelled grey digits, and a classifier
learns from the translations. Both domains have labels, and those of "b" are there to score it.

No digit is in both domains. A held-out digit is in both, and its patch comes from parts of the
photographs that training never sees. So the target for "b" to "a" is exact, and the one for "a" to
"b" is one of many right answers.

**Where it differs.** MNIST-M has patches of 200 photographs (BSDS500), and here there are two. The
grey digits have three equal channels, so that one network can read both domains.

Source: Ganin et al., "Domain-Adversarial Training of Neural Networks", 2016, section 5.2.4,
https://arxiv.org/abs/1505.07818
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

import ganzoo
from ganzoo_pairs.made import Made, Pictures, halves, two_domains
from ganzoo_pairs.photos import patches


@dataclass(frozen=True)
class ColouredDigits(Made):
    """Two domains of digits: grey, and on photographs."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The grey digits "a", the digits on photographs "b", and "label_a" and "label_b" if they
        have classes.

        Raises:
            UsageError: `of` is not a dataset of grey pictures.
        """
        found = self.made_of()
        image = replace(found["image"], shape=(3, *found["image"].shape[1:]))
        return two_domains({"a": image, "b": image}, found.get("label"))

    def load(self) -> ganzoo.Data:
        """Different digits in both domains, and held-out digits in both.

        Raises:
            DataUnavailable: The digits are not available.
            NotInstalled: scikit-learn is missing.
            UsageError: `of` is not a dataset of grey pictures, or has too few, or they are large.
        """
        fields = self.fields()
        training, held_out, _ = self.parts()
        rng = self.rng("patches")
        kept = {"a": held_out["image"], "b": on_photos(held_out["image"], rng, held_out=True)}
        a, b = halves(len(training["image"]))
        on = on_photos(training["image"][b], rng, held_out=False)
        arrays = {"a": training["image"][a], "b": on}
        for part in (kept, arrays):
            part["a"] = part["a"].repeat(3, axis=1)
        if "label" in training:
            arrays |= {"label_a": training["label"][a], "label_b": training["label"][b]}
            kept |= {"label_a": held_out["label"], "label_b": held_out["label"]}
        return ganzoo.Data(fields, arrays, held_out=kept)


def on_photos(digit: Pictures, rng: np.random.Generator, *, held_out: bool) -> Pictures:
    """Digits (N, 1, H, W) that invert patches of photographs: (N, 3, H, W)."""
    height, width = digit.shape[2:]
    patch = patches(len(digit), height, width, rng, held_out=held_out)
    return np.maximum(patch, digit) - np.minimum(patch, digit)  # bytes have no sign
