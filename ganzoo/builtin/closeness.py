r"""How close translated or restored pictures are to what they should be.

With outputs :math:`\hat y` and targets :math:`y` between :math:`a` and :math:`b`:

.. math::
    L_1 = \mathbb{E} |\hat y - y| \qquad
    PSNR = 10 \log_{10} \frac{(b - a)^2}{\mathbb{E} (\hat y - y)^2}

*l1* is the mean absolute error of a pixel, as a share of the range. A value of 0 is perfect, and 1
is the opposite of the target. *psnr* is the peak signal-to-noise ratio in decibels, of all pixels
together.

>>> import ganzoo
>>> field, zeros = ganzoo.Field((1, 1, 2), range=(-1.0, 1.0)), tensor([[[[0.0, 0.0]]]]).numpy()
>>> data = ganzoo.Data({"image": field}, {"image": zeros})
>>> target, output = tensor([[[[-1.0, 1.0]]]]), tensor([[[[-1.0, 0.0]]]])
>>> Closeness().against(data)(output, {"target": target})["l1"]  # (0 + 1) / 2 of the range 2
0.25
>>> f'{Closeness().against(data)(output, {"target": target})["psnr"]:.4f}'  # 10 log10(4 / 0.5)
'9.0309'

A blurred picture can have the best values of both. Compare sharpness, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.builtin.pictures import check_picture
from ganzoo.engine.data import Data


@dataclass(frozen=True)
class Closeness:
    """Mean absolute error and peak signal-to-noise ratio, against the targets."""

    def against(self, data: Data) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W) with their targets.

        Raises:
            DoesNotFit: The data are not pictures.
        """
        check_picture(data.first)
        assert data.first.range is not None
        low, high = data.first.range

        def scores(samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
            error = (samples.double() - given["target"].double()) / (high - low)
            worst = torch.finfo(torch.float32).eps ** 2  # equal pictures have no finite ratio
            ratio = -10 * error.square().mean().clamp_min(worst).log10()
            return {"l1": float(error.abs().mean()), "psnr": float(ratio)}

        return scores
