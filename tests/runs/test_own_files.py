"""Only files that ganzoo made are removed or replaced, and none through a link."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Forks, snapshot

from ganzoo import files
from ganzoo.errors import GanzooError
from ganzoo.files import remove, whole_file, write_whole
from ganzoo.runs.folder import Run
from ganzoo.runs.names import step_name, steps_in, unfinished

LONGER = ("--steps", "80")


@pytest.mark.parametrize("name", ["checkpoints", "samples", "frames"])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_folder_that_is_a_link_is_refused(
    forked: Forks, trained: Path, tmp_path: Path, name: str, absolute: bool
) -> None:
    out = tmp_path / "out" / name
    out.parent.mkdir()
    shutil.move(trained / name, out)
    (trained / name).symlink_to(out if absolute else f"../out/{name}")
    for mine in (
        "step-00000001.safetensors",
        ".notes.part",
        f".{step_name(2, '.png')}.0a1b2c3d.part",
    ):
        (out / mine).write_text("mine")
    before = snapshot(tmp_path)
    refused = forked("train", "--resume", trained, *LONGER)
    refused.refused(1, f"trained/{name} leads to", "make the whole run a link")

    after = snapshot(tmp_path)
    status = {path: after[path] for path in after if path.endswith("status.json")}
    assert {**after, **status} == {**before, **status}
    forked("sample", trained, "--out", "x.png").ok()  # reading harms nobody


@pytest.mark.parametrize("name", ["checkpoints", "frames", "samples"])
def test_a_file_in_place_of_a_folder_is_named(forked: Forks, trained: Path, name: str) -> None:
    shutil.rmtree(trained / name)
    os.mkfifo(trained / name)
    refused = forked("train", "--resume", "trained", "--steps", "60")
    assert refused.status == 1
    if name != "checkpoints":
        assert f"Error: cannot create the folder trained/{name}: File exists" in refused.err


def test_a_run_that_is_a_link_goes_on(forked: Forks, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(trained)
    (tmp_path / "above").symlink_to(tmp_path)
    for path, steps in (("link", 60), ("above/link", 80)):
        forked("train", "--resume", path, "--steps", f"{steps}").ok()
        assert Run(trained).checkpoint_steps()[0] == steps


MINE = {
    "checkpoints": (".mine.part", ".step-00000001.part", ".step-00000001.safetensors.zzzzzzzz.part",
                    ".step-00000001.safetensors.0a1b2c3d.part.bak", ".notes.0a1b2c3d.part",
                    "step-1.safetensors", "step-²0.safetensors", "step-0000001٠.safetensors",
                    "step-000000001.safetensors", "step-00000001.safetensors.bak", "notes.txt",
                    ".step-1.safetensors.0a1b2c3d.part", "STEP-00000001.safetensors"),
    "samples": (".a.part", "mine.png", ".mine.png.0a1b2c3d.part", "step-٠.png"),
    "frames": (".b.part", "step-x.safetensors"),
    ".": (".a.csv.b.part", ".mine.csv.0a1b2c3d.part", ".run.json.part", "notes.md", ".hidden",
          ".run.json.0A1B2C3D.part", ".evaluations.json.0a1b2c3d.part"),
}  # fmt: skip
THEIRS = (
    "checkpoints/.step-00000001.safetensors.0a1b2c3d.part",
    "checkpoints/.best.safetensors.00000000.part",
    "samples/.real.png.ffffffff.part", "samples/.step-00000020.look.safetensors.0a1b2c3d.part",
    "samples/.step-00000020.png.0a1b2c3d.part", "frames/.step-00000020.safetensors.0a1b2c3d.part",
    ".run.json.0a1b2c3d.part", ".status.json.0a1b2c3d.part", ".metrics.csv.0a1b2c3d.part",
    ".inputs.safetensors.0a1b2c3d.part", ".data.sums.0a1b2c3d.part", ".timings.csv.0a1b2c3d.part",
    ".health.csv.0a1b2c3d.part", ".error.txt.0a1b2c3d.part",
)  # fmt: skip


def test_a_persons_files_stay(forked: Forks, trained: Path) -> None:
    mine = [trained / folder / name for folder, names in MINE.items() for name in names]
    for path in mine:
        path.write_text("mine")
    for name in THEIRS:
        (trained / name).write_text("half")
    forked("train", "--resume", trained, *LONGER).ok()
    assert [path for path in mine if not path.exists() or path.read_text() != "mine"] == []
    assert [name for name in THEIRS if (trained / name).exists()] == []
    for args in (("sample", trained), ("runs", trained), ("diagnose", trained)):
        forked(*args).ok()
    assert Run(trained).checkpoint_steps() == [80, 70]


def test_the_names_are_those_of_whole_file(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.checkpoints.mkdir()
    with whole_file(run.checkpoint(7)):
        (part,) = unfinished(tmp_path)
        assert part.parent == run.checkpoints
    assert [*unfinished(tmp_path)] == []


@pytest.mark.parametrize("step", [0, 1, 99_999_999, 100_000_000, 10**17])
def test_the_steps_of_files(tmp_path: Path, step: int) -> None:
    for ending in (".png", ".safetensors", ".look.safetensors"):
        (tmp_path / step_name(step, ending)).touch()
    for wrong in (
        f"step-{step:09d}.png",
        f"step-{step}.PNG",
        f"step-{step:08d}.jpg",
        f"step-{'9' * 30}.png",
    ):
        (tmp_path / wrong).touch()
    for ending in (".png", ".safetensors", ".look.safetensors"):
        assert steps_in(tmp_path, ending) == [step]


def test_links_in_place_of_files(forked: Forks, trained: Path, tmp_path: Path) -> None:
    """A run whose files are links, as with some tools for large files, goes on without them."""
    files = [path for path in trained.rglob("*") if path.is_file() and path.name != ".lock"]
    out = tmp_path / "out"
    out.mkdir()
    for i, path in enumerate(files):
        shutil.move(path, out / f"{i}")
        path.symlink_to(out / f"{i}")
    before = snapshot(out)
    forked("sample", trained, "--out", "x.png").ok()
    forked("train", "--resume", trained, *LONGER).ok()
    assert snapshot(out) == before
    assert not Run(trained).checkpoint(80).is_symlink()


@pytest.mark.parametrize("target", ["link", "folder", "missing"])
def test_a_lock_that_is_no_file(forked: Forks, trained: Path, target: str) -> None:
    lock = trained / ".lock"
    lock.unlink(missing_ok=True)
    Path("mine").write_text("mine")
    if target == "folder":
        lock.mkdir()
    else:
        lock.symlink_to(Path("mine" if target == "link" else "nowhere").absolute())
    forked("train", "--resume", trained, *LONGER).refused(1, "trained/.lock is not a file")
    assert Path("mine").read_text() == "mine"
    assert not Path("nowhere").exists()


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    for name in ("pipe", "null", "/dev/null"):
        with pytest.raises(GanzooError, match=r"cannot write .*, not a regular file"):
            write_whole(tmp_path / name, b"x")
    assert not Path("/dev/null").is_file()
    assert (tmp_path / "null").is_symlink()


@pytest.mark.skipif(not os.path.islink("/dev/stdout"), reason="the system has no such link")
def test_nor_is_a_link_of_the_system_to_a_file(tmp_path: Path) -> None:
    """With stdout in a file, /dev/stdout leads to that. A new file would replace the link."""
    code = """from pathlib import Path
from ganzoo.files import _check_replaceable
_check_replaceable(Path("/dev/stdout"))"""
    with (tmp_path / "out").open("w") as out:
        said = subprocess.run(
            [sys.executable, "-c", code], stdout=out, stderr=subprocess.PIPE, check=False
        )
    assert b"cannot write /dev/stdout: it is a device, not a regular file" in said.stderr


def test_two_may_write_one_file_at_once(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    with whole_file(target) as first, whole_file(target) as second:
        first.write(b"first")
        second.write(b"second")
    assert target.read_bytes() == b"first"  # the last to end
    assert list(tmp_path.iterdir()) == [target]


def test_only_a_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to("mine")
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("ours")
    for name in ("link", "broken", "folder", "file", "missing"):
        remove(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "link", "broken", "folder"}


@pytest.mark.parametrize("times", [0, 1, 3, 4])
def test_a_file_that_is_being_read_is_replaced_later(
    tmp_path: Path, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where that takes another attempt."""
    slept: list[float] = []
    left, real = [times], os.replace

    def replace(part: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "in use")
        real(part, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(files.time, "sleep", slept.append)
    if times > 3:
        with pytest.raises(GanzooError, match=r"cannot write page\.html into .* in use"):
            write_whole(tmp_path / "page.html", b"new")
        assert not list(tmp_path.iterdir())
    else:
        write_whole(tmp_path / "page.html", b"new")
        assert (tmp_path / "page.html").read_bytes() == b"new"
    assert slept == [0.01, 0.1, 1][:times]


def test_the_file_behind_a_link_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "page.html").symlink_to("mine")
    write_whole(tmp_path / "page.html", b"new")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "page.html").read_text() == "new"
