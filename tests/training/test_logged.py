"""What games log and what they consist of, as a run records it: real runs of a plugin in a file."""

from __future__ import annotations

import csv
import math
import shutil
from pathlib import Path

import pytest
from conftest import Forks
from same_runs import assert_same

from ganzoo.runs.folder import Run

PLUGIN = """
from dataclasses import dataclass
import torch
from torch import nn
import ganzoo

class Game(ganzoo.TwoPlayer):
    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.register_buffer("round", torch.zeros((), dtype=torch.int64))

    def discriminator_loss(self, batch, draw):
        loss, scalars = super().discriminator_loss(batch, draw)
        n = int(self.round)
        self.round += 1
        {discriminator}
        return loss, scalars

    def generator_loss(self, batch, draw):
        loss, scalars = super().generator_loss(batch, draw)
        n = int(self.round)
        {generator}
        return loss, scalars

@dataclass(frozen=True)
class Model:
    def build(self, data, loss):
        return Game(nn.Sequential(nn.Linear(2, 2)), nn.Linear(2, 1), loss, 2)

@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(name="logging", summary="Own.", factory="logging_game:Model")
"""
TRAIN = (
    "--plugin", "logging_game.py", "train", "logging", "--dataset", "ring", "--batch-size", "8",
    "--set", "threads=1", "--set", "log_every=10", "--set", "sample_every=20",
    "--set", "checkpoint_every=10",
)  # fmt: skip
LAZY = 'if n % 16 == 12: scalars = {**scalars, "lazy": torch.tensor(float(n))}'
LAZY += '\n        if n == 27: scalars = {**scalars, "late": torch.tensor(1.0)}'
"""Logged in rounds 12, 28, 44, and once in round 27."""


def write(discriminator: str = "pass", generator: str = "pass") -> None:
    text = PLUGIN.replace("{discriminator}", discriminator).replace("{generator}", generator)
    Path("logging_game.py").write_text(text)


def column(run: Path, name: str) -> list[str]:
    with (run / "metrics.csv").open() as file:
        return [row[name] for row in csv.DictReader(file)]


def test_what_is_logged_now_and_then_has_empty_cells_and_the_mean_of_its_rounds(
    forked: Forks,
) -> None:
    write(LAZY)
    forked(*TRAIN, "--steps", "50", "--out", "run").ok()
    assert column(Path("run"), "lazy") == ["", "12.0", "28.0", "", "44.0"]
    assert column(Path("run"), "late") == ["", "", "1.0", "", ""]
    rows = Run(Path("run")).metrics.numbers()
    assert math.isnan(rows[0]["lazy"])
    assert all(row["generator_loss"] > 0 for row in rows)
    forked("--plugin", "logging_game.py", "report", "run").ok()


def test_such_a_run_resumes_exactly(forked: Forks) -> None:
    write(LAZY)
    forked(*TRAIN, "--steps", "50", "--out", "whole").ok()
    for stop in (10, 14, 20, 30):
        run = Path(f"run{stop}")
        command = (*TRAIN, "--steps", "50", "--out", run)
        forked(*command, before=f"import games_stop; games_stop.at({stop})").refused(1)
        forked("--plugin", "logging_game.py", "train", "--resume", run).ok()
        assert_same(run, Path("whole"))
        shutil.rmtree(run)


@pytest.fixture(autouse=True)
def _stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that fails the training after a step."""
    Path("games_stop.py").write_text(
        "from ganzoo.engine import trainer\n"
        "def at(step):\n"
        "    was = trainer.Trainer._report\n"
        "    def report(self):\n"
        "        if self.step == step + 1:\n"
        "            raise trainer.GanzooError('stopped')\n"
        "        return was(self)\n"
        "    trainer.Trainer._report = report\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.syspath_prepend(str(Path.cwd()))


SAME = 'scalars = {**scalars, "both": loss.detach()}'
REFUSED = {
    "of two moves": (SAME, SAME, "the moves 'discriminator' and 'generator' both log 'both'"),
    "of a later round": (
        SAME, f"if n == 3: {SAME}", "the moves 'discriminator' and 'generator' both log 'both'",
    ),
    "of another move's loss": (
        'scalars = {"generator_loss": loss.detach()}', "pass", "both log 'generator_loss'",
    ),
    "of its own loss": (
        "pass", 'scalars = {"generator_loss": loss.detach()}',
        "move 'generator' logs 'generator_loss', which ganzoo logs for each move",
    ),
    "of its own gradient": (
        'scalars = {"discriminator_gradient": loss.detach()}', "pass",
        "move 'discriminator' logs 'discriminator_gradient', which ganzoo logs for each move",
    ),
    "of a column": (
        "pass", 'scalars = {"epoch": loss.detach()}', "move 'generator' logs 'epoch', a column",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_name_that_another_number_has_is_refused(forked: Forks, case: str) -> None:
    discriminator, generator, words = REFUSED[case]
    write(discriminator, generator)
    result = forked(*TRAIN, "--steps", "20", "--out", "run")
    result.refused(1, words)
    assert Run(Path("run")).status()[0] == "failed"


def test_a_score_s_name_is_refused(forked: Forks) -> None:
    write('scalars = {**scalars, "modes.covered": loss.detach()}')
    result = forked(*TRAIN, "--steps", "20", "--evaluate-every", "10", "--out", "run")
    result.refused(1, "a move logs 'modes.covered', the name of a metric's score")


ADDED = {
    "a layer": (
        'self.generator.append(nn.Linear(2, 2)) if n == 0 else None',
        "Game has the parameter generator.1.weight since training began, so no move trains it",
    ),
    "a layer in a later round": (
        'self.generator.append(nn.Linear(2, 2)) if n == 12 else None',
        "Game has the parameter generator.1.weight since training began, so no move trains it",
    ),
    "another parameter of the same name": (
        'self.generator[0].weight = nn.Parameter(torch.ones(2, 2))',
        "Game has the parameter generator.0.weight since training began, so no move trains it",
    ),
    "a buffer": (
        'self.register_buffer("memory", torch.zeros(2))',
        "Game has memory since training began, so its checkpoints could not be resumed from",
    ),
    "a buffer less": (
        'self.generator[0].bias = None',
        "Game does not have generator.0.bias since training began",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ADDED)
def test_parts_that_come_or_go_during_the_run_are_refused(forked: Forks, case: str) -> None:
    code, words = ADDED[case]
    write(code)
    result = forked(*TRAIN, "--steps", "20", "--out", "run")
    result.refused(1, words, "Create all modules, parameters and buffers in build()")
    late = "later" in case  # then it is seen at the next checkpoint
    assert Run(Path("run")).status() == ("failed", 20 if late else 1)
    assert Run(Path("run")).checkpoint_steps()[0] == (10 if late else 0), "the last good one"
