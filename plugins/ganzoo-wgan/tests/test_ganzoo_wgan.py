"""The plugin conforms; clipping, slopes and penalties are their papers'."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from ganzoo_wgan.divergence import Divergence
from ganzoo_wgan.dragan import DRAGAN
from ganzoo_wgan.gradient_penalty import GradientPenalty
from ganzoo_wgan.r1 import R1, R2
from ganzoo_wgan.slope import between, slope, squared_slope
from ganzoo_wgan.toy import Toy
from torch import Tensor, nn

import ganzoo
from ganzoo.testing import Check, checks

SMALL = {
    "trainer.steps": 4,
    "trainer.batch_size": 16,
    "model.generator": (8,),
    "model.discriminator": (8,),
    "dataset.size": 400,
}


@pytest.mark.parametrize("check", checks("ganzoo-wgan"), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


def squared(x: Tensor) -> Tensor:
    """A critic whose slope at x is x."""
    return x.flatten(1).square().sum(dim=1, keepdim=True) / 2


def test_the_slope_is_each_sample_s_own() -> None:
    x = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    torch.testing.assert_close(slope(squared, x), torch.tensor([5.0, 1.0]))
    torch.testing.assert_close(squared_slope(squared, x.view(2, 1, 2, 1)), torch.tensor([25.0, 1]))


def test_between_is_on_the_line_with_a_share_for_each_sample() -> None:
    real, fake = torch.ones(3, 2, 2), torch.zeros(3, 2, 2)
    share = torch.tensor([0.0, 0.25, 1.0])
    assert torch.equal(between(real, fake, share)[:, 0, 0], share)


@pytest.mark.parametrize(
    "penalty",
    [GradientPenalty(), Divergence(), Divergence(power=1.5), DRAGAN(), R1(), R2()],
    ids=repr,
)
def test_it_teaches_the_critic_s_weights_and_survives_a_dead_one(penalty: object) -> None:
    draw = ganzoo.Draw(0)
    for make in (nn.init.ones_, nn.init.zeros_):
        critic = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
        for parameter in critic.parameters():
            make(parameter)
        objective = ganzoo.Objective(_Zero(), penalty)
        value = objective.penalty(critic, draw.normal(8, 2), draw.normal(8, 2), draw)
        assert isinstance(value, Tensor)
        gradients = torch.autograd.grad(value, [*critic.parameters()], allow_unused=True)
        there = [g for g in gradients if g is not None]
        assert there
        assert all(bool(g.isfinite().all()) for g in there)
        if make is nn.init.ones_:
            assert any(bool(g.any()) for g in there)


class _Zero:
    def generator(self, fake: Tensor) -> Tensor:
        return fake


def test_where_each_penalty_looks() -> None:
    real, fake = torch.zeros(64, 2), torch.full((64, 2), 4.0)
    looked: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        looked.append(x.detach())
        return squared(x)

    for penalty in (GradientPenalty(), Divergence(), R1(), DRAGAN(noise=0.5)):
        penalty(critic, real, fake, ganzoo.Draw(0))
    on_lines, on_lines_too, at_real, around = looked
    for at in (on_lines, on_lines_too):
        assert bool(((at >= 0) & (at <= 4)).all())
        assert torch.equal(at[:, 0], at[:, 1])  # on the line from (4, 4) to (0, 0)
        assert len(at[:, 0].unique()) == 64
    assert torch.equal(at_real, real)
    assert torch.equal(around, real)  # the data has no spread, so neither has the noise
    spread = torch.randn(4_000, 2, generator=torch.Generator().manual_seed(0)) * 3
    DRAGAN(noise=0.5)(critic, spread, fake, ganzoo.Draw(0))
    assert (looked[-1] - spread).std().item() == pytest.approx(1.5, rel=0.05)


def test_the_critic_s_weights_stay_clipped(tmp_path: Path) -> None:
    for step in ganzoo.train(
        "vanilla-mlp", dataset="ring", loss="wgan", settings=SMALL, out=tmp_path / "run"
    ):
        if step.step and step.state:
            critic = {k: v for k, v in step.state().tensors.items() if "game/discrim" in k}
            assert max(v.abs().max().item() for v in critic.values()) == pytest.approx(0.01)


def test_the_settings_are_the_papers() -> None:
    def settled(**asked: str) -> dict[str, object]:
        run = ganzoo.train("vanilla-mlp", dataset="ring", settings=SMALL, out="unused", **asked)
        assert [m.repeats for m in run.trainer.game.moves()] == [5, 1]
        return {k: v.value for k, v in run.plan.values.items()}

    wgan, gp, div = (settled(loss=name) for name in ("wgan", "wgan-gp", "wgan-div"))
    assert (wgan["trainer.optimizer"], wgan["trainer.lr"]) == ("rmsprop", 5e-5)
    assert (gp["trainer.lr"], gp["trainer.betas"]) == (1e-4, (0.0, 0.9))
    assert gp["penalty.weight"] == 10
    assert (div["penalty.weight"], div["penalty.power"]) == (2, 6)
    toy = ganzoo.train("wgan-gp-toy", settings={"dataset.size": 400}, out="unused").plan.values
    assert toy["penalty.weight"].value == 0.1
    other = ganzoo.train("wgan-gp-toy", loss="wgan-div", settings={"dataset.size": 400}, out="x")
    assert other.plan.values["penalty.weight"].value == 2, "what the model says of another penalty"


@pytest.mark.parametrize(
    ("parts", "setting", "value", "expected"),
    [
        ({"loss": "wgan"}, "loss.clip", 0, "more than 0"),
        ({"loss": "wgan"}, "loss.clip", -1, "more than 0"),
        ({"penalty": "gradient-penalty"}, "penalty.weight", -1, "at least 0"),
        ({"penalty": "gradient-penalty"}, "penalty.weight", float("nan"), "float, at least 0"),
        ({"penalty": "divergence"}, "penalty.weight", -1, "at least 0"),
        ({"penalty": "divergence"}, "penalty.power", 1, "more than 1"),
        ({"penalty": "dragan"}, "penalty.weight", -1, "at least 0"),
        ({"penalty": "dragan"}, "penalty.noise", -0.5, "at least 0"),
        ({"penalty": "r1"}, "penalty.gamma", -1, "at least 0"),
        ({}, "model.latent", 0, "at least 1"),
        ({}, "model.width", 0, "at least 1"),
    ],
)
def test_impossible_settings_are_refused(
    parts: dict[str, str], setting: str, value: float, expected: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=rf"{setting} is {value}; expected {expected}"):
        ganzoo.train("wgan-gp-toy", **parts, settings={setting: value}, out="unused")


def test_the_least_settings_are_not_refused() -> None:
    for penalty in (GradientPenalty(weight=0), DRAGAN(weight=0, noise=0), R1(gamma=0)):
        assert penalty(squared, torch.ones(4, 2), torch.zeros(4, 2), ganzoo.Draw(0)) == 0
    Divergence(weight=0, power=1.01)
    Toy(latent=1, width=1)


def test_the_toy_takes_points_only() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="points, such as ring or grid"):
        ganzoo.train("wgan-gp-toy", dataset="mnist-5k")
