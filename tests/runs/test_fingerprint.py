"""``data.sums``: what it has, what it compares, and that ``sha256sum`` reads it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ganzoo.errors import BrokenFile
from ganzoo.runs.fingerprint import Fingerprint, changes, read_fingerprint

SUMS = {"a.png": "1", "b.png": "2", "c.png": "3", "d.png": "4", "e.png": "5"}
STRANGE = [
    "plain",
    "two  spaces",
    " first",
    "back\\slash",
    "\\n",
    "new\nline",
    "\r",
    "ü",
    "\udcff",
    "é\\",
]


def changed(**now: str | None) -> list[str]:
    """The changes where files got other checksums, or were removed."""
    named = {f"{name}.png": value for name, value in now.items()}
    after = {name: value for name, value in {**SUMS, **named}.items() if value is not None}
    return changes(Fingerprint(SUMS), Fingerprint(dict(sorted(after.items()))))


def test_each_kind_of_change_is_named() -> None:
    assert changed() == []
    assert changed(b="9") == ["changed: b.png"]
    assert changed(a="2", b="1") == ["changed: a.png, b.png"], "swapped"
    assert changed(c=None) == ["removed: c.png"]
    assert changed(f="6") == ["added: f.png"]
    assert changed(a=None, z="1") == ["renamed: a.png is now z.png"]
    assert changed(a=None, z="6") == ["removed: a.png", "added: z.png"]
    assert changed(a="9", b="9", c="9", d="9", e="9") == ["changed: a.png, b.png, c.png and 2 more"]
    assert changed(a=None, b=None, y="2", d="8", z="7") == [
        "renamed: b.png is now y.png", "changed: d.png", "removed: a.png", "added: z.png",
    ]  # fmt: skip
    reordered = Fingerprint(dict(reversed(SUMS.items())))
    assert changes(Fingerprint(SUMS), reordered) == ["the samples are in another order"]


def test_copies_of_one_file_are_told_apart_by_their_names() -> None:
    then, now = Fingerprint({"a": "1", "b": "1"}), Fingerprint({"b": "1", "c": "1", "d": "1"})
    assert changes(then, now) == ["renamed: a is now c", "added: d"]


def test_its_digest_depends_on_names_content_and_order() -> None:
    others = [
        {**SUMS, "a.png": "2"},
        {**SUMS, "f.png": "6"},
        dict(list(SUMS.items())[1:]),
        dict(reversed(SUMS.items())),
        {f"{name}x": value for name, value in SUMS.items()},
        {},
    ]
    digests = {Fingerprint(each).digest for each in (SUMS, *others)}
    assert len(digests) == len(others) + 1
    assert Fingerprint(dict(SUMS)).digest == Fingerprint(SUMS).digest


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Fingerprint({name: f"sum{i}" for i, name in enumerate(STRANGE)})
    written.write(tmp_path)
    assert list(read_fingerprint(tmp_path).sums.items()) == list(written.sums.items())
    assert hashlib.sha256((tmp_path / "data.sums").read_bytes()).hexdigest() == written.digest


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_sha256sum_checks_it(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    sums = {}
    for name in STRANGE:
        content = os.fsencode(name)
        Path(folder, name).write_bytes(content)
        sums[name] = hashlib.sha256(content).hexdigest()
    Fingerprint(sums).write(tmp_path)
    check = ["sha256sum", "--check", "--strict", "../data.sums"]
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0
    Path(folder, STRANGE[0]).write_bytes(b"other")
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize(
    "content",
    [b"abc\n", b"  name\n", b"abc  \n", b"abc\nabc  name\n", b"abc  a\n\n", b"abc  a\nabc  b"],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.sums").write_bytes(content)
    with pytest.raises(BrokenFile, match=r"data\.sums is damaged"):
        read_fingerprint(tmp_path)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data.sums")
    with pytest.raises(BrokenFile, match="is not a regular file"):
        read_fingerprint(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"cannot read .*data\.sums"):
        read_fingerprint(tmp_path)
