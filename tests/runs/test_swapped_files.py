"""Files of tensors whose sums are right, but which hold something else than they should."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import Forks
from torch import Tensor

import ganzoo
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.runs.best import read_best
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import read_frames
from ganzoo.runs.look import read_look
from ganzoo.runs.recorder import newest_state
from ganzoo.runs.tensors import HEADER, read_tensors, write_tensors

VALUES = (None, -1, math.inf, math.nan, "x", "\ud800", [], {}, [None], True, 2**70, 0.5)


def others(plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Plain values with one of them left out or replaced."""
    for name, value in plain.items():
        yield {k: v for k, v in plain.items() if k != name}
        yield from ({**plain, name: other} for other in VALUES)
        if isinstance(value, dict):
            yield from ({**plain, name: other} for other in others(value))


def reshaped(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Tensors with one of them left out, renamed, of another shape or another type."""
    for name, value in tensors.items():
        rest = {k: v for k, v in tensors.items() if k != name}
        yield rest
        yield {**rest, f"{name}x": value}
        yield {**tensors, "more": value}
        for other in (value[None], value.flatten()[:1], torch.zeros(0), value.to(torch.int64)):
            yield {**rest, name: other}


def test_each_reader_takes_or_refuses(trained: Path, recwarn: pytest.WarningsRecorder) -> None:
    run = Run(trained)
    extent = run.record.extent
    readers = {
        run.grid(40, ".look.safetensors"): lambda path: read_look(path, extent),
        run.real_file: lambda path: read_look(path, extent),
        run.frame(40): lambda path: read_frames(run, range(41)),
        run.checkpoint(40): lambda path: newest_state(run),
        run.grid(40, ".safetensors"): lambda path: ganzoo.load(run.path).sample(2),
    }
    refused = 0
    for path, read in readers.items():
        content = path.read_bytes()
        tensors, plain = read_tensors(path)
        small = dict(list(tensors.items())[:3] + list(tensors.items())[-3:])
        for kept, said in [
            *((tensors, other) for other in others(copy.deepcopy(plain))),
            *(({**tensors, **changed}, plain) for changed in reshaped(small)),
            *((changed, plain) for changed in reshaped(small)),
        ]:
            write_tensors(path, kept, said)
            try:
                read(path)
            except GanzooError as error:
                refused += 1
                said_of = str(error)
            except BaseException as error:
                pytest.fail(f"{path.name}: {type(error).__name__}: {error}")
            else:
                said_of = ""
            assert len(said_of.splitlines()) <= 1
        path.write_bytes(content)
        read(path)
    assert refused > 200


@pytest.mark.parametrize("name", ["frames/step-00000040.safetensors", "samples/real.safetensors"])
def test_a_checkpoint_is_one(trained: Path, forked: Forks, name: str) -> None:
    run = Run(trained)
    run.checkpoint(40).write_bytes((trained / name).read_bytes())
    resumed = forked("train", "--resume", trained, "--steps", "45").ok()
    words = "trained/checkpoints/step-00000040.safetensors is not a checkpoint of step 40, or is"
    assert words in resumed.err
    assert "going back to the checkpoint of step 30" in resumed.err


@pytest.mark.parametrize("kind", ["exp_avg", "exp_avg_sq", "step"])
@pytest.mark.parametrize("change", ["left out", "renamed", "empty", "one", "longer"])
def test_an_optimizer_of_another_shape(
    forked: Forks, trained: Path, kind: str, change: str
) -> None:
    """Without the check, the fast Adam writes outside its memory, and the process dies."""
    path = Run(trained).checkpoint(40)
    Run(trained).checkpoint(30).unlink()
    tensors, plain = read_tensors(path)
    name = f"optimizer/generator/0/{kind}"
    value = tensors.pop(name)
    other = {"empty": torch.zeros(0), "one": value.flatten()[:1], "longer": value[None]}
    if change in other:
        tensors[name] = other[change]
    elif change == "renamed":
        tensors[f"{name}x"] = value
    write_tensors(path, tensors, plain)
    refused = forked("train", "--resume", trained, "--steps", "45")
    refused.refused(1, "the checkpoint belongs to another game: ")


def test_a_checkpoint_of_another_step(trained: Path) -> None:
    run = Run(trained)
    run.checkpoint(40).write_bytes(run.checkpoint(30).read_bytes())
    state = newest_state(run)
    assert state is not None
    assert state.plain["step"] == 30


@pytest.mark.parametrize("step", [None, -1, math.nan, math.inf, "x", [], 2**70])
def test_the_best_weights_state_their_step(trained: Path, step: object) -> None:
    run = Run(trained)
    write_tensors(run.best, {"w": torch.ones(2)}, {"step": step})
    with pytest.raises(BrokenFile, match=r"best.safetensors does not state its step"):
        read_best(run)


def test_a_deep_header(tmp_path: Path) -> None:
    from safetensors.torch import save

    for header in ("[" * 100_000, "[]", "1e400", '{"crc32": 0, "plain": []}', '"\\ud800"', ""):
        (tmp_path / "file").write_bytes(save({"a": torch.ones(1)}, {HEADER: header}))
        with pytest.raises(BrokenFile, match="damaged"):
            read_tensors(tmp_path / "file")
