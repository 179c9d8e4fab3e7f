"""Each change to the disk fails once, and from each on the disk is full: no run is lost.

A tiny run trains, stops and goes on. Wherever that ends in an error, the error is one line. What a
person then does, resume or begin again, ends with the same bytes as a run that nothing disturbed.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from failing_disk import Disk
from same_runs import assert_same

import ganzoo
from ganzoo.errors import GanzooError
from ganzoo.runs.best import read_best
from ganzoo.runs.folder import Run

SETTINGS: dict[str, Any] = {
    "model.latent": 2, "model.generator": [8], "model.discriminator": [8], "dataset.size": 320,
    "batch_size": 16, "threads": 1, "samples": 16, "log_every": 2, "sample_every": 6,
    "checkpoint_every": 3, "evaluate_every": 4, "steps": 12,
}  # fmt: skip
FAULTS = {"full": (errno.ENOSPC, True), "once": (errno.EIO, False)}
KINDS = {"create", "write", "fsync", "replace", "unlink", "mkdir"}


def go(run: Path, stop: int = -1) -> None:
    """Train from where the run is to a step, or to the end."""
    if (run / "run.json").exists():
        training = ganzoo.train(resume=run)
    else:
        training = ganzoo.train("vanilla-mlp", dataset="ring", settings=SETTINGS, out=run)
    with closing(iter(training)) as steps:
        for event in steps:
            if event.step == stop:
                break


def whole_life(run: Path) -> None:
    """Train, stop and go on, each time to the end of the process."""
    go(run, 7)
    go(run)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A run that nothing disturbs, and the number of changes to its disk."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_NO_REPORT", "1")
        with Disk(folder) as disk:
            whole_life(folder / "run")
    assert set(disk.counts) == KINDS
    return folder / "run", disk.changes


def check(whole: Path, folder: Path, at: int, fault: str) -> bool:
    """Whether the fault ended the run with an error. It is whole afterwards in any case."""
    run, said = folder / "run", ""
    code, full = FAULTS[fault]
    with Disk(folder, at, code, full=full):
        try:
            whole_life(run)
        except GanzooError as error:
            said = str(error)
    if said:
        assert "cannot" in said
        assert "\n" not in said
    go(run)
    assert_same(run, whole)
    assert read_best(Run(run))[0] == read_best(Run(whole))[0]
    assert Run(run).status() == ("finished", 12)
    assert not list(run.rglob("*.part"))
    shutil.rmtree(folder)
    return bool(said)


def test_a_sample_of_the_changes(whole: tuple[Path, int], tmp_path: Path) -> None:
    run, changes = whole
    assert changes > 200
    for at in range(1, changes + 1, changes // 12):
        assert check(run, tmp_path / f"{at}", at, "full"), at


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("part", range(4))
def test_each_change(whole: tuple[Path, int], tmp_path: Path, fault: str, part: int) -> None:
    run, changes = whole
    ended = [check(run, tmp_path / f"{at}", at, fault) for at in range(1 + part, changes + 1, 4)]
    if fault == "once":  # what only tidies up may fail, and the run goes on
        assert 0.6 < sum(ended) / len(ended) < 1
    else:
        assert sum(ended) / len(ended) > 0.95
