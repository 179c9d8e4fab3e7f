"""What a finding advises can be done."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import Forks
from findings import SICK, finding_of
from histories import RECORD

from ganzoo.diagnosis import oscillation
from ganzoo.diagnosis.remedy import mended, penalised, slower, wasserstein

ADVISED = {
    "won": [{"loss": "minimax"}, {"loss": "bce"}, {"model": "dcgan"}, {"penalty": "r1"}],
    "collapse": [{}, {"model": "dcgan"}, {"dataset": "ring"}, {"loss": "wgan-gp"}],
    "oscillation": [{}, {"model": "dcgan"}, {"dataset": "ring"}, {"penalty": "r1"}],
    "explosion": [{}, {"loss": "wgan-gp"}, {"loss": "least-squares"}],
    "memorising": [{}, {"dataset.size": 200}],
}
CASES = [(illness, parts) for illness, all_parts in ADVISED.items() for parts in all_parts]


@pytest.mark.parametrize(("illness", "parts"), CASES)
def test_what_is_advised_can_be_trained(
    illness: str, parts: Mapping[str, Any], forked: Forks
) -> None:
    pytest.importorskip("ganzoo_wgan")
    finding = finding_of(illness, parts)
    words = shlex.split(finding.command)
    assert words[:2] == ["ganzoo", "train"]
    forked(*words[1:], "--dry-run", "--set", "threads=1").ok()


@pytest.mark.parametrize(("illness", "parts"), CASES)
def test_a_finding_is_whole(illness: str, parts: Mapping[str, Any]) -> None:
    finding = finding_of(illness, parts)
    assert finding.command != replace(RECORD).command
    assert re.search(r"\d", finding.evidence)
    assert finding.cause.count(". ") == 1, "two sentences"
    assert finding.cause.endswith(".")
    assert finding.paper.link.startswith("https://")
    assert not finding.advice.endswith(".")
    plain = json.loads(json.dumps(finding.plain()))
    assert plain["paper"]["year"] == finding.paper.year
    assert set(plain) == {
        "illness", "title", "evidence", "cause", "paper", "advice", "command",
    }  # fmt: skip


def test_a_changed_part_loses_its_settings() -> None:
    command = (
        "ganzoo train vanilla-mlp --dataset ring --loss wgan-gp --penalty gradient-penalty "
        "--observer tensorboard --set penalty.weight=0.1 --set trainer.lr=0.001 "
        "--set model.latent=2"
    )
    record = replace(RECORD, command=command)
    assert mended(record, {"--loss": "bce", "--penalty": None, "trainer.lr": 1e-4}) == (
        "ganzoo train vanilla-mlp --dataset ring --loss bce --observer tensorboard "
        "--set model.latent=2 --set trainer.lr=0.0001"
    )
    assert slower(RECORD, 4) == {"trainer.lr": pytest.approx(5e-5)}
    batch = replace(RECORD, settings={"model.norm": "batch"})
    assert penalised(batch, "r1") == {"--penalty": "r1", "model.norm": "layer"}
    assert "penalty.weight" in wasserstein(replace(RECORD, extent=1.0))
    assert "penalty.weight" not in wasserstein(RECORD)


def test_a_package_that_is_missing_is_named() -> None:
    bare = replace(SICK["oscillation"], record=RECORD)
    finding = oscillation.find(bare)
    assert finding
    assert "ganzoo-wgan" in finding.advice
    has = replace(RECORD, distributions={"loss": "ganzoo-wgan"})
    finding = oscillation.find(replace(bare, record=has))
    assert finding
    assert "ganzoo-wgan" not in finding.advice
