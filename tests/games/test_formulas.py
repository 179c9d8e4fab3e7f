"""The formulas that these files document, beside their code, on small numbers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import ganzoo
from games.gradient_penalty import GradientPenalty
from games.pool import Pool
from games.wasserstein import Wasserstein


def test_the_wasserstein_loss_is_its_formula() -> None:
    real, fake = torch.tensor([1.0, 3.0]), torch.tensor([0.0, 5.0])
    assert Wasserstein().discriminator(real, fake) == 2.5 - 2.0
    assert Wasserstein().generator(fake) == -2.5


def test_the_gradient_penalty_is_its_formula() -> None:
    def linear(x: Tensor) -> Tensor:  # its slope is (3, 4), of length 5
        return x @ torch.tensor([3.0, 4.0])

    draw = ganzoo.Draw(0)
    real, fake = draw.normal(4, 2), draw.normal(4, 2)
    assert GradientPenalty()(linear, real, fake, draw) == pytest.approx(10 * (5 - 1) ** 2)
    assert GradientPenalty(weight=1.0)(linear, real, fake, draw) == pytest.approx((5 - 1) ** 2)

    def squared(x: Tensor) -> Tensor:  # its slope is x
        return x.square().sum(dim=1) / 2

    mix = ganzoo.Draw(1).uniform(4, 1)
    assert len(mix.unique()) == 4  # each sample has its own
    expected = 10 * ((mix * real + (1 - mix) * fake).norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(GradientPenalty()(squared, real, fake, ganzoo.Draw(1)), expected)


def test_the_pool_returns_old_images() -> None:
    pool, draw = Pool(4, (1,)), ganzoo.Draw(0)
    numbers = torch.arange(40.0).reshape(20, 2, 1)
    shown = torch.stack([pool(pair, draw) for pair in numbers])  # (20, 2, 1)
    assert torch.equal(shown[:2], numbers[:2])  # there is room
    age = (numbers - shown).flatten()
    assert bool((age >= 0).all())
    assert bool((age > 1).any()), "nothing old"
    assert bool((age[4:] == 0).any()), "nothing new"
    seen = torch.cat((shown.flatten(), pool.images.flatten())).sort().values
    assert torch.equal(seen.unique(), numbers.flatten())  # an image is shown or kept
    assert len(seen) == 40 + 4
