r"""How many of the 1,000 stacks of three digits a generator makes, and how evenly.

In stacked-mnist each colour channel is a digit of its own, so each picture is one of
:math:`10^3` modes, and a classifier of digits tells which by looking at the channels one by one. Of
26,000 samples, *covered* is how many modes got one at least; with :math:`p_k` the share of mode
:math:`k`, *kl* is

.. math:: KL(p \| u) = \sum_k p_k \log (1000 \, p_k)

in nats: 0 where all modes have as many, :math:`\log 1000 = 6.9` where one has them all. A perfect
sampler does not get 0: by chance alone 26,000 draws are uneven by about 999 / (2 x 26,000) = 0.019,
and MNIST's digits, which are not equally frequent, add some thousandths.

The classifier is ganzoo's own, as each paper's was its authors': samples that are no digits are
counted too, as what they look most like.

Source: Metz et al., "Unrolled Generative Adversarial Networks", 2016, section 3.3.1,
https://arxiv.org/abs/1611.02163; with 26,000 samples and this divergence: Srivastava et al.,
"VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning", 2017,
https://arxiv.org/abs/1705.07761, and Lin et al., "PacGAN: The power of two samples in generative
adversarial networks", 2017, section 4.2, https://arxiv.org/abs/1712.04086
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
    """Modes covered out of 1,000, and their divergence from equal shares."""

    def check_field(self, field: Field) -> None:
        """Before the data is loaded: whether these are stacks of a digit's size."""
        check_shape(field, CHANNELS)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """The scores of samples (N, 3, 28, 28).

        Raises:
            DoesNotFit: The data are no stacked digits.
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
