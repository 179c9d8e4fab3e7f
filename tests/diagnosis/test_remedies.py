"""Each remedy of the table, tried: the faulty run is trained, then the very command offered."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest
from conftest import Forks
from histories import RECORD, ROUND, history

from ganzoo.diagnosis import diagnose
from ganzoo.diagnosis.command import changed
from ganzoo.diagnosis.diagnosis import examine
from ganzoo.diagnosis.history import between, middle
from ganzoo.diagnosis.remedy import REMEDIES, remedy
from ganzoo.runs.folder import Run

PLANE = (
    "--batch-size 64 --set model.latent=2 --set model.generator=[64,64] "
    "--set model.discriminator=[64,64]"
)
DIGITS = (
    "--dataset mnist-5k --batch-size 32 --set model.generator=[128,256] "
    "--set model.discriminator=[256,128]"
)


@dataclass(frozen=True)
class Case:
    """A run with one or more faults for which the same remedy is offered."""

    remedy: str
    faults: tuple[str, ...]
    settings: str
    nearer: float
    """The samples' distance from the data in the last third must be below this share of what it was
    before; 1.5 where the fault harms other numbers than the samples."""
    gone: bool = True
    """Whether the faults must be gone; if not, nearer samples are enough."""


CASES = [
    Case(
        "penalty", ("explosion",),
        f"vanilla-mlp --dataset ring --loss wgan-div --penalty none --steps 1000 {PLANE} "
        "--set lr=1e-3 --set sample_every=100",
        1.5,
    ),
    Case(
        "bce and batch norm", ("won",),
        f"vanilla-mlp --loss minimax --steps 1200 {DIGITS} --set sample_every=120",
        0.2,
    ),
    Case(
        "bce", ("won",),
        "dcgan --dataset mnist-5k --loss minimax --seed 12 --steps 600 --batch-size 32 "
        "--set model.width=8 --set model.norm=layer --set lr=2e-3 --set sample_every=60",
        0.2,
    ),
    Case(
        "wgan-gp", ("explosion",),
        f"vanilla-mlp --dataset ring --steps 1000 {PLANE} --set optimizer=sgd --set lr=100 "
        "--set sample_every=100",
        0.2,
    ),
    Case(
        "wgan-gp", ("collapse", "oscillation"),
        f"vanilla-mlp --dataset ring --steps 1500 {PLANE} --set lr=1e-3 --set sample_every=100",
        0.2,
    ),
    Case(
        "batch norm", ("explosion",),
        f"vanilla-mlp --steps 800 {DIGITS} --set optimizer=sgd --set lr=1 --set sample_every=80",
        0.5,
    ),
    Case(
        "batch norm", ("won",),
        f"vanilla-mlp --steps 1200 {DIGITS} --set lr=5e-3 --set sample_every=120",
        0.5,
    ),
    Case(
        "batch norm", ("collapse", "oscillation"),
        "vanilla-mlp --dataset mnist-5k --loss hinge --steps 2400 --batch-size 32 --set lr=5e-4 "
        "--set model.generator=[128,256] --set model.discriminator=[128] --set sample_every=240",
        0.7,
    ),
    Case(
        "r1", ("memorising",),
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --seed 8 --steps 2500 "
        "--batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] --set model.generator=[128,256] "
        "--set sample_every=250",
        0.4,
        gone=False,
    ),
]  # fmt: skip


def names(case: Case) -> str:
    return "-".join([case.remedy.replace(" ", "-"), *case.faults])


def test_each_remedy_is_tried_for_each_fault_that_it_is_offered_for() -> None:
    offered = {(r.name, fault) for r in REMEDIES for fault in r.faults}
    assert offered == {(case.remedy, fault) for case in CASES for fault in case.faults}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_remedy_helps(case: Case, forked: Forks, monkeypatch: pytest.MonkeyPatch) -> None:
    for plugin in ("wgan", "dcgan", "losses"):
        pytest.importorskip(f"ganzoo_{plugin}")
    monkeypatch.syspath_prepend(Path(__file__).parent.parent.parent)
    import_module("benchmarks.diagnosis_runs.shapes").shapes(Path("shapes"), 300)
    words = ["train", *shlex.split(case.settings), "--set", "threads=1", "--quiet"]
    forked.start(*words, "--out", "faulty").wait(600)
    before = Run(Path("faulty"))
    found = {finding.fault: finding for finding in diagnose(before).findings}
    assert set(case.faults) <= set(found)
    offered = [remedy(fault, before.record) for fault in case.faults]
    assert [r and r.name for r in offered] == [case.remedy] * len(case.faults)

    (command,) = {found[fault].command for fault in case.faults}
    words = shlex.split(command)
    assert words[:2] == ["ganzoo", "train"]
    forked.start(*words[1:], "--quiet", "--out", "remedied").wait(600).ok()
    after = Run(Path("remedied"))
    diagnosis = diagnose(after)
    left = {finding.fault for finding in (*diagnosis.findings, *diagnosis.signs)}
    assert not (case.gone and left & set(case.faults))
    assert distance(after) < case.nearer * distance(before)


def distance(run: Run) -> float:
    """Infinite where the run failed before it had any."""
    late = middle(between(run.health.numbers(), 2 / 3, 1), "distance")
    return math.inf if math.isnan(late) else late


def test_a_changed_part_loses_its_settings() -> None:
    command = (
        "ganzoo train vanilla-mlp --preset quick --dataset ring --loss wgan-gp "
        "--penalty gradient-penalty --observer tensorboard --metric modes "
        "--set penalty.weight=0.1 --set trainer.lr=0.001 --set model.latent=2"
    )
    record = replace(RECORD, command=command)
    changes = {"--loss": "bce", "--penalty": None, "trainer.lr": 1e-4, "trainer.betas": (0.5, 0.9)}
    assert changed(record, changes) == (
        "ganzoo train vanilla-mlp --preset quick --dataset ring --loss bce --observer tensorboard "
        "--metric modes --set model.latent=2 --set trainer.lr=0.0001 "
        "--set 'trainer.betas=[0.5, 0.9]'"
    )


def test_what_is_installed_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    points = replace(RECORD, dataset="ring", extent=2.0)
    (wgan,) = (r for r in REMEDIES if r.name == "wgan-gp")
    missing = replace(wgan, package="ganzoo-nobody-has-this")
    other = replace(wgan, name="other", package="")
    assert not missing.installed
    monkeypatch.setattr("ganzoo.diagnosis.remedy.REMEDIES", (missing, other))
    assert remedy("collapse", points) is other
    monkeypatch.setattr("ganzoo.diagnosis.remedy.REMEDIES", (missing,))
    assert remedy("collapse", points) is missing
    assert remedy("won", points) is None


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    points = history(ROUND, dataset="ring", extent=2.0)
    finding = examine(points, "runs/1").findings[0]
    assert "install" not in finding.advice
    missing = tuple(replace(r, package="ganzoo-nobody-has-this") for r in REMEDIES)
    monkeypatch.setattr("ganzoo.diagnosis.remedy.REMEDIES", missing)
    finding = examine(points, "runs/1").findings[0]
    assert finding.advice.endswith("(first install ganzoo-nobody-has-this)")
