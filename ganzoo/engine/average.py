"""The weights of the sampling modules, and their exponential moving average."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ganzoo.engine.game import Game
from ganzoo.errors import GanzooError


def sampler_state(game: Game) -> dict[str, Tensor]:
    """The tensors, by name, that `Game.sample` needs. They are not copies.

    Raises:
        GanzooError: ``game.sampler`` names a module that the game does not have.
    """
    state = game.state_dict()
    parts = {
        name: {k: v for k, v in state.items() if k == name or k.startswith(f"{name}.")}
        for name in game.sampler
    }
    if empty := [name for name, part in parts.items() if not part]:
        there = ", ".join(name for name, _ in game.named_children())
        raise GanzooError(
            f"{type(game).__name__}.sampler names {empty[0]!r}, which has no weights; "
            f"the game has {there}"
        )
    return {k: v for part in parts.values() for k, v in part.items()}


class Average:
    """Exponential moving average of the sampling weights and of batch norm's statistics.

    It starts at the untrained weights. Integers, such as batch norm's counter, are copied. With
    ``decay`` 0 there is no average, and the trained weights sample.
    """

    def __init__(self, game: Game, decay: float) -> None:
        self._blend = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        self.values = (
            {k: v.detach().clone() for k, v in sampler_state(game).items()} if decay else {}
        )

    @torch.no_grad()
    def update(self, game: Game) -> None:
        """Update the average with the weights after a round."""
        if not self.values:
            return
        averaged, trained = [], []
        for name, value in sampler_state(game).items():
            if value.is_floating_point():
                averaged.append(self.values[name])
                trained.append(value)
            else:
                self.values[name].copy_(value)
        self._blend(averaged, trained, 0)  # the number of updates, which it does not use

    @contextmanager
    def in_place(self, game: Game) -> Iterator[None]:
        """Inside ``with``, the game has the averaged weights."""
        if not self.values:
            yield
            return
        state = sampler_state(game)
        trained = {k: v.detach().clone() for k, v in state.items()}
        _copy(self.values, state)
        try:
            yield
        finally:
            _copy(trained, state)


@torch.no_grad()
def _copy(values: dict[str, Tensor], into: dict[str, Tensor]) -> None:
    for name, tensor in into.items():
        tensor.copy_(values[name])
