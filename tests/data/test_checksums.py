"""The checksums of files: those of ``sha256sum``, each computed once, and never out of date."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ganzoo.data import checksums as of
from ganzoo.data.checksums import checksums
from ganzoo.errors import BrokenFile


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three old files, and a data folder of the test's own."""
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    for name in ("a.png", "b/c.png", "d.png"):
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 1000)
    return tmp_path / "pictures"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read."""
    names: list[str] = []
    real = of._checksum

    def counted(path: Path) -> str:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(of, "_checksum", counted)
    return names


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is an hour ahead, so no file is fresh."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)


def paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_they_are_those_of_sha256sum_in_the_given_order(folder: Path) -> None:
    found = checksums(folder, paths(folder)[::-1])
    assert list(found) == ["d.png", "b/c.png", "a.png"]
    for name, value in found.items():
        assert value == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert list(checksums(str(folder), paths(folder))) == ["a.png", "b/c.png", "d.png"]


@pytest.mark.usefixtures("later")
def test_only_what_has_changed_is_read_again(folder: Path, opened: list[str]) -> None:
    before = checksums(folder, paths(folder))
    assert sorted(opened) == ["a.png", "c.png", "d.png"]
    opened.clear()
    assert checksums(folder, paths(folder)) == before
    assert opened == []
    (folder / "d.png").write_bytes(b"other")
    (folder / "e.png").write_bytes(b"new")
    (folder / "a.png").unlink()
    after = checksums(folder, paths(folder))
    assert sorted(opened) == ["d.png", "e.png"]
    assert list(after) == ["b/c.png", "d.png", "e.png"]
    assert after["d.png"] == hashlib.sha256(b"other").hexdigest()


@pytest.mark.usefixtures("later")
def test_the_same_size_and_date_hide_no_change(folder: Path) -> None:
    before = checksums(folder, paths(folder))
    file = folder / "a.png"
    dates = os.stat(file)
    file.write_bytes(b"z" * dates.st_size)
    os.utime(file, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    after = checksums(folder, paths(folder))
    assert {name for name in before if before[name] != after[name]} == {"a.png"}


@pytest.mark.usefixtures("later")
def test_two_files_that_change_places_hide_no_change(folder: Path) -> None:
    before = checksums(folder, paths(folder))
    (folder / "a.png").rename(folder / "x.png")
    (folder / "d.png").rename(folder / "a.png")
    (folder / "x.png").rename(folder / "d.png")
    after = checksums(folder, paths(folder))
    assert (after["a.png"], after["d.png"]) == (before["d.png"], before["a.png"])


@pytest.mark.usefixtures("later")
def test_a_file_s_place_on_the_disk_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every system changes a date when it renames a file."""
    real = os.stat

    def of_one_date(path: Path, **more: Any) -> Any:
        found = real(path, **more)
        dates = dict.fromkeys(("st_mtime_ns", "st_ctime_ns"), 1)
        return SimpleNamespace(
            st_mode=found.st_mode, st_size=found.st_size, st_ino=found.st_ino, **dates
        )

    (folder / "d.png").write_bytes(b"d" * os.path.getsize(folder / "a.png"))
    monkeypatch.setattr(os, "stat", of_one_date)
    before = checksums(folder, [folder / "a.png", folder / "d.png"])
    os.rename(folder / "a.png", folder / "x.png")
    os.rename(folder / "d.png", folder / "a.png")
    os.rename(folder / "x.png", folder / "d.png")
    after = checksums(folder, [folder / "a.png", folder / "d.png"])
    assert (after["a.png"], after["d.png"]) == (before["d.png"], before["a.png"])


def test_all_of_a_large_file_counts(folder: Path) -> None:
    content = bytearray(3 << 20)
    (folder / "a.png").write_bytes(content)
    before = checksums(folder, paths(folder))["a.png"]
    content[-1] = 1
    (folder / "a.png").write_bytes(content)
    assert (
        checksums(folder, paths(folder))["a.png"] == hashlib.sha256(content).hexdigest() != before
    )


@pytest.mark.usefixtures("later")
def test_folders_of_one_name_are_kept_apart(folder: Path, opened: list[str]) -> None:
    other = folder.parent / "other" / folder.name
    shutil.copytree(folder, other)
    for each in (folder, other, folder, other):
        checksums(each, paths(each))
    assert len(opened) == 6


def test_an_old_date_makes_no_file_old(folder: Path, opened: list[str]) -> None:
    """A program that copies files sets their dates, and may be writing still."""
    for path in paths(folder):
        os.utime(path, (0, 0))
    for _ in range(2):
        checksums(folder, paths(folder))
    assert len(opened) == 6


def test_a_file_that_was_fresh_when_it_was_read_is_read_again(
    folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading takes time, in which the file does not grow old."""
    ahead, now, read = [0.0], time.time, of._checksum

    def slow(path: Path) -> str:
        ahead[0] += 3600
        return read(path)

    monkeypatch.setattr(time, "time", lambda: now() + ahead[0])
    monkeypatch.setattr(of, "_checksum", slow)
    checksums(folder, paths(folder))
    ahead[0] = 0
    checksums(folder, paths(folder))
    assert len(opened) == 6


def test_a_fresh_file_is_read_each_time(folder: Path, opened: list[str]) -> None:
    for _ in range(2):
        checksums(folder, paths(folder))
    assert sorted(opened) == ["a.png", "a.png", "c.png", "c.png", "d.png", "d.png"]


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a.png": 1}', b'{"a.png": [[], 5]}', b"[" * 100_000, b"\xff"]
)
def test_a_damaged_cache_is_computed_again(folder: Path, content: bytes) -> None:
    before = checksums(folder, paths(folder))
    (kept,) = Path(os.environ["GANZOO_DATA"], "checksums").iterdir()
    kept.write_bytes(content)
    assert checksums(folder, paths(folder)) == before
    assert list(json.loads(kept.read_bytes())) == ["a.png", "b/c.png", "d.png"]


def test_a_data_folder_that_cannot_be_written_costs_only_time(folder: Path) -> None:
    Path(os.environ["GANZOO_DATA"]).write_text("a file")
    assert len(checksums(folder, paths(folder))) == 3


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (os.mkfifo, "not a regular file"),
        (os.mkdir, "not a regular file"),
        (lambda path: os.symlink("nowhere", path), "No such file"),
    ],
    ids=["pipe", "folder", "broken link"],
)
def test_what_is_no_file_is_named(folder: Path, make: object, words: str) -> None:
    assert callable(make)
    make(folder / "z.png")
    with pytest.raises(BrokenFile, match=f"z.png .*{words}"):
        checksums(folder, [*paths(folder), folder / "z.png"])
