"""Each loss on outputs of 1 and 3 for real samples and 0 and -2 for fakes, computed on paper."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from ganzoo_losses.bgan import BGAN
from ganzoo_losses.hinge import Hinge
from ganzoo_losses.least_squares import LeastSquares
from ganzoo_losses.relativistic import Relativistic, RelativisticAverage
from ganzoo_losses.softmax import Softmax

import ganzoo

REAL, FAKE = (1.0, 3.0), (0.0, -2.0)


def soft(x: float) -> float:
    """-log sigma(-x)."""
    return math.log(1 + math.exp(x))


Z = math.exp(1) + math.exp(3) + 1 + math.exp(-2)


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator"),
    [
        (BGAN(), (soft(-1) + soft(-3)) / 2 + (soft(0) + soft(-2)) / 2, (0 + 4) / 2 / 2),
        # real outputs are beyond the margin, and fakes are 1 and -1 from theirs
        (Hinge(), (0 + 0) / 2 + (1 + 0) / 2, -(0 - 2) / 2),
        (LeastSquares(), ((0 + 4) / 2 + (0 + 4) / 2) / 2, (1 + 9) / 2 / 2),
        (
            LeastSquares(fake_label=-1.0, real_label=2.0, wanted=3.0),
            ((1 + 1) / 2 + (1 + 1) / 2) / 2,
            (9 + 25) / 2 / 2,
        ),
        # pairs differ by 1 and 5
        (Relativistic(), (soft(-1) + soft(-5)) / 2, (soft(1) + soft(5)) / 2),
        # the averages are 2 and -1: real outputs are 2 and 4 above -1, fakes 2 and 4 below 2
        (RelativisticAverage(), 2 * (soft(-2) + soft(-4)) / 2, 2 * (soft(2) + soft(4)) / 2),
        (Softmax(), math.log(Z) - 2, math.log(Z) - (1 + 3 + 0 - 2) / 4),
    ],
    ids=repr,
)
def test_by_hand(loss: Any, discriminator: float, generator: float) -> None:
    objective = ganzoo.Objective(loss)
    for shape in ((2,), (2, 1), (1, 2, 1)):
        real, fake = torch.tensor(REAL).reshape(shape), torch.tensor(FAKE).reshape(shape)
        assert objective.discriminator(real, fake).item() == pytest.approx(discriminator, rel=1e-6)
        assert objective.generator(fake, real).item() == pytest.approx(generator, rel=1e-6)


def test_the_hinge_has_its_margin_on_both_sides() -> None:
    """1 - 0.5 and 1 - (-1) are 0.5 and 2; 1 + 0.5 and 1 - 3 are 1.5 and nothing."""
    real, fake = torch.tensor([0.5, -1.0]), torch.tensor([0.5, -3.0])
    assert Hinge().discriminator(real, fake).item() == (0.5 + 2) / 2 + (1.5 + 0) / 2


def test_which_outputs_are_probabilities() -> None:
    probable = {type(loss) for loss in (BGAN(), Hinge(), LeastSquares(), Softmax(), Relativistic(),
                RelativisticAverage()) if ganzoo.Objective(loss).probability}  # fmt: skip
    assert probable == {BGAN}
