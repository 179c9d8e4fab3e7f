"""A round as a CUDA graph: all of it that needs no GPU.

Where CUDA would record, `rehearsal` keeps the round's function. It does not show that a GPU can
record a round (`test_cuda_graph.py` does), but everything around that: batches at fixed addresses,
the state that is put back, the sums, the reasons against it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganzoo.builtin.bce import BCE
from ganzoo.engine import rounds as of_rounds
from ganzoo.engine.capture import (
    CannotCapture,
    Record,
    Work,
    cuda_graph,
    make_capturable,
    rehearsal,
)
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.events import State
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, Game, Move, Scalars
from ganzoo.engine.random import Draw
from ganzoo.engine.readback import _moves
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.trainer import Trainer
from ganzoo.engine.two_player import Objective, TwoPlayer
from ganzoo.registry.records import Field

CPU = torch.device("cpu")
STEPS = 12
Change = Callable[["Tried", Batch], object]


class Tried(TwoPlayer):
    """Dropout, batch norm, three critic moves on batches of their own, and something to try."""

    def __init__(self, tried: Change = lambda game, batch: None, **move: Any) -> None:
        generator = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
        discriminator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
        super().__init__(generator, discriminator, Objective(BCE(), critic_moves=3), 2)
        self.register_buffer("seen", torch.zeros(()))
        self.tried = tried
        self.move = move

    def moves(self) -> Sequence[Move]:
        discriminator, generator = super().moves()
        return replace(discriminator, **self.move), generator

    def discriminator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        self.tried(self, batch)
        with torch.no_grad():
            self.seen += batch["point"].sum()
        loss, scalars = super().discriminator_loss(batch, draw)
        return loss, {**scalars, "seen": self.seen}


def trainer(
    game: Callable[[], Game] = Tried, record: Record | None = rehearsal, **settings: Any
) -> Trainer:
    torch.manual_seed(0)
    points = np.random.default_rng(0).standard_normal((40, 2)).astype(np.float32)
    feed = Feed(Data({"point": Field((2,))}, {"point": points}), 4, 0, CPU)
    usual = {"steps": STEPS, "log_every": 5, "sample_every": 4, "batch_size": 4, "lr": 0.01}
    return Trainer(game(), feed, TrainerConfig(**{**usual, **settings}), CPU, record=record)


def rows(training: Trainer, until: int = STEPS) -> list[dict[str, float]]:
    """Train, and return what was logged."""
    found = []
    for step in training:
        if step.metrics:
            found.append(dict(step.metrics))
        if step.step == until:
            break
    return found


def same(one: State, other: State) -> None:
    """Equal to the last bit."""
    assert one.plain == other.plain
    assert list(one.tensors) == list(other.tensors)
    different = [k for k, v in one.tensors.items() if not torch.equal(v, other.tensors[k])]
    assert not different


@pytest.mark.parametrize(
    "settings",
    [{}, {"ema": 0.9}, {"clip_norm": 0.1, "accumulate": 2}, {"optimizer": "rmsprop"},
     {"optimizer": "sgd"}],
    ids=str,
)  # fmt: skip
def test_a_captured_training_is_the_eager_one(settings: dict[str, Any]) -> None:
    eager, captured = trainer(record=None, **settings), trainer(**settings)
    assert rows(eager) == rows(captured)
    assert captured.rounds.captured
    assert not eager.rounds.captured
    same(eager.state(), captured.state())


def test_a_schedule_is_kept_at_an_address() -> None:
    eager, captured = (trainer(record=r, schedule="linear") for r in (None, rehearsal))
    before = captured.rounds.players[0].optimizer.param_groups[0]["lr"]
    expected, found = rows(eager), rows(captured)
    assert captured.rounds.captured
    after = captured.rounds.players[0].optimizer.param_groups[0]["lr"]
    assert after is before
    assert after.item() == pytest.approx(0.01 / STEPS)
    assert found[-1] == pytest.approx(expected[-1], rel=1e-3)
    state = captured.state().plain["optimizers"]["generator"]["groups"][0]
    assert state["lr"] == pytest.approx(0.01 / STEPS)  # a plain number, as in every checkpoint


def test_capturing_leaves_no_trace() -> None:
    training = trainer(record=None, ema=0.9)
    rows(training, until=7)  # two rounds into a row
    rounds = training.rounds
    batches = [next(training.feed) for _ in range(rounds.batches(0))]
    before = State({k: v.clone() for k, v in training.state().tensors.items()},
                   dict(training.state().plain))  # fmt: skip
    outside = torch.get_rng_state()
    (replay,) = rounds.capture(batches, rehearsal).values()
    same(training.state(), before)
    assert torch.equal(torch.get_rng_state(), outside)
    replay(batches)
    assert rounds.state().plain["counts"]["generator_loss"] == 3
    assert not torch.equal(training.state().tensors["game/seen"], before.tensors["game/seen"])


def test_a_replay_reads_the_batches_where_they_were() -> None:
    places: set[int] = set()
    training = trainer(lambda: Tried(lambda game, batch: places.add(batch["point"].data_ptr())))
    seen: list[float] = []
    for step in training:
        if step.step == 1:
            places.clear()
        seen.append(training.game.seen.item())
    assert len(places) == 3
    eager = trainer(record=None)
    assert seen == [0.0, *(eager.game.seen.item() for step in eager if step.step)]


@pytest.mark.parametrize("stop", [1, 5, 7])
def test_it_resumes_exactly(stop: int) -> None:
    whole, first, second = trainer(ema=0.9), trainer(ema=0.9), trainer(ema=0.9)
    expected = rows(whole)
    before = rows(first, until=stop)
    second.load_state(first.state())
    assert before + rows(second) == expected
    assert second.rounds.captured
    same(whole.state(), second.state())


def test_loaded_into_a_captured_training_it_captures_anew() -> None:
    whole, other = trainer(), trainer()
    rows(whole, until=7)
    kept = whole.state()
    state = State({k: v.clone() for k, v in kept.tensors.items()}, dict(kept.plain))
    rows(whole)
    rows(other)
    other.load_state(state)
    assert not other.rounds.captured
    rows(other)
    same(whole.state(), other.state())


def test_a_schedule_that_is_loaded_has_an_address_again() -> None:
    first, second = trainer(schedule="linear"), trainer(schedule="linear")
    rows(first, until=5)
    second.load_state(first.state())
    for player in second.rounds.players:
        assert isinstance(player.optimizer.param_groups[0]["lr"], Tensor)


def test_optimizers_count_their_steps_where_a_graph_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(of_rounds, "make_capturable", lambda groups, on: asked.append((groups, on)))
    eager, training = trainer(record=None), trainer()
    own = [player.optimizer.param_groups for player in training.rounds.players]
    assert asked == [(groups, CPU) for groups in own]
    rows(eager, until=1)
    asked.clear()
    eager.load_state(eager.state())
    assert asked == []
    training.load_state(eager.state())
    loaded = [player.optimizer.param_groups for player in training.rounds.players]
    assert [len(groups) for groups, _ in asked] == [1, 1, 1, 1]
    assert asked[2:] == [(groups, CPU) for groups in loaded]  # the others, before they were loaded


def test_only_a_gpu_counts_in_a_tensor() -> None:
    groups: list[dict[str, Any]] = [{"capturable": False}, {}]
    make_capturable(groups, CPU)
    assert groups == [{"capturable": False}, {}]
    make_capturable(groups, torch.device("cuda"))
    assert groups == [{"capturable": True}, {}]


class Idle:
    """A player on a GPU that is not there."""

    def __init__(self, *_: object) -> None:
        self.schedule = None
        self.optimizer = SimpleNamespace(param_groups=[])


@pytest.mark.parametrize(
    ("device", "setting", "record", "chosen"),
    [("cuda", "auto", None, cuda_graph), ("cuda", "auto", rehearsal, rehearsal),
     ("cuda", "off", None, None), ("cpu", "auto", None, None), ("mps", "auto", None, None)],
)  # fmt: skip
def test_a_gpu_of_nvidia_records_unless_it_is_turned_off(
    device: str, setting: Any, record: Any, chosen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_rounds, "Player", Idle)
    config = TrainerConfig(cuda_graph=setting)
    assert Rounds(Tried(), config, torch.device(device), record)._record is chosen


def if_small(game: Tried, batch: Batch) -> None:
    if game.seen < 1e9:
        pass


def masked(game: Tried, batch: Batch) -> None:
    batch["point"][batch["point"] > 0].sum()


def counted(game: Tried, batch: Batch) -> None:
    len((batch["point"] > 0).nonzero())


def replaced(game: Tried, batch: Batch) -> None:
    game.seen = game.seen + 1


@pytest.mark.parametrize(
    ("tried", "why"),
    [
        (if_small, r"test_capture.py, line \d+, reads a tensor's value"),
        (masked, r"test_capture.py, line \d+, indexes with a mask"),
        (counted, r"test_capture.py, line \d+, has a result whose size depends on values"),
        (replaced, "it replaces seen instead of writing into it"),
    ],
)
def test_what_cannot_be_captured_runs_as_it_is(
    tried: Change, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    eager, training = (trainer(lambda: Tried(tried), record=r) for r in (None, rehearsal))
    with caplog.at_level(logging.INFO, "ganzoo"):
        found = rows(training)
    assert not training.rounds.captured
    (line,) = (r.getMessage() for r in caplog.records)
    assert line == f"Steps are not captured as a CUDA graph, because {training.rounds.uncaptured}."
    assert re.search(why, line)
    assert found == rows(eager)
    same(eager.state(), training.state())


def test_the_line_that_reads_is_named() -> None:
    training = trainer(lambda: Tried(if_small))
    rows(training)
    line = if_small.__code__.co_firstlineno + 1
    assert training.rounds.uncaptured.startswith(f"test_capture.py, line {line}, ")


@pytest.mark.parametrize(
    "tried",
    [
        lambda game, batch: batch["point"][torch.tensor([0, 2])],
        lambda game, batch: torch.where(batch["point"] > 0, batch["point"], 0.0),
        lambda game, batch: game.seen.mul_(game.seen < 1e9),
        lambda game, batch: batch["point"].clone().index_put_((batch["point"] > 0,), game.seen),
    ],
)
def test_what_reads_nothing_back_is_captured(tried: Change) -> None:
    training = trainer(lambda: Tried(tried))
    rows(training)
    assert training.rounds.captured, training.rounds.uncaptured


@pytest.mark.parametrize(
    ("name", "devices", "result", "refused"),
    [
        ("_to_copy", ["cpu"], "meta", True), ("_to_copy", ["meta"], "meta", False),
        ("copy_", ["meta", "cpu"], "meta", True), ("copy_", ["meta", "meta"], "meta", False),
        ("lift_fresh", ["cpu"], "meta", True), ("lift_fresh", ["cpu"], "cpu", False),
        ("add", ["meta", "cpu"], "meta", False), ("_to_copy", ["cpu"], None, False),
    ],
)  # fmt: skip
def test_copies_between_devices_are_noticed(
    name: str, devices: list[str], result: str | None, refused: bool
) -> None:
    args = (*(torch.zeros(1, device=device) for device in devices), "more")
    assert bool(_moves(name, args, result and torch.zeros(1, device=result))) == refused


class Counting(torch.optim.SGD):
    """Counts its steps in Python."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        super().step()
        for group in self.param_groups:
            for parameter in group["params"]:
                self.state[parameter]["count"] = self.state[parameter].get("count", 0) + 1


def test_an_optimizer_that_counts_in_python_is_not_captured() -> None:
    training = trainer(lambda: Tried(optimizer=lambda p: Counting(p, 0.01)))
    rows(training)
    assert training.rounds.uncaptured == "Counting keeps 'count' in Python"


def test_an_optimizer_that_reads_its_count_is_not_captured() -> None:
    training = trainer(lambda: Tried(optimizer=lambda p: torch.optim.Adagrad(p, foreach=False)))
    rows(training)
    assert "reads a tensor's value" in training.rounds.uncaptured


def nothing(work: Work, generators: Sequence[torch.Generator]) -> Work:
    return lambda: None


def without_random(work: Work, generators: Sequence[torch.Generator]) -> Work:
    """As if the generators were not registered: each replay draws the same numbers."""

    def again() -> None:
        states = [g.get_state() for g in generators]
        work()
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)

    return again


def failing(work: Work, generators: Sequence[torch.Generator]) -> Work:
    work()
    raise RuntimeError("operation not permitted when stream is capturing\nand more")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (nothing, "other random numbers"),
        (without_random, "other random numbers"),
        (failing, "fails: operation not permitted when stream is capturing"),
    ],
)
def test_a_replay_that_differs_is_not_used(record: Record, why: str) -> None:
    eager, training = trainer(record=None), trainer(record=record)
    assert rows(training) == rows(eager)
    assert why in training.rounds.uncaptured
    same(eager.state(), training.state())


def test_without_a_graph_the_rate_is_a_number_again() -> None:
    eager, training = (trainer(record=r, schedule="linear") for r in (None, failing))
    rows(training, until=3)
    rate = training.rounds.players[0].optimizer.param_groups[0]["lr"]
    assert (type(rate), rate) == (float, 0.01 * (1 - 2 / STEPS))
    assert rows(training)[-1] == pytest.approx(rows(eager)[-1], rel=1e-3)


def test_a_replay_that_forgets_the_average_is_not_used() -> None:
    training = trainer(record=None, ema=0.9)
    rows(training, until=3)
    rounds = training.rounds

    def record(work: Work, generators: Sequence[torch.Generator]) -> Work:
        def partly() -> None:
            kept = {k: v.clone() for k, v in rounds.average.values.items()}
            work()
            for name, value in kept.items():
                rounds.average.values[name].copy_(value)

        return partly

    batches = [next(training.feed) for _ in range(rounds.batches(0))]
    with pytest.raises(CannotCapture, match="changes average/generator"):
        rounds.capture(batches, record)


def test_rounds_take_as_many_batches_as_their_moves() -> None:
    config = TrainerConfig()
    assert Rounds(Tried(), config, CPU).batches(0) == 3
    assert Rounds(Tried(fresh_batch=False), config, CPU).batches(0) == 1
