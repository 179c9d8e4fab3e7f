"""A game with one weight, for numbers that can be computed on paper.

The weight starts at 1, and SGD updates it: w - rate * gradient. The loss is usually w times the
mean of the batch, so that the gradient is the mean of the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganzoo.engine.capture import Record
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, Game, Move, View
from ganzoo.engine.random import Draw
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.trainer import Trainer
from ganzoo.registry.records import Field

CPU = torch.device("cpu")


class OnGPU(Tensor):
    """Stands in for a tensor on a GPU: only ``cpu()`` gives a plain one."""

    def cpu(self, *args: Any, **kwargs: Any) -> Tensor:
        """The plain tensor."""
        return self.as_subclass(Tensor)


class Weight(nn.Module):
    """One number to learn."""

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))


class OneWeight(Game):
    """A game of the given moves on the weights ``w`` and ``v``."""

    def __init__(self, *moves: Callable[[OneWeight], Move]) -> None:
        super().__init__()
        self.w = Weight()
        self.v = Weight()
        self.seen: list[list[float]] = []
        self._moves = tuple(move(self) for move in moves)

    def moves(self) -> tuple[Move, ...]:
        return self._moves

    def views(self) -> tuple[View, ...]:
        return (View("samples", self.sample, uses=("w",)),)

    def sample(self, n: int, draw: Draw, given: Batch) -> Tensor:
        return self.w.value.expand(n, 1)


def times_mean(name: str = "move", **settings: Any) -> Callable[[OneWeight], Move]:
    """A move whose gradient is the mean of the batch."""

    def made(game: OneWeight) -> Move:
        def loss(batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
            x = batch["x"]
            game.seen.append(x.flatten().tolist())
            return game.w.value * x.mean(), {f"{name}_largest": x.max()}

        return Move(name, ("w",), loss, **settings)

    return made


def rounds(game: Game, record: Record | None = None, **config: Any) -> Rounds:
    """Its rounds, with SGD at the rate 0.1 unless something else is set."""
    batch = {"batch_size": 4, "optimizer": "sgd", "lr": 0.1, "device": "cpu"}
    return Rounds(game, TrainerConfig(**{**batch, **config}), CPU, record)


def x(*values: float) -> dict[str, Tensor]:
    """A batch of these numbers."""
    return {"x": torch.tensor(values, dtype=torch.float32)}


def training(game: Game, size: int = 8, **config: Any) -> Trainer:
    """Its training for four steps on so many ones, two in a batch."""
    data = Data({"x": Field((1,))}, {"x": np.ones((size, 1), np.float32)})
    settings = {"batch_size": 2, "optimizer": "sgd", "lr": 0.1, "device": "cpu", "steps": 4}
    made = TrainerConfig(**{**settings, **config})
    return Trainer(game, Feed(data, 2, 0, CPU), made, CPU)
