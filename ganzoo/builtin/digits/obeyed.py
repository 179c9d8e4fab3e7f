r"""Whether a conditional model draws the digit that was requested.

The classifier reads each sample. With the requested classes :math:`y_i` and what it reads,
:math:`\hat y_i`:

- *Share* is the share of samples with :math:`\hat y_i = y_i`. Chance gives 0.1.
- *Matched* is the same share after the best one-to-one matching of requested classes and digits,

  .. math:: \max_\sigma \frac{1}{n} \sum_i [\hat y_i = \sigma(y_i)]

  A model without labels, such as InfoGAN, finds its classes itself, so any name may stand for any
  digit.

>>> requested, read = tensor([0, 0, 1, 1]), tensor([1, 1, 0, 1])
>>> share(requested, read)
0.25
>>> matched(requested, read, classes=2)  # 0 means 1, and 1 means 0
0.75

Both say nothing about how varied the samples of one class are. A model that always draws the same
ten digits has the best value of both.

Source of the matching: Yang et al., "Image Clustering using Local Discriminant Models and Global
Integration", 2010, https://doi.org/10.1109/TIP.2010.2049235
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.builtin.digits.digits import check
from ganzoo.builtin.digits.network import CLASSES, pretrained, seen
from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit


@dataclass(frozen=True)
class Obeyed:
    """Share of samples in which a classifier reads the requested digit."""

    def against(self, data: Data) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores samples (N, 1, 28, 28) with their labels (N,).

        Raises:
            DoesNotFit: The data are not digits.
        """
        check(data, "digits", 1, "mnist or mnist-5k")
        network = pretrained()

        def scores(samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
            requested = given["label"]
            if int(requested.max()) >= CLASSES:
                raise DoesNotFit(f"it knows {CLASSES} digits, and the model takes other labels")
            read = seen(network, samples)[1].argmax(1)
            return {
                "share": share(requested, read),
                "matched": matched(requested, read, CLASSES),
            }

        return scores


def share(requested: Tensor, read: Tensor) -> float:
    """The share of equal numbers in two tensors (N,)."""
    return float((requested == read).double().mean())


def matched(requested: Tensor, read: Tensor, classes: int) -> float:
    """`share` after the best one-to-one matching of the numbers from 0 to ``classes - 1``.

    It tries all matchings by dynamic programming over sets of digits, so there should not be more
    than about 15 classes.
    """
    pairs = torch.bincount(requested * classes + read, minlength=classes**2)
    counts = pairs.reshape(classes, classes).tolist()
    best = {0: 0}  # digits that are taken, as bits -> the most equal pairs
    for row in counts:
        reached: dict[int, int] = {}
        for taken, total in best.items():
            for digit, count in enumerate(row):
                if not taken >> digit & 1:
                    now = taken | 1 << digit
                    reached[now] = max(reached.get(now, 0), total + count)
        best = reached
    return max(best.values()) / len(read)
