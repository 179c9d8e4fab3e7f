"""Which files of a folder are taken for pictures, which are left out and which are refused."""

from __future__ import annotations

import logging
import os
import socket
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.builtin import image_folder
from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, UsageError


def paint(path: Path, form: str | None = None, mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(path.name.encode())
    pixels = np.random.default_rng(seed).integers(256, size=(8, 8, 3), dtype=np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some formats are deprecated
        Image.fromarray(pixels).convert(mode).save(path, format=form)
    return path


def load(root: Path, **settings: int) -> Data:
    return ImageFolder(root=str(root), **settings).load()


# Formats: the content decides

KNOWN = ["BMP", "GIF", "JPEG", "MPO", "PNG", "TIFF", "WEBP"]
OTHERS = {
    "DDS": "RGB", "DIB": "RGB", "EPS": "RGB", "ICO": "RGB", "IM": "RGB", "JPEG2000": "RGB",
    "PCX": "RGB", "PDF": "RGB", "PPM": "RGB", "QOI": "RGB", "SGI": "RGB",
    "TGA": "RGB", "XBM": "1", "MSP": "1", "ICNS": "RGB", "BLP": "P",
}  # fmt: skip
"""Other formats that Pillow writes, and a mode that each can have."""


@pytest.mark.parametrize("form", KNOWN)
@pytest.mark.parametrize("ending", [".png", ".jfif", ".JPG"])
def test_known_formats_under_any_name(tmp_path: Path, form: str, ending: str) -> None:
    paint(tmp_path / f"a{ending}", form)
    assert load(tmp_path, channels=3).fields["image"].shape == (3, 8, 8)


@pytest.mark.parametrize("form", OTHERS)
@pytest.mark.parametrize("ending", [".png", ".jpg", ".tif"])
def test_other_formats_are_refused(tmp_path: Path, form: str, ending: str) -> None:
    paint(tmp_path / "good.png")
    path = paint(tmp_path / f"z{ending}", form, OTHERS[form])
    with pytest.raises(BrokenFile) as caught:
        load(tmp_path, channels=3)
    assert f"{path} cannot be read as a picture: its content is not BMP" in str(caught.value)


def test_postscript_starts_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gs").write_text(f"#!/bin/sh\ntouch {started}\n")
    (tmp_path / "bin" / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    paint(tmp_path / "pictures" / "a.png", "EPS")
    with pytest.raises(BrokenFile, match="its content is not"):
        load(tmp_path / "pictures", size=8, channels=1)
    assert not started.exists()


# What is named like a picture, and is none


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def bound_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)  # a short name, because long ones are refused
    Path(path.name).rename(path)


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def empty(path: Path) -> None:
    path.touch()


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


IRREGULAR: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (pipe, "it is a pipe, not a file"),
    "folder": (folder, "it is a folder, not a file"),
    "socket": (bound_socket, "it is a socket, not a file"),
    "endless device": (link_to("/dev/zero"), "it is a device, not a file"),
    "empty device": (link_to("/dev/null"), "it is a device, not a file"),
    "terminal": (link_to("/dev/tty"), "it is a device, not a file"),
    "link to a folder": (link_to("."), "it is a folder, not a file"),
    "link to nothing": (link_to("nowhere"), "No such file or directory"),
    "link to itself": (link_to("b.png"), "Too many levels of symbolic links"),
    "kernel's file": (link_to("/proc/kmsg"), "it is empty"),
    "empty file": (empty, "it is empty"),
    "sparse file": (huge, "it has 1,099,511,627,776 bytes, more than any picture"),
}


@pytest.mark.parametrize("case", IRREGULAR)
@pytest.mark.parametrize("streamed", [False, True])
def test_only_files_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, streamed: bool
) -> None:
    if streamed:
        monkeypatch.setattr(image_folder, "MEMORY", 0)
    make, reason = IRREGULAR[case]
    paint(tmp_path / "pictures" / "a.png")
    make(tmp_path / "pictures" / "b.png")
    with pytest.raises(BrokenFile) as caught:
        load(tmp_path / "pictures")
    assert f"b.png cannot be read as a picture: {reason}. Replace it" in str(caught.value)


def test_links_to_files_are_pictures(tmp_path: Path) -> None:
    target = paint(tmp_path / "elsewhere" / "one.png")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").symlink_to(target)
    assert len(load(tmp_path / "pictures")) == 1


# Other kinds of files


def left_out(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if "left out" in r.getMessage()]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), []),
        ((".hidden.avif", ".thumbnails/a.avif"), []),
        (("x.avif",), ["1 file of another kind was left out: .avif (1)"]),
        (
            ("1.avif", "2.AVIF", "sub/3.avif", "a.heic", "Makefile", "notes.txt"),
            [
                "6 files of other kinds were left out: .avif (3), .heic (1), .txt (1) and "
                "without an ending (1)"
            ],
        ),
        (
            [f"{i}.e{i % 8}" for i in range(17)],
            [
                "17 files of other kinds were left out: .e0 (3), .e1 (2), .e2 (2), .e3 (2), "
                ".e4 (2) and 3 more kinds"
            ],
        ),
        (
            ("a." + "x" * 200, "b.jp\u202eg"),
            ["2 files of other kinds were left out: .jp\\u202eg (1) and without an ending (1)"],
        ),
    ],
)
def test_other_files_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, names: tuple[str, ...], expected: list[str]
) -> None:
    paint(tmp_path / "a.png")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    dataset = ImageFolder(root=str(tmp_path))
    with caplog.at_level(logging.INFO, "ganzoo"):
        dataset.fields()
        assert not left_out(caplog)  # once is enough
        assert len(dataset.load()) == 1
    assert left_out(caplog) == expected


def test_a_folder_of_other_files_only(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.heic").touch()
    with pytest.raises(UsageError, match=r"no pictures in .*\.webp; found \.heic \(3\)"):
        load(tmp_path)


# The folder is read once


def test_fields_and_load_list_the_folder_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b/c"):
        paint(tmp_path / name / "1.png")
    listed: list[str] = []
    walk = os.walk

    def counting(root: Path, **options: object) -> object:
        listed.append(str(root))
        return walk(root, **options)

    monkeypatch.setattr(os, "walk", counting)
    dataset = ImageFolder(root=str(tmp_path))
    assert dataset.fields() == dataset.load().fields
    assert listed == [str(tmp_path)]
    paint(tmp_path / "a" / "2.png")  # loaded again, it looks again
    assert len(dataset.load()) == 3
    assert len(listed) == 2
