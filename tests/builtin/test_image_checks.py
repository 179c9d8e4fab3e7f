"""All pictures are decoded before the first step; what is known of them is kept."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.builtin import image_checks, image_decoding, image_folder
from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile

RNG = np.random.default_rng(0)


def paint(path: Path, size: int = 32) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(256, size=(size, size), dtype=np.uint8)).save(path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def load(root: Path = Path("pictures"), **settings: int) -> Data:
    return ImageFolder(root=str(root), **settings).load()


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The folder does not fit into memory, and nothing is kept from other tests."""
    monkeypatch.setattr(image_folder, "MEMORY", 0)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that were decoded."""
    names: list[str] = []
    original = image_decoding.Decoder.__call__

    def noting(self: image_decoding.Decoder, path: Path) -> object:
        names.append(path.name)
        return original(self, path)

    monkeypatch.setattr(image_decoding.Decoder, "__call__", noting)
    return names


@pytest.mark.usefixtures("streamed")
def test_a_damaged_picture_is_named_before_training() -> None:
    for i in range(30):
        paint(Path(f"pictures/{i:02}.png"))
    cut(Path("pictures/20.png"))
    with pytest.raises(BrokenFile, match=r"pictures.20\.png cannot .* truncated\. Replace it or"):
        load()


@pytest.mark.parametrize("memory", [0, 1 << 30])
def test_several_damaged_pictures_are_named(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", memory)
    for i in range(30):
        paint(Path(f"pictures/{i % 2}/{i:02}.png"))
        if i % 3 == 1:
            cut(Path(f"pictures/{i % 2}/{i:02}.png"))
    Path("pictures/0/00.png").write_text("text")  # its header is damaged, too
    with pytest.raises(BrokenFile) as caught:
        load()
    assert str(caught.value).replace(os.sep, "/").splitlines() == [
        "image-folder: 11 of the 30 pictures in pictures are unreadable:",
        "  0/00.png: its content is not BMP, GIF, JPEG, PNG, TIFF or WebP, or is damaged",
        *(f"  0/{i:02}.png: image file is truncated" for i in (4, 10, 16, 22)),
        "  and 6 more",
        "Replace them or remove them from the folder",
    ]


def test_damaged_headers_are_named_together() -> None:
    for i in range(3):
        Path(f"pictures/{i}.png").parent.mkdir(exist_ok=True)
        Path(f"pictures/{i}.png").write_text("text")
    for call in (load, ImageFolder(root="pictures").fields):
        with pytest.raises(BrokenFile, match=r"(?s)all 3 pictures .* 0\.png: .* 1\.png: .* 2\.png"):
            call()


# What is kept


@pytest.mark.usefixtures("streamed")
def test_unchanged_pictures_are_decoded_once(decoded: list[str]) -> None:
    for name in ("a", "b", "c"):
        paint(Path(f"pictures/{name}.png"))
    cut(Path("pictures/b.png"))
    with pytest.raises(BrokenFile):
        load()
    assert sorted(decoded) == ["a.png", "b.png", "c.png"]
    decoded.clear()
    with pytest.raises(BrokenFile, match=r"b\.png"):  # a damaged one is decoded each time
        load()
    assert decoded == ["b.png"]
    decoded.clear()
    paint(Path("pictures/b.png"))
    load()
    assert decoded == ["b.png"]
    decoded.clear()
    load()
    assert decoded == []


@pytest.mark.usefixtures("streamed")
def test_changed_pictures_are_decoded_again(decoded: list[str]) -> None:
    for name in ("a", "b", "c", "d"):
        paint(Path(f"pictures/{name}.png"))
    load()
    decoded.clear()
    Path("pictures/a.png").rename("pictures/e.png")
    os.utime("pictures/b.png", (1, 1))
    Path("pictures/c.png").unlink()
    load()
    assert sorted(decoded) == ["b.png", "e.png"]
    decoded.clear()
    load(size=16)  # decoded in another way
    assert sorted(decoded) == ["b.png", "d.png", "e.png"]


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize("content", [b"", b"x", b"\x93NUMPY\x01\x00", np.zeros(9).tobytes()])
def test_a_damaged_record_is_made_again(decoded: list[str], content: bytes) -> None:
    paint(Path("pictures/a.png"))
    load()
    (record,) = Path("data/pictures").iterdir()
    good = record.read_bytes()
    record.write_bytes(content)
    load()
    assert decoded == ["a.png"] * 2
    assert record.read_bytes() == good


@pytest.mark.usefixtures("streamed")
def test_a_data_folder_that_cannot_be_written() -> None:
    Path("data").write_text("a file")
    paint(Path("pictures/a.png"))
    assert len(load()) == 1


@pytest.mark.usefixtures("streamed")
def test_an_interrupted_pass_is_kept(monkeypatch: pytest.MonkeyPatch, decoded: list[str]) -> None:
    monkeypatch.setattr(image_checks, "CHUNK", 2)
    for i in range(6):
        paint(Path(f"pictures/{i}.png"))
    chunks = 0

    def interrupting() -> float:
        nonlocal chunks
        chunks += 1
        if chunks == 3:  # once before, and then after each chunk
            raise KeyboardInterrupt
        return 0.0

    with monkeypatch.context() as patch:
        patch.setattr(image_checks, "monotonic", interrupting)
        with pytest.raises(KeyboardInterrupt):
            load()
    decoded.clear()
    load()
    assert sorted(decoded) == ["4.png", "5.png"]


def test_progress_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(image_checks, "CHUNK", 2)
    monkeypatch.setattr(image_checks, "OFTEN", -1.0)
    for i in range(5):
        paint(Path(f"pictures/{i}.png"))
    with caplog.at_level(logging.INFO, "ganzoo"):
        load()
    lines = [f"decoded {n} of 5 pictures" for n in (2, 4, 5)]
    assert [record.getMessage() for record in caplog.records][1:] == lines


# All the same


@pytest.mark.parametrize("memory", [0, 1 << 30])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0,), "every pixel of the pictures in pictures is black. A model can learn only that"),
        ((0, 0, 0), "every pixel of the pictures in pictures is black"),
        ((255, 255), "every pixel of the pictures in pictures is white"),
        ((9, 9), "every pixel of the pictures in pictures is 9 of 255"),
        ((0, 1), ""),
        (("noise", "noise"), "all 2 pictures in pictures are the same"),
        (("noise",), ""),
        (("noise", 0), ""),
    ],
)
@pytest.mark.usefixtures("streamed")
def test_equal_pictures_give_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    values: tuple[int | str, ...], expected: str, memory: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(image_folder, "MEMORY", memory)
    Path("pictures").mkdir()
    noise = RNG.integers(256, size=(8, 8), dtype=np.uint8)
    for i, value in enumerate(values):
        pixels = noise if value == "noise" else np.full((8, 8), value, np.uint8)
        Image.fromarray(pixels).save(f"pictures/{i}.png")
    for _ in range(2):  # from the record, too
        caplog.clear()
        load()
        assert expected in caplog.text
        assert bool(caplog.records) == bool(expected)
