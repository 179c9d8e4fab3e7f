"""Files that datasets read: damaged, foreign or of the wrong shape."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Forks, snapshot
from PIL import Image

MLP = ("train", "vanilla-mlp")
FOLDER = (*MLP, "--dataset", "image-folder", "--set", "dataset.root=pictures", "--batch-size", "2")

# IDX

GOOD = struct.pack(">4B3I", 0, 0, 8, 3, 20, 28, 28) + bytes(20 * 28 * 28)
LABELS = struct.pack(">4BI", 0, 0, 8, 1, 20) + bytes(20)
IDX: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "truncated": (GOOD[:-1], ("is truncated", "20 x 28 x 28")),
    "truncated in its header": (GOOD[:9], ("truncated", "its header has 16 bytes")),
    "empty": (b"", ("not an IDX file",)),
    "longer": (GOOD + b"x", ("trailing bytes",)),
    "foreign": (b"<!DOCTYPE html><html>", ("not an IDX file", "<!DO")),
    "of another type": (b"\0\0\x0d" + GOOD[3:], ("type 0x0d", "0x08")),
    "of another shape": (
        struct.pack(">4B3I", 0, 0, 8, 3, 20, 7, 7) + bytes(20 * 49), ("(20, 7, 7)", "(N, 28, 28)"),
    ),
    "of other length": (
        struct.pack(">4B3I", 0, 0, 8, 3, 5, 28, 28) + bytes(5 * 784), ("one label for each",),
    ),
    "cut short in its compression": (gzip.compress(GOOD)[:-9], ("cannot be read",)),
}  # fmt: skip


@pytest.mark.parametrize("case", IDX)
def test_an_idx_file(forked: Forks, case: str) -> None:
    content, words = IDX[case]
    raw = Path("data/MNIST/raw")
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(content)
    (raw / "train-labels-idx1-ubyte").write_bytes(LABELS)
    before = snapshot(raw)
    for args in (
        MLP,
        (*MLP, "--dataset", "mnist"),
    ):  # damage is reported for the default dataset too
        refused = forked(*args, "--out", "run", GANZOO_DATA="data")
        refused.refused(1, "train-images-idx3-ubyte", "Delete the file", *words)
    assert snapshot(raw) == before
    assert not Path("run").exists()


def test_a_data_folder_that_is_a_file(forked: Forks) -> None:
    Path("data").write_text("mine")
    forked(*MLP, "--dataset", "mnist", GANZOO_DATA="data").refused(
        2, "data is a file", "GANZOO_DATA"
    )
    assert Path("data").read_text() == "mine"


def test_something_else_in_the_place_of_an_idx_file(forked: Forks) -> None:
    Path("data/MNIST/raw/train-images-idx3-ubyte").mkdir(parents=True)
    refused = forked(*MLP, "--dataset", "mnist", GANZOO_DATA="data")
    refused.refused(1, "train-images-idx3-ubyte", "mnist-5k")


# Pictures


def paint(name: str, mode: str = "L", size: tuple[int, int] = (8, 8)) -> None:
    path = Path("pictures", name)
    path.parent.mkdir(exist_ok=True)
    Image.new(mode, size).save(path)


def empty() -> None:
    Path("pictures").mkdir()
    Path("pictures/notes.txt").write_text("no picture")


def mixed_sizes() -> None:
    paint("a.png")
    paint("b.png", size=(9, 8))


def mixed_modes() -> None:
    paint("a.png")
    paint("b.png", "RGB")


def odd_mode() -> None:
    paint("a.png", "RGBA")
    paint("b.png", "RGBA")


def broken() -> None:
    paint("a.png", size=(99, 99))
    paint("b.png", size=(99, 99))
    content = Path("pictures/b.png").read_bytes()
    Path("pictures/b.png").write_bytes(content[: len(content) // 2])


def no_picture() -> None:
    paint("a.png")
    Path("pictures/b.png").write_text("hello")


def a_file() -> None:
    Path("pictures").write_text("hello")


def nothing() -> None:
    pass


PICTURES: dict[Callable[[], None], tuple[int, tuple[str, ...]]] = {
    nothing: (2, ("pictures does not exist", "dataset.root=FOLDER")),
    a_file: (2, ("pictures is a file", "expected a folder")),
    empty: (2, ("no pictures in pictures", ".png")),
    mixed_sizes: (2, ("several sizes", "a.png", "8 x 8", "b.png", "9 x 8", "dataset.size=")),
    mixed_modes: (2, ("several modes", "a.png is L", "b.png is RGB", "dataset.channels=")),
    odd_mode: (2, ("a.png", "mode RGBA", "dataset.channels=")),
    broken: (1, ("b.png cannot be read as a picture", "Replace it")),
    no_picture: (1, ("b.png cannot be read as a picture",)),
}


@pytest.mark.parametrize("case", PICTURES, ids=lambda case: case.__name__)
def test_a_folder_of_pictures(forked: Forks, tmp_path: Path, case: Callable[[], None]) -> None:
    case()
    status, words = PICTURES[case]
    before = snapshot(tmp_path)
    forked(*FOLDER, "--out", "run").refused(status, *words)
    assert snapshot(tmp_path) == before
