"""The rules of the round on min over x, max over y, of x y, by numbers that fit on paper.

Both begin at 1. SGD has the rate 0.5, unless a test says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.capture import rehearsal
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.dynamics import RULES
from ganzoo.engine.events import State
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, Game, Move, View
from ganzoo.engine.random import Draw
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.trainer import Trainer
from ganzoo.errors import UsageError
from ganzoo.registry.records import Field

CPU = torch.device("cpu")
X = {"x": torch.ones(2, 1)}
Loss = Callable[["Bilinear", Draw], Tensor]


class Number(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(1.0))


class Bilinear(Game):
    """x wants x y to fall, and y wants it to rise. ``noise`` times a random number adds to both."""

    def __init__(self, noise: float = 0.0, **of_x: Any) -> None:
        super().__init__()
        self.x, self.y = Number(), Number()
        self.noise = noise
        self.of_x = of_x
        self.seen: list[tuple[str, float, float]] = []

    @property
    def values(self) -> tuple[float, float]:
        return self.x.value.item(), self.y.value.item()

    def moves(self) -> list[Move]:
        return [
            Move("x", ("x",), self.loss("x", 1), **self.of_x),
            Move("y", ("y",), self.loss("y", -1)),
        ]

    def loss(self, name: str, sign: int) -> Callable[[Batch, Draw], tuple[Tensor, dict[str, Any]]]:
        def of(batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Any]]:
            with torch.no_grad():
                self.seen.append((name, *(w.clone() for w in (self.x.value, self.y.value))))
            x, y = self.x.value, self.y.value
            return sign * x * y + self.noise * draw.normal() * (x + y), {}

        return of

    def views(self) -> Any:
        return (View("samples", self.sample, uses=("x",)),)

    def sample(self, n: int, draw: Draw, given: Any) -> Tensor:
        return torch.zeros(n, 1)


def rounds(game: Game, dynamics: str, **config: Any) -> Rounds:
    usual = {"batch_size": 2, "optimizer": "sgd", "lr": 0.5, "device": "cpu"}
    return Rounds(game, TrainerConfig(dynamics=dynamics, **{**usual, **config}), CPU)  # type: ignore[arg-type]


def path(dynamics: str, steps: int, **config: Any) -> list[tuple[float, float]]:
    game = Bilinear()
    played = rounds(game, dynamics, **config)
    found = [game.values]
    for step in range(steps):
        played.play([X], step, steps)
        found.append(game.values)
    return found


@pytest.mark.parametrize(
    ("dynamics", "first", "second"),
    [
        # x - 0.5 y, and y + 0.5 x with the new x
        ("alternating", (0.5, 1.25), (-0.125, 1.1875)),
        # the same with the old x
        ("simultaneous", (0.5, 1.5), (-0.25, 1.75)),
        # a step ahead of (1, 1) is (0.5, 1.5), and one ahead of (0.25, 1.25) is (-0.375, 1.375)
        ("extragradient", (1 - 0.75, 1 + 0.25), (0.25 - 0.6875, 1.25 - 0.1875)),
        # updates are (-0.5, 0.5) at (1, 1), and (-1, 0) at (0, 2), where the last is taken off
        ("optimistic", (1 - 1, 1 + 1), (0 - 2 + 0.5, 2 + 0 - 0.5)),
    ],
)
def test_the_first_two_rounds(
    dynamics: str, first: tuple[float, float], second: tuple[float, float]
) -> None:
    assert path(dynamics, 2) == [(1, 1), first, second]


def test_simultaneous_descent_spirals_outwards() -> None:
    """Each round multiplies x² + y² by 1 + rate²."""
    sizes = [x * x + y * y for x, y in path("simultaneous", 100, lr=0.3)]
    assert sizes == pytest.approx([2 * 1.09**t for t in range(101)], rel=1e-4)


def test_alternating_descent_circles() -> None:
    """x² + y² - rate x y stays as it is, which is an ellipse."""
    kept = [x * x + y * y - 0.3 * x * y for x, y in path("alternating", 100, lr=0.3)]
    assert kept == pytest.approx([1.7] * 101, rel=1e-4)


def test_extragradient_arrives() -> None:
    """Each round multiplies x² + y² by 1 - rate² + rate⁴."""
    sizes = [x * x + y * y for x, y in path("extragradient", 200, lr=0.3)]
    factor = 1 - 0.3**2 + 0.3**4
    assert sizes[:50] == pytest.approx([2 * factor**t for t in range(50)], rel=1e-4)
    assert sizes[-1] < 1e-6


def test_optimistic_descent_arrives() -> None:
    sizes = [x * x + y * y for x, y in path("optimistic", 300, lr=0.3)]
    assert sizes[-1] < 1e-6
    assert sizes[-1] < sizes[150] / 1e3


@pytest.mark.parametrize("dynamics", RULES)
def test_the_weights_that_each_gradient_sees(dynamics: str) -> None:
    game = Bilinear()
    rounds(game, dynamics).play([X], 0, 10)
    seen = [(name, float(x), float(y)) for name, x, y in game.seen]
    together = [("x", 1, 1), ("y", 1, 1)]
    assert (
        seen
        == {
            "alternating": [("x", 1, 1), ("y", 0.5, 1)],
            "simultaneous": together,
            "extragradient": [*together, ("x", 0.5, 1.5), ("y", 0.5, 1.5)],
            "optimistic": together,
        }[dynamics]
    )


def test_what_is_logged_belongs_to_the_gradient_of_the_step() -> None:
    played = rounds(Bilinear(), "extragradient")
    played.play([X], 0, 10)
    expected = {"x_loss": 0.75, "x_gradient": 1.5, "y_loss": -0.75, "y_gradient": 0.5}
    assert played.sums.means() == expected


@pytest.mark.parametrize("dynamics", RULES)
def test_a_constraint_comes_once_after_the_step(dynamics: str) -> None:
    told: list[float] = []
    game = Bilinear()

    def clip(logs: Any) -> None:
        told.append(game.x.value.item())
        game.x.value.fill_(7)

    game.of_x = {"after": clip}
    rounds(game, dynamics).play([X], 0, 10)
    x = path(dynamics, 1)[1][0]
    assert (told, game.x.value.item()) == ([x], 7)


@pytest.mark.parametrize(
    ("dynamics", "x"),
    [("simultaneous", [0.9, 0.8]), ("extragradient", [0.9, 0.8]), ("optimistic", [0.8, 0.7])],
)
def test_each_rule_works_with_adam(dynamics: str, x: list[float]) -> None:
    """The gradient of x is always 2, and Adam makes an update of -0.1 of it."""
    game = Bilinear()
    game.loss = lambda name, sign: lambda *_: (2 * getattr(game, name).value, {})  # type: ignore[method-assign,assignment]
    played = rounds(game, dynamics, optimizer="adam", lr=0.1)
    for step, expected in enumerate(x):
        played.play([X], step, 2)
        assert game.x.value.item() == pytest.approx(expected, abs=1e-6)
    (state,) = played.players[0].optimizer.state.values()
    assert state["step"] == (4 if dynamics == "extragradient" else 2)


def trainer(dynamics: str, record: Any = None, **config: Any) -> Trainer:
    data = Data({"x": Field((1,))}, {"x": np.ones((12, 1), np.float32)})
    usual = {"batch_size": 2, "optimizer": "adam", "lr": 0.1, "steps": 8, "log_every": 3}
    made = TrainerConfig(dynamics=dynamics, **{**usual, **config})  # type: ignore[arg-type]
    return Trainer(Bilinear(noise=0.1), Feed(data, 2, 0, CPU), made, CPU, record=record)


def same(one: State, other: State) -> None:
    assert json.dumps(one.plain) == json.dumps(other.plain)
    assert list(one.tensors) == list(other.tensors)
    assert not [k for k, v in one.tensors.items() if not torch.equal(v, other.tensors[k])]


@pytest.mark.parametrize("record", [None, rehearsal], ids=["eager", "captured"])
@pytest.mark.parametrize("stop", [1, 4])
@pytest.mark.parametrize("dynamics", RULES)
def test_each_rule_resumes_exactly(dynamics: str, stop: int, record: Any) -> None:
    whole, part, rest = (trainer(dynamics, record, ema=0.5, accumulate=2) for _ in range(3))
    list(whole)
    for step in part:
        if step.step == stop:
            break
    state = part.state()
    tensors = {name: value.clone() for name, value in state.tensors.items()}
    rest.load_state(State(tensors, json.loads(json.dumps(state.plain))))
    list(rest)
    same(rest.state(), whole.state())
    kept = [name for name in tensors if name.startswith("dynamics/")]
    assert bool(kept) == (dynamics == "optimistic")


@pytest.mark.parametrize("dynamics", RULES)
def test_each_rule_can_be_captured(dynamics: str) -> None:
    eager, captured = (trainer(dynamics, record) for record in (None, rehearsal))
    list(eager), list(captured)
    assert captured.rounds.captured, captured.rounds.uncaptured
    same(eager.state(), captured.state())


@pytest.mark.parametrize("dynamics", RULES)
def test_a_lazy_move_that_shares_an_optimizer_goes_with_each_rule(dynamics: str) -> None:
    class Lazy(Bilinear):
        def moves(self) -> list[Move]:
            more = Move("lazy", ("x",), self.loss("x", 1), every=2, shares="x")
            return [*super().moves(), more]

    game = Lazy()
    played = rounds(game, dynamics, lr=0.1)
    for step in range(3):
        played.play([X], step, 3)
    assert (played.sums.counts["lazy_loss"], played.sums.counts["x_loss"]) == (2, 3)


@pytest.mark.parametrize("dynamics", [rule for rule in RULES if rule != "alternating"])
@pytest.mark.parametrize("fresh", [True, False])
def test_players_that_move_at_once_do_not_repeat(dynamics: str, fresh: bool) -> None:
    with pytest.raises(UsageError, match=f"is {dynamics}, .* the move x repeats 2 times"):
        rounds(Bilinear(repeats=2, fresh_batch=fresh), dynamics)
    rounds(Bilinear(repeats=2, fresh_batch=fresh), "alternating")
