"""Whoever changes the working directory moves no run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import TINY, Forks, snapshot
from same_runs import assert_same

import ganzoo

MOVING = """
import os
from dataclasses import dataclass
from pathlib import Path
import ganzoo

@ganzoo.hookimpl
def ganzoo_observers():
    yield ganzoo.Observer(name="moving", summary="Own.", factory="moving:Moving")

@dataclass(frozen=True)
class Moving:
    when: str = "Step"

    def watch(self, started):
        assert started.run.is_absolute()
        self.move(started)
        return self.move

    def move(self, event):
        if type(event).__name__ == self.when and Path("..", "elsewhere").is_dir():
            os.chdir("../elsewhere")
"""


@pytest.mark.parametrize("when", ["Started", "Step", "Ended"])
def test_an_observer_that_changes_the_working_directory(
    forked: Forks, trained: Path, tmp_path: Path, when: str
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    (elsewhere / "new/checkpoints").mkdir(parents=True)
    (elsewhere / "new/metrics.csv").write_text("mine")
    (elsewhere / "new/checkpoints/step-00000010.safetensors").write_text("mine")
    before = snapshot(elsewhere)
    os.chdir(here)
    Path("moving.py").write_text(MOVING)
    own = ("--observer", "moving", "--set", f"observer.moving.when={when}", "--steps", "40")
    made = forked("--plugin", "moving.py", *TINY, *own, "--out", "new", GANZOO_NO_REPORT="").ok()
    assert made.out == "new\n"
    assert "  metrics    new/metrics.csv" in made.err.splitlines()
    assert_same(here / "new", trained)
    assert (here / "new/report.html").exists()
    assert snapshot(elsewhere) == before
    resumed = ("train", "--resume", "new", "--steps", "50", "--observer", "moving")
    forked("--plugin", "moving.py", *resumed).ok()
    assert snapshot(elsewhere) == before


def test_from_python(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    settings = {"model.generator": [8], "model.discriminator": [8], "steps": 4, "dataset.size": 320}
    training = ganzoo.train("vanilla-mlp", dataset="ring", settings=settings, out="run")
    for _ in training:
        os.chdir(tmp_path / "elsewhere")
    assert len(training.finish().sample(3)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "run"]
    assert not list((tmp_path / "elsewhere").iterdir())
    assert training.run.status() == ("finished", 4)
