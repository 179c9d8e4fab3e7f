"""The penalties on numbers that can be computed on paper, and in whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from ganzoo_losses.consistency import Consistency, shifted
from ganzoo_losses.lecam import LeCam
from ganzoo_losses.spectral import Spectral
from torch import Tensor, nn

import ganzoo

SMALL = {
    "trainer.batch_size": 8, "trainer.steps": 6, "trainer.checkpoint_every": 2,
    "trainer.log_every": 1, "model.generator": (8,), "model.discriminator": (8, 8),
    "dataset.size": 400,
}  # fmt: skip


def total(x: Tensor) -> Tensor:
    return x.flatten(1).sum(1)


class Ones(ganzoo.Draw):
    """Normal numbers are 1, and whole numbers are the largest."""

    def normal(self, *shape: int) -> Tensor:
        return torch.ones(shape)

    def integers(self, high: int, *shape: int) -> Tensor:
        return torch.full(shape, high - 1)

    def uniform(self, *shape: int) -> Tensor:
        return torch.zeros(shape)


@pytest.mark.parametrize(("settings", "real", "fake"), [({}, 10, 10), (
    {"real_weight": 3.0, "fake_weight": 0.5}, 3, 0.5), ({"fake_weight": 0.0}, 10, 0)])  # fmt: skip
def test_consistency_of_points(settings: Any, real: float, fake: float) -> None:
    """Two numbers a row, each moved by a tenth of the deviation, which is 1 and 2 here."""
    a = torch.tensor([[1.0, 1.0], [-1.0, -1.0]]) * 3**0.5 / 2
    value = Consistency(**settings)(total, a, 2 * a, Ones(0))
    assert value.item() == pytest.approx(real * 0.2**2 + fake * 0.4**2)


def test_consistency_shifts_pictures_by_an_eighth_and_no_more() -> None:
    row = torch.arange(16.0).expand(1, 1, 16, 16)
    moved = Consistency().changed(row, Ones(0))
    assert moved[0, 0, 0].tolist() == [0, 0, *range(14)]
    flipped = Consistency(flip=True).changed(row, Ones(0))
    assert flipped[0, 0, 5].tolist() == [*reversed(range(14)), 0, 0]
    draw, seen = ganzoo.Draw(0), set()
    for _ in range(200):
        at = Consistency().changed(row, draw)[0, 0, 8, 8].item()
        seen.add(at - 8)
    assert seen == {-2, -1, 0, 1, 2}


def test_each_picture_has_a_shift_of_its_own() -> None:
    x = torch.arange(9.0).reshape(1, 1, 3, 3).repeat(2, 1, 1, 1)
    moved = shifted(x, torch.tensor([1, 0]), torch.tensor([0, -1]))
    assert moved[0, 0].tolist() == [[0, 1, 2], [0, 1, 2], [3, 4, 5]]
    assert moved[1, 0].tolist() == [[1, 2, 2], [4, 5, 5], [7, 8, 8]]


def test_lecam_s_one_side() -> None:
    """The means are 2 and 2, so half of the outputs count: those above 2, and those below."""
    real, fake = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [4.0]])
    both, one = LeCam(weight=1.0), LeCam(weight=1.0, one_sided=True)
    draw = ganzoo.Draw(0)
    assert both(total, real, fake, draw).item() == pytest.approx((1 + 1) / 2 + (4 + 4) / 2)
    assert one(total, real, fake, draw).item() == pytest.approx((0 + 1) / 2 + (4 + 0) / 2)


def test_lecam_s_averages_have_no_gradient_and_forget() -> None:
    module = LeCam(weight=1.0, decay=0.5).build()
    weight = torch.ones((), requires_grad=True)
    for _ in range(3):
        value = module(lambda x: weight * total(x), torch.ones(2, 1), -torch.ones(2, 1), None)
    assert value.item() == pytest.approx(4 + 4)
    (slope,) = torch.autograd.grad(value, weight)
    assert slope.item() == pytest.approx(2 * 2 + 2 * 2)  # with a gradient it would be twice that
    for _ in range(30):
        module(total, torch.full((2, 1), 7.0), torch.zeros(2, 1), None)
    assert (module.real / module.total).item() == pytest.approx(7)


def test_lecam_resumes_with_its_averages(tmp_path: Path) -> None:
    def train(out: str) -> ganzoo.Training:
        return ganzoo.train(
            "vanilla-mlp", dataset="ring", penalty="lecam", settings=SMALL, out=tmp_path / out
        )

    for step in train("whole"):
        whole = step
    for step in train("part"):
        if step.step == 3:
            break
    for step in ganzoo.train(resume=tmp_path / "part"):
        resumed = step
    assert whole.state is not None and resumed.state is not None  # noqa: PT018
    one, other = whole.state().tensors, resumed.state().tensors
    for name in ("real", "fake", "total"):
        name = f"game/penalties.lecam.{name}"
        assert one[name] != 0
        assert torch.equal(one[name], other[name])


def test_spectral_bounds_the_slope_of_a_run_s_discriminator(tmp_path: Path) -> None:
    run = ganzoo.train(
        "vanilla-mlp", dataset="ring", penalty="spectral", settings=SMALL, out=tmp_path / "run"
    )
    names = {name for name, _ in run.trainer.game.named_parameters()}
    assert "discriminator.1.parametrizations.weight.original" in names
    assert not any("parametrizations" in name for name in names if name.startswith("generator"))
    for _ in run:
        pass
    game = run.trainer.game
    for layer in game.discriminator.modules():
        if isinstance(layer, nn.Linear):
            for _ in range(30):
                _ = layer(torch.zeros(1, layer.in_features))
            assert torch.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1, rel=1e-3)
    assert len(ganzoo.load(tmp_path / "run").sample(3)) == 3


def test_the_generator_begins_as_it_does_without_spectral() -> None:
    games = [
        ganzoo.train(
            "vanilla-mlp", dataset="ring", penalty=name, settings=SMALL, out="unused"
        ).trainer.game
        for name in ("none", "spectral", "spectral,lecam")
    ]
    one, *others = (game.generator.state_dict() for game in games)
    assert all(torch.equal(one[k], other[k]) for other in others for k in one)


def test_batch_norm_and_spectral_norm_exclude_each_other() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"batch norm undoes .*model\.norm=none"):
        Spectral().prepare(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)))


def test_mmd_suggests_spectral() -> None:
    plan = ganzoo.train("vanilla-mlp", dataset="ring", loss="mmd", settings=SMALL, out="x").plan
    assert plan.name("penalty") == "spectral"
