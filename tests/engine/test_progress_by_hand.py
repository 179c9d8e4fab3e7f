"""How far a run is: values that follow it, and who reads it when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.capture import rehearsal
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, Game, Move, View
from ganzoo.engine.progress import Progress, cosine, linear
from ganzoo.engine.random import Draw, Interpolation
from ganzoo.engine.trainer import Trainer
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("value", "over", "expected"),
    [
        (linear, (0, 1), [3, 4, 5, 6, 7]),
        (linear, (0.25, 0.75), [3, 3, 5, 7, 7]),
        (linear, (0, 0.5), [3, 5, 7, 7, 7]),
        # 3 + 2 (1 - cos(pi t)), with cos(pi / 4) = 0.707107
        (cosine, (0, 1), [3, 3.585786, 5, 6.414214, 7]),
        (cosine, (0.5, 1), [3, 3, 3, 5, 7]),
    ],
)
def test_values_that_follow_a_run(value: Any, over: Any, expected: list[float]) -> None:
    shares = [0.0, 0.25, 0.5, 0.75, 1.0]
    assert [value(share, 3, 7, over) for share in shares] == pytest.approx(expected)
    assert value(torch.tensor(shares), 3, 7, over).tolist() == pytest.approx(expected)


def test_they_change_during_all_of_a_run_unless_a_part_is_given() -> None:
    assert [linear(share, 3, 7) for share in (0.0, 0.25, 1.0)] == [3, 4, 7]
    assert [cosine(share, 3, 7) for share in (0.0, 0.5, 1.0)] == pytest.approx([3, 5, 7])


@pytest.mark.parametrize("over", [(0.5, 0.5), (1, 0)])
def test_a_change_ends_after_it_starts(over: tuple[float, float]) -> None:
    with pytest.raises(GanzooError, match="expected a start and a later end"):
        linear(0.5, 0, 1, over)


def test_the_share_is_float32_whatever_the_default_is() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert Progress(0.5).done.dtype == torch.float32
    finally:
        torch.set_default_dtype(torch.float32)


def test_outside_a_run_all_is_done() -> None:
    done = Draw(0).done
    assert (done.item(), done.shape, done.dtype) == (1, (), torch.float32)
    ends = Draw(1, progress=Progress(0.25)), Draw(2)
    assert Interpolation(*ends, 4).done.item() == 0.25


class Reads(Game):
    """One weight, which starts at 1. Its gradient is the share of the run that is done."""

    def __init__(self, loss: bool = True, samples: bool = True) -> None:
        super().__init__()
        self.w = nn.Linear(1, 1, bias=False)
        nn.init.ones_(self.w.weight)
        self.loss, self.samples = loss, samples
        self.seen: list[float] = []
        self.drawn: list[float] = []
        self.judged: list[float] = []
        self.places: set[int] = set()

    def moves(self) -> list[Move]:
        return [Move("w", ("w",), self.w_loss)]

    def w_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        w = self.w.weight.sum()
        if not self.loss:
            return w, {}
        self.places.add(draw.done.data_ptr())
        return draw.done * w, {"done": draw.done}

    def views(self) -> Any:
        return (View("samples", self.sample, uses=("w",)),)

    def sample(self, n: int, draw: Draw, given: Any) -> Tensor:
        if self.samples:
            self.drawn.append(draw.done.item())
        return torch.zeros(n, 2)

    def verdict(self, batch: Batch, draw: Draw) -> None:
        if self.samples:
            self.judged.append(draw.done.item())


def training(game: Game, steps: int = 4, **more: Any) -> Trainer:
    data = Data({"x": Field((2,))}, {"x": np.ones((8, 2), np.float32)})
    config = {"batch_size": 2, "optimizer": "sgd", "lr": 0.1, "sample_every": 1, "log_every": 1}
    feed = Feed(data, 2, 0, CPU)
    return Trainer(game, feed, TrainerConfig(steps=steps, **config), CPU, **more)  # type: ignore[arg-type]


def test_a_round_reads_the_share_before_it_and_a_sample_that_of_its_weights() -> None:
    game = Reads()
    probes = {"seen": {"x": torch.ones(1, 2)}}
    logged = [s.metrics["done"] for s in training(game, probes=probes) if s.metrics]
    assert logged == [0, 0.25, 0.5, 0.75]
    assert game.w.weight.item() == pytest.approx(1 - 0.1 * (0 + 0.25 + 0.5 + 0.75))
    assert len(game.places) == 1
    assert sorted(set(game.drawn)) == sorted(set(game.judged)) == [0, 0.25, 0.5, 0.75, 1]


def test_whatever_is_drawn_between_rounds_is_drawn_with_the_share_of_that_moment() -> None:
    game = Reads()
    run = training(game)
    for step in run:
        game.drawn.clear()
        run.sample(1, run.draw("grid"))
        assert game.drawn == [step.step / 4]


def test_a_captured_round_reads_each_new_share() -> None:
    eager, captured = training(Reads()), training(Reads(), record=rehearsal)
    rows = [[step.metrics for step in run if step.metrics] for run in (eager, captured)]
    assert captured.rounds.captured
    assert rows[0] == rows[1]
    assert rows[0][-1]["done"] == 0.75


@pytest.mark.parametrize(
    ("loss", "samples"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_a_trainer_notes_whether_anything_reads_it(loss: bool, samples: bool) -> None:
    run = training(Reads(loss, samples))
    assert not run.fixed_by
    list(run)
    assert ("draw.done" in run.fixed_by) == (loss or samples)
    again = training(Reads(loss, samples))
    again.load_state(run.state())
    assert again.fixed_by == run.fixed_by


def test_a_run_that_goes_on_reads_what_it_would_have_read() -> None:
    whole, part, rest = (training(Reads()) for _ in range(3))
    list(whole)
    for step in part:
        if step.step == 2:
            break
    rest.load_state(part.state())
    list(rest)
    assert torch.equal(rest.game.w.weight, whole.game.w.weight)
    assert rest.game.drawn[-1] == 1
