"""The documented formulas of the losses hold on small numbers."""

from math import log

import pytest
import torch

from ganzoo.builtin.bce import BCE
from ganzoo.builtin.minimax import Minimax
from ganzoo.engine.two_player import Objective

REAL = [2.0, -1.0, 0.5]
FAKE = [-3.0, 0.25, 1.0]


def probability(logit):
    return 1 / (1 + 2.718281828459045**-logit)


def mean(values):
    return sum(values) / len(values)


DISCRIMINATOR = mean([-log(probability(d)) for d in REAL]) + mean(
    [-log(1 - probability(d)) for d in FAKE]
)


@pytest.mark.parametrize("loss", [BCE(), Minimax()])
def test_discriminator_minimises_the_cross_entropy(loss):
    value = loss.discriminator(torch.tensor(REAL), torch.tensor(FAKE))
    assert value.item() == pytest.approx(DISCRIMINATOR, rel=1e-6)


def test_bce_generator_maximises_log_d():
    expected = mean([-log(probability(d)) for d in FAKE])
    assert BCE().generator(torch.tensor(FAKE)).item() == pytest.approx(expected, rel=1e-6)


def test_minimax_generator_minimises_log_one_minus_d():
    expected = mean([log(1 - probability(d)) for d in FAKE])
    assert Minimax().generator(torch.tensor(FAKE)).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("loss", [BCE(), Minimax()])
def test_outputs_are_logits_of_a_probability(loss):
    """So D(x) and D(G(z)) are logged, and not scores."""
    logged = Objective(loss).verdicts(torch.tensor(REAL), torch.tensor(FAKE))
    expected = {
        "D(x)": mean([probability(d) for d in REAL]),
        "D(G(z))": mean([probability(d) for d in FAKE]),
    }
    assert {k: v.item() for k, v in logged.items()} == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("loss", [BCE(), Minimax()])
def test_any_shape_and_no_overflow(loss):
    outputs = torch.tensor([[1e4, -1e4], [0.0, 88.0]])
    for value in (loss.discriminator(outputs, outputs), loss.generator(outputs)):
        assert value.shape == ()
        assert value.isfinite()


def test_only_the_saturating_generator_stalls_where_the_discriminator_is_sure():
    """The docstrings' gradients: -sigmoid(d) -> 0 against sigmoid(d) - 1 -> -1."""
    gradients = {}
    for loss in (BCE(), Minimax()):
        d = torch.tensor([-12.0], requires_grad=True)
        loss.generator(d).backward()
        gradients[type(loss)] = d.grad.item()
    assert gradients[Minimax] == pytest.approx(-probability(-12), rel=1e-4)
    assert gradients[BCE] == pytest.approx(probability(-12) - 1, rel=1e-4)
