"""`trainer.dynamics` chooses the rule of the round for any run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from same_runs import assert_same
from torch import nn

import ganzoo
from ganzoo.engine.dynamics import RULES
from ganzoo.registry.registry import registry

SETTINGS: dict[str, Any] = {
    "model.latent": 2, "model.generator": [16], "model.discriminator": [16], "dataset.size": 320,
    "batch_size": 16, "threads": 1, "samples": 16, "log_every": 5, "steps": 20, "lr": 1e-3,
}  # fmt: skip


def train(dynamics: str, out: str, until: int = 20, **settings: Any) -> Path:
    chosen = {**SETTINGS, "dynamics": dynamics, **settings}
    for step in ganzoo.train("vanilla-mlp", dataset="ring", settings=chosen, out=out):
        if step.step == until:
            break
    return Path(out)


@pytest.mark.parametrize("dynamics", RULES)
def test_a_run_with_each_rule_resumes_exactly(dynamics: str) -> None:
    whole = train(dynamics, "whole", ema=0.9)
    run = train(dynamics, "run", 7, ema=0.9)
    list(ganzoo.train(resume=run))
    assert_same(run, whole)


def test_each_rule_is_another() -> None:
    rows = {rule: (train(rule, rule) / "metrics.csv").read_bytes() for rule in RULES}
    assert len(set(rows.values())) == 4


def test_alternating_is_the_rule_unless_another_is_chosen() -> None:
    plain = {k: v for k, v in SETTINGS.items() if k != "dynamics"}
    list(ganzoo.train("vanilla-mlp", dataset="ring", settings=plain, out="plain"))
    run = train("alternating", "run")
    assert (run / "metrics.csv").read_bytes() == Path("plain/metrics.csv").read_bytes()


def test_a_critic_that_repeats_is_refused_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ganzoo.training.building.load_data", None)
    with pytest.raises(ganzoo.UsageError, match=r"repeats 5 times.* --set critic_moves=1"):
        train("extragradient", "run", critic_moves=5)
    assert not Path("run").exists()


class Alone(ganzoo.Game):
    """One player."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Linear(2, 2)

    def moves(self) -> Any:
        return [ganzoo.Move("g", ("generator",), self.loss)]

    def loss(self, batch: Any, draw: ganzoo.Draw) -> Any:
        return self.generator(ganzoo.first(batch)).square().mean(), {}

    def sample(self, n: int, draw: ganzoo.Draw, given: Any) -> Any:
        return self.generator(draw.normal(n, 2))


@dataclass(frozen=True)
class Model:
    def build(self, data: Any, loss: Any) -> ganzoo.Game:
        return Alone()


class Plugin:
    __name__ = "alone"

    @ganzoo.hookimpl
    def ganzoo_models(self) -> Iterator[ganzoo.Model]:
        factory = f"{__name__}:Model"
        yield ganzoo.Model(name="alone", summary="Tried.", factory=factory, dataset="ring")


def test_one_player_alone_has_no_simultaneous_rule() -> None:
    before = [*registry().plugins]
    ganzoo.register(Plugin())
    try:
        with pytest.raises(ganzoo.UsageError, match="it has only one move"):
            ganzoo.train("alone", settings={"dynamics": "simultaneous"})
        ganzoo.train("alone", settings={"dynamics": "extragradient"}, out="run")
    finally:
        registry().plugins[:] = before
