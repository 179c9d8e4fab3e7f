"""Checks of what a game gives to the engine, so that an author's mistake is explained by name."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from numbers import Real
from reprlib import repr as short
from typing import Any, TypeVar

import torch
from torch import Tensor

from ganzoo.engine.game import Game, Move
from ganzoo.engine.view import View
from ganzoo.errors import GanzooError

T = TypeVar("T", Move, View)


def check_game(game: Game) -> None:
    """Check a game's methods before it is used.

    Raises:
        GanzooError: A method does not take the arguments that it is called with, or the game
            declares what views declare today.
    """
    who = type(game).__name__
    for method, args, written in (
        ("moves", 0, "moves(self)"),
        ("views", 0, "views(self)"),
        ("verdict", 2, "verdict(self, batch, draw)"),
    ):
        call = getattr(game, method)
        if not callable(call) or not _takes(call, args):
            raise GanzooError(f"{who}.{method} does not take its arguments: write def {written}")
    if not _takes_given(game.sample):
        raise GanzooError(
            f"{who}.sample has the arguments of an older ganzoo. Write def sample(self, n, draw, "
            "given). There, given['label'] is what label was, and given[name] is inputs[name]"
        )
    own_views = type(game).views is not Game.views
    if old := [name for name in FORMER if not own_views and _declared(type(game), name)]:
        raise GanzooError(
            f"{who} declares {old[0]}, as games of an older ganzoo did. Return it from views(self) "
            "in a ganzoo.View(name, show, uses, needs, makes, label, mixes_labels)"
        )


FORMER = ("sampler", "inputs", "output", "classes", "mixes_labels")
"""What a game declared before it had views."""


def _declared(cls: type[Game], name: str) -> bool:
    """Whether a class has the name as a plain value, and not as a module's property or method."""
    return isinstance(inspect.getattr_static(cls, name, None), (str, tuple, int))


def _takes_given(call: Any) -> bool:
    if not callable(call) or not _takes(call, 3):
        return False
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    positional = [p for p in inspect.signature(call).parameters.values() if p.kind in kinds]
    return len(positional) <= 3


def _several(game: Game, method: str, kind: type[T], given: Any) -> tuple[T, ...]:
    """What a method returned, as moves or views of different names."""
    who, found = type(game).__name__, tuple(given) if isinstance(given, Iterable) else ()
    if not found or not all(isinstance(each, kind) for each in found):
        raise GanzooError(
            f"{who}.{method}() returned {short(given)}; "
            f"expected a sequence of ganzoo.{kind.__name__}, at least one"
        )
    if len({each.name for each in found}) < len(found):
        raise GanzooError(f"{who}.{method}(): two {method} have the same name")
    return found


def checked_views(game: Game, views: Any) -> tuple[View, ...]:
    """The views that ``game.views()`` returned.

    Raises:
        GanzooError: It did not return views, two of them have the same name, or one uses a module
            that the game does not have.
    """
    who, found = type(game).__name__, _several(game, "views", View, views)
    names = game.state_dict().keys()
    for view in found:
        for use in view.uses:
            if not any(name == use or name.startswith(f"{use}.") for name in names):
                there = ", ".join(name for name, _ in game.named_children())
                raise GanzooError(
                    f"{who}: view {view.name!r} uses {use!r}, which has no weights; the game has "
                    f"{there}"
                )
    return found


def _takes(call: Any, args: int) -> bool:
    try:
        signature = inspect.signature(call)
    except (TypeError, ValueError):  # a function written in C has none
        return True
    try:
        signature.bind(*[None] * args)
    except TypeError:
        return False
    return True


def checked_moves(game: Game, moves: Any) -> tuple[Move, ...]:
    """The moves that ``game.moves()`` returned.

    Raises:
        GanzooError: It did not return moves, two of them have the same name, none is made in each
            round, or one shares the optimizer of a move that has none.
    """
    found = _several(game, "moves", Move, moves)
    if all(move.every > 1 for move in found):
        raise GanzooError(
            f"{type(game).__name__}.moves(): no move is made in each round. Set every=1 for one"
        )
    owners = [move.name for move in found if move.shares is None]
    for move in found:
        if move.shares is not None and move.shares not in owners:
            raise GanzooError(
                f"move {move.name!r} shares the optimizer of {move.shares!r}; the moves with an "
                f"optimizer of their own are {', '.join(owners) or 'none'}"
            )
    return found


def takes_settings(optimizer: Any) -> bool:
    """Whether a move's ``optimizer`` needs the trainer's settings as its second argument."""
    return not _takes(optimizer, 1)


def checked_schedule(who: str, given: Any) -> tuple[float, dict[str, Any]]:
    """The factor of the learning rate, and the other options, that a move's schedule returned.

    Raises:
        GanzooError: It returned something else.
    """
    options = dict(given) if isinstance(given, Mapping) else {"lr": given}
    factor = options.pop("lr", 1.0)
    if not isinstance(factor, Real):
        raise GanzooError(
            f"{who}: its schedule returned {short(given)}; expected a factor of the learning rate, "
            "or a dictionary with the factor as 'lr' and other options of the optimizer"
        )
    return float(factor), options


def checked_loss(who: str, given: Any) -> tuple[Tensor, Mapping[str, Any]]:
    """What a move's loss returned.

    Args:
        who: The move, for messages.
        given: The result.

    Raises:
        GanzooError: It is not a pair of a scalar that depends on parameters, and named numbers.
    """
    if not (isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping)):
        raise GanzooError(
            f"{who}: its loss returned {_described(given)}; expected the loss and the numbers to "
            "log, such as `return loss, {}`"
        )
    loss, scalars = given
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        raise GanzooError(
            f"{who}: its loss is {_described(loss)}; expected a tensor with one number, such as "
            "the mean over the batch"
        )
    if not loss.requires_grad:
        raise GanzooError(
            f"{who}: its loss does not depend on what it trains; look for detach(), no_grad() and "
            "networks that are not used"
        )
    for name, value in scalars.items():
        is_number = isinstance(value, Tensor) and value.numel() == 1
        if not isinstance(name, str) or not (is_number or isinstance(value, Real)):
            raise GanzooError(
                f"{who}: it logs {short(name)} as {_described(value)}; expected a name, and a "
                "tensor with one number"
            )
    return loss, scalars


def checked_verdict(game: Game, given: Any) -> Tensor | None:
    """What ``game.verdict()`` returned, as numbers on the CPU.

    Raises:
        GanzooError: It is neither a tensor with a row for each sample nor ``None``.
    """
    if given is None:
        return None
    if not isinstance(given, Tensor) or not given.ndim or not given.numel():
        raise GanzooError(
            f"{type(game).__name__}.verdict() returned {_described(given)}; expected the "
            "discriminator's outputs, a tensor with a row for each sample"
        )
    outputs = given.float().cpu()
    return outputs.reshape(len(outputs), -1).mean(1)


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        shape = tuple(value.shape)
        return f"a tensor of shape {shape}" if shape != () else "a tensor"
    if isinstance(value, (tuple, list)) and not isinstance(value, torch.Size):
        inside = ", ".join(_described(each) for each in value[:3])
        return f"a {type(value).__name__} of {inside or 'nothing'}"
    return short(value)
