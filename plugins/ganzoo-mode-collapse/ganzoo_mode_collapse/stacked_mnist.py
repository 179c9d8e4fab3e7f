r"""Stacked digits: a colour picture whose channels are three random digits, 1,000 modes in all.

With ten digits one can hardly tell a generator that forgets one from a generator that draws it
badly. Three digits in a stack, each drawn at random by itself, are a number from 000 to 999; a
classifier reads each channel, and one counts how many of the 1,000 numbers the generator makes, and
how evenly:

.. math:: \mathrm{KL}(p \| u) = \sum_{k=0}^{999} p_k \log(1000 \, p_k),

:math:`p_k` the share of samples that are read as k, :math:`u` the same share for each. Papers take
26,000 samples: then even perfect ones would give about 0.019, since no random counts are quite
even.

The label is the number: red hundreds, green tens, blue ones. Where the digits are others than
MNIST's (``digits=kmnist``), it counts in the same way, with as many classes as there are.

**Memory.** All stacks are made beforehand, as bytes: 128,000 of 3 x 28 x 28 are 301 MB. Made as
they are asked for they would need 47 MB, but each batch would then be stacked by Python, a picture
at a time, which takes longer than a small network's step on a GPU.

**Where it differs.** The 60,000 training digits; PacGAN's authors draw from all 70,000.

Sources: Metz et al. 2016, section 3.3, https://arxiv.org/abs/1611.02163, and Srivastava et al.,
"VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning", 2017,
https://arxiv.org/abs/1705.07761; 128,000 pictures: Lin et al. 2017, section 4.2,
https://arxiv.org/abs/1712.04086
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Ge, Interval

import ganzoo

STACK = 3
NAME = "stacked-mnist"


@dataclass(frozen=True)
class StackedMNIST:
    """Stacks of three digits."""

    size: Annotated[int, Interval(ge=1, le=1_000_000)] = 128_000
    """How many stacks."""
    digits: str = "mnist"
    """The dataset that the digits are taken from: any with grey pictures and labels."""
    seed: Annotated[int, Ge(0)] = 0
    """Fixes the stacks; it has nothing to do with the seed of a run."""

    def __post_init__(self) -> None:
        if self.digits.rpartition("/")[2].startswith(NAME):
            raise ganzoo.UsageError(
                f"dataset.digits is {self.digits}, which is stacked itself; expected a dataset of "
                "single digits, such as mnist"
            )

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The stacks: "image", (3, H, W), and "label", from 0 to 999.

        Raises:
            UsageError: `digits` is no dataset of grey pictures with labels.
        """
        found = ganzoo.fields_of(self.digits)
        image, label = found.get("image"), found.get("label")
        grey = image is not None and len(image.shape) == 3 and image.shape[0] == 1
        if image is None or not grey or label is None or label.classes is None:
            raise self._refusal(found)
        return {
            "image": replace(image, shape=(STACK, *image.shape[1:])),
            "label": ganzoo.Field((), dtype="int64", classes=label.classes**STACK),
        }

    def load(self) -> ganzoo.Data:
        """The stacks, (N, 3, H, W) uint8, with their labels.

        Raises:
            DataUnavailable: the digits cannot be had.
            UsageError: `digits` is no dataset of grey pictures with labels.
        """
        fields, data = self.fields(), self._digits()
        if data.arrays is None:
            raise self._refusal(data.fields)
        images, labels = data.arrays["image"][:, 0], data.arrays["label"].astype(np.int64)
        rng = np.random.default_rng(self.seed)
        chosen = rng.integers(len(images), size=(self.size, STACK))
        classes = data.fields["label"].classes or 0
        places = classes ** np.arange(STACK)[::-1]  # hundreds, tens and ones
        return ganzoo.Data(
            fields,
            arrays={"image": images[chosen], "label": labels[chosen] @ places},
            depicts="stacked digits" if data.depicts == "digits" else None,
        )

    def _digits(self) -> ganzoo.Data:
        """What the stacks are made of."""
        try:
            return ganzoo.load_data(self.digits)
        except ganzoo.DataUnavailable as error:
            raise ganzoo.DataUnavailable(
                f"{NAME} is made of {self.digits}, which cannot be had.\n{error}\n"
                f"Of digits that need no network there are stacks, too: --dataset {NAME}-5k."
            ) from error

    def _refusal(self, found: Mapping[str, ganzoo.Field]) -> ganzoo.UsageError:
        return ganzoo.UsageError(
            f"dataset.digits is {self.digits}, which has {' and '.join(found)}; expected "
            "a dataset of grey pictures with labels, such as mnist"
        )


@dataclass(frozen=True)
class StackedMNIST5k(StackedMNIST):
    """The same of 5,000 digits that need no network."""

    digits: str = "mnist-5k"
    """The dataset that the digits are taken from: any with grey pictures and labels."""
