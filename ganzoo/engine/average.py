"""The weights that sample, and their exponential moving average."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ganzoo.engine.game import Game
from ganzoo.errors import GanzooError


def sampler_state(game: Game) -> dict[str, Tensor]:
    """The part of the game's state that `Game.sample` needs: the tensors themselves, by name.

    Raises:
        GanzooError: ``game.sampler`` names what the game does not have.
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
    """Exponential moving average of the sampling weights, floating buffers (batch norm's) included.

    It starts at the untrained weights; whole numbers, such as batch norm's counter, are copied.
    With ``decay`` 0 there is no average: what samples is what is trained.
    """

    def __init__(self, game: Game, decay: float) -> None:
        self._blend = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        self.values = (
            {k: v.detach().clone() for k, v in sampler_state(game).items()} if decay else {}
        )

    @torch.no_grad()
    def update(self, game: Game) -> None:
        """Take in the weights after a round."""
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
        """Within, the game has the averaged weights."""
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
