"""Penalties and losses, held against numbers that can be computed on paper.

The critic is |x|^2 / 2, whose gradient at x is x.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from ganzoo_wgan.divergence import Divergence
from ganzoo_wgan.dragan import DRAGAN
from ganzoo_wgan.gradient_penalty import GradientPenalty
from ganzoo_wgan.r1 import R1, R2
from ganzoo_wgan.slope import between, slope, squared_slope
from ganzoo_wgan.wasserstein import ClippedWasserstein, Wasserstein
from torch import Tensor, nn

import ganzoo

REAL = torch.tensor([[3.0, 4.0], [0.0, 6.0]])  # of length 5 and 6
FAKE = torch.tensor([[0.0, 0.0], [0.0, 2.0]])  # of length 0 and 2, on the same rays


def critic(x: Tensor) -> Tensor:
    return x.square().flatten(1).sum(1, keepdim=True) / 2


class Quarter(ganzoo.Draw):
    """Uniform numbers are 1 / 4 and 1 / 2, and normal ones 2."""

    def uniform(self, *shape: int) -> Tensor:
        assert shape == (2,)
        return torch.tensor([0.25, 0.5])

    def normal(self, *shape: int) -> Tensor:
        return torch.full(shape, 2.0)


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [
        # between the two are 1 / 4 * 5 = 1.25 and 1 / 2 * 6 + 1 / 2 * 2 = 4
        (GradientPenalty(), 10 * (0.25**2 + 3**2) / 2),
        (GradientPenalty(weight=3.0), 3 * (0.25**2 + 3**2) / 2),
        (Divergence(), 2 * (1.25**6 + 4**6) / 2),
        (Divergence(weight=3.0, power=2.0), 3 * (1.25**2 + 4**2) / 2),
        (R1(), 10 / 2 * (25 + 36) / 2),
        (R1(gamma=3.0), 3 / 2 * (25 + 36) / 2),
        (R2(), 10 / 2 * (0 + 4) / 2),
        (R2(gamma=3.0), 3 / 2 * (0 + 4) / 2),
    ],
    ids=repr,
)
def test_by_hand(penalty: Any, expected: float) -> None:
    assert penalty(critic, REAL, FAKE, Quarter(0)).item() == pytest.approx(expected)
    assert ganzoo.Objective(Wasserstein(), penalty).per_sample


def test_dragan_by_hand() -> None:
    """0, 0, 4 and 4 have the mean 2 and the variance 4 * 4 / 3. Their deviation times sqrt 3 / 4
    is 1, so the normal number 2 moves (0, 0) to (2, 2), and (4, 4) to (6, 6)."""
    real = torch.tensor([[0.0, 0.0], [4.0, 4.0]])
    noise = 3**0.5 / 4
    at = [2 * 2**0.5, 6 * 2**0.5]
    for weight, target in ((10.0, 1.0), (3.0, 2.0)):
        penalty = DRAGAN(weight=weight, target=target, noise=noise)
        expected = weight * sum((length - target) ** 2 for length in at) / 2
        assert penalty(critic, real, FAKE, Quarter(0)).item() == pytest.approx(expected)
    usual = DRAGAN()
    assert (usual.weight, usual.target, usual.noise, usual.per_sample) == (10, 1, 0.5, True)


def test_slopes_can_be_differentiated_and_leave_samples_alone() -> None:
    """The slope of w x is w, and the derivative of its square is 2 w."""
    w = torch.tensor(3.0, requires_grad=True)
    x = torch.tensor([[1.0], [5.0]])
    squares = squared_slope(lambda at: w * at, x)
    assert squares.tolist() == [9, 9]
    squares.sum().backward()
    assert w.grad is not None
    assert w.grad.item() == 2 * 2 * 3
    assert not x.requires_grad
    assert slope(lambda at: 0 * at, x).tolist() == pytest.approx([1e-6, 1e-6])
    images = torch.full((2, 1, 2, 2), 3.0)  # four pixels of 3 have the length 6
    assert slope(critic, images).tolist() == pytest.approx([6, 6])


def test_between_a_real_and_a_fake_one() -> None:
    share = torch.tensor([0.25, 1.0])
    assert between(REAL, FAKE, share).tolist() == [[0.75, 1], [0, 6]]
    assert between(REAL.reshape(2, 1, 2), FAKE.reshape(2, 1, 2), share).shape == (2, 1, 2)


def test_wasserstein_by_hand() -> None:
    real, fake = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -3.0])
    assert Wasserstein().discriminator(real, fake).item() == -1.25 - 0.5
    assert Wasserstein().generator(fake).item() == 1.25
    layer = nn.Linear(2, 1).requires_grad_(False)
    layer.weight[0], layer.bias[0] = torch.tensor([0.5, -0.5]), 0.125
    ClippedWasserstein(clip=0.25).constrain(layer)
    assert (layer.weight.tolist(), layer.bias.tolist()) == ([[0.25, -0.25]], [0.125])
    ClippedWasserstein().constrain(layer)
    assert layer.weight.tolist() == [[pytest.approx(0.01), pytest.approx(-0.01)]]
