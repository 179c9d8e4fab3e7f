"""Who wins, and what follows when a part is replaced."""

import json
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

import ganzoo
from ganzoo.registry.records import Loss, Model, Penalty
from ganzoo.registry.registry import CORE, Plugin, Registry, ask, installed
from ganzoo.registry.settings import Override
from ganzoo.training.config import read_config
from ganzoo.training.plan import Request, plan


@dataclass(frozen=True)
class Margin:
    """A loss with a setting."""

    margin: float = 1.0
    """How far is far enough."""

    def discriminator(self, real, fake):
        return (self.margin - real).relu().mean() + (self.margin + fake).relu().mean()

    def generator(self, fake):
        return -fake.mean()


@dataclass(frozen=True)
class Weight:
    """A penalty with a setting."""

    weight: float = 1.0
    """Factor of the term."""

    def __call__(self, critic, real, fake, draw):
        return self.weight * critic(real).square().mean()


def losses():
    yield Loss(
        name="first",
        summary="Has a penalty and its own betas.",
        factory=f"{__name__}:Margin",
        penalty="drift",
        defaults={"trainer.betas": (0.0, 0.9), "penalty.weight": 3.0},
    )
    yield Loss(name="second", summary="Has neither.", factory=f"{__name__}:Margin")


def models():
    yield Model(
        name="picky",
        summary="Has defaults for its loss and dataset.",
        factory="ganzoo.builtin.vanilla_mlp:VanillaMLP",
        loss="first",
        dataset="ring",
        defaults={"loss.margin": 2.0, "dataset.size": 500, "trainer.betas": (0.5, 0.5)},
    )


@pytest.fixture(scope="module")
def zoo():
    def penalties():
        yield Penalty(name="drift", summary="A term.", factory=f"{__name__}:Weight")

    module = types.SimpleNamespace(
        ganzoo_losses=ganzoo.hookimpl(losses),
        ganzoo_models=ganzoo.hookimpl(models),
        ganzoo_penalties=ganzoo.hookimpl(penalties),
    )
    core = next(p for p in installed() if p.distribution == CORE)
    return Registry([core, ask(Plugin("mine", "ganzoo-mine"), module)])


def values(zoo, **request):
    settled = plan(zoo, Request(model="picky", **request))
    return {key: (v.value, v.source) for key, v in settled.values.items()}


def test_user_then_loss_then_model_then_default(zoo):
    found = values(zoo, overrides=(Override("lr", "0.5", "--set"),))
    assert found["trainer.lr"] == (0.5, "--set")
    assert found["trainer.betas"] == ((0.0, 0.9), "loss first")
    assert found["loss.margin"] == (2.0, "model picky")
    assert found["dataset.size"] == (500, "model picky")
    assert found["penalty.weight"] == (3.0, "loss first")
    assert found["trainer.ema"] == (0.0, "default")


def test_defaults_for_a_part_that_was_replaced_do_not_hold(zoo):
    found = values(zoo, loss="second", dataset="grid")
    assert found["loss.margin"] == (1.0, "default")
    assert found["dataset.size"] == (100_000, "default")
    assert found["trainer.betas"] == ((0.5, 0.5), "model picky")
    assert "penalty.weight" not in found


def test_the_penalty_can_be_left_out(zoo):
    assert plan(zoo, Request(model="picky", penalty="none")).entry("penalty") is None


@pytest.mark.parametrize(
    ("overrides", "epochs", "steps"),
    [
        ([Override("steps", 7, "--steps"), Override("epochs", 3, "file")], None, 7),
        ([Override("epochs", 3, "--epochs"), Override("steps", 7, "file")], 3, 7),
    ],
)
def test_the_first_length_decides(zoo, overrides, epochs, steps):
    found = values(zoo, overrides=tuple(overrides))
    assert (found["trainer.epochs"][0], found["trainer.steps"][0]) == (epochs, steps)


def test_a_run_s_record_with_another_loss_keeps_only_what_the_user_chose(zoo, tmp_path):
    run = {
        "model": "picky", "loss": "first", "penalty": "drift", "dataset": "ring",
        "settings": {"trainer.lr": 0.5, "trainer.betas": [0.0, 0.9], "loss.margin": 9.0,
                     "penalty.weight": 3.0},
        "asked": ["trainer.lr"],
    }  # fmt: skip
    path = Path(tmp_path, "run.json")
    path.write_text(json.dumps(run))
    same = Request().over(read_config(path, Request()))
    assert {w.key for w in same.overrides} == set(run["settings"])
    assert same.penalty == "drift"
    other = Request(loss="second")
    other = other.over(read_config(path, other))
    assert {w.key for w in other.overrides} == {"trainer.lr"}
    assert plan(zoo, other).entry("penalty") is None
    qualified = Request(loss="ganzoo-mine/first")
    assert len(read_config(path, qualified).overrides) == len(run["settings"])


def test_a_run_s_record_with_another_dataset_leaves_its_metrics_out(tmp_path):
    run = {
        "model": "picky", "loss": "first", "penalty": None, "dataset": "ring",
        "settings": {"trainer.evaluate_every": 50, "metric.modes.sigmas": 2.0},
        "asked": ["trainer.evaluate_every", "metric.modes.sigmas"], "metrics": ["modes"],
    }  # fmt: skip
    path = Path(tmp_path, "run.json")
    path.write_text(json.dumps(run))
    assert read_config(path, Request()).metrics == ("modes",)
    other = read_config(path, Request(dataset="grid"))
    assert other.metrics == ()
    assert [w.key for w in other.overrides] == ["trainer.evaluate_every"]
