"""Rounds of moves, held against numbers that can be computed on paper. See `one_weight`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from one_weight import CPU, OneWeight, rounds, times_mean, training, x
from torch import Tensor, nn

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.game import Batch, Move
from ganzoo.engine.random import Draw, derive
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.sums import Sums
from ganzoo.engine.trainer import steps_per_epoch
from ganzoo.errors import GanzooError


def test_a_round_is_a_step_of_sgd_and_logs_what_was_before_it() -> None:
    game = OneWeight(times_mean())
    played = rounds(game)
    played.play([x(1, 2, 3, 6)], 0, 10)  # the mean is 3
    assert game.w.value.item() == pytest.approx(1 - 0.1 * 3)
    assert played.sums.means() == pytest.approx(
        {"move_loss": 1 * 3, "move_gradient": 3, "move_largest": 6}
    )
    played.play([x(1, 1, 1, 1)], 1, 10)  # from 0.7; the last gradient is gone
    assert game.w.value.item() == pytest.approx(0.7 - 0.1 * 1)
    assert played.sums.means() == pytest.approx(
        {"move_loss": (3 + 0.7) / 2, "move_gradient": (3 + 1) / 2, "move_largest": (6 + 1) / 2}
    )


@pytest.mark.parametrize(("pieces", "largest"), [(1, 6), (2, (2 + 6) / 2), (4, 3)])
def test_pieces_are_one_large_batch_in_the_step_and_in_the_log(pieces: int, largest: float) -> None:
    game = OneWeight(times_mean())
    played = rounds(game, accumulate=pieces)
    played.play([x(1, 2, 3, 6)], 0, 10)
    assert game.w.value.item() == pytest.approx(0.7)  # of 2 pieces: 1.5 / 2 + 4.5 / 2 is 3
    assert played.sums.means() == pytest.approx(
        {"move_loss": 3, "move_gradient": 3, "move_largest": largest}
    )
    assert [value for piece in game.seen for value in piece] == [1, 2, 3, 6]
    assert len(game.seen) == pieces


def both(game: OneWeight) -> Move:
    """Its gradient is (3, 4), whose norm is 5."""
    return Move("both", ("w", "v"), lambda *_: (3 * game.w.value + 4 * game.v.value, {}))


@pytest.mark.parametrize(
    ("most", "w", "v"),
    [(0, 1 - 0.1 * 3, 1 - 0.1 * 4), (10, 0.7, 0.6), (1, 1 - 0.1 * 3 / 5, 1 - 0.1 * 4 / 5)],
)
def test_a_gradient_that_is_too_long_is_shortened_and_logged_as_it_was(
    most: float, w: float, v: float
) -> None:
    game = OneWeight(both)
    played = rounds(game, clip_norm=most)
    played.play([x(0, 0, 0, 0)], 0, 10)
    assert (game.w.value.item(), game.v.value.item()) == pytest.approx((w, v))
    assert played.sums.means() == pytest.approx({"both_loss": 7, "both_gradient": 5})


def test_a_move_changes_only_what_it_trains() -> None:
    game = OneWeight(lambda g: Move("only", ("w",), lambda *_: (3 * g.w.value * g.v.value, {})))
    rounds(game).play([x(0, 0, 0, 0)], 0, 10)
    assert (game.w.value.item(), game.v.value.item()) == pytest.approx((0.7, 1))
    assert game.w.value.grad is game.v.value.grad is None


@pytest.mark.parametrize(
    ("settings", "rate", "w"),
    [
        ({"optimizer": "sgd"}, 1.0, 1 - 0.1 * 3),
        ({"optimizer": "sgd"}, 2.0, 1 - 0.2 * 3),
        ({"optimizer": "sgd", "weight_decay": 0.5}, 1.0, 1 - 0.1 * (3 + 0.5 * 1)),
        # its mean square begins at 0.01 * 3 * 3, so the first step is 3 / 0.3 = 10 rates long
        ({"optimizer": "rmsprop"}, 1.0, 1 - 0.1 * 10),
        ({"optimizer": "rmsprop"}, 0.5, 1 - 0.05 * 10),
        ({"optimizer": "adam"}, 1.0, 1 - 0.1),  # the first step is one rate long
        ({"optimizer": "adam"}, 0.5, 1 - 0.05),
    ],
)
def test_the_first_step_of_each_optimizer(settings: dict[str, Any], rate: float, w: float) -> None:
    game = OneWeight(times_mean(rate=rate))
    rounds(game, **settings).play([x(1, 2, 3, 6)], 0, 10)
    assert game.w.value.item() == pytest.approx(w, abs=1e-6)


@pytest.mark.parametrize(("optimizer", "step"), [("rmsprop", 10), ("adam", 1)])
def test_a_weight_s_decay_is_part_of_its_gradient(optimizer: str, step: float) -> None:
    game = OneWeight(times_mean())  # the gradient -3 + 6 * 1 has another sign than -3
    rounds(game, optimizer=optimizer, weight_decay=6.0).play([x(-1, -2, -3, -6)], 0, 10)
    assert game.w.value.item() == pytest.approx(1 - 0.1 * step, abs=1e-6)


def test_adam_takes_the_decay_rates() -> None:
    game = OneWeight(times_mean())
    played = rounds(game, optimizer="adam", betas=(0.5, 0.9))
    played.play([x(1)], 0, 10)
    played.play([x(3)], 1, 10)
    first = (0.5 * 0.5 * 1 + 0.5 * 3) / (1 - 0.5**2)  # 1.75 / 0.75
    second = (0.9 * 0.1 * 1 + 0.1 * 9) / (1 - 0.9**2)  # 0.99 / 0.19
    assert game.w.value.item() == pytest.approx(1 - 0.1 - 0.1 * first / second**0.5)


def test_a_linear_schedule_begins_with_the_whole_rate_and_is_over_at_the_end() -> None:
    game = OneWeight(times_mean())
    played = rounds(game, schedule="linear")
    path = []
    for step in range(4):
        played.play([x(1)], step, 4)  # the gradient is 1
        path.append(game.w.value.item())
    assert path == pytest.approx([1 - 0.1, 0.9 - 0.075, 0.825 - 0.05, 0.775 - 0.025])


def test_a_rate_in_a_tensor_follows_the_schedule_in_its_place() -> None:
    player = rounds(OneWeight(times_mean()), schedule="linear").players[0]
    (group,) = player.optimizer.param_groups
    player.keep_rate_on(CPU)
    rate = group["lr"]
    player.set_rate(0.75)
    assert rate.item() == pytest.approx(0.1 / 4)
    assert group["lr"] is rate
    player.keep_rate_on(None)
    assert group["lr"] == 0.1


def test_a_training_asks_the_schedule_for_the_share_that_is_done() -> None:
    asked: list[float] = []

    def schedule(done: float) -> float:
        asked.append(done)
        return 2 - done

    game = OneWeight(times_mean(schedule=schedule))
    run = training(game, schedule="linear")  # the move's own is used instead
    weights = []
    for _ in run:
        weights.append(game.w.value.item())
    assert asked == [0, 0.25, 0.5, 0.75]
    assert weights == pytest.approx([1, 1 - 0.2, 0.8 - 0.175, 0.625 - 0.15, 0.475 - 0.125])
    assert "schedule" in run.fixed_by
    assert not training(OneWeight(times_mean())).fixed_by


def test_each_repeat_has_a_batch_of_its_own() -> None:
    game = OneWeight(times_mean("a", repeats=3), times_mean("b"))
    played = rounds(game)
    assert played.batches(0) == 3
    played.play([x(1), x(2), x(3)], 0, 10)
    assert game.seen == [[1], [2], [3], [3]]  # the last move has the last batch
    assert game.w.value.item() == pytest.approx(1 - 0.1 * (1 + 2 + 3 + 3))
    losses = [1 * 1, 0.9 * 2, 0.7 * 3]
    assert played.sums.means()["a_loss"] == pytest.approx(sum(losses) / 3)


def test_repeats_on_one_batch() -> None:
    game = OneWeight(times_mean("a", repeats=3, fresh_batch=False), times_mean("b", repeats=2))
    played = rounds(game)
    assert played.batches(0) == 2
    played.play([x(1), x(2)], 0, 10)
    assert game.seen == [[1], [1], [1], [1], [2]]


@pytest.mark.parametrize(
    ("repeats", "fresh", "batches", "rounds"),
    [(5, True, 23, 4), (5, True, 25, 5), (5, True, 3, 1), (5, False, 23, 23), (1, True, 7, 7)],
)
def test_rounds_in_an_epoch(repeats: int, fresh: bool, batches: int, rounds: int) -> None:
    game = OneWeight(times_mean("a", repeats=repeats, fresh_batch=fresh), times_mean("b"))
    assert steps_per_epoch(game.moves(), batches) == rounds


def test_what_a_training_counts() -> None:
    run = training(OneWeight(times_mean(repeats=2)), size=9, epochs=3)  # 4 batches, 2 rounds
    assert (run.steps_per_epoch, run.total) == (2, 6)
    steps = list(run)
    assert [step.step for step in steps] == [0, 1, 2, 3, 4, 5, 6]
    assert [step.seen for step in steps] == [0, 4, 8, 12, 16, 20, 24]
    assert [step.epoch for step in steps] == [0, 0.5, 1, 1.5, 2, 2.5, 3]


def test_the_constraint_comes_after_the_step_and_sees_what_was_logged() -> None:
    given: list[dict[str, float]] = []
    game = OneWeight()

    def after(logs: Any) -> None:
        given.append({k: float(v) for k, v in logs.items()})
        game.w.value.clamp_(max=0.5)  # in place, which needs no_grad

    game._moves = (times_mean(after=after)(game),)
    rounds(game).play([x(1, 2, 3, 6)], 0, 10)
    assert game.w.value.item() == 0.5  # from 0.7; before the step it would end at 0.2
    assert given == [pytest.approx({"move_loss": 3, "move_gradient": 3, "move_largest": 6})]


def test_each_move_has_a_draw_of_its_own() -> None:
    drawn: dict[str, float] = {}

    def note(name: str) -> Callable[[OneWeight], Move]:
        def loss(game: OneWeight) -> Callable[[Batch, Draw], tuple[Tensor, dict[str, Tensor]]]:
            def of(batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
                drawn[name] = draw.normal(1).item()
                return game.w.value, {}

            return of

        return lambda game: Move(name, ("w",), loss(game))

    rounds(OneWeight(note("a"), note("b")), seed=7).play([x(1)], 0, 10)
    assert drawn == {n: Draw(derive(7, "move", n)).normal(1).item() for n in ("a", "b")}


def test_the_average_takes_in_each_round_by_the_share_of_its_number() -> None:
    game = OneWeight(times_mean())
    played = rounds(game, ema=0.9)
    for step in range(2):
        played.play([x(1)], step, 10)  # from 1 to 0.9, and to 0.8
    by_hand = 2 / 11 * (0.1 * 1 + 0.9 * 0.9) + 9 / 11 * 0.8
    assert played.average.values["w.value"].item() == pytest.approx(by_hand)


def test_an_optimizer_of_its_own_has_the_schedule_but_not_the_rate() -> None:
    def optimizer(parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, 0.5)

    game = OneWeight(times_mean(optimizer=optimizer, rate=100.0))
    played = rounds(game, schedule="linear")
    played.play([x(1)], 1, 2)
    assert game.w.value.item() == pytest.approx(1 - 0.5 / 2 * 1)


def test_a_guard_calls_all_that_is_a_game_s_own() -> None:
    class Own(torch.optim.SGD):
        pass

    def guard(call: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(call.__name__)
        return call(*args, **kwargs)

    always = ["loss", "backward"]
    for settings, more in (
        ({}, []),
        ({"optimizer": lambda p: Own(p, 0.1)}, ["step"]),
        ({"after": lambda logs: None}, ["<lambda>"]),
    ):
        called: list[str] = []
        config = TrainerConfig(optimizer="sgd", device="cpu")
        played = Rounds(OneWeight(times_mean(**settings)), config, CPU, guard=guard)
        called.clear()
        played.play([x(1)], 0, 10)
        assert called == always + more


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_arithmetic_has_the_precision_that_is_set(precision: str) -> None:
    def product(game: OneWeight) -> Move:
        def loss(batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
            given = batch["x"][None] @ game.w.value.expand(4, 1)
            assert given.dtype == getattr(torch, precision)
            return given.sum(), {}

        return Move("m", ("w",), loss)

    game = OneWeight(product)
    rounds(game, precision=precision).play([x(1, 2, 3, 6)], 0, 10)
    assert game.w.value.dtype == torch.float32
    assert game.w.value.item() == pytest.approx(1 - 0.1 * 12, abs=1e-3)


def test_a_precision_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU's own choice would be float16."""
    asked: list[Any] = []

    def autocast(*args: Any, **kwargs: Any) -> Any:
        asked.append((*args, kwargs))
        return nullcontext()

    monkeypatch.setattr(torch, "autocast", autocast)
    rounds(OneWeight(times_mean()), precision="bfloat16").play([x(1)], 0, 10)
    assert asked == [("cpu", {"dtype": torch.bfloat16})]


def test_numbers_in_python_are_logged_and_a_shared_weight_counts_once() -> None:
    game = OneWeight(lambda g: Move("m", ("w", "w"), lambda *_: (3 * g.w.value, {"two": 2})))
    played = rounds(game)
    assert len(played.players[0].parameters) == 1
    played.play([x(1)], 0, 10)
    assert game.w.value.item() == pytest.approx(0.7)
    assert played.sums.means() == pytest.approx({"m_loss": 3, "m_gradient": 3, "two": 2})


def test_weights_in_double_precision_are_logged_in_single_precision() -> None:
    game = OneWeight(times_mean()).double()
    played = rounds(game)
    played.play([x(1, 2, 3, 6)], 0, 10)
    assert game.w.value.dtype == torch.float64
    assert {total.dtype for total in played.sums.totals.values()} == {torch.float32}


def test_two_moves_do_not_log_one_name() -> None:
    def other(game: OneWeight) -> Move:
        return Move("b", ("w",), lambda *_: (game.w.value, {"a_largest": 1}))

    with pytest.raises(GanzooError, match="the moves 'a' and 'b' both log 'a_largest'"):
        rounds(OneWeight(times_mean("a"), other)).play([x(1)], 0, 10)


def test_what_cannot_be_played_is_refused() -> None:
    def nothing(game: OneWeight) -> Move:
        game.w.value.requires_grad_(False)
        return Move("m", ("w",), lambda *_: (game.v.value, {}))

    with pytest.raises(GanzooError, match="move 'm' trains no parameters"):
        rounds(OneWeight(nothing))
    with pytest.raises(GanzooError, match=r"'m' trains 'u', .* does not have; it has w, v"):
        rounds(OneWeight(lambda g: Move("m", ("u",), lambda *_: (g.v.value, {}))))
    for name in ("move_loss", "move_gradient"):
        taken = OneWeight(lambda g, n=name: Move("move", ("w",), lambda *_: (g.w.value, {n: 1})))
        with pytest.raises(GanzooError, match=f"logs '{name}', which ganzoo logs"):
            rounds(taken).play([x(1)], 0, 10)
    unused = OneWeight(lambda g: Move("m", ("w",), lambda *_: (g.v.value, {})))
    with pytest.raises(GanzooError, match="does not depend on what it trains"):
        rounds(unused).play([x(1)], 0, 10)


def test_sums_are_means_over_the_times_when_a_name_came() -> None:
    sums = Sums()
    sums.add({"a": torch.tensor(1.0)})
    sums.add({"a": torch.tensor(4.0), "b": torch.tensor(-2.0)})
    sums.add({"b": torch.tensor(3.0), "a": torch.tensor(4.0)})
    assert sums.means() == {"a": 3, "b": 0.5}
    assert list(sums.means()) == ["a", "b"]
    place = sums.totals["a"]
    sums.clear()
    assert sums.means() == sums.used == {}
    sums.add({"a": torch.tensor(-0.0)})
    assert sums.totals["a"] is place
    assert str(sums.means()) == "{'a': -0.0}"
    sums.add({"a": torch.tensor(5.0)})
    assert sums.means() == {"a": 2.5}
