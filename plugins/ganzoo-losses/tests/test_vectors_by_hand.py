"""Losses that compare vectors, on numbers that can be computed on paper."""

from __future__ import annotations

import math

import pytest
import torch
from ganzoo_losses.mmd import MMD
from ganzoo_losses.realness import Realness, outcomes, shifted
from ganzoo_losses.sphere import Sphere

import ganzoo

# see test_mmd for their distances
REAL = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
FAKE = torch.tensor([[0.0, 0.0], [6.0, 8.0]])


def gauss(distance: float, width: float) -> float:
    return math.exp(-(distance**2) / (2 * width**2))


@pytest.mark.parametrize("width", [1.0, 5.0])
def test_mmd(width: float) -> None:
    """Across, the distances are 0, 10, 5 and 5. Among real samples it is 5, among fakes 10."""
    across = (1 + gauss(10, width) + 2 * gauss(5, width)) / 4
    value = gauss(5, width) + gauss(10, width) - 2 * across
    loss = MMD(outputs=2, widths=(width,))
    assert loss.generator(FAKE, REAL).item() == pytest.approx(value, abs=1e-6)
    assert loss.discriminator(REAL, FAKE).item() == pytest.approx(-value, abs=1e-6)
    both = MMD(outputs=2, widths=(width, width))
    assert both.generator(FAKE, REAL).item() == pytest.approx(2 * value, abs=1e-6)
    witness = loss.score(torch.tensor([[3.0, 4.0]]), REAL, FAKE).item()
    assert witness == pytest.approx((gauss(5, width) + 1) / 2 - gauss(5, width), abs=1e-6)


def test_mmd_of_two_samples_of_one_distribution_is_near_zero_and_of_others_is_not() -> None:
    draw, loss = ganzoo.Draw(0), MMD(outputs=2)
    a, b = draw.normal(2_000, 2), draw.normal(2_000, 2)
    assert abs(loss.generator(a, b).item()) < 5e-3
    assert loss.generator(a + 1, b).item() > 0.1


def test_mmd_of_one_sample_is_finite() -> None:
    assert MMD(outputs=2).generator(REAL[:1], FAKE[:1]).item() == -2 * 5


def test_the_generator_s_mmd_pulls_a_fake_to_the_real_samples() -> None:
    fake = torch.tensor([[2.0, 0.0], [2.0, 0.0]], requires_grad=True)
    MMD(outputs=2).generator(fake, torch.zeros(2, 2)).backward()
    assert fake.grad is not None
    assert bool((fake.grad[:, 0] > 0).all())
    assert fake.grad[:, 1].tolist() == [0, 0]


def test_sphere() -> None:
    """At length 1 a point is on the equator, at 0 on the south pole, far away on the north pole."""
    rows = torch.tensor([[0.6, 0.8], [0.0, 0.0], [0.0, 1e6], [math.sqrt(3), 0.0]])
    expected = [math.pi / 2, math.pi, 0, math.pi / 3]
    assert Sphere(outputs=2).score(rows).tolist() == pytest.approx(expected, abs=1e-5)
    equator, south = rows[:1], rows[1:2]
    moments = sum((math.pi / 2) ** r for r in (1, 2, 3))
    assert Sphere(outputs=2).generator(equator).item() == pytest.approx(-moments)
    far = sum(math.pi**r for r in (1, 2, 3))
    value = Sphere(outputs=2).discriminator(south, equator).item()
    assert value == pytest.approx(moments - far, rel=1e-5)
    value = Sphere(outputs=2, moments=2).generator(equator).item()
    assert value == pytest.approx(-math.pi / 2 - (math.pi / 2) ** 2)


@pytest.mark.parametrize("length", [0.0, 1e-8, 1.0, 1e8])
def test_sphere_s_slope_is_finite_at_the_poles(length: float) -> None:
    rows = torch.tensor([[length, 0.0]], requires_grad=True)
    Sphere(outputs=2).generator(rows).backward()
    assert rows.grad is not None
    assert bool(rows.grad.isfinite().all())


def test_an_anchor_that_is_shifted_loses_nothing() -> None:
    even = torch.full((5,), 0.2)
    assert shifted(even, 0).tolist() == pytest.approx([0.2] * 5)
    assert shifted(even, 1).tolist() == pytest.approx([0, 0, 0.2, 0.2, 0.6])
    assert shifted(even, -1).tolist() == pytest.approx([0.6, 0.2, 0.2, 0, 0])
    assert shifted(even, 0.25).tolist() == pytest.approx([0.1, 0.2, 0.2, 0.2, 0.3])
    four = torch.tensor([0.0, 1.0, 0.0, 0.0])  # from -1 / 3 to 2 / 3
    assert shifted(four, 1).tolist() == pytest.approx([0, 0, 0.5, 0.5])


def test_realness() -> None:
    """Two outcomes, -1 and 1. The bell and the other anchor are even on them.

    A shift by 1 moves half of an anchor from -1 to 0, half way to 1, and keeps the rest at 1.
    """
    loss, log3 = Realness(outputs=2), math.log(3)
    anchor = [0.25, 0.75]
    real, fake = torch.tensor([[0.0, log3]]), torch.tensor([[0.0, 0.0]])  # (1/4, 3/4), (1/2, 1/2)
    assert outcomes(real).tolist() == [-1, 1]
    assert loss.of_real(real).tolist() == pytest.approx(anchor)
    off = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)  # KL of the anchors to (1/2, 1/2)
    assert loss.discriminator(real, fake).item() == pytest.approx(0 + off, abs=1e-6)
    assert loss.generator(fake, real).item() == pytest.approx(off - off, abs=1e-6)
    assert Realness(outputs=2, relative=False).generator(fake, fake).item() == pytest.approx(0)
    assert loss.score(torch.cat((real, fake))).tolist() == pytest.approx([0.5, 0])


def test_which_losses_want_vectors_and_compare_with_real_samples() -> None:
    for loss, size in ((MMD(), 16), (Sphere(), 1024), (Realness(), 51), (Realness(outputs=9), 9)):
        objective = ganzoo.Objective(loss)
        assert objective.outputs == size
        assert objective.uses_real is not isinstance(loss, Sphere)
        rows = torch.zeros(3, size)
        assert (objective.verdict(rows) is None) is isinstance(loss, MMD)


@pytest.mark.parametrize(
    ("loss", "setting", "value", "expected"),
    [
        ("mmd", "loss.widths", (0.0,), "more than 0"),
        ("realness", "loss.outputs", 1, "at least 2"),
        ("sphere", "loss.moments", 0, "at least 1"),
        ("f-gan", "loss.divergence", "kl2", "kl"),
    ],
)
def test_impossible_settings_are_refused(
    loss: str, setting: str, value: object, expected: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=expected):
        ganzoo.train("vanilla-mlp", dataset="ring", loss=loss, settings={setting: value})


def test_a_model_whose_discriminator_has_one_output_says_so() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"wants 1024 outputs .* use loss\.outputs"):
        ganzoo.train("sgan", loss="sphere", out="unused")
