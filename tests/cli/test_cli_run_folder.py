"""A run's folder: impossible places, damaged files, and several processes in one."""

from __future__ import annotations

import pickle
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import TINY, Forks, snapshot
from safetensors.torch import save_file

from ganzoo.errors import BrokenFile
from ganzoo.runs.tensors import read_tensors

# Where a run is put


def a_file() -> None:
    Path("out").write_text("mine")


def not_empty() -> None:
    Path("out/notes").mkdir(parents=True)
    Path("out/notes/a.txt").write_text("mine")


def another_run() -> None:
    shutil.copytree("trained", "out")


def a_broken_run() -> None:
    Path("out").mkdir()
    Path("out/run.json").write_text("{")


OUTPUTS: dict[Callable[[], None], tuple[str, ...]] = {
    a_file: ("out is a file", "--out"),
    not_empty: ("out is not empty and holds no run", "another --out"),
    another_run: ("out already holds a run", "ganzoo train --resume out", "another --out"),
    a_broken_run: ("out already holds a run",),
}


@pytest.mark.parametrize("case", OUTPUTS, ids=lambda case: case.__name__)
def test_an_output_that_is_not_free(
    forked: Forks, trained: Path, tmp_path: Path, case: Callable[[], None]
) -> None:
    case()
    before = snapshot(tmp_path)
    forked(*TINY, "--steps", "5", "--out", "out").refused(2, *OUTPUTS[case])
    assert snapshot(tmp_path) == before


def test_an_output_that_cannot_be_made(forked: Forks, tmp_path: Path) -> None:
    Path("file").write_text("mine")
    before = snapshot(tmp_path)
    forked(*TINY, "--steps", "5", "--out", "file/run").refused(1, "cannot write", "file/run")
    forked(*TINY, "--out", "x" * 300).refused(2, "--out", "too long")
    assert snapshot(tmp_path) == before


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no /proc, which nobody may write in")
def test_an_output_that_not_even_root_can_make(forked: Forks, trained: Path) -> None:
    forked(*TINY, "--steps", "5", "--out", "/proc/run").refused(1, "cannot write", "/proc/run")
    forked("sample", trained, "--out", "/proc/x.png").refused(1, "cannot write", "/proc")


def test_an_empty_folder_will_do(forked: Forks) -> None:
    Path("out").mkdir()
    Path("out/.hidden").touch()
    forked(*TINY, "--steps", "5", "--out", "out").ok()


# Checkpoints


def flipped(path: Path, at: int = -100) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    save_file({"weight": torch.zeros(3)}, path)


def text(path: Path) -> None:
    path.write_text("no tensors here\n" * 99)


def pickled(path: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, path)


def pickled_long_ago(path: Path) -> None:
    path.write_bytes(pickle.dumps({"weight": 3}))


DAMAGE: dict[Callable[[Path], None], str] = {
    flipped: "is damaged",
    truncated: "is truncated",
    empty: "is truncated",
    foreign: "not one that ganzoo wrote",
    text: "not a safetensors file",
    pickled: "is a pickle, which could run code",
    pickled_long_ago: "is a pickle, which could run code",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_checkpoint(forked: Forks, trained: Path, damage: Callable[[Path], None]) -> None:
    words = DAMAGE[damage]
    newest, older = (trained / f"checkpoints/step-{n:08}.safetensors" for n in (40, 30))
    whole = trained.with_name("whole")
    shutil.copytree(trained, whole)
    damage(newest)
    resumed = forked("train", "--resume", trained, "--steps", "60").ok()
    (warning,) = (line for line in resumed.err.splitlines() if words in line)
    assert newest.name in warning
    assert "going back to the checkpoint of step 30" in warning
    forked("train", "--resume", whole, "--steps", "60").ok()
    assert (trained / "metrics.csv").read_bytes() == (whole / "metrics.csv").read_bytes()
    for name in ("checkpoints/step-00000060", "samples/step-00000060"):
        contents = [(run / f"{name}.safetensors").read_bytes() for run in (trained, whole)]
        assert contents[0] == contents[1]

    newest, older = (trained / f"checkpoints/step-{n:08}.safetensors" for n in (60, 50))
    damage(newest)
    damage(older)
    before = snapshot(trained)
    refused = forked("train", "--resume", trained)
    refused.refused(1, newest.name, words, "no other intact checkpoint")
    forked("sample", trained, "--out", "x.png").ok()  # from the weights that each grid keeps
    damage(trained / "samples/step-00000060.safetensors")
    forked("sample", trained).refused(1, words, "step-00000060")
    for weights in (trained / "samples").glob("*.safetensors"):
        weights.unlink()
    forked("sample", trained).refused(1, newest.name, words)
    after = snapshot(trained)
    assert all(after[name] == before[name] for name in before if not name.startswith("samples/"))


def test_an_interrupted_runs_damaged_checkpoint_is_replaced(forked: Forks, trained: Path) -> None:
    odd = trained / "checkpoints/step-00000047.safetensors"
    odd.write_bytes(b"damaged")
    assert "step 40" in forked("train", "--resume", trained, "--steps", "50").ok().err
    assert not odd.exists()
    assert len(list((trained / "checkpoints").iterdir())) == 2


def test_no_flipped_bit_is_missed(trained: Path) -> None:
    file = trained / "checkpoints/step-00000040.safetensors"
    content = file.read_bytes()
    tensors, plain = read_tensors(file)
    header = 8 + int.from_bytes(content[:8], "little")
    copy = trained / "copy.safetensors"
    for at in [*range(0, header, 5), *range(header, len(content), 199)]:
        copy.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        try:
            read, said = read_tensors(copy)
        except BrokenFile:
            continue
        assert said == plain  # such as a space for a tab between words
        assert read.keys() == tensors.keys()
        assert all(torch.equal(read[k], v) and read[k].dtype == v.dtype for k, v in tensors.items())


def test_weights_of_another_type_are_damage(trained: Path) -> None:
    file = trained / "checkpoints/step-00000040.safetensors"
    content = file.read_bytes()
    assert content.count(b'"F32"') > 1
    file.write_bytes(content.replace(b'"F32"', b'"I32"'))
    with pytest.raises(BrokenFile, match="is damaged"):
        read_tensors(file)


TABLES: dict[str, tuple[str, str, str]] = {
    "foreign": ("metrics.csv", "a,b\n1,2\n", "not a table of steps"),
    "binary": ("metrics.csv", "\0\1\2,\n\3", "not a table of steps"),
    "no numbers": ("metrics.csv", "step,x\nfive,1\n", "not a table of steps"),
    "other columns": ("metrics.csv", "step,x\n5,1\n", "a row has"),
    "short rows": ("timings.csv", "step,seconds,samples_per_second\n5\n", "not a table of steps"),
    "no seconds": ("timings.csv", "step,x\n5,1\n", "not a table of timings"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_damaged_table(forked: Forks, trained: Path, case: str) -> None:
    name, content, words = TABLES[case]
    (trained / name).write_text(content)
    checkpoints = snapshot(trained / "checkpoints")
    refused = forked("train", "--resume", trained, "--steps", "60")
    refused.refused(1, name, words)
    assert snapshot(trained / "checkpoints") == checkpoints


def test_a_damaged_status_does_not_stop_anything(forked: Forks, trained: Path) -> None:
    for content in ("", "{", "[]", '{"status": 5}', '{"status": "finished", "step": "x"}'):
        (trained / "status.json").write_text(content)
        (listed,) = forked("runs", "--json", trained).ok().json
        assert listed["status"] == "unknown"
        assert "status.json is not the status of a run" in listed["problem"]
    forked("train", "--resume", trained, "--steps", "50").ok()
    assert forked("runs", "--json", trained).ok().json[0]["status"] == "finished"


def test_what_a_kill_left_half_written_is_removed(forked: Forks, trained: Path) -> None:
    part = trained / "checkpoints/.step-00000050.safetensors.0011aabb.part"
    part.write_bytes(b"half")
    forked("train", "--resume", trained, "--steps", "50").ok()
    assert not part.exists()


# Two at once


def test_two_processes_cannot_train_one_run(forked: Forks) -> None:
    first = forked.start(*TINY, "--steps", "1000000", "--out", "run")
    checkpoint = Path("run/checkpoints/step-00000010.safetensors")
    first.until(checkpoint.exists)
    again = forked("train", "--resume", "run")
    again.refused(2, "another process is training run")
    forked(*TINY, "--steps", "5", "--out", "run").refused(2, "run already holds a run")
    (listed,) = forked("runs", "--json", "run").ok().json
    assert listed["status"] == "running"
    forked("sample", "run", "--out", "x.png").ok()
    assert not first.ended()
    first.signal(signal.SIGKILL)
    assert first.wait().status == -signal.SIGKILL
    (listed,) = forked("runs", "--json", "run").ok().json
    assert listed["status"] == "killed"
