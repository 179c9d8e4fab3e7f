"""Rounds as CUDA graphs on a GPU of NVIDIA. `test_capture.py` tests what needs none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import games
import pytest
import torch
from same_runs import assert_same

import ganzoo as zoo
from ganzoo.engine.events import State
from ganzoo.registry.registry import registry

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU of NVIDIA")

ROUNDS = 20
RING = {"model": "vanilla-mlp", "dataset": "ring"}
PERCEPTRONS = {"model.generator": (64, 64), "model.discriminator": (64, 64)}
DIGITS = {"dataset.size": 500, "trainer.batch_size": 32}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "vanilla-mlp": ({"model": "vanilla-mlp", "dataset": "mnist-5k"}, DIGITS),
    "average": (RING, {**PERCEPTRONS, "trainer.ema": 0.9}),
    "schedule": (RING, {**PERCEPTRONS, "trainer.schedule": "linear"}),
    "in pieces": (RING, {**PERCEPTRONS, "trainer.accumulate": 4}),
    "clipped": (RING, {**PERCEPTRONS, "trainer.clip_norm": 0.05}),
    "sgd": (RING, {**PERCEPTRONS, "trainer.optimizer": "sgd"}),
    "bfloat16": (RING, {**PERCEPTRONS, "trainer.precision": "bfloat16"}),
    "wgan": ({**RING, "loss": "wgan"}, PERCEPTRONS),
    "wgan, schedule": (
        {**RING, "loss": "wgan"}, {**PERCEPTRONS, "trainer.schedule": "linear"},
    ),
    "wgan-gp": ({**RING, "loss": "wgan-gp"}, PERCEPTRONS),
    "wgan-gp-toy": ({"model": "wgan-gp-toy"}, {}),
    "dcgan": ({"model": "dcgan", "dataset": "mnist-5k"}, DIGITS),
    "dcgan, bfloat16": (
        {"model": "dcgan", "dataset": "mnist-5k"}, {**DIGITS, "trainer.precision": "bfloat16"},
    ),
    "unrolled": ({"model": "unrolled"}, {"model.latent": 16}),
    "began": ({"model": "began"}, {}),
    "coded-points": ({"model": "coded-points"}, {}),
    "dropout": ({"model": "dropping"}, {}),
    "lazy": ({"model": "lazy"}, {"trainer.schedule": "linear"}),
    "simultaneous": (RING, {**PERCEPTRONS, "trainer.dynamics": "simultaneous"}),
    "extragradient": (RING, {**PERCEPTRONS, "trainer.dynamics": "extragradient"}),
    "optimistic": (RING, {**PERCEPTRONS, "trainer.dynamics": "optimistic"}),
}  # fmt: skip
captured = pytest.mark.parametrize("case", CASES)


@dataclass(frozen=True)
class Dropping:
    """Two perceptrons with dropout and batch norm."""

    def build(self, data: Any, loss: zoo.Objective) -> zoo.Game:
        nn = torch.nn
        generator = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
        critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
        return zoo.TwoPlayer(generator, critic, loss, 4)


class LazyGame(zoo.TwoPlayer):
    """A penalty in every third round, which grows over the run and shares an optimizer."""

    def moves(self) -> Any:
        discriminator, generator = super().moves()
        penalty = zoo.Move("slope", ("discriminator",), self.slope, every=3, shares="discriminator")
        return discriminator, penalty, generator

    def slope(self, batch: Any, draw: zoo.Draw) -> Any:
        x = zoo.first(batch) + 0.1 * draw.normal(*zoo.first(batch).shape)
        x.requires_grad_()
        (slope,) = torch.autograd.grad(self.discriminator(x).sum(), x, create_graph=True)
        penalty = slope.square().sum(1).mean()
        return zoo.cosine(draw.done, 0.1, 3) * penalty, {"slope": penalty}


@dataclass(frozen=True)
class Lazy(Dropping):
    """The same networks."""

    def build(self, data: Any, loss: zoo.Objective) -> zoo.Game:
        game: Any = super().build(data, loss)
        return LazyGame(game.generator, game.discriminator, loss, 4)


@dataclass(frozen=True)
class Waiting(Dropping):
    """The same, with a loss that makes Python wait in a way that only CUDA notices."""

    def build(self, data: Any, loss: zoo.Objective) -> zoo.Game:
        game: Any = super().build(data, loss)
        game.generator.register_forward_hook(lambda *_: torch.cuda.synchronize())
        return game


class Plugin:
    """Provides them."""

    @zoo.hookimpl
    def ganzoo_models(self) -> Iterator[zoo.Model]:
        for cls in (Dropping, Lazy, Waiting):
            yield zoo.Model(
                name=cls.__name__.lower(),
                summary="For a test.",
                factory=f"{cls.__module__}:{cls.__name__}",
                dataset="ring",
                loss="bce",
            )


@pytest.fixture(scope="module", autouse=True)
def plugins() -> Iterator[None]:
    """The models of these tests and of `games`, registered for these tests alone."""
    before = len(registry().plugins)
    zoo.register(games)
    zoo.register(Plugin())
    yield
    del registry().plugins[before:]


def training(case: str, out: str, **own: Any) -> zoo.Training:
    asked, settings = CASES[case]
    return begin(asked, {**settings, **{f"trainer.{k}": v for k, v in own.items()}}, out)


def begin(asked: dict[str, Any], settings: dict[str, Any], out: str) -> zoo.Training:
    usual = {
        "trainer.device": "cuda", "trainer.steps": ROUNDS, "trainer.log_every": 5,
        "trainer.sample_every": 10, "trainer.checkpoint_every": 10, "trainer.samples": 16,
    }  # fmt: skip
    return zoo.train(**asked, out=out, settings={**usual, **settings})


def trained(run: zoo.Training) -> State:
    """Train to the end: copies of the state."""
    for _ in run:
        pass
    state = run.trainer.state()
    return State({k: v.detach().cpu().clone() for k, v in state.tensors.items()}, state.plain)


def weights(state: State) -> torch.Tensor:
    """All weights and statistics as one vector."""
    return torch.cat([
        v.flatten().double() for k, v in state.tensors.items()
        if k.startswith(("game/", "average/")) and v.is_floating_point()
    ])  # fmt: skip


@captured
def test_a_captured_run_ends_as_an_eager_one(case: str) -> None:
    start = weights(training(case, "start").trainer.state()).cpu()
    eager, run = training(case, "eager", cuda_graph="off"), training(case, "captured")
    expected, found = trained(eager), trained(run)
    assert run.trainer.rounds.captured, run.trainer.rounds.uncaptured
    assert not eager.trainer.rounds.captured
    off = (weights(found) - weights(expected)).norm() / (weights(expected) - start).norm()
    print(f"{case}: {off:.2e} of the change")
    assert off < 0.02
    draws = [k for k in expected.tensors if k.startswith(("draw/", "random/"))]
    assert all(torch.equal(expected.tensors[k], found.tensors[k]) for k in draws)
    assert expected.plain["counts"] == found.plain["counts"]
    ours, theirs = (r.run.metrics.numbers() for r in (run, eager))
    for row, other in zip(ours, theirs, strict=True):
        assert row == pytest.approx(other, rel=0.05, abs=0.02)


@captured
def test_it_resumes_exactly(case: str) -> None:
    trained(training(case, "whole"))
    for step in training(case, "run"):
        if step.step == 7:
            break
    for step in zoo.train(resume="run"):
        if step.step == 13:
            shutil.copytree("run", "killed")  # what SIGKILL would have left
            break
    for name in ("run", "killed"):
        again = zoo.train(resume=name)
        for _ in again:
            pass
        assert again.trainer.rounds.captured
        assert_same(Path(name), Path("whole"))


@pytest.mark.parametrize("case", ["average", "dcgan", "dropout"])
def test_what_happens_in_between_changes_nothing(case: str) -> None:
    expected = trained(training(case, "whole", sample_every=1000))
    run = training(case, "run", sample_every=1)
    for _ in run:
        torch.rand(7, device="cuda")
        torch.manual_seed(3)
        run.trainer.sample(9, zoo.Draw(1, "cuda"))
    found = run.trainer.state()
    assert run.trainer.rounds.captured
    for name, value in expected.tensors.items():
        assert torch.equal(value, found.tensors[name].cpu()), name


def test_the_same_training_iterated_again_continues() -> None:
    expected = trained(training("average", "whole"))
    run = training("average", "run")
    for step in run:
        if step.step == 8:
            break
    found = trained(run)
    assert all(torch.equal(v, found.tensors[k]) for k, v in expected.tensors.items())


@pytest.mark.parametrize(
    ("model", "why"),
    [("cycle", "pool.py, line 37, reads a tensor's value"), ("waiting", "test_cuda_graph.py")],
)
def test_what_cannot_be_captured_runs_as_it_is(model: str, why: str) -> None:
    runs = {
        how: begin({"model": model}, {"trainer.cuda_graph": how}, how) for how in ("off", "auto")
    }
    expected, found = (trained(run) for run in runs.values())
    rounds = runs["auto"].trainer.rounds
    assert not rounds.captured
    print(rounds.uncaptured)
    assert why in rounds.uncaptured
    assert all(torch.equal(v, found.tensors[k]) for k, v in expected.tensors.items())


def test_the_command_line_trains_stops_resumes_and_samples(ganzoo: Any) -> None:
    train = ("train", "vanilla-mlp", "--dataset", "mnist-5k", "--device", "cuda")
    shown = ganzoo(*train, "--steps", "50", "--dry-run").ok()
    assert "Each step is replayed as one CUDA graph." in " ".join(shown.out.split())
    ganzoo(*train, "--steps", "300", "--out", "whole").ok()
    ganzoo(*train, "--steps", "150", "--out", "run").ok()
    ganzoo("train", "--resume", "run", "--steps", "300").ok()
    ganzoo("sample", "run", "--out", "samples.png").ok()
    assert Path("samples.png").stat().st_size > 1000
    last = "samples/step-00000300.png"
    assert Path("run", last).read_bytes() == Path("whole", last).read_bytes()
