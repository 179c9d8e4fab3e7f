"""A plugin of every kind that misbehaves where ``ODD_AT`` says.

It runs the Python in ``ODD_DO``. It returns the value of ``ODD_GIVE``, in which ``x`` is the usual
value.
"""

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
            os.environ.get("ODD_DO", ""),
            {
                "os": os, "sys": sys, "torch": torch, "np": np, "warnings": warnings, "time": time,
                "ganzoo": ganzoo, "logging": logging, "random": random,
            },
        )  # fmt: skip


def given(place: str, usual: Any) -> Any:
    """The usual value, or another if this is the place."""
    if place == os.environ.get("ODD_AT") and (text := os.environ.get("ODD_GIVE")):
        return eval(text, {"torch": torch, "np": np, "ganzoo": ganzoo, "nn": nn, "x": usual})
    return usual


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
        return given("backward", gradients[0])


class OddLayer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        now("forward")
        back: Tensor = given("forward", Backward.apply(x))  # type: ignore[no-untyped-call]
        return back


class OddOptimizer(torch.optim.SGD):
    def step(self, closure: Any = None) -> Any:
        now("step")
        return given("step", super().step(closure))


class OddGame(ganzoo.TwoPlayer):
    def moves(self) -> tuple[ganzoo.Move, ...]:
        now("moves")

        def loss(batch: ganzoo.Batch, draw: ganzoo.Draw) -> tuple[Tensor, ganzoo.Scalars]:
            now("move loss")
            loss: tuple[Tensor, ganzoo.Scalars] = given(
                "move loss", self.generator_loss(batch, draw)
            )
            return loss

        def optimizer(parameters: list[nn.Parameter]) -> OddOptimizer:
            now("optimizer")
            made: OddOptimizer = given("optimizer", OddOptimizer(parameters, 0.01))
            return made

        def schedule(done: float) -> float:
            now("schedule")
            factor: float = given("schedule", 1.0)
            return factor

        own = ganzoo.Move(
            "own", ("generator",), loss, after=lambda logs: now("after"), optimizer=optimizer,
            schedule=schedule,
        )  # fmt: skip
        moves: tuple[ganzoo.Move, ...] = given("moves", (*super().moves(), own))
        return moves

    def sample(self, n: int, draw: ganzoo.Draw, asked: ganzoo.Batch) -> Tensor:
        now("sample")
        samples: Tensor = given("sample", super().sample(n, draw, asked))
        return samples

    def verdict(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor:
        now("verdict")
        verdict: Tensor = given("verdict", super().verdict(batch, draw))
        return verdict


@dataclass(frozen=True)
class OddModel:
    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> OddGame:
        now("build")
        generator = nn.Sequential(nn.Linear(2, 8), OddLayer(), nn.Linear(8, 2))
        discriminator = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1))
        game: OddGame = given("build", OddGame(generator, discriminator, loss, latent=2))
        return game


@dataclass(frozen=True)
class OddLoss:
    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        now("discriminator")
        loss: Tensor = given("discriminator", softplus(-real).mean() + softplus(fake).mean())
        return loss

    def generator(self, fake: Tensor) -> Tensor:
        now("generator")
        loss: Tensor = given("generator", softplus(-fake).mean())
        return loss

    def constrain(self, discriminator: nn.Module) -> None:
        now("constrain")


@dataclass(frozen=True)
class OddPenalty:
    def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: Any) -> Tensor:
        now("penalty")
        penalty: Tensor = given("penalty", (critic(real) ** 2).mean() * 0.01)
        return penalty


class OddSource:
    def __len__(self) -> int:
        now("length")
        length: int = given("length", 64)
        return length

    def item(self, index: int, rng: np.random.Generator) -> dict[str, Any]:
        now("item")
        item: dict[str, Any] = given("item", {"point": rng.normal(size=2).astype(np.float32)})
        return item


@dataclass(frozen=True)
class OddData:
    def fields(self) -> dict[str, ganzoo.Field]:
        now("fields")
        fields: dict[str, ganzoo.Field] = given("fields", {"point": ganzoo.Field((2,))})
        return fields

    def load(self) -> ganzoo.Data:
        now("load")
        points = np.random.default_rng(0).normal(size=(320, 2)).astype(np.float32)
        data: ganzoo.Data = given(
            "load", ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": points})
        )
        return data


@dataclass(frozen=True)
class OddStream(OddData):
    def load(self) -> ganzoo.Data:
        now("load")
        return ganzoo.Data({"point": ganzoo.Field((2,))}, source=OddSource())


@dataclass(frozen=True)
class OddObserver:
    def watch(self, started: ganzoo.Started) -> Callable[[ganzoo.Step | ganzoo.Ended], None]:
        now("watch")
        watching: Callable[[ganzoo.Step | ganzoo.Ended], None] = given(
            "watch", lambda event: now("event")
        )
        return watching


@dataclass(frozen=True)
class OddMetric:
    def check_field(self, field: ganzoo.Field) -> None:
        now("check_field")

    def against(self, data: ganzoo.Data) -> Callable[[Tensor], Mapping[str, float]]:
        now("against")

        def measure(samples: Tensor) -> Mapping[str, float]:
            now("measure")
            scores: Mapping[str, float] = given("measure", {"good": 1.0})
            return scores

        against: Callable[[Tensor], Mapping[str, float]] = given("against", measure)
        return against
