"""Presets: sets of a model's settings under a name, and who wins over them."""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from same_runs import assert_same

import ganzoo
from ganzoo.registry.records import Loss, Model, Penalty, Preset
from ganzoo.registry.registry import CORE, Plugin, Registry, ask, installed
from ganzoo.registry.settings import Override
from ganzoo.training.plan import Plan, Request, plan
from ganzoo.training.recording import command_of


@dataclass(frozen=True)
class Margin:
    """A loss with a setting."""

    margin: float = 1.0
    """How far is far enough."""

    def discriminator(self, real: Any, fake: Any) -> Any:
        return (self.margin - real).relu().mean() + (self.margin + fake).relu().mean()

    def generator(self, fake: Any) -> Any:
        return -fake.mean()


@dataclass(frozen=True)
class Weight:
    """A penalty with a setting."""

    weight: float = 1.0
    """Factor of the term."""

    def __call__(self, critic: Any, real: Any, fake: Any, draw: Any) -> Any:
        return self.weight * critic(real).square().mean()


@pytest.fixture(scope="module")
def zoo() -> Registry:
    margin, weight = (f"{__name__}:{cls}" for cls in ("Margin", "Weight"))
    own = types.SimpleNamespace(
        ganzoo_models=ganzoo.hookimpl(
            lambda: [
                Model(
                    name="toy",
                    summary="Has presets.",
                    factory="ganzoo.builtin.vanilla_mlp:VanillaMLP",
                    dataset="grid",
                    defaults={"trainer.lr": 0.1, "trainer.steps": 99, "dataset.size": 99},
                    presets=(
                        Preset(
                            name="quick",
                            summary="For a minute.",
                            loss="margin",
                            penalty="weight",
                            dataset="ring",
                            settings={
                                "trainer.lr": 0.2,
                                "model.latent": 7,
                                "loss.margin": 5.0,
                                "penalty.weight": 6.0,
                                "dataset.size": 640,
                            },
                        ),
                        Preset(name="slow", summary="More steps.", settings={"steps": 1_000}),
                    ),
                )
            ]
        ),
        ganzoo_losses=ganzoo.hookimpl(
            lambda: [
                Loss(
                    name="margin",
                    summary="Has a setting.",
                    factory=margin,
                    defaults={"trainer.lr": 0.3, "trainer.betas": (0.0, 0.9)},
                ),
                Loss(
                    name="other",
                    summary="Has one of that name.",
                    factory=margin,
                    defaults={"trainer.lr": 0.4},
                ),
            ]
        ),
        ganzoo_penalties=ganzoo.hookimpl(
            lambda: [
                Penalty(name="weight", summary="Has a setting.", factory=weight),
                Penalty(name="burden", summary="Has one of that name.", factory=weight),
            ]
        ),
    )
    core = [p for p in installed() if p.distribution == CORE]
    return Registry([*core, ask(Plugin("presets", "presets"), own)])


def settled(zoo: Registry, preset: str | None = "quick", **request: Any) -> Plan:
    overrides = tuple(Override(k, v, "--set") for k, v in request.pop("settings", {}).items())
    return plan(zoo, Request(model="toy", preset=preset, overrides=overrides, **request))


def values(found: Plan, *keys: str) -> list[Any]:
    return [found.values[key].value for key in keys]


def test_a_preset_names_parts_and_sets_values(zoo: Registry) -> None:
    found = settled(zoo)
    names = [e.record.name for p in ("loss", "penalty", "dataset") if (e := found.entry(p))]
    assert names == ["margin", "weight", "ring"]
    keys = ("trainer.lr", "model.latent", "loss.margin", "penalty.weight", "dataset.size")
    assert values(found, *keys) == [0.2, 7, 5.0, 6.0, 640]
    assert found.values["trainer.lr"].source == "preset quick"
    assert values(found, "trainer.betas", "trainer.steps") == [(0.0, 0.9), 99], "loss, then model"


def test_without_one_the_model_is_as_it_was(zoo: Registry) -> None:
    found = settled(zoo, None)
    assert found.entries["loss"].record.name == "bce"
    assert (found.entry("penalty"), values(found, "trainer.lr", "model.latent")) == (
        None,
        [0.1, 100],
    )


def test_what_a_person_sets_wins(zoo: Registry) -> None:
    found = settled(zoo, settings={"lr": 0.9, "latent": 3})
    assert values(found, "trainer.lr", "model.latent", "loss.margin") == [0.9, 3, 5.0]


def test_of_a_part_that_is_replaced_no_setting_stays(zoo: Registry) -> None:
    other = settled(zoo, loss="other")
    assert values(other, "loss.margin", "penalty.weight") == [1.0, 6.0]
    assert values(other, "trainer.lr", "model.latent") == [0.4, 7], "the loss needs its own rate"
    assert values(settled(zoo, penalty="burden"), "penalty.weight") == [1.0]
    assert settled(zoo, penalty="none").entry("penalty") is None
    assert values(settled(zoo, dataset="grid"), "dataset.size") == [100_000], "of another dataset"
    assert values(settled(zoo, "slow"), "dataset.size", "trainer.steps") == [99, 1_000]


@pytest.mark.parametrize(("name", "hint"), [("quik", "did you mean quick?"), ("x", "quick, slow")])
def test_an_unknown_one_is_answered_with_those_there_are(
    zoo: Registry, name: str, hint: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=r"unknown preset .* of toy") as caught:
        settled(zoo, name)
    assert hint in str(caught.value)
    with pytest.raises(ganzoo.UsageError, match=r"of wgan-gp-toy; it has none"):
        ganzoo.train("wgan-gp-toy", preset="quick")


def test_two_of_one_name_are_refused() -> None:
    twice = (Preset(name="quick", summary="One."), Preset(name="quick", summary="Two."))
    with pytest.raises(ganzoo.GanzooError, match="presets"):
        Model(name="m", summary="x", factory="a:b", presets=twice)


def test_the_command_that_repeats_it_names_it(zoo: Registry) -> None:
    command = command_of(settled(zoo, settings={"latent": 3}))
    assert "--preset quick" in command
    assert command.count("--set") == 1


def test_a_run_says_which_it_was_and_resumes(tmp_path: Path) -> None:
    small = {
        "dataset.size": 320, "trainer.batch_size": 8, "model.generator": (8,), "trainer.samples": 8,
        "model.discriminator": (8,), "trainer.checkpoint_every": 2, "trainer.steps": 4,
        "trainer.threads": 1,
    }  # fmt: skip
    asked = {"preset": "quick", "dataset": "ring", "settings": small}
    run = ganzoo.train("vanilla-mlp", out=tmp_path / "run", **asked)
    for step in run:
        if step.step == 2:
            break
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["preset"] == "quick"
    assert "--preset quick" in record["command"]
    for _ in ganzoo.train(resume=tmp_path / "run"):
        pass
    again = json.loads((tmp_path / "run" / "run.json").read_text())
    assert {**again, "command": ""} == {**record, "command": ""}
    whole = ganzoo.train("vanilla-mlp", out=tmp_path / "whole", **asked)
    for _ in whole:
        pass
    assert_same(tmp_path / "run", tmp_path / "whole")
    with pytest.raises(
        ganzoo.UsageError, match="preset: the run has quick, and you requested paper"
    ):
        ganzoo.train("vanilla-mlp", resume=tmp_path / "run", preset="paper")
    file = tmp_path / "whole" / "run.json"
    other = ganzoo.train(config=file, out=tmp_path / "other", settings={"trainer.seed": 1})
    assert other.record.preset == "quick"
