"""Moves that are not made in each round, and moves that share an optimizer.

A game has two weights that start at 1, and SGD of rate 0.1 unless a test says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.capture import CannotCapture, rehearsal
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.events import State
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Game, Move, View
from ganzoo.engine.random import Draw
from ganzoo.engine.rounds import Rounds, kinds_of_rounds
from ganzoo.engine.trainer import Trainer, steps_per_epoch
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

CPU = torch.device("cpu")
X = {"x": torch.ones(2, 1)}


class Two(Game):
    """The weights ``w`` and ``v``, and the moves of the test."""

    def __init__(self, *moves: Callable[[Two], Move]) -> None:
        super().__init__()
        self.w, self.v = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
        for module in (self.w, self.v):
            nn.init.ones_(module.weight)
        self._moves = [move(self) for move in moves]

    def moves(self) -> list[Move]:
        return self._moves

    def views(self) -> Any:
        return (View("samples", self.sample, uses=("w",)),)

    def sample(self, n: int, draw: Draw, given: Any) -> Tensor:
        return torch.zeros(n, 1)

    @property
    def values(self) -> tuple[float, float]:
        return self.w.weight.item(), self.v.weight.item()


def move(name: str, slope: float, on: str = "w", **settings: Any) -> Callable[[Two], Move]:
    """A move with a constant gradient, which logs the weight."""

    def made(game: Two) -> Move:
        def loss(*_: object) -> tuple[Tensor, dict[str, Tensor]]:
            weight = game.get_submodule(on).weight.sum()
            return slope * weight, {f"{name}_weight": weight}

        return Move(name, (on,), loss, **settings)

    return made


def rounds(game: Game, **config: Any) -> Rounds:
    usual = {"batch_size": 2, "optimizer": "sgd", "lr": 0.1, "device": "cpu"}
    return Rounds(game, TrainerConfig(**{**usual, **config}), CPU)


def trainer(game: Game, **config: Any) -> Trainer:
    settings = {"batch_size": 2, "optimizer": "sgd", "lr": 0.1, "steps": 8, "log_every": 2}
    record = config.pop("record", None)
    data = Data({"x": Field((1,))}, {"x": np.ones((12, 1), np.float32)})
    made = TrainerConfig(**{**settings, **config})
    return Trainer(game, Feed(data, 2, 0, CPU), made, CPU, record=record)


def copied(state: State) -> State:
    """As a file would keep it."""
    tensors = {name: value.clone() for name, value in state.tensors.items()}
    return State(tensors, json.loads(json.dumps(state.plain)))


def same(one: State, other: State) -> None:
    one, other = copied(one), copied(other)
    assert json.dumps(one.plain) == json.dumps(other.plain)
    assert list(one.tensors) == list(other.tensors)
    assert not [k for k, v in one.tensors.items() if not torch.equal(v, other.tensors[k])]


# every


def test_a_lazy_move_is_made_in_the_first_round_and_then_in_each_kth() -> None:
    game = Two(move("a", 1), move("b", 10, every=3))
    played, path = rounds(game), []
    for step in range(7):
        played.play([X], step, 7)
        path.append(round(game.values[0], 5))
    # 0.1 for each round, and 1 for the rounds 0, 3 and 6
    assert path == pytest.approx([-0.1, -0.2, -0.3, -1.4, -1.5, -1.6, -2.7])


def test_its_logs_are_means_over_the_rounds_in_which_it_was_made() -> None:
    game = Two(move("a", 1), move("b", 10, on="v", every=3))
    rows = [step.metrics for step in trainer(game) if step.metrics]
    assert [row["a_weight"] for row in rows] == pytest.approx([0.95, 0.75, 0.55, 0.35])
    # it was made in the rounds 0, 3 and 6, at v = 1, 0 and -1, each in a row of its own
    found = [round(row["b_weight"], 5) if "b_weight" in row else None for row in rows]
    assert found == [1, 0, None, -1]
    assert [row.get("b_gradient") for row in rows] == [10, 10, None, 10]
    game = Two(move("a", 1), move("b", 10, on="v", every=3))
    (row,) = [step.metrics for step in trainer(game, log_every=8) if step.metrics]
    assert row["b_weight"] == pytest.approx(0, abs=1e-6)  # the mean of the three


def test_it_takes_batches_only_when_it_is_made() -> None:
    game = Two(move("a", 1, repeats=2), move("b", 1, repeats=3, every=4))
    played = rounds(game)
    assert [played.batches(step) for step in range(5)] == [4, 2, 2, 2, 4]
    # a round takes 1 + 1 + 2 / 4 batches on average
    assert steps_per_epoch(game.moves(), 10) == 4
    run = trainer(game, steps=5)
    list(run)
    assert run.feed.drawn == 4 + 2 + 2 + 2 + 4


def three() -> Two:
    return Two(
        move("b", 3, every=2), move("a", 1), move("c", 5, on="v", every=3), move("d", 2, on="v")
    )


@pytest.mark.parametrize("record", [None, rehearsal], ids=["eager", "captured"])
@pytest.mark.parametrize("stop", range(1, 8))
def test_it_resumes_exactly(stop: int, record: Any) -> None:
    # a row ends at step 3, and the names of the next one come in another order
    config = {"optimizer": "adam", "ema": 0.9, "log_every": 3, "record": record}
    whole, part, rest = (trainer(three(), **config) for _ in range(3))
    expected = [step.metrics for step in whole if step.metrics]
    for step in part:
        if step.step == stop:
            break
    rest.load_state(copied(part.state()))
    found = [step.metrics for step in rest if step.metrics]
    assert found == expected[len(expected) - len(found) :]
    same(rest.state(), whole.state())


@pytest.mark.parametrize(
    ("every", "kinds"),
    [
        ((1, 1), [1]),
        ((1, 16), [1, 16]),
        ((1, 4, 16), [1, 4, 16]),
        ((1, 2, 3), [1, 2, 3, 6]),
        ((1, 4, 6), [1, 4, 6, 12]),
    ],
)
def test_the_sets_of_moves_that_are_made_together(every: tuple[int, ...], kinds: list[int]) -> None:
    moves = [move(f"m{i}", 1, every=k)(Two()) for i, k in enumerate(every)]
    assert kinds_of_rounds(moves) == kinds
    together = {tuple(step % k == 0 for k in every) for step in range(1, 49)}
    assert together == {tuple(kind % k == 0 for k in every) for kind in kinds}


def test_each_set_of_moves_is_captured() -> None:
    eager, captured = trainer(three(), ema=0.9), trainer(three(), ema=0.9, record=rehearsal)
    rows = [[step.metrics for step in run if step.metrics] for run in (eager, captured)]
    assert captured.rounds.captured, captured.rounds.uncaptured
    assert captured.rounds.kinds == [1, 2, 3, 6]
    assert rows[0] == rows[1]
    same(eager.state(), captured.state())


def test_if_one_of_them_cannot_be_captured_none_is() -> None:
    def reads(game: Two) -> Move:
        return Move(
            "r", ("v",), lambda *_: (game.v.weight.sum() * game.v.weight.item(), {}), every=5
        )

    eager, run = (trainer(Two(move("a", 1), reads), record=r) for r in (None, rehearsal))
    list(eager), list(run)
    assert "reads a tensor's value" in run.rounds.uncaptured
    assert not run.rounds.captured
    same(eager.state(), run.state())
    with pytest.raises(CannotCapture):
        rounds(Two(move("a", 1), reads)).capture([X], rehearsal)


# shares


def test_it_steps_the_optimizer_of_another_move() -> None:
    """Adam with betas (0.5, 0.9) sees the gradients 1 and 3 in turn, as of one move."""
    game = Two(move("a", 1), move("b", 3, shares="a"))
    played = rounds(game, optimizer="adam", betas=(0.5, 0.9))
    played.play([X], 0, 10)
    first = (0.5 * 0.5 * 1 + 0.5 * 3) / (1 - 0.5**2)
    second = (0.9 * 0.1 * 1 + 0.1 * 9) / (1 - 0.9**2)
    assert game.values[0] == pytest.approx(1 - 0.1 - 0.1 * first / second**0.5)
    one, two = played.players
    assert one.optimizer is two.optimizer
    assert [*played.state().plain["optimizers"]] == ["a"]


def test_it_may_train_a_part_of_what_the_other_trains() -> None:
    def both(game: Two) -> Move:
        return Move("a", ("w", "v"), lambda *_: (game.w.weight.sum() + game.v.weight.sum(), {}))

    game = Two(both, move("b", 10, on="v", shares="a"))
    rounds(game).play([X], 0, 10)
    assert game.values == pytest.approx((0.9, 1 - 0.1 - 1))


def test_it_follows_the_schedule_of_the_other() -> None:
    game = Two(move("a", 1), move("b", 10, on="w", shares="a", every=2))
    played = rounds(game, schedule="linear")
    for step in range(2):
        played.play([X], step, 2)
    assert game.values[0] == pytest.approx(1 - 0.1 - 1 - 0.05)


@pytest.mark.parametrize("stop", [1, 4, 5])
@pytest.mark.parametrize("record", [None, rehearsal], ids=["eager", "captured"])
def test_what_shares_an_optimizer_resumes_exactly(stop: int, record: Any) -> None:
    def made() -> Two:
        return Two(move("b", 3, shares="a", every=4), move("a", 1))

    config = {"optimizer": "adam", "schedule": "linear", "record": record}
    whole, part, rest = (trainer(made(), **config) for _ in range(3))
    list(whole)
    for step in part:
        if step.step == stop:
            break
    rest.load_state(copied(part.state()))
    list(rest)
    same(rest.state(), whole.state())


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([move("a", 1, every=2)], "no move is made in each round"),
        ([move("a", 1), move("b", 1, shares="c")], "shares the optimizer of 'c'.* are a"),
        ([move("a", 1), move("b", 1, shares="b")], "shares the optimizer of 'b'.* are a"),
        ([move("a", 1, shares="a")], "are none"),
        ([move("a", 1), move("b", 1, on="v", shares="a")], "does not train v.weight"),
    ],
)
def test_moves_that_do_not_fit_together(moves: list[Any], words: str) -> None:
    with pytest.raises(GanzooError, match=words):
        rounds(Two(*moves))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"every": 0}, "every 0 rounds; expected 1 or more"),
        ({"every": 1.5}, "every 1.5 rounds"),
        ({"shares": "a", "rate": 2.0}, "no rate, optimizer or schedule of its own"),
        ({"shares": "a", "optimizer": torch.optim.SGD}, "no rate, optimizer or schedule"),
        ({"shares": "a", "schedule": lambda done: done}, "no rate, optimizer or schedule"),
    ],
)
def test_settings_of_a_move_that_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GanzooError, match=words):
        move("m", 1, **settings)(Two())


# The optimizer and its schedule


@dataclass
class Told:
    """The settings that an optimizer received."""

    settings: Any = None

    def __call__(self, parameters: list[nn.Parameter], settings: TrainerConfig) -> Any:
        self.settings = settings
        return torch.optim.Adam(parameters, settings.lr, (0.0, settings.betas[1]))


def test_an_optimizer_is_told_the_settings() -> None:
    told = Told()
    game = Two(move("a", 3, optimizer=told, rate=2.0))
    (player,) = rounds(game, lr=0.2, betas=(0.5, 0.9), weight_decay=0.3).players
    (group,) = player.optimizer.param_groups
    assert (group["lr"], group["betas"]) == (0.4, (0.0, 0.9))
    assert told.settings.weight_decay == 0.3


@pytest.mark.parametrize(
    "optimizer",
    [torch.optim.Adam, lambda p: torch.optim.SGD(p, 0.5), lambda p, lr=0.5: torch.optim.SGD(p, lr)],
)
def test_an_optimizer_that_takes_parameters_alone_is_not(optimizer: Any) -> None:
    (player,) = rounds(Two(move("a", 1, optimizer=optimizer)), lr=0.2).players
    assert player.optimizer.param_groups[0]["lr"] in (1e-3, 0.5)


def betas(done: float) -> dict[str, Any]:
    return {"lr": 1 - done, "betas": (0.0, 0.9 + 0.08 * done)}


def test_a_schedule_may_change_the_betas() -> None:
    game = Two(move("a", 2, schedule=betas))
    played = rounds(game, optimizer="adam", betas=(0.5, 0.5))
    (group,) = played.players[0].optimizer.param_groups
    for step, (lr, second) in enumerate([(0.1, 0.9), (0.05, 0.94)]):
        played.play([X], step, 2)
        assert group["lr"] == pytest.approx(lr)
        assert group["betas"] == (0.0, pytest.approx(second))
    # the gradient is always 2, so the first moment is 2, and v is 4 without its correction
    v = 0.94 * (0.1 * 4) + 0.06 * 4
    assert game.values[0] == pytest.approx(1 - 0.1 - 0.05 * 2 / (v / (1 - 0.94**2)) ** 0.5)


@pytest.mark.parametrize("stop", [1, 5])
def test_changed_betas_resume_exactly(stop: int) -> None:
    whole, part, rest = (
        trainer(Two(move("a", 1, schedule=betas)), optimizer="adam") for _ in "abc"
    )
    list(whole)
    for step in part:
        if step.step == stop:
            break
    rest.load_state(copied(part.state()))
    list(rest)
    same(rest.state(), whole.state())


def late(done: float) -> Any:
    return 1.0 if done < 0.5 else {"betas": (0.0, 0.9)}


@pytest.mark.parametrize("schedule", [betas, late])
def test_a_graph_would_not_follow_the_betas(schedule: Any) -> None:
    eager, run = (
        trainer(Two(move("a", 1, schedule=schedule)), optimizer="adam", record=record)
        for record in (None, rehearsal)
    )
    list(eager), list(run)
    why = "the schedule of the move a sets betas"
    assert run.rounds.uncaptured == why
    with pytest.raises(CannotCapture, match=why):  # as the conformance check asks
        eager.rounds.capture([X], rehearsal)
    assert run.game.values == pytest.approx(eager.game.values, rel=1e-5)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (lambda done: {"betas": (0.0, 0.9)}, "its schedule sets 'betas', which SGD does not have"),
        (lambda done: {"params": []}, "sets 'params'"),
        (lambda done: "half", "its schedule returned 'half'; expected a factor"),
        (lambda done: {"lr": None}, "expected a factor"),
    ],
)
def test_what_a_schedule_cannot_set(schedule: Any, words: str) -> None:
    with pytest.raises(GanzooError, match=words):
        rounds(Two(move("a", 1, schedule=schedule))).play([X], 0, 2)
