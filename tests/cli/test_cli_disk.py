"""A full disk: the message says so, and existing files stay intact."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import TINY, Forks, snapshot

STEPS = ("--steps", "60")


def limit(size: int) -> str:
    """Python code that limits the size of a process's files, as a full disk would."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


def same(run: Path, other: Path) -> bool:
    names = ("metrics.csv", "checkpoints/step-00000060.safetensors")
    return all((run / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.fixture
def whole(forked: Forks, trained: Path) -> Path:
    """A run without errors."""
    copy = Path(shutil.copytree(trained, "whole"))
    forked("train", "--resume", copy, *STEPS).ok()
    return copy


def test_no_space_for_a_new_run(forked: Forks) -> None:
    refused = forked(*TINY, *STEPS, "--out", "run", before=limit(1000))
    refused.refused(1, "cannot write run.json", "run", "File too large")
    assert not [name for name, content in snapshot(Path("run")).items() if content]
    forked(*TINY, "--steps", "5", "--out", "run").ok()  # works again with free space


def test_no_space_for_a_checkpoint(forked: Forks, trained: Path, whole: Path) -> None:
    before = snapshot(trained)
    refused = forked("train", "--resume", trained, *STEPS, before=limit(10_000))
    refused.refused(1, "cannot write", "File too large", "disk full")
    newest = "checkpoints/step-00000040.safetensors"
    after = snapshot(trained)
    assert after[newest] == before[newest]
    assert not [name for name in after if name.endswith(".part")]
    assert forked("runs", "--json", trained).json[0]["status"] == "failed"
    forked("sample", trained, "--out", "x.png").ok()
    forked("train", "--resume", trained).ok()
    assert same(trained, whole)


def test_no_space_for_a_row(forked: Forks, trained: Path, whole: Path) -> None:
    size = (trained / "metrics.csv").stat().st_size + 30
    code = f"""
from ganzoo.runs import table
import resource
append = table.Table.append
def at_the_limit(self, row):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, limits[1]))
    append(self, row)
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
table.Table.append = at_the_limit
"""
    refused = forked("train", "--resume", trained, *STEPS, before=code)
    refused.refused(1, "cannot write", "metrics.csv", "File too large")
    assert not (trained / "metrics.csv").read_bytes().endswith(b"\n")  # a row cut short
    forked("train", "--resume", trained).ok()
    assert same(trained, whole)


def test_no_space_for_samples(forked: Forks, trained: Path) -> None:
    Path("x.png").write_bytes(b"mine")
    refused = forked("sample", trained, "--out", "x.png", before=limit(100))
    refused.refused(1, "cannot write x.png", "disk full")
    assert Path("x.png").read_bytes() == b"mine"


class Disk:
    """A separate, small file system."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self._mount("-t", "tmpfs", "tmpfs", path)

    def set(self, options: str) -> None:
        """Change its size, or make it read-only."""
        self._mount("-o", f"remount,{options}", self.path)

    def remove(self) -> None:
        """Unmount it."""
        subprocess.run(["umount", self.path], check=True)

    def _mount(self, *args: str | Path) -> None:
        subprocess.run(["mount", *args], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    try:
        disk = Disk(tmp_path / "disk")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk takes root; limits of file size are tested anyway")
    yield disk
    disk.remove()


def test_a_disk_that_fills_up(forked: Forks, disk: Disk, whole: Path) -> None:
    disk.set("size=128k")
    run = disk.path / "run"
    refused = forked(*TINY, *STEPS, "--set", "sample_every=2", "--out", run)
    refused.refused(1, "cannot write", "No space left on device", "disk full")
    assert forked("runs", "--json", run).json[0]["status"] in ("failed", "killed")
    disk.set("size=8m")
    forked("train", "--resume", run).ok()
    assert (
        same(run, whole)
        or (run / "metrics.csv").read_bytes() == (whole / "metrics.csv").read_bytes()
    )


def test_a_disk_that_is_full(forked: Forks, disk: Disk) -> None:
    disk.set("size=16k")
    filler = disk.path / "filler"
    with suppress(OSError):
        filler.write_bytes(bytes(1 << 20))
    run = disk.path / "run"
    forked(*TINY, *STEPS, "--out", run).refused(1, "cannot write", "No space left on device")
    filler.unlink()
    disk.set("size=8m")
    forked(*TINY, "--steps", "5", "--out", run).ok()


def test_a_read_only_disk(forked: Forks, disk: Disk, trained: Path) -> None:
    run = disk.path / "run"
    shutil.copytree(trained, run)
    disk.set("ro")
    before = snapshot(disk.path)
    refused = forked(*TINY, "--steps", "5", "--out", disk.path / "new")
    refused.refused(1, "cannot write", "Read-only file system")
    refused = forked("train", "--resume", run, "--steps", "50")
    refused.refused(1, "cannot write", "Read-only file system")
    forked("sample", run).refused(1, "cannot write", "Read-only file system")
    forked("sample", run, "--out", "x.png").ok()
    assert forked("runs", "--json", run).ok().json[0]["status"] == "finished"
    assert snapshot(disk.path) == before
