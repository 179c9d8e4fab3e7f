"""Settings, penalties and losses that a game does not use are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.registry.registry import registry
from ganzoo.testing import Failed, checks
from ganzoo.testing.objectives import it_uses_the_objective

SETTINGS: dict[str, Any] = {
    "dataset.size": 320, "batch_size": 16, "samples": 16, "steps": 2, "log_every": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Plain:
    """A small game, in which subclasses change something."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        n = int(torch.tensor(shape).prod())
        generator = nn.Sequential(nn.Linear(2, n), nn.Unflatten(1, shape), nn.Tanh())
        discriminator = nn.Sequential(nn.Flatten(), nn.Linear(n, 1))
        return self.kind()(generator, discriminator, loss, 2)

    def kind(self) -> type[ganzoo.TwoPlayer]:
        return ganzoo.TwoPlayer


def sgd(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, 0.01)


class OwnOptimizers(ganzoo.TwoPlayer):
    own = ("discriminator", "generator")

    def moves(self) -> Any:
        return [
            ganzoo.Move(m.name, m.trains, m.loss, optimizer=sgd if m.name in self.own else None)
            for m in super().moves()
        ]


class OwnOptimizer(OwnOptimizers):
    own = ("generator",)


def told(parameters: Any, settings: Any) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, settings.lr, settings.betas)


class ToldOptimizers(ganzoo.TwoPlayer):
    told = ("discriminator", "generator")

    def moves(self) -> Any:
        return [
            ganzoo.Move(m.name, m.trains, m.loss, optimizer=told if m.name in self.told else None)
            for m in super().moves()
        ]


class ToldOptimizer(ToldOptimizers):
    told = ("generator",)


class SharedOptimizer(OwnOptimizers):
    """Of three moves, two have optimizers."""

    def moves(self) -> Any:
        more = ganzoo.Move("more", ("generator",), self.generator_loss, every=2, shares="generator")
        return [*super().moves(), more]


class OwnSchedule(ganzoo.TwoPlayer):
    def moves(self) -> Any:
        return [
            ganzoo.Move(m.name, m.trains, m.loss, schedule=lambda done: 1 - done / 2)
            for m in super().moves()
        ]


class NoPenalty(ganzoo.TwoPlayer):
    def discriminator_loss(self, batch: Any, draw: Any) -> Any:
        x = ganzoo.first(batch)
        fake = self.generator(self.latents(len(x), draw)).detach()
        return self.loss.discriminator(self.discriminator(x), self.discriminator(fake)), {}


class NoLoss(NoPenalty):
    def discriminator_loss(self, batch: Any, draw: Any) -> Any:
        return self.discriminator(ganzoo.first(batch)).square().mean(), {}

    def generator_loss(self, batch: Any, draw: Any) -> Any:
        fake = self.generator(self.latents(len(ganzoo.first(batch)), draw))
        return self.discriminator(fake).mean(), {}


class HalfLoss(NoPenalty):
    generator_loss = NoLoss.generator_loss


class Fixed(ganzoo.TwoPlayer):
    def moves(self) -> Any:
        losses = {"discriminator": self.discriminator_loss, "generator": self.generator_loss}
        return [ganzoo.Move(name, (name,), loss) for name, loss in losses.items()]


GAMES = (
    OwnOptimizers, OwnOptimizer, ToldOptimizers, ToldOptimizer, SharedOptimizer, OwnSchedule,
    NoPenalty, NoLoss, HalfLoss, Fixed,
)  # fmt: skip


@dataclass(frozen=True)
class Refuses(Plain):
    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        if loss.penalised:
            raise ganzoo.DoesNotFit("it takes no penalty")
        return super().build(data, loss)

    def kind(self) -> type[ganzoo.TwoPlayer]:
        return NoPenalty


for each in GAMES:
    built = type(f"Model{each.__name__}", (Plain,), {"kind": lambda self, each=each: each})
    built.__module__ = __name__
    globals()[built.__name__] = dataclass(frozen=True)(built)


@dataclass(frozen=True)
class Tenth:
    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return critic(real).square().mean() / 10


class Plugin:
    __name__ = "objectives-tried"

    @ganzoo.hookimpl
    def ganzoo_models(self) -> Iterator[ganzoo.Model]:
        for name in (*(f"Model{each.__name__}" for each in GAMES), "Refuses"):
            yield ganzoo.Model(
                name=name.removeprefix("Model").lower(), summary="Tried.", dataset="ring",
                factory=f"{__name__}:{name}",
            )  # fmt: skip
        yield ganzoo.Model(
            name="toldwithsgd", summary="Tried.", dataset="ring",
            factory=f"{__name__}:ModelToldOptimizers", defaults={"trainer.optimizer": "sgd"},
        )  # fmt: skip

    @ganzoo.hookimpl
    def ganzoo_penalties(self) -> Iterator[ganzoo.Penalty]:
        yield ganzoo.Penalty(name="tenth", summary="Tried.", factory=f"{__name__}:Tenth")


@pytest.fixture(autouse=True)
def _plugin() -> Iterator[None]:
    before = [*registry().plugins]
    ganzoo.register(Plugin())
    yield
    registry().plugins[:] = before


def train(model: str, settings: dict[str, Any] | None = None, **more: Any) -> ganzoo.Training:
    return ganzoo.train(model, settings=SETTINGS | (settings or {}), out="run", **more)


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        ("ownoptimizers", {"lr": 1.0}, "trainer.lr would change nothing"),
        ("ownoptimizers", {"trainer.betas": (0.5, 0.9)}, "trainer.betas .* its own optimizer"),
        ("ownoptimizers", {"weight_decay": 0.1}, "trainer.weight_decay"),
        ("ownoptimizers", {"optimizer": "sgd"}, "trainer.optimizer"),
        ("toldoptimizers", {"optimizer": "sgd"}, "trainer.optimizer .* its own optimizer"),
        ("sharedoptimizer", {"lr": 0.1}, "trainer.lr would change nothing"),
        ("ownschedule", {"schedule": "linear"}, "trainer.schedule .* its own schedule"),
        ("fixed", {"critic_moves": 2}, "trainer.critic_moves .* how often"),
        ("nopenalty", {"optimizer": "sgd", "betas": (0.5, 0.9)}, "only adam has them"),
        ("ownoptimizer", {"optimizer": "rmsprop", "betas": (0.5, 0.9)}, "only adam has them"),
    ],
)
def test_a_setting_that_changes_nothing_is_refused(
    model: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=words):
        train(model, settings)
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("ownoptimizers", {"schedule": "linear", "clip_norm": 1.0, "critic_moves": 1}),
        ("ownschedule", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.1}),
        ("toldoptimizers", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.1}),
        ("toldwithsgd", {"betas": (0.5, 0.9)}),  # its own optimizers are Adam all the same
        ("nopenalty", {"critic_moves": 2, "optimizer": "rmsprop", "lr": 0.1}),
    ],
)
def test_a_setting_that_changes_something_is_not(
    model: str, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    train(model, settings)
    assert not caplog.messages


def test_the_discriminator_moves_as_often_as_is_set() -> None:
    run = train("nopenalty", {"critic_moves": 3})
    assert [player.move.repeats for player in run.trainer.rounds.players] == [3, 1]


def test_a_setting_that_some_moves_ignore_is_told(caplog: pytest.LogCaptureFixture) -> None:
    train("ownoptimizer", {"lr": 0.1})
    (line,) = caplog.messages
    assert "trainer.lr changes nothing for the move generator" in line


def test_one_that_is_told_the_settings_uses_them(caplog: pytest.LogCaptureFixture) -> None:
    run = train("toldoptimizer", {"optimizer": "sgd", "lr": 0.1, "betas": (0.5, 0.9)})
    assert run.trainer.rounds.players[1].optimizer.param_groups[0]["lr"] == 0.1
    one, two = caplog.messages
    assert "trainer.optimizer changes nothing for the move generator" in one + two
    assert "trainer.betas changes nothing for the move discriminator" in one + two


def test_runs_that_earlier_versions_began_go_on() -> None:
    for step in train("ownoptimizers"):
        if step.step == 1:
            break
    record = json.loads(Path("run/run.json").read_text())
    record["asked"].append("trainer.lr")
    Path("run/run.json").write_text(json.dumps(record))
    assert [step.step for step in ganzoo.train(resume="run")] == [2]


def test_a_penalty_that_the_game_never_takes_ends_the_run() -> None:
    with pytest.raises(ganzoo.UsageError, match="nopenalty does not use the penalty tenth"):
        list(train("nopenalty", penalty="tenth"))
    assert json.loads(Path("run/status.json").read_text())["status"] == "failed"


def test_it_can_be_refused_before() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="takes no penalty"):
        train("refuses", penalty="tenth")
    assert not Path("run").exists()


def test_a_penalty_that_is_used_changes_no_more_than_it_did() -> None:
    list(train("vanilla-mlp", dataset="ring", penalty="tenth"))
    assert "penalty" in Path("run/metrics.csv").read_text().splitlines()[0]


def test_a_loss_that_the_game_never_takes_ends_the_run() -> None:
    with pytest.raises(ganzoo.UsageError, match="noloss does not use the loss minimax"):
        list(train("noloss", loss="minimax"))


def test_half_a_loss_is_told(caplog: pytest.LogCaptureFixture) -> None:
    list(train("halfloss", loss="minimax"))
    (line,) = caplog.messages
    assert "only a half of the loss minimax" in line
    assert "loss.generator()" in line


def test_the_models_own_choice_of_a_loss_is_its_own() -> None:
    list(train("noloss"))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nopenalty", "never calls loss.penalty"),
        ("noloss", "never calls loss.discriminator"),
        ("halfloss", "never calls loss.penalty"),
        ("refuses", None),
        ("fixed", None),
        ("vanilla-mlp", None),
    ],
)
def test_a_check_finds_it_before(model: str, words: str | None) -> None:
    title = (it_uses_the_objective.__doc__ or "").rstrip(".")
    (check,) = (check for check in checks(model) if check.title == title)
    if words is None:
        check()
        return
    with pytest.raises(Failed, match=words):
        check()


# Given twice


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"lr": 0.1, "trainer.lr": 0.2}, "trainer.lr is set twice"),
        ({"steps": 3, "epochs": 2}, "^settings: epochs and steps both set the length"),
        ({"epochs": 2, "trainer.steps": 3}, "^settings: epochs and steps both set the length"),
    ],
    ids=str,
)
def test_python_sets_a_setting_once(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ganzoo.UsageError, match=told):
        ganzoo.train("vanilla-mlp", dataset="ring", settings=settings)


@pytest.mark.parametrize("settings", [{3: 4}, {None: 1}, {("lr",): 1}, ["lr"], "lr=1"], ids=str)
def test_settings_are_a_dictionary_of_texts(settings: Any) -> None:
    for use in (
        lambda: ganzoo.train("vanilla-mlp", dataset="ring", settings=settings),
        lambda: ganzoo.fields_of("ring", settings=settings),
        lambda: ganzoo.load_data("ring", settings=settings),
    ):
        with pytest.raises(ganzoo.UsageError, match=r"expected (text|a dictionary)"):
            use()
