"""Several penalties at once: their settings, their record, and what refuses them."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

import ganzoo
from ganzoo.registry.records import Loss, Penalty
from ganzoo.registry.registry import CORE, Plugin, Registry, ask, installed
from ganzoo.registry.settings import Override
from ganzoo.runs.record import RunRecord
from ganzoo.training.plan import Request, plan
from ganzoo.training.recording import other_parts, recorded_request
from ganzoo.training.run import start


@dataclass(frozen=True)
class Size:
    """The mean size of outputs."""

    weight: float = 1.0
    """Factor of the term."""
    power: int = 2
    """Exponent."""

    def __call__(self, critic: Callable[..., Tensor], real: Tensor, fake: Any, draw: Any) -> Tensor:
        return self.weight * critic(real).abs().pow(self.power).mean()


@dataclass(frozen=True)
class Drop:
    """The mean output on fake samples."""

    weight: float = 1.0
    """Factor of the term."""

    def __call__(self, critic: Callable[..., Tensor], real: Any, fake: Tensor, draw: Any) -> Tensor:
        return self.weight * critic(fake).mean()


@dataclass(frozen=True)
class Plain:
    """A loss."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        return -fake.mean()


def penalties() -> Iterator[Penalty]:
    yield Penalty(name="size", summary="One.", factory=f"{__name__}:Size")
    yield Penalty(name="drop-it", summary="Another.", factory=f"{__name__}:Drop")


def losses() -> Iterator[Loss]:
    own = {"penalty.size.weight": 3.0, "penalty.drop-it.weight": 4.0}
    yield Loss(
        name="both", summary="Has two.", factory=f"{__name__}:Plain", penalty="size,drop-it",
        defaults=own,
    )  # fmt: skip


@pytest.fixture(scope="module")
def zoo() -> Registry:
    module = types.SimpleNamespace(
        ganzoo_losses=ganzoo.hookimpl(losses), ganzoo_penalties=ganzoo.hookimpl(penalties)
    )
    core = next(p for p in installed() if p.distribution == CORE)
    mine: Any = module
    return Registry([core, ask(Plugin("mine", "ganzoo-mine"), mine)])


def values(zoo: Registry, penalty: str | None, *settings: tuple[str, Any], **more: Any) -> Any:
    overrides = tuple(Override(key, value, "--set") for key, value in settings)
    request = Request("vanilla-mlp", penalty=penalty, dataset="ring", overrides=overrides, **more)
    found = plan(zoo, request).values
    return {k: v.value for k, v in found.items() if k.startswith("penalty.")}


def test_each_has_settings_of_its_own(zoo: Registry) -> None:
    assert values(zoo, "size,drop-it", ("penalty.size.weight", 5), ("power", 3)) == {
        "penalty.size.weight": 5, "penalty.size.power": 3, "penalty.drop-it.weight": 1,
    }  # fmt: skip
    assert values(zoo, "drop-it, size", ("penalty.power", 3))["penalty.size.power"] == 3


@pytest.mark.parametrize("key", ["weight", "penalty.weight", "penalty.size.weight"])
def test_the_only_one_needs_no_name(zoo: Registry, key: str) -> None:
    assert values(zoo, "size", (key, 5)) == {"penalty.weight": 5, "penalty.power": 2}


def test_a_loss_suggests_several(zoo: Registry) -> None:
    assert values(zoo, None, loss="both") == {
        "penalty.size.weight": 3, "penalty.size.power": 2, "penalty.drop-it.weight": 4,
    }  # fmt: skip
    assert values(zoo, "drop-it", loss="both") == {"penalty.weight": 4}
    assert values(zoo, "none", loss="both") == {}


@pytest.mark.parametrize(
    ("penalty", "settings", "says"),
    [
        ("size,size", (), "the penalty size is named twice"),
        ("size,ganzoo-mine/size", (), "the penalty size is named twice"),
        ("none,size", (), "none leaves out all"),
        ("size,nosuch", (), "unknown penalty 'nosuch'"),
        ("size,drop-it", (("weight", 1),), "write penalty.size.weight or penalty.drop-it.weight"),
        ("size,drop-it", (("penalty.weight", 1),), "'penalty.weight' is ambiguous"),
        ("size", (("penalty.drop-it.weight", 1),), "also needs --penalty drop-it"),
        ("size,drop-it", (("penalty.size.wieght", 1),), "did you mean"),
    ],
)
def test_what_is_refused(zoo: Registry, penalty: str, settings: Any, says: str) -> None:
    with pytest.raises(ganzoo.UsageError, match=says):
        values(zoo, penalty, *settings)


def test_a_run_has_them_all(zoo: Registry) -> None:
    settings = {
        "steps": 4, "log_every": 2, "penalty.size.weight": 0.5, "batch_size": 8, "device": "cpu",
    }  # fmt: skip
    overrides = tuple(Override(key, value, "--set") for key, value in settings.items())
    request = Request("vanilla-mlp", penalty="size,drop-it", dataset="ring", overrides=overrides)
    run = start(zoo, plan(zoo, request), "run")
    list(run)
    head = Path("run/metrics.csv").read_text().splitlines()[0].split(",")
    assert {"size", "drop-it"} < {*head}
    assert "penalty" not in head
    record = RunRecord.read(Path("run/run.json"))
    assert record.penalty == "size,drop-it"
    assert record.distributions["penalty.drop-it"] == "ganzoo-mine"
    assert "--penalty size --penalty drop-it" in record.command
    again = plan(zoo, recorded_request(record))
    assert {k: v.value for k, v in again.values.items()} == {
        k: v.value for k, v in run.plan.values.items()
    }
    for same in ("size,drop-it", "ganzoo-mine/size,drop-it"):
        assert other_parts(record, Request(penalty=same)) == []
    for other in ("size", "drop-it,size", "none"):
        assert len(other_parts(record, Request(penalty=other))) == 1


def test_the_record_of_one_is_as_before(zoo: Registry) -> None:
    request = Request(
        "vanilla-mlp", penalty="size", dataset="ring",
        overrides=(Override("penalty.weight", 2, "run.json"),), origins={"penalty": "ganzoo-mine"},
    )  # fmt: skip
    settled = plan(zoo, request)
    assert json.dumps([*settled.entries]) == '["model", "loss", "penalty", "dataset"]'
    assert settled.name("penalty") == "size"
