"""Mistakes of a game's author: each ends in one message that says what and where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from one_weight import OnGPU
from torch import Tensor, nn

from ganzoo.engine.checks import check_game, checked_verdict
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Game, Move, View
from ganzoo.engine.trainer import Trainer
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

CPU = torch.device("cpu")


class Own(Game):
    """A generator that learns the mean; ``loss`` is a test's own."""

    def __init__(self, loss: Any = None, **move: Any) -> None:
        super().__init__()
        self.generator = nn.Linear(2, 2)
        self.other = nn.Linear(2, 2)
        self.loss, self.move = loss or good, move

    def moves(self) -> Any:
        own: dict[str, Any] = {"trains": ("generator",), **self.move}
        return [Move("own", loss=lambda batch, draw: self.loss(self, batch["point"]), **own)]

    def sample(self, n: int, draw: Any, given: Any) -> Tensor:
        samples: Tensor = self.generator(draw.normal(n, 2))
        return samples


def good(game: Own, x: Tensor) -> Any:
    return (game.generator(x) - x).square().mean(), {}


def trainer(game: Game) -> Trainer:
    points = np.zeros((8, 2), np.float32)
    feed = Feed(Data({"point": Field((2,))}, {"point": points}), 4, 0, CPU)
    config = TrainerConfig(steps=2, batch_size=4, device="cpu", samples=4, log_every=1)
    return Trainer(game, feed, config, CPU)


LOSSES: dict[str, tuple[Any, str]] = {
    "no tuple": (lambda g, x: good(g, x)[0], "its loss returned a tensor; expected the loss and"),
    "nothing": (lambda g, x: None, "its loss returned None; expected the loss and the numbers"),
    "a triple": (lambda g, x: (*good(g, x), 3), "returned a tuple of a tensor, {}, 3; expected"),
    "a list": (lambda g, x: [1, 2, 3, 4], "returned a list of 1, 2, 3; expected"),
    "no numbers": (lambda g, x: (good(g, x)[0], None), "returned a tuple of a tensor, None; exp"),
    "a vector": (
        lambda g, x: (g.generator(x).sum(1), {}), r"its loss is a tensor of shape \(4,\); expected",
    ),
    "a number": (lambda g, x: (1.0, {}), r"its loss is 1\.0; expected a tensor with one number"),
    "a constant": (lambda g, x: (x.mean(), {}), "its loss does not depend on what it trains"),
    "detached": (
        lambda g, x: (g.generator(x).mean().detach(), {}), "its loss does not depend on what",
    ),
    "another module": (
        lambda g, x: (g.other(x).mean(), {}), "its loss does not depend on what it trains",
    ),
    "a logged vector": (
        lambda g, x: (good(g, x)[0], {"x": x[0]}), r"it logs 'x' as a tensor of shape \(2,\)",
    ),
    "a logged text": (lambda g, x: (good(g, x)[0], {"x": "3"}), "it logs 'x' as '3'"),
    "a logged number": (lambda g, x: (good(g, x)[0], {3: 3.0}), "it logs 3 as 3.0; expected a na"),
}  # fmt: skip


@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_that_returns_something_else(case: str) -> None:
    loss, told = LOSSES[case]
    with pytest.raises(GanzooError, match=f"^move 'own' of Own: .*{told}"):
        list(trainer(Own(loss)))


def test_numbers_of_any_kind_are_logged() -> None:
    numbers = {"a": 1, "b": 2.0, "c": np.float32(3), "d": torch.tensor(4.0), "e": torch.ones(1)}
    *_, last = trainer(Own(lambda g, x: (good(g, x)[0], numbers)))
    assert last.metrics is not None
    assert [last.metrics[name] for name in "abcde"] == [1, 2, 3, 4, 1]


MOVES: dict[str, tuple[dict[str, Any], str]] = {
    "one name": ({"trains": "generator"}, r"trains 'generator'; expected a tuple of names"),
    "a module": ({"trains": (nn.Linear(1, 1),)}, r"trains \(Linear.*; expected a tuple of names"),
    "an unknown module": ({"trains": ("g",)}, "trains 'g', which Own does not have; it has gener"),
    "after": ({"after": 3}, "its after is not a function"),
    "repeats": ({"repeats": "2"}, "repeats 2 times; expected 1 or more"),
    "no repeats": ({"repeats": 0}, "repeats 0 times; expected 1 or more"),
    "optimizer": ({"optimizer": lambda p: None}, "its optimizer is not a torch.optim.Optimizer"),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_move_that_is_none(case: str) -> None:
    move, told = MOVES[case]
    with pytest.raises(GanzooError, match=f"^move 'own'.*{told}"):
        trainer(Own(**move))


def test_a_name_or_a_loss_that_is_none() -> None:
    with pytest.raises(GanzooError, match="move 3: a name must be one word"):
        Move(3, ("generator",), lambda batch, draw: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(GanzooError, match="move 'two words': a name must be one word"):
        Move("two words", ("generator",), lambda batch, draw: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(GanzooError, match="move 'own': its loss is not a function"):
        Move("own", ("generator",), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("moves", [None, (), 3, "own", [None], good])
def test_moves_that_are_none(moves: Any) -> None:
    game = Own()
    game.moves = lambda: moves  # type: ignore[method-assign]
    with pytest.raises(GanzooError, match=r"^Own\.moves\(\) returned .*; expected a sequence of"):
        trainer(game)


def test_moves_may_be_yielded() -> None:
    game = Own()
    (own,) = game.moves()
    game.moves = lambda: iter([own])  # type: ignore[method-assign]
    assert len(list(trainer(game))) == 3


class ShortSample(Own):
    def sample(self, n: int, draw: Any) -> Tensor:  # type: ignore[override]
        return super().sample(n, draw, {})


class OldSample(Own):
    def sample(self, n: int, draw: Any, label: Any = None, inputs: Any = None) -> Tensor:
        return super().sample(n, draw, {})


class OtherNames(Own):
    def sample(self, n: int, draw: Any, y: Any = None, x: Any = None) -> Tensor:
        return super().sample(n, draw, {})


class OldVerdict(Own):
    def verdict(self, batch: Any) -> Any:  # type: ignore[override]
        return None


class OldNames(Own):
    sampler = ("generator",)


class OldClasses(Own):
    classes = 10


class NewClasses(Own):
    """It declares views, so the name is its own."""

    classes = 10

    def views(self) -> Any:
        return super().views()


class Methods(Own):
    """It has other things of these names, which no older ganzoo read."""

    def output(self) -> None: ...

    @property
    def inputs(self) -> int:
        return 3


@pytest.mark.parametrize(
    ("game", "told"),
    [
        (
            ShortSample,
            r"ShortSample\.sample has the arguments of .* Write def sample",
        ),
        (OldSample, r"OldSample\.sample has the arguments of an older ganzoo"),
        (OtherNames, r"OtherNames\.sample has the arguments of an older ganzoo"),
        (OldVerdict, r"OldVerdict\.verdict does not take its arguments"),
        (
            OldNames,
            r"OldNames declares sampler, as games of .* in a ganzoo\.View\(name",
        ),
        (OldClasses, r"OldClasses declares classes, as games of an older ganzoo did"),
    ],
)
def test_a_game_whose_names_or_methods_do_not_fit(game: type[Game], told: str) -> None:
    check_game(Own())
    check_game(Methods())
    check_game(NewClasses())
    with pytest.raises(GanzooError, match=f"^{told}"):
        check_game(game())


def test_a_method_written_in_c_has_no_arguments_to_check() -> None:
    game = Own()
    game.verdict = torch.add  # type: ignore[method-assign, assignment]
    check_game(game)


def test_what_a_game_makes() -> None:
    (view,) = Own().views()
    assert (view.mixes_labels, view.field(iter(["a", "b", "c"]))) == (False, "a")
    view = replace(view, makes="b")
    assert view.field(["a", "b", "c"]) == "b"
    with pytest.raises(GanzooError, match=r"^view 'samples' makes 'b', and the data has a, c$"):
        view.field(["a", "c"])


def test_targets_are_of_the_domain_of_the_inputs() -> None:
    paired = {"a": Field((2,)), "b": Field((2,))}
    view = View("a-to-b", Own().sample, needs=("a",), makes="b")
    assert view.target(paired) == "b"
    assert view.target({**paired, "b": Field((2,), domain="other")}) is None
    assert View("samples", Own().sample).target(paired) is None


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"name": "A view"}, "view 'A view' has a wrong name. Expected lower-case words"),
        ({"name": 3}, "view 3 has a wrong name"),
        ({"uses": "generator"}, "uses of view 'v' is 'generator'; expected a tuple of names"),
        ({"needs": ("a", 3)}, "needs of view 'v' is .* expected a tuple of names"),
        ({"show": None}, "view 'v' has no function show"),
        ({"label": Field((2, 2))}, "a label has classes, a range or the shape"),
    ],
)
def test_a_wrong_view(about: dict[str, Any], told: str) -> None:
    with pytest.raises(GanzooError, match=told):
        View(**{"name": "v", "show": Own().sample, **about})


class NoViews(Own):
    def views(self) -> Any:
        return None


class TwiceNamed(Own):
    def views(self) -> Any:
        return [*super().views(), *super().views()]


class NoModule(Own):
    def views(self) -> Any:
        return [View("v", self.sample, uses=("gen",))]


@pytest.mark.parametrize(
    ("game", "told"),
    [
        (NoViews, r"NoViews\.views\(\) returned None; expected a sequence of ganzoo\.View"),
        (TwiceNamed, r"TwiceNamed\.views\(\): two views have the same name"),
        (NoModule, r"NoModule: view 'v' uses 'gen', which has no weights; the game has generator"),
    ],
)
def test_views_that_do_not_fit(game: type[Own], told: str) -> None:
    with pytest.raises(GanzooError, match=told):
        trainer(game())


def test_a_verdict_is_the_mean_of_each_row() -> None:
    rows = torch.arange(12, dtype=torch.float64).reshape(2, 2, 3).as_subclass(OnGPU)
    found = checked_verdict(Own(), rows)
    assert found is not None
    assert (type(found), found.dtype, found.tolist()) == (Tensor, torch.float32, [2.5, 8.5])
    assert torch.equal(checked_verdict(Own(), torch.ones(3)), torch.ones(3))  # type: ignore[arg-type]
    assert checked_verdict(Own(), None) is None


@pytest.mark.parametrize("verdict", [3.0, torch.tensor(3.0), (torch.ones(4),)])
def test_a_verdict_that_is_no_tensor_of_rows(verdict: Any) -> None:
    game = Own()
    game.verdict = lambda batch, draw: verdict  # type: ignore[method-assign]
    with pytest.raises(GanzooError, match=r"^Own\.verdict\(\) returned .*; expected the discrim"):
        trainer(game).verdicts(torch.zeros(4, 2))
