"""Whether two runs ended alike, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from ganzoo.engine.frames import frame_steps
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import read_frames
from ganzoo.runs.tensors import read_tensors


def newest(run: Path) -> int:
    """The step of the newest checkpoint; -1 where there is none."""
    steps = (int(file.stem.removeprefix("step-")) for file in run.glob("checkpoints/step-*"))
    return max(steps, default=-1)


def state(run: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    return read_tensors(run / f"checkpoints/step-{newest(run):08}.safetensors")


def assert_same(run: Path, other: Path, but: str = "nothing") -> None:
    """Both ended alike, to the last bit."""
    assert newest(run) == newest(other)
    (ours, plain), (theirs, their_plain) = state(run), state(other)
    assert plain == their_plain
    assert ours.keys() == theirs.keys()
    differing = {name for name in ours if not torch.equal(ours[name], theirs[name])}
    assert not differing - {but}
    for table in ("metrics.csv", "health.csv"):
        assert (run / table).read_bytes() == (other / table).read_bytes()
    last = f"samples/step-{newest(run):08}"
    for grid in (f"{last}.png", f"{last}.safetensors", f"{last}.look.safetensors"):
        if (run / grid).exists() or (other / grid).exists():
            assert (run / grid).read_bytes() == (other / grid).read_bytes()
    assert frames(run) == frames(other)


def frames(run: Path) -> dict[int, Any]:
    """What its animation shows, as plain numbers."""
    kept = read_frames(Run(run), frame_steps(newest(run)))
    return {step: look.samples.tensor.tolist() for step, look in kept.items()}
