"""Files that datasets read: damaged, foreign or of the wrong shape."""

from __future__ import annotations

import gzip
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
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


def several_broken() -> None:
    for name in "abcdefghi":
        paint(f"{name}.png", size=(99, 99))
        content = Path(f"pictures/{name}.png").read_bytes()
        Path(f"pictures/{name}.png").write_bytes(content[: len(content) // 2])


def pipe() -> None:
    paint("b.png")
    os.mkfifo("pictures/a.png")


def postscript() -> None:
    paint("a.png")
    Image.new("L", (8, 8)).save("pictures/z.png", format="EPS")


def integers() -> None:
    paint("a.tif", "I")


def twelve_bits() -> None:
    paint("a.png", "I;16")
    Image.new("I;16", (8, 8), 4_095).save("pictures/b.png")


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
    several_broken: (1, ("all 9 pictures in pictures", "a.png: image", "e.png: image", "4 more")),
    pipe: (1, ("a.png",)),
    postscript: (1, ("z.png cannot be read as a picture: its content is not BMP",)),
    integers: (1, ("a.tif", "signed integers", "store them as 8 or 16 bits")),
    twelve_bits: (2, ("4,095", "--set dataset.bits=12", "--set dataset.bits=16")),
}


@pytest.mark.parametrize("case", PICTURES, ids=lambda case: case.__name__)
def test_a_folder_of_pictures(forked: Forks, tmp_path: Path, case: Callable[[], None]) -> None:
    case()
    status, words = PICTURES[case]
    before = snapshot(tmp_path)
    own = ("--set", "dataset.channels=1") if case is twelve_bits else ()
    for limit in ("", "from ganzoo.builtin import image_folder; image_folder.MEMORY = 0"):
        forked(*FOLDER, *own, "--out", "run", before=limit).refused(status, *words)
        assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (struct.pack("<HHII", 277, 3, 1, 3), struct.pack("<HHII", 277, 3, 1, 5120)),
        (b"", b"damage"),
    ],
    ids=["samples", "pixels"],
)
def test_nothing_else_is_printed(forked: Forks, old: bytes, new: bytes) -> None:
    """Pillow logs an error of the first file, and libtiff writes on stderr for the second."""
    Path("pictures").mkdir()
    noise = np.random.default_rng(0).integers(256, size=(99, 99, 3), dtype=np.uint8)
    path = Path("pictures/a.tif")
    Image.fromarray(noise).save(path, compression="tiff_adobe_deflate")
    content = path.read_bytes()
    assert old in content
    at = content.index(old) if old else 1_000
    path.write_bytes(content[:at] + new + content[at + len(new) :])
    refused = forked(*FOLDER, "-q", "--out", "run")
    refused.refused(1, "a.tif cannot be read as a picture")
    assert len(refused.err.splitlines()) == 1


def test_all_black_pictures(forked: Forks) -> None:
    for i in range(8):
        paint(f"{i}.png")
    Path("pictures/x.avif").touch()
    small = ("--set", "generator=8", "--set", "discriminator=8", "--steps", "2", "--out", "run")
    done = forked(*FOLDER, *small, "-q").ok()
    assert "1 file of another kind was left out: .avif (1)" in done.err
    assert "every pixel of the pictures in pictures is black" in done.err
    reasons = ("no metric fits this data", "neighbours: it measures how", "modes: it counts modes")
    forked("evaluate", "run").refused(2, *reasons)
    evaluated = ("--evaluate-every", "50", "--out", "again")
    forked(*FOLDER, *small[:-2], *evaluated).refused(2, *reasons)


@pytest.mark.parametrize(("count", "advice"), [(1, 1), (2, 2), (3, 2), (5, 2), (9, 4)])
def test_fewer_pictures_than_a_batch(forked: Forks, count: int, advice: int) -> None:
    for i in range(count):
        paint(f"{i}.png")
    said = f"the dataset has {count} samples; try --batch-size {advice}"
    forked(*FOLDER[:-1], "10", "--out", "run").refused(2, said)
    forked(*FOLDER[:-1], str(advice), "--steps", "1", "--out", "run").ok()
