r"""How close translated or restored pictures are to what they should be.

With outputs :math:`\hat y` and targets :math:`y` between :math:`a` and :math:`b`:

.. math::
    L_1 = \mathbb{E} |\hat y - y| \qquad
    PSNR = 10 \log_{10} \frac{(b - a)^2}{\mathbb{E} (\hat y - y)^2} \qquad
    SSIM = \mathbb{E} [l \cdot s] \qquad
    l = \frac{2 \mu \hat\mu + 0.01^2}{\mu^2 + \hat\mu^2 + 0.01^2} \qquad
    s = \frac{2 c + 0.03^2}{v + \hat v + 0.03^2}

*l1* is the mean absolute error of a pixel, as a share of the range. A value of 0 is perfect, and 1
is the opposite of the target. *psnr* is the peak signal-to-noise ratio in decibels, of all pixels
together.

*ssim* is the structural similarity, which is 1 for equal pictures and about 0 for unrelated ones.
It comes from Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility
to Structural Similarity", 2004, equations 13 to 16, https://doi.org/10.1109/TIP.2003.819861. It
compares the means :math:`\mu`, the variances :math:`v` and the covariance
:math:`c` of the two pictures within a window around each pixel, with the range scaled to 1. The
window weights 11 x 11 pixels by a Gaussian of 1.5 pixels, and lies within the picture. A smaller
picture has a smaller window. Channels count alike. Some libraries also count windows that reach
over the edge, so their values differ a little.

>>> import ganzoo
>>> field, zeros = ganzoo.Field((1, 1, 2), range=(-1.0, 1.0)), tensor([[[[0.0, 0.0]]]]).numpy()
>>> data = ganzoo.Data({"image": field}, {"image": zeros})
>>> target, output = tensor([[[[-1.0, 1.0]]]]), tensor([[[[-1.0, 0.0]]]])
>>> Closeness().against(data)(output, {"target": target})["l1"]  # (0 + 1) / 2 of the range 2
0.25
>>> f'{Closeness().against(data)(output, {"target": target})["psnr"]:.4f}'  # 10 log10(4 / 0.5)
'9.0309'

>>> grey, white = torch.full((1, 1, 11, 11), 0.5), torch.ones(1, 1, 11, 11)
>>> isclose(ssim(grey, white), (2 * 0.5 * 1 + 0.01**2) / (0.5**2 + 1**2 + 0.01**2))
True

A blurred picture can have the best values of *l1* and *psnr*, and *ssim* also prefers blurred
pictures to noisy ones. Compare sharpness, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from ganzoo.builtin.pictures import check_picture
from ganzoo.engine.data import Data

AT_ONCE = 64
"""Pictures whose windows are compared at once."""


@dataclass(frozen=True)
class Closeness:
    """Mean absolute error, peak signal-to-noise ratio and structural similarity."""

    def against(self, data: Data) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W) with their targets.

        Raises:
            DoesNotFit: The data are not pictures.
        """
        check_picture(data.first)
        assert data.first.range is not None
        low, high = data.first.range

        def scores(samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
            made, target = ((x.double() - low) / (high - low) for x in (samples, given["target"]))
            error = made - target
            worst = torch.finfo(torch.float32).eps ** 2  # equal pictures have no finite ratio
            ratio = -10 * error.square().mean().clamp_min(worst).log10()
            return {
                "l1": float(error.abs().mean()),
                "psnr": float(ratio),
                "ssim": ssim(made, target),
            }

        return scores


def ssim(a: Tensor, b: Tensor) -> float:
    """Mean structural similarity of pictures (N, C, H, W) with values from 0 to 1."""
    totals = [
        _similarity(a[i : i + AT_ONCE].double(), b[i : i + AT_ONCE].double()).sum(0).mean()
        for i in range(0, len(a), AT_ONCE)
    ]
    return float(sum(totals)) / len(a)


def _similarity(a: Tensor, b: Tensor) -> Tensor:
    """SSIM of each window in each channel, (N, C, H - 10, W - 10) if the pictures are larger."""
    mean_a, mean_b = _smoothed(a), _smoothed(b)
    both = _smoothed(a * b) - mean_a * mean_b
    spread = _smoothed(a.square()) - mean_a.square() + _smoothed(b.square()) - mean_b.square()
    luminance = (2 * mean_a * mean_b + 0.01**2) / (mean_a.square() + mean_b.square() + 0.01**2)
    return luminance * (2 * both + 0.03**2) / (spread + 0.03**2)


def _smoothed(x: Tensor) -> Tensor:
    """Weighted means of the pixels (N, C, H, W) within each window, first down and then across."""
    flat = x.flatten(0, 1)[:, None]
    for axis in (2, 3):
        weights = _weights(x.shape[axis])
        flat = conv2d(flat, weights.reshape((1, 1, -1, 1) if axis == 2 else (1, 1, 1, -1)))
    return flat.reshape(*x.shape[:2], *flat.shape[2:])


def _weights(size: int) -> Tensor:
    """The window's weights along a side of so many pixels. Their number is odd."""
    most = min(11, size - 1 + size % 2)
    at = torch.arange(most, dtype=torch.float64) - most // 2
    weights = torch.exp(-(at**2) / (2 * 1.5**2))
    return weights / weights.sum()
