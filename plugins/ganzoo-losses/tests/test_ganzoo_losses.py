"""The losses conform, and each does what its lesson says of it."""

from __future__ import annotations

import math

import pytest
import torch
from ganzoo_losses.bgan import BGAN
from ganzoo_losses.hinge import Hinge
from ganzoo_losses.least_squares import LeastSquares
from ganzoo_losses.relativistic import Relativistic, RelativisticAverage
from ganzoo_losses.softmax import Softmax
from torch import Tensor

import ganzoo
from ganzoo.testing import Check, checks

REAL = torch.tensor([2.0, -1.0, 0.5])
FAKE = torch.tensor([-3.0, 0.25, 1.0])


@pytest.mark.parametrize("check", checks("ganzoo-losses"), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


def pull(loss: object, d: float) -> float:
    """The gradient of the generator's loss at one fake's output, with real outputs of 0."""
    fake = torch.tensor([d], requires_grad=True)
    ganzoo.Objective(loss).generator(fake, torch.zeros(1)).backward()
    assert fake.grad is not None
    return -fake.grad.item()


def test_least_squares_pulls_back_what_is_too_good() -> None:
    assert pull(LeastSquares(), 3.0) == pytest.approx(-2.0)
    assert pull(LeastSquares(), 1.0) == 0


def test_with_other_labels_it_is_the_paper_s_other_choice() -> None:
    loss = LeastSquares(fake_label=-1.0, real_label=1.0, wanted=0.0)
    expected = ((REAL - 1) ** 2).mean() / 2 + ((FAKE + 1) ** 2).mean() / 2
    torch.testing.assert_close(loss.discriminator(REAL, FAKE), expected)
    torch.testing.assert_close(loss.generator(FAKE), (FAKE**2).mean() / 2)


def test_beyond_the_margin_hinge_has_no_gradient() -> None:
    real = torch.tensor([1.5, 0.5], requires_grad=True)
    fake = torch.tensor([-1.5, -0.5], requires_grad=True)
    Hinge().discriminator(real, fake).backward()
    assert real.grad is not None
    assert fake.grad is not None
    assert real.grad.tolist() == [0, -0.5]
    assert fake.grad.tolist() == [0, 0.5]


def test_softmax_is_a_cross_entropy_with_its_targets() -> None:
    share = torch.cat((REAL, FAKE)).softmax(0)
    to_real = -(share[:3].log() / 3).sum()
    to_all = -(share.log() / 6).sum()
    torch.testing.assert_close(Softmax().discriminator(REAL, FAKE), to_real)
    torch.testing.assert_close(Softmax().generator(FAKE, REAL), to_all)


def test_softmax_s_generator_still_learns_where_the_discriminator_has_won() -> None:
    assert pull(Softmax(), -20.0) == pytest.approx(1 / 2, rel=1e-6)  # 1 / |B|, and its share is 0


@pytest.mark.parametrize("loss", [Relativistic(), RelativisticAverage()])
def test_only_differences_count(loss: Relativistic | RelativisticAverage) -> None:
    for objective in (loss.discriminator, loss.generator):
        torch.testing.assert_close(objective(REAL + 7, FAKE + 7), objective(REAL, FAKE))


def test_bgan_aims_at_the_boundary() -> None:
    assert pull(BGAN(), 0.0) == 0
    assert pull(BGAN(), 2.0) == pytest.approx(-2.0)  # back: it has fooled D too well
    assert pull(BGAN(), -2.0) == pytest.approx(2.0)


def test_only_where_an_output_is_a_probability_is_it_called_one() -> None:
    for loss, name in ((BGAN(), "D(x)"), (Hinge(), "score(x)"), (Relativistic(), "score(x)")):
        assert name in ganzoo.Objective(loss).verdicts(REAL, FAKE)


@pytest.mark.parametrize("name", ["softmax", "relativistic", "relativistic-average"])
def test_the_generator_is_shown_the_real_samples(name: str) -> None:
    small = {"model.generator": (8,), "model.discriminator": (8,), "dataset.size": 400}
    run = ganzoo.train("vanilla-mlp", dataset="ring", loss=name, settings=small, out="unused")
    game, batch = run.trainer.game, next(run.trainer.feed)
    seen: list[Tensor] = []
    handle = game.discriminator.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    game.generator_loss(batch, ganzoo.Draw(0, run.trainer.device))
    handle.remove()
    assert any(torch.equal(x, batch["point"]) for x in seen)


def test_at_a_tie_every_loss_is_what_it_should_be() -> None:
    """Outputs of 0 everywhere: the values that one sees at the start of ``metrics.csv``."""
    zero = torch.zeros(4)
    start = {
        LeastSquares(): (0.5, 0.5),
        Hinge(): (2, 0),
        Softmax(): (math.log(8), math.log(8)),
        Relativistic(): (math.log(2), math.log(2)),
        RelativisticAverage(): (2 * math.log(2), 2 * math.log(2)),
        BGAN(): (2 * math.log(2), 0),
    }
    for loss, (discriminator, generator) in start.items():
        objective = ganzoo.Objective(loss)
        assert objective.discriminator(zero, zero).item() == pytest.approx(discriminator)
        assert objective.generator(zero, zero).item() == pytest.approx(generator)
