r"""Measures how many modes a generator of points covers, how precisely and how evenly.

It needs data with known modes, such as `ring` and `grid`. A sample is *good* if it is within three
standard deviations of the nearest centre. A mode is *covered* if at least one good sample belongs
to it. Let :math:`p_k` be the share of the good samples that belong to mode :math:`k` of :math:`K`.
Then *reverse_kl* measures in nats how uneven these shares are:

.. math:: KL(p \| u) = \sum_k p_k \log (K p_k)

It is 0 if all modes have equal shares. Its maximum is :math:`\log K`, which it reaches if one mode
has all good samples, or if no sample is good.

>>> # three modes, four samples: two at the first mode, one at the second, one good for neither
>>> import ganzoo
>>> modes = ganzoo.Modes(np.array([[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]]), sigma=0.5)
>>> data = ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": modes.centres}, modes=modes)
>>> points = tensor([[0.0, 0.0], [0.0, 1.4], [5.4, 0.0], [0.0, 1.6]])
>>> scores = Covered().against(data)(points)
>>> scores["covered"], scores["good"], isclose(scores["reverse_kl"], 2 / 3 * log(2))
(2, 0.75, True)

A perfect generator scores :math:`1 - e^{-9/2} = 98.9\%` good samples, because some points of a
two-dimensional Gaussian are further away. The protocol uses 2,500 samples, as PacGAN's does. Fewer
samples cover fewer modes, and chance makes their shares uneven by about :math:`(K - 1) / 2n` nats.

The papers leave open which samples the divergence counts. It could be all of them, each at its
nearest mode, or only the good ones. The code published with PacGAN counts the good ones, and so
does this. The choice matters if many samples lie between the modes, which *good* shows.

Source: Srivastava et al., "VEEGAN", 2017, section 4, https://arxiv.org/abs/1705.07761 (covered,
good), and Lin et al., "PacGAN", 2017, section 4.1, https://arxiv.org/abs/1712.04086 (divergence)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit


@dataclass(frozen=True)
class Covered:
    """Covered modes, good samples and their balance, for data with known modes."""

    sigmas: Annotated[float, Gt(0)] = 3.0
    """Largest distance of a good sample from its mode, in standard deviations."""

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores points (N, 2).

        Raises:
            DoesNotFit: The data's modes are not known.
        """
        modes = data.modes
        if modes is None:
            raise DoesNotFit("it counts modes, and this dataset does not state where its modes are")

        def scores(samples: Tensor) -> dict[str, float]:
            good = modes.good(samples.numpy(), self.sigmas)
            return {
                "covered": int((good > 0).sum()),
                "good": float(good.sum()) / len(samples),
                "reverse_kl": reverse_kl(good),
            }

        return scores


def reverse_kl(counts: np.typing.NDArray[np.int64]) -> float:
    """KL divergence of counts (K,) from equal ones, in nats. The maximum if all counts are 0."""
    if not counts.any():
        return math.log(len(counts))
    share = counts[counts > 0] / counts.sum()
    return float((share * np.log(share * len(counts))).sum())
