"""Checks of what a game gives to the engine, so that an author's mistake is explained by name."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from reprlib import repr as short
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.game import Game, Move
from ganzoo.errors import GanzooError


def check_game(game: Game) -> None:
    """Check a game's names and methods before it is used.

    Raises:
        GanzooError: ``sampler`` or ``inputs`` is one name instead of a tuple, or a method does not
            take the arguments that it is called with.
    """
    who = type(game).__name__
    for name in ("sampler", "inputs"):
        if not _is_tuple_of_names(names := getattr(game, name)):
            raise GanzooError(
                f"{who}.{name} is {short(names)}; expected a tuple of names, such as ('generator',)"
            )
    for method, args, written in (
        ("moves", 0, "moves(self)"),
        ("sample", 4, "sample(self, n, draw, label=None, inputs=None)"),
        ("verdict", 2, "verdict(self, batch, draw)"),
    ):
        call = getattr(game, method)
        if not callable(call) or not _takes(call, args):
            raise GanzooError(f"{who}.{method} does not take its arguments: write def {written}")


def _is_tuple_of_names(value: Any) -> bool:
    """Whether a value is a sequence of names, and not one name."""
    is_sequence = isinstance(value, Sequence) and not isinstance(value, str)
    return is_sequence and all(isinstance(name, str) for name in value)


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
        GanzooError: It did not return moves, or two of them have the same name.
    """
    found = tuple(moves) if isinstance(moves, Iterable) else ()
    if not found or not all(isinstance(move, Move) for move in found):
        raise GanzooError(
            f"{type(game).__name__}.moves() returned {short(moves)}; "
            "expected a sequence of ganzoo.Move, at least one"
        )
    if len({move.name for move in found}) < len(found):
        raise GanzooError(f"{type(game).__name__}.moves(): two moves have the same name")
    return found


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
    if not isinstance(given, Tensor) or not given.ndim:
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
