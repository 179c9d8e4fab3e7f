r"""Which modes a generator of points found, how well it hits them, how evenly it shares them out.

Of data whose modes are known (`ring`, `grid`) one need not ask an opinion: one counts. A sample is
*good* within three standard deviations of its nearest centre, and a mode is *covered* by one good
sample. With :math:`p_k` the share of the good samples that belong to mode :math:`k` of :math:`K`,
*reverse_kl* says in nats how uneven they are:

.. math:: KL(p \| u) = \sum_k p_k \log (K p_k)

It is 0 where all modes have as many, and at most :math:`\log K`, where one mode has them all (or no
sample is good).

>>> # three modes and four samples: two of the first mode, one of the second, one of none
>>> import ganzoo
>>> modes = ganzoo.Modes(np.array([[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]]), sigma=0.5)
>>> data = ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": modes.centres}, modes=modes)
>>> points = tensor([[0.0, 0.0], [0.0, 1.4], [5.4, 0.0], [0.0, 1.6]])
>>> scores = Covered().against(data)(points)
>>> scores["covered"], scores["good"], isclose(scores["reverse_kl"], 2 / 3 * log(2))
(2, 0.75, True)

A perfect sampler scores :math:`1 - e^{-9/2} = 98.9\%` good ones: noise strays in two dimensions.

Source: Srivastava et al. 2017, section 4, https://arxiv.org/abs/1705.07761 (VEEGAN: covered, good);
Lin et al. 2017, section 4.1, https://arxiv.org/abs/1712.04086 (PacGAN: the divergence). Which
samples the divergence counts can be read in two ways: all, each as its nearest mode's, or the good
ones. The code that PacGAN's authors published makes its histogram of the good ones, and so does
this. It differs where many samples lie between the modes, of which *good* tells. 2,500 samples, as
there; few samples cover less and are uneven by chance, by about :math:`(K - 1) / 2n` nats.
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
    """Covered modes, good samples and their balance, for data that names its modes."""

    sigmas: Annotated[float, Gt(0)] = 3.0
    """Standard deviations within which a sample is a good one."""

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Its scores of points (N, 2).

        Raises:
            DoesNotFit: nobody knows the data's modes.
        """
        modes = data.modes
        if modes is None:
            raise DoesNotFit("it counts modes, and this data does not say where its are")

        def scores(samples: Tensor) -> dict[str, float]:
            good = modes.good(samples.numpy(), self.sigmas)
            return {
                "covered": int((good > 0).sum()),
                "good": float(good.sum()) / len(samples),
                "reverse_kl": reverse_kl(good),
            }

        return scores


def reverse_kl(counts: np.typing.NDArray[np.int64]) -> float:
    """Divergence of these counts (K,) from equal ones, in nats; at its greatest without any."""
    if not counts.any():
        return math.log(len(counts))
    share = counts[counts > 0] / counts.sum()
    return float((share * np.log(share * len(counts))).sum())
