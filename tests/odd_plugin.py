"""A plugin of every kind that misbehaves where ``ODD_AT`` says, by the Python in ``ODD_DO``."""

from __future__ import annotations

import logging
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import ganzoo

PLACES = {
    "build": "model", "moves": "model", "move loss": "model", "after": "model",
    "schedule": "model", "optimizer": "model", "step": "model", "sample": "model",
    "verdict": "model", "forward": "model", "backward": "model",
    "discriminator": "loss", "generator": "loss", "constrain": "loss",
    "penalty": "penalty",
    "fields": "dataset", "load": "dataset", "length": "dataset", "item": "dataset",
    "check_field": "metric", "against": "metric", "measure": "metric",
    "watch": "observer", "event": "observer",
}  # fmt: skip
"""Place -> the kind of the record whose code is there."""


def now(place: str) -> None:
    """Misbehave, if this is the place."""
    if place == os.environ.get("ODD_AT"):
        exec(
            os.environ["ODD_DO"],
            {
                "os": os, "sys": sys, "torch": torch, "np": np, "warnings": warnings, "time": time,
                "ganzoo": ganzoo, "logging": logging, "random": random,
            },
        )  # fmt: skip


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(name="odd-model", summary="Odd.", factory=f"{__name__}:OddModel")


@ganzoo.hookimpl
def ganzoo_losses() -> Iterator[ganzoo.Loss]:
    yield ganzoo.Loss(name="odd-loss", summary="Odd.", factory=f"{__name__}:OddLoss")


@ganzoo.hookimpl
def ganzoo_penalties() -> Iterator[ganzoo.Penalty]:
    yield ganzoo.Penalty(name="odd-penalty", summary="Odd.", factory=f"{__name__}:OddPenalty")


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(name="odd-data", summary="Odd.", factory=f"{__name__}:OddData")
    yield ganzoo.Dataset(name="odd-stream", summary="Odd.", factory=f"{__name__}:OddStream")


@ganzoo.hookimpl
def ganzoo_observers() -> Iterator[ganzoo.Observer]:
    yield ganzoo.Observer(name="odd-observer", summary="Odd.", factory=f"{__name__}:OddObserver")


@ganzoo.hookimpl
def ganzoo_metrics() -> Iterator[ganzoo.Metric]:
    good = ganzoo.Score("good", summary="Good.", better="higher")
    yield ganzoo.Metric(
        name="odd-metric", summary="Odd.", factory=f"{__name__}:OddMetric", scores=(good,),
        samples=50, unasked=False,
    )  # fmt: skip


class Backward(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(context: Any, *gradients: Any) -> Any:
        now("backward")
        return gradients[0]


class OddLayer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        now("forward")
        back: Tensor = Backward.apply(x)  # type: ignore[no-untyped-call]
        return back


class OddOptimizer(torch.optim.SGD):
    def step(self, closure: Any = None) -> Any:
        now("step")
        return super().step(closure)


class OddGame(ganzoo.TwoPlayer):
    def moves(self) -> tuple[ganzoo.Move, ...]:
        now("moves")

        def loss(batch: ganzoo.Batch, draw: ganzoo.Draw) -> tuple[Tensor, ganzoo.Scalars]:
            now("move loss")
            return self.generator_loss(batch, draw)

        def optimizer(parameters: list[nn.Parameter]) -> OddOptimizer:
            now("optimizer")
            return OddOptimizer(parameters, 0.01)

        def schedule(done: float) -> float:
            now("schedule")
            return 1.0

        own = ganzoo.Move(
            "own", ("generator",), loss, after=lambda logs: now("after"), optimizer=optimizer,
            schedule=schedule,
        )  # fmt: skip
        return (*super().moves(), own)

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        now("sample")
        return super().sample(n, draw, given)

    def verdict(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor:
        now("verdict")
        return super().verdict(batch, draw)


@dataclass(frozen=True)
class OddModel:
    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> OddGame:
        now("build")
        generator = nn.Sequential(nn.Linear(2, 8), OddLayer(), nn.Linear(8, 2))
        return OddGame(generator, nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1)), loss, latent=2)


@dataclass(frozen=True)
class OddLoss:
    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        now("discriminator")
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        now("generator")
        return softplus(-fake).mean()

    def constrain(self, discriminator: nn.Module) -> None:
        now("constrain")


@dataclass(frozen=True)
class OddPenalty:
    def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: Any) -> Tensor:
        now("penalty")
        penalty: Tensor = (critic(real) ** 2).mean() * 0.01
        return penalty


class OddSource:
    def __len__(self) -> int:
        now("length")
        return 64

    def item(self, index: int, rng: np.random.Generator) -> dict[str, Any]:
        now("item")
        return {"point": rng.normal(size=2).astype(np.float32)}


@dataclass(frozen=True)
class OddData:
    def fields(self) -> dict[str, ganzoo.Field]:
        now("fields")
        return {"point": ganzoo.Field((2,))}

    def load(self) -> ganzoo.Data:
        now("load")
        points = np.random.default_rng(0).normal(size=(320, 2)).astype(np.float32)
        return ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": points})


@dataclass(frozen=True)
class OddStream(OddData):
    def load(self) -> ganzoo.Data:
        now("load")
        return ganzoo.Data({"point": ganzoo.Field((2,))}, source=OddSource())


@dataclass(frozen=True)
class OddObserver:
    def watch(self, started: ganzoo.Started) -> Callable[[ganzoo.Step | ganzoo.Ended], None]:
        now("watch")
        return lambda event: now("event")


@dataclass(frozen=True)
class OddMetric:
    def check_field(self, field: ganzoo.Field) -> None:
        now("check_field")

    def against(self, data: ganzoo.Data) -> Callable[[Tensor], Mapping[str, float]]:
        now("against")

        def measure(samples: Tensor) -> Mapping[str, float]:
            now("measure")
            return {"good": 1.0}

        return measure
