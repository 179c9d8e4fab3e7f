r"""Stacked digits: colour pictures whose channels are three random digits, with 1,000 modes.

With ten digits it is hard to tell a generator that misses a digit from one that draws it badly.
Three random digits in a stack form a number from 000 to 999. A classifier reads each channel, and
the metric counts how many of the 1,000 numbers the generator makes, and how evenly:

.. math:: \mathrm{KL}(p \| u) = \sum_{k=0}^{999} p_k \log(1000 \, p_k),

Here :math:`p_k` is the share of samples that are read as k, and :math:`u` is the same share for
each number. Papers take 26,000 samples. Even perfect samples would then give about 0.019, because
random counts are never quite even.

The label is the number: red hundreds, green tens, blue ones. With other digits than MNIST's
(``digits=kmnist``) it counts in the same way, with as many classes as they have.

**Memory.** All stacks are made in advance, as bytes. 128,000 stacks of 3 x 28 x 28 take 301 MB.
Making them on demand would take 47 MB, but Python would then stack each batch one picture at a
time, which takes longer than a small network's step on a GPU.

**Where it differs.** It uses the 60,000 training digits. PacGAN's authors draw from all 70,000.

Sources: Metz et al. 2016, section 3.3, https://arxiv.org/abs/1611.02163, and Srivastava et al.,
"VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning", 2017,
https://arxiv.org/abs/1705.07761. The number of 128,000 pictures is from Lin et al. 2017, section
4.2, https://arxiv.org/abs/1712.04086
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
    """Number of stacks."""
    digits: str = "mnist"
    """The dataset of the digits. Any dataset of grey pictures with labels works."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the stacks, independent of the seed of a run."""

    def __post_init__(self) -> None:
        if self.digits.rpartition("/")[2].startswith(NAME):
            raise ganzoo.UsageError(
                f"dataset.digits is {self.digits}, which is stacked itself; expected a dataset of "
                "single digits, such as mnist"
            )

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The stacks: "image", (3, H, W), and "label", from 0 to 999.

        Raises:
            UsageError: `digits` is not a dataset of grey pictures with labels.
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
            DataUnavailable: the digits are not available.
            UsageError: `digits` is not a dataset of grey pictures with labels.
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
        """The digits in the stacks."""
        try:
            return ganzoo.load_data(self.digits)
        except ganzoo.DataUnavailable as error:
            raise ganzoo.DataUnavailable(
                f"{NAME} is made of {self.digits}, which is not available.\n{error}\n"
                f"To use the digits that come with ganzoo: --dataset {NAME}-5k."
            ) from error

    def _refusal(self, found: Mapping[str, ganzoo.Field]) -> ganzoo.UsageError:
        return ganzoo.UsageError(
            f"dataset.digits is {self.digits}, which has {' and '.join(found)}; expected "
            "a dataset of grey pictures with labels, such as mnist"
        )


@dataclass(frozen=True)
class StackedMNIST5k(StackedMNIST):
    """The same with the 5,000 digits that come with ganzoo."""

    digits: str = "mnist-5k"
    """The dataset of the digits. Any dataset of grey pictures with labels works."""
