"""What is built in passes what is asked of everyone's plugins, and what is broken fails.

Each first-party plugin has the same test among its own.
"""

from __future__ import annotations

import contextlib
import copy
import math
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import games
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import ganzoo
from ganzoo.registry.hookspecs import HOOKS
from ganzoo.registry.registry import found
from ganzoo.testing import Check, Failed, checks


@pytest.mark.parametrize("check", checks("builtin"), ids=str)
def test_what_is_built_in_conforms(check: Check) -> None:
    check()


def test_every_first_party_plugin_tests_that_it_conforms() -> None:
    plugins = [*Path(__file__).parents[2].glob("plugins/*/pyproject.toml")]
    assert plugins
    for plugin in plugins:
        tests = "".join(path.read_text() for path in plugin.parent.glob("tests/test_*.py"))
        assert "test_it_conforms" in tests, plugin.parent


@pytest.mark.parametrize("check", [c for c in checks(games) if "formula" not in c.title], ids=str)
def test_the_games_of_these_tests_conform(check: Check) -> None:
    check()


def test_what_must_be_set_can_be(tmp_path: Path) -> None:
    for i in range(9):
        Image.new("RGB", (6, 5), (i, 20 * i, 100)).save(tmp_path / f"{i}.png")
    for check in checks("image-folder", {"dataset.root": str(tmp_path)}):
        check()
    with pytest.raises(ganzoo.UsageError, match=r"unknown setting 'dataset.roots'.*dataset.root"):
        checks("image-folder", {"dataset.roots": "x"})


def test_nothing_of_that_name() -> None:
    with pytest.raises(
        ganzoo.UsageError, match=r"'vanila-mlp'; did you mean vanilla-mlp.*pip inst"
    ):
        checks("vanila-mlp")


def test_the_zoo_does_not_notice() -> None:
    assert not [e for e in found().entries() if e.plugin.distribution == "ganzoo-testing"]
    threads = torch.get_num_threads()
    for check in checks("bce"):
        check()
    assert torch.get_num_threads() == threads


# Broken ones: each differs from a good one in one thing, and fails the check for it


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
    classes = 10

    def sample(self, n: int, draw: Any, label: Any = None, inputs: Any = None) -> Any:
        return super().sample(n if label is None else 1, draw)


class Shared(ganzoo.TwoPlayer):
    """Good: the third player's first layers are the discriminator's, and a copy follows slowly."""

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


@dataclass(frozen=True)
class GoodLoss:
    """Differences."""

    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake.mean() - real.mean()

    def generator(self, fake: Any) -> Any:
        return -fake.mean()


class NoScalar(GoodLoss):
    def generator(self, fake: Any) -> Any:
        return -fake


class Forgot(GoodLoss):
    def generator(self, fake: Any) -> Any:
        fake.mean()


class InOrder(GoodLoss):
    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake[0].mean() - real.mean()


@dataclass(frozen=True)
class GoodData:
    """Grey squares."""

    def load(self) -> ganzoo.Data:
        fields = {
            "image": ganzoo.Field((1, 4, 4), range=(0.0, 1.0)),
            "label": ganzoo.Field((), dtype="int64", classes=2),
        }
        return ganzoo.Data(fields, self.arrays())

    def arrays(self) -> Any:
        images = np.arange(32, dtype=np.uint8).repeat(16).reshape(32, 1, 4, 4)
        return {"image": images, "label": np.arange(32) % 2}


class OutOfRange(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "image": np.full((32, 1, 4, 4), 2, np.float32)}


class TooManyClasses(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "label": np.arange(32)}


class FloatLabels(GoodData):
    def arrays(self) -> Any:
        return {**super().arrays(), "label": np.full(32, 0.7)}


@dataclass(frozen=True)
class BytesWithoutRange(GoodData):
    """Will be learnt as 0 to 255."""

    def load(self) -> ganzoo.Data:
        fields = {"image": ganzoo.Field((1, 4, 4))}
        return ganzoo.Data(fields, {"image": super().arrays()["image"]})


class Different(GoodData):
    def arrays(self) -> Any:
        images = np.random.default_rng().integers(256, size=(32, 1, 4, 4)).astype(np.uint8)
        return {**super().arrays(), "image": images}


@dataclass(frozen=True)
class GoodPenalty:
    """Small scores."""

    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return critic(real).square().mean()


class OwnWeight(GoodPenalty):
    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return super().__call__(critic, real, fake, draw) * np.random.default_rng().random()


class Exploding(GoodPenalty):
    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return (super().__call__(critic, real, fake, draw) * 0).sqrt()


@dataclass(frozen=True)
class GoodObserver:
    """Counts."""

    def watch(self, started: Any) -> Any:
        return [].append


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


@dataclass(frozen=True)
class GoodMetric:
    """Distance of the means."""

    def against(self, data: Any) -> Any:
        centre = torch.from_numpy(data.some(100)).mean(0)
        return lambda samples: {"shift": self.shift(samples, centre)}

    def shift(self, samples: Any, centre: Any) -> Any:
        return float((samples.mean(0) - centre).norm())


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
    """Always begins with the same weights."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        torch.manual_seed(0)
        return super().build(data, loss)


@dataclass(frozen=True)
class Narrow(GoodModel):
    """Takes pictures for granted."""

    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        _, _, _ = next(iter(data.values())).shape
        return super().build(data, loss)


@dataclass(frozen=True)
class NoTanh(GoodModel):
    """Its samples have no bounds, which its first weights do not show."""

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
    """Has a setting of which nothing is said."""

    scale: float = 1.0


@dataclass(frozen=True)
class Speechless(GoodLoss):
    pass


@dataclass(frozen=True)
class HalfALoss:
    """Only one player."""

    def discriminator(self, real: Any, fake: Any) -> Any:
        return fake.mean() - real.mean()


@dataclass(frozen=True, eq=False)
class NeverEqual:
    """Compares by identity."""

    discriminator = GoodLoss.discriminator
    generator = GoodLoss.generator


def plays(name: str, game: type[ganzoo.TwoPlayer]) -> type:
    """A model with that game, to be found in this module."""
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
BROKEN: dict[type, str] = {
    plays("SamplesFlat", Flat): "shape and dtype",
    plays("SamplesDouble", Double): "shape and dtype",
    plays("SamplesUnbounded", Unbounded): "in the data's range",
    plays("SamplesOwnNoise", OwnNoise): "the same draw",
    plays("SamplesConstant", Constant): "the same draw",
    plays("TrainsIdle", Idle): "each move changes",
    plays("TrainsMeddling", Meddling): "each move changes",
    plays("TrainsForgetful", Forgetful): "goes on from a checkpoint",
    plays("SamplesNoLabels", NoLabels): "shape and dtype",
    plays("TrainsInfinite", Infinite): "finite gradients",
    plays("TrainsDetached", Detached): "finite gradients",
    plays("TrainsCut", Cut): "finite gradients",
    plays("TrainsOwnNoise", OwnNoise): "the same seed",
    NoScalar: "any shape",
    Forgot: "any shape",
    InOrder: "any shape",
    OutOfRange: "batches have",
    TooManyClasses: "batches have",
    FloatLabels: "batches have",
    BytesWithoutRange: "batches have",
    Different: "loading it twice",
    OwnSeed: "the same seed",
    Narrow: "shape and dtype",
    NoTanh: "in the data's range",
    OwnWeight: "the same seed",
    Exploding: "finite gradients",
    TakesForGranted: "hears a run",
    OnceOnly: "hears a run",
    Deaf: "hears a run",
    Loud: "hears a run",
    Changeable: "frozen dataclass",
    HalfALoss: "frozen dataclass",
    Undocumented: "it is documented",
    Speechless: "it is documented",
    NeverEqual: "stored in run.json",
    OtherScore: "the scores that it declares",
    NoNumber: "the scores that it declares",
    PointsOnly: "the scores that it declares",
    OwnSamples: "in any order",
    Paired: "in any order",
    Centring: "changes neither samples",
    Seeding: "changes neither samples",
    UpsideDown: "better than blanks",
    GoodLoss: "formula",
}
"""Class -> a part of the check that it must fail."""


def checks_of(cls: type, **says: Any) -> list[Check]:
    """Those of a plugin that gives a record of this class."""
    kind = next((k for k, good in KINDS.items() if issubclass(cls, good)), ganzoo.Loss)
    own: dict[str, Any] = {"dataset": "ring"} if kind is ganzoo.Model else {}
    if kind is ganzoo.Metric:
        own = {"scores": (ganzoo.Score("shift", "How far.", better="lower"),)}
    factory = f"{__name__}:{cls.__name__}"
    record = kind(name="tried", summary="Tried.", factory=factory, **own | says)
    module = types.ModuleType("tried_out")
    hook = next(hook for hook, record_kind in HOOKS.items() if record_kind is kind)
    setattr(module, hook, ganzoo.hookimpl(lambda: [record]))
    return checks(module)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"dataset": "rnig"}, "did you mean ring"),
        ({"defaults": {"trainer.steps": "many"}}, "expected int"),
        ({"defaults": {"trainer.batch_size": -3}}, "at least 1"),
        ({"defaults": {"dataset.sise": 4}}, "dataset.size"),
    ],
)
def test_what_a_model_suggests_is_looked_at(says: dict[str, Any], told: str) -> None:
    (check,) = (c for c in checks_of(GoodModel, **says) if "stored in run.json" in c.title)
    with pytest.raises(ganzoo.UsageError, match=told):
        check()


@pytest.mark.parametrize("cls", [*KINDS.values(), TrainsShared])
def test_the_good_ones_pass(cls: type) -> None:
    for check in checks_of(cls):
        if "formula" not in check.title and "no torch" not in check.title:
            check()


@pytest.mark.parametrize("cls", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_fails_with_advice(cls: type) -> None:
    (check,) = (c for c in checks_of(cls) if BROKEN[cls] in c.title)
    advised = r"(?s).\nWhat to do: .|expected a tensor of one number, such as"
    with pytest.raises((Failed, ganzoo.GanzooError), match=advised):
        check()


@pytest.mark.parametrize(
    ("formula", "fails"),
    [("-mean(fake)", False), ("mean(fake)", True), ("nosuch(fake)", True), ("", True)],
)
def test_the_formula_is_held(
    formula: str, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"tried_{abs(hash(formula))}"
    lines = [
        'r"""A lesson.',
        "",
        ">>> real, fake = [2.0, -1.0], [0.5, -3.0]",
        ">>> isclose(Tried().discriminator(tensor(real), tensor(fake)), mean(fake) - mean(real))",
        "True",
        *([f">>> isclose(Tried().generator(tensor(fake)), {formula})", "True"] if formula else []),
        '"""',
        "from test_conformance import GoodLoss",
        "class Tried(GoodLoss): pass",
    ]
    (tmp_path / f"{name}.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    record = ganzoo.Loss(name="tried", summary="Tried.", factory=f"{name}:Tried")
    module = types.ModuleType("tried_out")
    module.ganzoo_losses = ganzoo.hookimpl(lambda: [record])  # type: ignore[attr-defined]
    (check,) = (c for c in checks(module) if "formula" in c.title)
    told = pytest.raises(Failed, match=r"What to do: (correct|compute) the formula")
    with told if fails else contextlib.nullcontext():
        check()


def test_an_entry_module_that_loads_torch_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heavy_entry.py").write_text(
        "import torch, ganzoo\n\n@ganzoo.hookimpl\ndef ganzoo_losses():\n"
        '    yield ganzoo.Loss(name="x", summary="X.", factory="ganzoo.builtin.bce:BCE")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    import heavy_entry  # type: ignore[import-not-found]

    (check,) = (c for c in checks(heavy_entry) if "no torch" in c.title)
    with pytest.raises(Failed, match=r"importing heavy_entry .* loads torch"):
        check()
