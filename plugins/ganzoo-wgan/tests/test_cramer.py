"""The energy distance on numbers that can be computed on paper, and its critic's slope."""

from __future__ import annotations

import pytest
import torch
from ganzoo_wgan.cramer import Cramer
from ganzoo_wgan.gradient_penalty import GradientPenalty
from torch import Tensor

import ganzoo

REAL = torch.tensor([[3.0, 4.0], [0.0, 0.0]])  # of length 5 and 0
FAKE = torch.tensor([[0.0, 0.0], [6.0, 8.0]])  # of length 0 and 10, and 10 apart


def test_by_hand() -> None:
    """From the real samples to the fakes it is 5 and 5, 0 and 10."""
    loss = ganzoo.Objective(Cramer(outputs=2))
    assert loss.generator(FAKE, REAL).item() == pytest.approx(2 * 5 - 10, abs=1e-5)
    on_real, on_fake = (5 - 5 + 5 - 0) / 2, (10 - 0 + 10 - 10) / 2
    assert loss.discriminator(REAL, FAKE).item() == pytest.approx(on_fake - on_real, abs=1e-5)
    scores = loss.scores(REAL, REAL, FAKE)
    assert scores.flatten().tolist() == pytest.approx([0, 5], abs=1e-5)
    assert loss.verdict(REAL) is None


def test_the_generator_s_loss_is_least_where_the_distributions_agree() -> None:
    draw, loss = ganzoo.Draw(0), Cramer(outputs=2)
    real, fake = draw.normal(2_000, 2), draw.normal(2_000, 2)
    best = loss.generator(fake, real).item()
    assert loss.generator(fake + 1, real).item() > best + 0.1
    assert loss.generator(2 * fake, real).item() > best + 0.1
    assert loss.generator(0.5 * fake, real).item() > best + 0.01


def test_gradients_are_finite_where_samples_coincide() -> None:
    same = torch.zeros(3, 2, requires_grad=True)
    loss = Cramer(outputs=2)
    (loss.generator(same, same) + loss.discriminator(same, same)).backward()
    assert same.grad is not None
    assert bool(same.grad.isfinite().all())


def test_the_penalty_bounds_the_slope_of_f() -> None:
    """On a line from fake to real the slope of f is that of |a - y| - |a|, here 2: the fakes are on
    one side and the origin on the other."""

    class Middle(ganzoo.Draw):
        def uniform(self, *shape: int) -> Tensor:
            return torch.full(shape, 0.5)

    weight = torch.eye(2)
    real, fake = torch.tensor([[4.0, 0.0]]), torch.tensor([[8.0, 0.0]])
    objective = ganzoo.Objective(Cramer(outputs=2), GradientPenalty(weight=3.0))
    on_real, on_fake = real @ weight, fake @ weight
    value = objective.penalty(
        lambda x: objective.scores(x @ weight, on_real, on_fake), real, fake, Middle(0)
    )
    assert isinstance(value, Tensor)
    assert value.item() == pytest.approx(3 * (2 - 1) ** 2)


def test_its_settings() -> None:
    small = {"model.width": 8, "dataset.size": 400}
    plan = ganzoo.train("wgan-gp-toy", loss="cramer", settings=small, out="unused").plan
    values = {key: value.value for key, value in plan.values.items()}
    assert plan.name("penalty") == "gradient-penalty"
    assert values["trainer.betas"] == (0.5, 0.9)
    assert values["trainer.critic_moves"] == 5
    assert values["loss.outputs"] == 256
