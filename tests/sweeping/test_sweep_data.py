"""All runs of a sweep have the same data, wherever it is when they begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Forks, snapshot
from own_data import paint, pictures
from same_runs import assert_same

from ganzoo.runs.folder import Run

SWEEP = (
    "train", "vanilla-mlp", "--dataset", "image-folder", "--batch-size", "8", "--steps", "8",
    "--set", "generator=8", "--set", "discriminator=8", "--set", "threads=1", "--quiet",
    "--no-report",
)  # fmt: skip


def root() -> str:
    settings = json.loads(Path("all/sweep.json").read_text())["settings"]
    return str(settings["dataset.root"])


@pytest.mark.slow
def test_a_sweep_knows_its_data(forked: Forks, tmp_path: Path) -> None:
    pictures(Path("pics"))
    forked(*SWEEP, "--set", "dataset.root=pics", "--seeds", "0", "--out", "all").ok()
    assert root() == str(tmp_path / "pics")
    assert Path("all/data.sums").read_bytes() == Path("all/seed-0/data.sums").read_bytes()

    content = Path("pics/007.png").read_bytes()
    paint(Path("pics/007.png"), 99)
    before = snapshot(Path("all"))
    changed = ("cannot continue all", "changed: 007.png")
    more = ("--seeds", "0-1", "--out", "all")
    forked(*SWEEP, "--set", "dataset.root=pics", *more).refused(2, *changed)
    forked("train", "--resume", "all", "--set", "dataset.root=pics").refused(2, *changed)
    one = ("train", "--config", "all/sweep.json", "--seed", "1", "--quiet", "--no-report", "--out")
    forked(*one, "all/seed-1").refused(2, *changed)
    assert snapshot(Path("all")) == before
    forked(*one, "alone").ok()  # not one of the sweep's runs

    Path("pics/007.png").write_bytes(content)
    Path("pics").rename("moved")
    forked("train", "--resume", "all", "--set", "dataset.root=moved", "--set", "lr=1").refused(
        2, "leave out all options except --jobs, and --set for the place of its data"
    )
    forked(*SWEEP, "--set", "dataset.root=moved", *more).ok()
    assert root() == Run(Path("all/seed-1")).record.settings["dataset.root"]
    assert root() == str(tmp_path / "moved")

    run = Path("all/seed-1")
    Run(run).write_status("interrupted", 0)
    for file in (run / "checkpoints").iterdir():
        file.rename(tmp_path / file.name)
    Path("moved").rename("pics")
    gone = forked("train", "--resume", "all", "--quiet", "--no-report")
    assert gone.status == 1
    assert "moved does not exist; expected a folder of pictures" in gone.err
    forked("train", "--resume", "all", "--set", "root=pics", "--quiet", "--no-report").ok()
    assert root() == Run(run).record.settings["dataset.root"] == str(tmp_path / "pics")
    assert Run(run).status() == ("finished", 8)
    forked(*one, "alone-again").ok()
    assert_same(run, Path("alone-again"))
