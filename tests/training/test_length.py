"""A run whose course depends on its length cannot be made longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from same_runs import assert_same
from torch import nn

import ganzoo
from ganzoo.diagnosis.diagnosis import examine
from ganzoo.diagnosis.history import read
from ganzoo.registry.registry import registry
from ganzoo.runs.folder import Run

SETTINGS: dict[str, Any] = {
    "dataset.size": 320, "batch_size": 16, "samples": 16, "steps": 6, "log_every": 1,
    "checkpoint_every": 2, "threads": 1,
}  # fmt: skip


class Warming(ganzoo.TwoPlayer):
    """The generator's loss fades in, and its samples grow."""

    reads = True

    def generator_loss(self, batch: Any, draw: ganzoo.Draw) -> Any:
        loss, logs = super().generator_loss(batch, draw)
        return (ganzoo.linear(draw.done, 0.5, 1) * loss if self.reads else loss), logs

    def sample(self, n: int, draw: ganzoo.Draw, given: Any) -> Any:
        samples = super().sample(n, draw, given)
        return samples + 100 * draw.done if self.reads else samples


class Steady(Warming):
    reads = False


class Scheduled(Steady):
    def moves(self) -> Any:
        return [
            ganzoo.Move(m.name, m.trains, m.loss, schedule=lambda done: 1 - done / 2)
            for m in super().moves()
        ]


def model(game: type[ganzoo.TwoPlayer]) -> type[Any]:
    def build(self: Any, data: Any, loss: Any) -> ganzoo.Game:
        return game(nn.Linear(2, 2), nn.Linear(2, 1), loss, 2)

    made = type(f"{game.__name__}Model", (), {"build": build, "__module__": __name__})
    return dataclass(frozen=True)(made)


WarmingModel, SteadyModel, ScheduledModel = map(model, (Warming, Steady, Scheduled))


class Plugin:
    __name__ = "lengths"

    @ganzoo.hookimpl
    def ganzoo_models(self) -> Iterator[ganzoo.Model]:
        for name in ("warming", "steady", "scheduled"):
            factory = f"{__name__}:{name.title()}Model"
            yield ganzoo.Model(name=name, summary="Tried.", dataset="ring", factory=factory)


@pytest.fixture(autouse=True)
def _plugin() -> Iterator[None]:
    before = [*registry().plugins]
    ganzoo.register(Plugin())
    yield
    registry().plugins[:] = before


def train(model: str, out: str, until: int = 6) -> Path:
    for step in ganzoo.train(model, settings=SETTINGS, out=out):
        if step.step == until:
            break
    return Path(out)


@pytest.mark.parametrize(("model", "why"), [("warming", r"draw\.done"), ("scheduled", "schedule")])
@pytest.mark.parametrize("until", [3, 6])
def test_it_cannot_be_extended_and_says_why(model: str, why: str, until: int) -> None:
    run = train(model, "run", until)
    with pytest.raises(ganzoo.UsageError, match=f"cannot be extended beyond its 6 steps: .*{why}"):
        ganzoo.train(resume=run, settings={"steps": 12})


def test_other_runs_can() -> None:
    run = train("steady", "run")
    assert len(list(ganzoo.train(resume=run, settings={"steps": 8}))) == 2


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_it_resumes_exactly(stop: int) -> None:
    whole = train("warming", "whole")
    run = train("warming", "run", stop)
    list(ganzoo.train(resume=run))
    assert_same(run, whole)


def test_a_damaged_checkpoint_hides_nothing() -> None:
    run = train("warming", "run")
    Run(run).checkpoint(6).write_bytes(b"damaged")
    with pytest.raises(ganzoo.UsageError, match="cannot be extended"):
        ganzoo.train(resume=run, settings={"steps": 12})


def test_samples_have_the_share_of_their_weights() -> None:
    run = train("warming", "run")
    for step, done in ((0, 0), (6, 1)):
        trained = ganzoo.load(run, step)
        assert trained.draw(0).done.item() == done
        middle = float(trained.sample(100).tensor.mean())
        assert middle == pytest.approx(100 * done, abs=3)
        assert float(trained.walk(1, 2, 4).tensor.mean()) == pytest.approx(100 * done, abs=9)


@pytest.mark.parametrize(("model", "reads"), [("warming", True), ("steady", False)])
def test_a_diagnosis_knows_that_it_cannot_go_on(model: str, reads: bool) -> None:
    run = train(model, "run")
    assert read(Run(run)).reads_done == reads
    command = examine(read(Run(run)), "run").command
    assert command.startswith(
        "ganzoo train warming --dataset ring" if reads else "ganzoo train --resume run"
    )
