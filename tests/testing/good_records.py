"""The shortest record of each kind that passes its checks."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

import ganzoo


@dataclass(frozen=True)
class GoodModel:
    """Two layers."""

    width: int = 4
    """Units."""

    game: ClassVar[type[ganzoo.TwoPlayer]] = ganzoo.TwoPlayer

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        field = next(iter(data.values()))
        size = math.prod(field.shape)
        end = nn.Tanh() if field.range else nn.Identity()
        generator = nn.Sequential(nn.Linear(4, size), end, nn.Unflatten(1, field.shape))
        discriminator = nn.Sequential(nn.Flatten(), nn.Linear(size, 1))
        return self.game(generator, discriminator, loss, 4)


class Shared(ganzoo.TwoPlayer):
    """The third player's first layers are the discriminator's, and a copy follows slowly."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.guesser = nn.Sequential(*self.discriminator, nn.Linear(1, 4))
        self.slow = copy.deepcopy(self.generator).requires_grad_(False)

    def moves(self) -> Any:
        return [
            *super().moves(),
            ganzoo.Move("guess", ("guesser", "generator"), self.guess, after=self.follow),
        ]

    def guess(self, batch: Any, draw: Any) -> Any:
        z = self.latents(8, draw)
        return (self.guesser(self.generator(z)) - z).square().mean(), {}

    def follow(self, _: Any) -> None:
        for slow, quick in zip(self.slow.parameters(), self.generator.parameters(), strict=True):
            slow.lerp_(quick, 0.1)


@dataclass(frozen=True)
class GoodLoss:
    """Differences."""

    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake.mean() - real.mean()

    def generator(self, fake: Any) -> Any:
        return -fake.mean()


@dataclass(frozen=True)
class GoodData:
    """Grey squares."""

    def fields(self) -> dict[str, ganzoo.Field]:
        return {
            "image": ganzoo.Field((1, 4, 4), range=(0.0, 1.0)),
            "label": ganzoo.Field((), dtype="int64", classes=2),
        }

    def load(self) -> ganzoo.Data:
        return ganzoo.Data(self.fields(), self.arrays())

    def arrays(self) -> Any:
        images = np.arange(32, dtype=np.uint8).repeat(16).reshape(32, 1, 4, 4)
        return {"image": images, "label": np.arange(32) % 2}


@dataclass(frozen=True)
class GoodPenalty:
    """Small scores."""

    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return critic(real).square().mean()


@dataclass(frozen=True)
class GoodObserver:
    """Counts."""

    def watch(self, started: Any) -> Any:
        return [].append


@dataclass(frozen=True)
class GoodMetric:
    """Distance of the means."""

    def against(self, data: Any) -> Any:
        centre = torch.from_numpy(data.some(100)).mean(0)
        return lambda samples: {"shift": self.shift(samples, centre)}

    def shift(self, samples: Any, centre: Any) -> Any:
        return float((samples.mean(0) - centre).norm())


def plays(name: str, game: type[ganzoo.TwoPlayer]) -> type:
    """A model with that game, in a module that records can name."""
    made = dataclass(frozen=True)(type(name, (GoodModel,), {"__doc__": "A game.", "game": game}))
    return globals().setdefault(name, made)


@dataclass(frozen=True)
class TrainsShared(GoodModel):
    """A game of three players."""

    game: ClassVar[type[ganzoo.TwoPlayer]] = Shared


KINDS = {
    ganzoo.Model: GoodModel,
    ganzoo.Loss: GoodLoss,
    ganzoo.Dataset: GoodData,
    ganzoo.Penalty: GoodPenalty,
    ganzoo.Observer: GoodObserver,
    ganzoo.Metric: GoodMetric,
}
