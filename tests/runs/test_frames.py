"""The few samples at many steps that a run keeps for its animation."""

import shutil
from pathlib import Path

import pytest
import torch
from conftest import TINY, Forks

import ganzoo
from ganzoo.engine.events import Frame
from ganzoo.engine.frames import frame_steps
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import Frames, read_frames


def kept(path: Path) -> dict[int, list]:
    """All frames of a run, as plain numbers."""
    run = Run(path)
    seen = read_frames(run, frame_steps(run.record.total))
    return {s: [x.samples.tensor.tolist(), x.surface.tolist()] for s, x in seen.items()}


def test_a_run_of_points_keeps_them_with_the_surface(trained: Path):
    run = Run(trained)
    seen = read_frames(run, frame_steps(40))
    assert list(seen) == frame_steps(40)
    assert seen[40].samples.tensor.shape == (400, 2)
    assert seen[40].samples.extent == run.record.extent
    surface, finer = seen[40].surface, run.look(40).surface
    assert surface.shape == (24, 24)
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):  # both span the same square
        assert surface[row, column] == pytest.approx(finer[row, column], abs=1e-5)
    assert seen[0].surface.tolist() != surface.tolist()
    assert list(read_frames(run, {1, 2, 999})) == [1, 2]


def test_a_run_of_pictures_keeps_them_as_bytes(pictures: Path):
    run = Run(pictures)
    seen = read_frames(run, frame_steps(60))
    assert list(seen) == frame_steps(60)
    assert seen[60].samples.tensor.shape == (25, 1, 28, 28)
    assert seen[60].surface is None
    assert sum(f.stat().st_size for f in run.frames.iterdir()) < 30 * 25 * 28 * 28


@pytest.mark.parametrize(("size", "few"), [(28, 25), (64, 25), (96, 16), (128, 9), (512, 4)])
def test_the_larger_the_pictures_the_fewer_there_are(size: int, few: int):
    assert ganzoo.Field((3, size, size), range=(-1, 1)).few == few


def test_frames_cost_one_file_for_each_checkpoint(trained: Path):
    assert sorted(Run(trained).frame_files()) == [0, 9, 20, 29, 40]


def test_a_run_that_was_stopped_and_made_longer_has_the_frames_of_one_that_was_not(forked: Forks):
    forked(*TINY, "--steps", "60", "--out", "whole").ok()
    forked(*TINY, "--steps", "33", "--out", "run").ok()
    for name in ("checkpoints/step-00000033", "checkpoints/step-00000030", "frames/step-00000033"):
        Path(f"run/{name}.safetensors").unlink()  # as if it had been killed after frames were kept
    forked("train", "--resume", "run", "--steps", "41").ok()
    forked("train", "--resume", "run", "--steps", "60").ok()
    assert kept(Path("run")) == kept(Path("whole"))


def test_a_file_that_is_damaged_or_gone_takes_only_its_frames(trained: Path):
    before = kept(trained)
    Run(trained).frame(20).write_bytes(b"no")
    after = kept(trained)
    assert {step for step in before if step not in after} == {11, 13, 15, 17, 20}
    shutil.rmtree(trained / "frames")
    assert kept(trained) == {}
    assert "vanilla-mlp" in ganzoo.report(trained).read_text()


def test_samples_that_are_no_numbers_are_kept_too(tmp_path: Path):
    """Of a run that is about to fail: weights are looked at less often."""
    frames = Frames(Run(tmp_path), ganzoo.Field((1, 2, 2), range=(-1, 1)))
    frames.add(3, Frame(torch.full((4, 1, 2, 2), torch.nan)))
    frames.write()
    assert Run(tmp_path).frame_files() == [3]
