"""Records that each fail one check: each class differs from a good one in one thing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from good_records import GoodData, GoodLoss, GoodMetric, GoodModel, GoodObserver, GoodPenalty, plays
from torch import nn

import ganzoo


class Flat(ganzoo.TwoPlayer):
    def sample(self, n: int, *args: Any) -> Any:
        return super().sample(n, *args).flatten(1)[:, :-1]


class Double(ganzoo.TwoPlayer):
    def sample(self, n: int, *args: Any) -> Any:
        return super().sample(n, *args).double()


class Unbounded(ganzoo.TwoPlayer):
    def sample(self, n: int, *args: Any) -> Any:
        return super().sample(n, *args) * 3


class OwnNoise(ganzoo.TwoPlayer):
    def latents(self, n: int, draw: ganzoo.Draw) -> Any:
        return torch.from_numpy(np.random.default_rng().standard_normal((n, 4), np.float32))


class Constant(ganzoo.TwoPlayer):
    def sample(self, n: int, *args: Any) -> Any:
        return super().sample(n, *args) * 0


class Idle(ganzoo.TwoPlayer):
    def moves(self) -> Any:
        self.discriminator[1].weight.requires_grad_(False)
        self.extra = self.generator
        return [ganzoo.Move("both", ("discriminator", "extra"), self.discriminator_loss)]


class Meddling(ganzoo.TwoPlayer):
    def moves(self) -> Any:
        def meddle(_: Any) -> None:
            self.generator[0].weight.mul_(0.5)

        return [ganzoo.Move("d", ("discriminator",), self.discriminator_loss, after=meddle)]


class Forgetful(ganzoo.TwoPlayer):
    count = 0

    def generator_loss(self, batch: Any, draw: Any) -> Any:
        self.count += 1
        loss, scalars = super().generator_loss(batch, draw)
        return loss * self.count, scalars


class NoLabels(ganzoo.TwoPlayer):
    def views(self) -> Any:
        return [ganzoo.View("samples", self.sample, label=ganzoo.Field((), "int64", classes=10))]


class Infinite(ganzoo.TwoPlayer):
    def generator_loss(self, batch: Any, draw: Any) -> Any:
        loss, scalars = super().generator_loss(batch, draw)
        return loss / 0, scalars


class Detached(ganzoo.TwoPlayer):
    def generator_loss(self, batch: Any, draw: Any) -> Any:
        loss, scalars = super().generator_loss(batch, draw)
        return loss.detach(), scalars


class Cut(ganzoo.TwoPlayer):
    def generator_loss(self, batch: Any, draw: Any) -> Any:
        loss, scalars = super().generator_loss(batch, draw)
        return loss.detach().requires_grad_(), scalars


class NoScalar(GoodLoss):
    def generator(self, fake: Any) -> Any:
        return -fake


class Forgot(GoodLoss):
    def generator(self, fake: Any) -> Any:
        fake.mean()


class InOrder(GoodLoss):
    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake[0].mean() - real.mean()


class OutOfRange(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "image": np.full((32, 1, 4, 4), 2, np.float32)}


class TooManyClasses(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "label": np.arange(32)}


class HeldOutTooManyClasses(GoodData):
    def load(self) -> ganzoo.Data:
        return ganzoo.Data(self.fields(), self.arrays(), held_out={"label": np.arange(3)})


class FloatLabels(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "label": np.full(32, 0.7)}


@dataclass(frozen=True)
class BytesWithoutRange(GoodData):
    """Pictures that are learnt in the range 0 to 255."""

    def fields(self) -> dict[str, ganzoo.Field]:
        return {"image": ganzoo.Field((1, 4, 4))}

    def arrays(self) -> Any:
        return {"image": super().arrays()["image"]}


class Different(GoodData):
    def arrays(self) -> Any:
        images = np.random.default_rng().integers(256, size=(32, 1, 4, 4)).astype(np.uint8)
        return {**super().arrays(), "image": images}


class OwnWeight(GoodPenalty):
    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return super().__call__(critic, real, fake, draw) * np.random.default_rng().random()


class Exploding(GoodPenalty):
    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return (super().__call__(critic, real, fake, draw) * 0).sqrt()


class TakesForGranted(GoodObserver):
    def watch(self, started: Any) -> Any:
        return lambda event: event.metrics["discriminator_loss"]


class OnceOnly(GoodObserver):
    def watch(self, started: Any) -> Any:
        (started.run / "log").touch(exist_ok=False)
        return super().watch(started)


class Deaf(GoodObserver):
    def watch(self, started: Any) -> Any:
        pass


class Loud(GoodObserver):
    def watch(self, started: Any) -> Any:
        return lambda event: print(event.step)


class OtherScore(GoodMetric):
    def against(self, data: Any) -> Any:
        return lambda samples: {"shft": 1.0}


class NoNumber(GoodMetric):
    def shift(self, samples: Any, centre: Any) -> Any:
        return math.nan


class PointsOnly(GoodMetric):
    def against(self, data: Any) -> Any:
        _, _ = data.some(100).T
        return super().against(data)


class OwnSamples(GoodMetric):
    def shift(self, samples: Any, centre: Any) -> Any:
        chosen = np.random.default_rng().integers(len(samples), size=5)
        return super().shift(samples[chosen], centre)


class Paired(GoodMetric):
    def against(self, data: Any) -> Any:
        real = torch.from_numpy(data.some(100))
        return lambda samples: {"shift": float((samples[: len(real)] - real).norm())}


class Centring(GoodMetric):
    def shift(self, samples: Any, centre: Any) -> Any:
        return float(samples.sub_(centre).mean(0).norm())


class Seeding(GoodMetric):
    def shift(self, samples: Any, centre: Any) -> Any:
        np.random.seed(0)
        return super().shift(samples, centre)


class UpsideDown(GoodMetric):
    def shift(self, samples: Any, centre: Any) -> Any:
        return -super().shift(samples, centre)


@dataclass(frozen=True)
class OwnSeed(GoodModel):
    """Always starts with the same weights."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        torch.manual_seed(0)
        return super().build(data, loss)


@dataclass(frozen=True)
class Narrow(GoodModel):
    """Expects pictures without checking."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        _, _, _ = next(iter(data.values())).shape
        return super().build(data, loss)


@dataclass(frozen=True)
class NoTanh(GoodModel):
    """Its samples have no bounds, which its initial weights do not show."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        game: Any = super().build(data, loss)
        game.generator[1] = nn.Identity()
        nn.init.normal_(game.generator[0].weight, std=1e-3)
        nn.init.normal_(game.generator[0].bias, std=1e-1)
        return game


@dataclass
class Changeable:
    """Not frozen."""

    discriminator = GoodLoss.discriminator
    generator = GoodLoss.generator


@dataclass(frozen=True)
class Undocumented(GoodLoss):
    """Has a setting without a docstring."""

    scale: float = 1.0


@dataclass(frozen=True)
class Speechless(GoodLoss):
    pass


@dataclass(frozen=True)
class HalfALoss:
    """Has only one player."""

    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake.mean() - real.mean()


@dataclass(frozen=True, eq=False)
class NeverEqual:
    """Its equality compares identity."""

    discriminator = GoodLoss.discriminator
    generator = GoodLoss.generator


BROKEN: dict[type, str] = {
    plays("SamplesFlat", Flat): "shape and dtype",
    plays("SamplesDouble", Double): "shape and dtype",
    plays("SamplesUnbounded", Unbounded): "in the data's range",
    plays("SamplesOwnNoise", OwnNoise): "the same draw",
    plays("SamplesConstant", Constant): "the same draw",
    plays("TrainsIdle", Idle): "each move changes",
    plays("TrainsMeddling", Meddling): "each move changes",
    plays("TrainsForgetful", Forgetful): "resumes from a checkpoint",
    plays("SamplesNoLabels", NoLabels): "depend on their label",
    plays("TrainsInfinite", Infinite): "finite gradients",
    plays("TrainsDetached", Detached): "finite gradients",
    plays("TrainsCut", Cut): "finite gradients",
    plays("TrainsOwnNoise", OwnNoise): "the same seed",
    NoScalar: "any shape",
    Forgot: "any shape",
    InOrder: "any shape",
    OutOfRange: "batches and held-out",
    TooManyClasses: "batches and held-out",
    FloatLabels: "batches and held-out",
    HeldOutTooManyClasses: "batches and held-out",
    BytesWithoutRange: "batches and held-out",
    Different: "loading it twice",
    OwnSeed: "the same seed",
    Narrow: "shape and dtype",
    NoTanh: "in the data's range",
    OwnWeight: "the same seed",
    Exploding: "finite gradients",
    TakesForGranted: "receives every event",
    OnceOnly: "receives every event",
    Deaf: "receives every event",
    Loud: "receives every event",
    Changeable: "frozen dataclass",
    HalfALoss: "frozen dataclass",
    Undocumented: "are documented",
    Speechless: "are documented",
    NeverEqual: "stored in run.json",
    OtherScore: "the scores that it declares",
    NoNumber: "the scores that it declares",
    PointsOnly: "the scores that it declares",
    OwnSamples: "in any order",
    Paired: "in any order",
    Centring: "leaves samples",
    Seeding: "leaves samples",
    UpsideDown: "better first score",
    GoodLoss: "formula",
}
"""Class -> a part of the title of the check that it must fail."""
