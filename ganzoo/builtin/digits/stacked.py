r"""Measures how many of the 1,000 stacks of three digits a generator makes, and how evenly.

In stacked-mnist each colour channel shows its own digit, so there are :math:`10^3` modes. A digit
classifier looks at the three channels one by one and so identifies the mode. The score
*covered* is the number of modes that occur among 26,000 samples. The score *kl* compares the share
:math:`p_k` of each mode with equal shares, in nats:

.. math:: KL(p \| u) = \sum_k p_k \log (1000 \, p_k)

It is 0 if all modes are equally frequent, and :math:`\log 1000 = 6.9` if all samples show the same
mode. Even a perfect generator does not score 0. Chance alone makes the shares of 26,000 samples
uneven by about 999 / (2 x 26,000) = 0.019. MNIST's digits are not equally frequent either, which
adds a few thousandths.

The classifier is ganzoo's own. The papers used their authors' own classifiers, too. It also labels
samples that do not look like digits, so these count as the digits that they resemble most.

Source: Metz et al., "Unrolled Generative Adversarial Networks", 2016, section 3.3.1,
https://arxiv.org/abs/1611.02163.
The number of samples and the divergence are from Srivastava et al., "VEEGAN", 2017,
https://arxiv.org/abs/1705.07761, and Lin et al., "PacGAN", 2017, section 4.2,
https://arxiv.org/abs/1712.04086
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.builtin.digits.digits import check, check_shape
from ganzoo.builtin.digits.labels import divergence
from ganzoo.builtin.digits.network import CLASSES, pretrained, seen
from ganzoo.engine.data import Data
from ganzoo.registry.records import Field

CHANNELS = 3
MODES = CLASSES**CHANNELS


@dataclass(frozen=True)
class StackedDigits:
    """The number of covered modes out of 1,000, and the divergence from equal shares."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not (3, 28, 28)."""
        check_shape(field, CHANNELS)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores samples (N, 3, 28, 28).

        Raises:
            DoesNotFit: The data are not stacked digits.
        """
        check(data, "stacked digits", CHANNELS, "stacked-mnist")
        network = pretrained()
        equal = torch.full((MODES,), 1 / MODES, dtype=torch.float64)

        def scores(samples: Tensor) -> Mapping[str, float]:
            _, logits = seen(network, samples.reshape(-1, 1, 28, 28))
            digits = logits.argmax(1).view(-1, CHANNELS)
            modes = digits @ CLASSES ** torch.arange(CHANNELS)  # 0 to 999
            return {
                "covered": float(len(torch.unique(modes))),
                "kl": divergence(modes, equal),
            }

        return scores
