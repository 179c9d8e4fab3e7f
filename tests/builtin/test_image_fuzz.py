"""Damaged pictures of each format: a picture, or one clear error."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from damaged_pictures import KINDS, damaged, picture

from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.errors import BrokenFile, UsageError


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail where it takes longer."""

    def late(*_: object) -> None:
        raise AssertionError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(path: Path, channels: int) -> None:
    """It is a picture, or refused in words."""
    dataset = ImageFolder(root=str(path.parent), size=16, channels=channels)
    try:
        with within(20):
            fields, data = dataset.fields(), dataset.load()
    except (BrokenFile, UsageError) as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("image-folder: ")
        assert lines[0].isprintable()
        assert len(lines[0]) < 500 + len(str(path))
        assert "object at 0x" not in lines[0]
    else:
        assert data.fields == fields
        assert data.arrays is not None
        assert data.arrays["image"].shape == (1, channels, 16, 16)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no alarm")
@pytest.mark.parametrize("kind", KINDS)
def test_damage(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    rng = Random(f"18 {kind}")
    ending = KINDS[kind][0].replace("mpo", "jpg")
    whole = picture(kind)
    path = tmp_path / f"a.{ending}"
    path.write_bytes(whole)
    check(path, 3)
    for _ in range(400):
        content = whole
        for _ in range(rng.randrange(1, 4)):
            content = damaged(content, rng.getrandbits(32))
        path.write_bytes(content)
        check(path, rng.choice((1, 3)))
    assert capfd.readouterr() == ("", "")  # libtiff, too, is silent
