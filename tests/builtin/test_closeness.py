"""The structural similarity by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import ganzoo
from ganzoo.builtin.closeness import Closeness, ssim


def by_hand(a: list[float], b: list[float], weights: list[float]) -> float:
    """SSIM of two pictures of one window in plain Python."""
    total = sum(weights)
    w = [weight / total for weight in weights]
    mean_a, mean_b = (math.fsum(map(float.__mul__, w, x)) for x in (a, b))
    both = math.fsum(k * (x - mean_a) * (y - mean_b) for k, x, y in zip(w, a, b, strict=True))
    spread = sum(
        math.fsum(k * (x - mean) ** 2 for k, x in zip(w, values, strict=True))
        for values, mean in ((a, mean_a), (b, mean_b))
    )
    return (
        (2 * mean_a * mean_b + 0.0001) * (2 * both + 0.0009)
        / ((mean_a**2 + mean_b**2 + 0.0001) * (spread + 0.0009))
    )  # fmt: skip


def test_a_window_of_three_pixels() -> None:
    a, b = [0.1, 0.5, 0.2], [0.3, 0.9, 0.4]
    near = math.exp(-1 / 4.5)
    line = ssim(torch.tensor(a).reshape(1, 1, 1, 3), torch.tensor(b).reshape(1, 1, 1, 3))
    assert line == pytest.approx(by_hand(a, b, [near, 1, near]), rel=1e-6)
    pixel = ssim(torch.full((1, 1, 2, 2), 0.5), torch.full((1, 1, 2, 2), 0.25))
    assert pixel == pytest.approx((2 * 0.125 + 0.0001) / (0.25 + 0.0625 + 0.0001))


def test_windows_of_eleven_pixels_lie_within_the_picture() -> None:
    a, b = torch.rand(1, 1, 12, 13, generator=torch.Generator().manual_seed(0)), torch.zeros(1)
    b = (a + 0.3 * a.flip(3)).clamp(0, 1)
    line = [math.exp(-((i - 5) ** 2) / 4.5) for i in range(11)]
    weights = [x * y for x in line for y in line]
    every = [
        by_hand(*(x[0, 0, r : r + 11, c : c + 11].flatten().double().tolist() for x in (a, b)),
                weights)
        for r in range(2) for c in range(3)
    ]  # fmt: skip
    assert ssim(a, b) == pytest.approx(sum(every) / 6, rel=1e-6)


def test_pictures_and_channels_count_alike() -> None:
    a, b = (torch.rand(130, 3, 14, 14, generator=torch.Generator().manual_seed(i)) for i in (0, 1))
    each = [ssim(x[None, None], y[None, None]) for x, y in zip(a.flatten(0, 1), b.flatten(0, 1),
                                                               strict=True)]  # fmt: skip
    assert ssim(a, b) == pytest.approx(sum(each) / len(each))
    assert ssim(a, a) == pytest.approx(1)
    assert abs(ssim(a, b)) < 0.1
    assert ssim(a, 1 - a) < 0


def test_it_scales_the_range() -> None:
    field = ganzoo.Field((1, 8, 8), range=(-1.0, 3.0))
    data = ganzoo.Data({"image": field}, {"image": np.zeros((2, 1, 8, 8), np.float32)})
    a, b = torch.rand(2, 2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    scores = Closeness().against(data)(4 * a - 1, {"target": 4 * b - 1})
    assert scores["ssim"] == pytest.approx(ssim(a, b), rel=1e-4)
    assert scores["l1"] == pytest.approx((a - b).abs().mean().item(), rel=1e-5)
