"""MNIST: found, downloaded, unpacked, refused. The files are tiny and made here."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ganzoo.builtin.mnist import MNIST
from ganzoo.data import downloads
from ganzoo.errors import BrokenFile, DataUnavailable, UsageError

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
N = 12
PIXELS = np.random.default_rng(0).integers(256, size=(N, 28, 28), dtype=np.uint8)
DIGITS = np.arange(N, dtype=np.uint8) % 10


def idx(values: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return head + values.tobytes()


def put(root: Path, name: str, content: bytes) -> Path:
    path = root / "MNIST" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture(autouse=True)
def _no_settings_of_mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "unused"))
    monkeypatch.delenv("GANZOO_OFFLINE", raising=False)
    monkeypatch.setattr(downloads, "PROBE", 1.0)
    monkeypatch.setattr(downloads, "STALL", 1.0)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("by_setting", [False, True], ids=["GANZOO_DATA", "root"])
def test_digits_that_are_there_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool, by_setting: bool
) -> None:
    for name, values in {IMAGES: PIXELS, LABELS: DIGITS}.items():
        if packed:
            put(tmp_path, name + ".gz", gzip.compress(idx(values)))
        else:
            put(tmp_path, name, idx(values))
    if not by_setting:
        monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    data = MNIST(root=str(tmp_path) if by_setting else "").load()

    assert list(data.fields) == ["image", "label"]
    assert data.fields["image"].shape == (1, 28, 28)
    assert data.fields["image"].range == (-1.0, 1.0)
    assert data.fields["label"].classes == 10
    assert data.arrays is not None
    assert data.arrays["image"].dtype == np.uint8
    np.testing.assert_array_equal(data.arrays["image"], PIXELS[:, None])
    np.testing.assert_array_equal(data.arrays["label"], DIGITS)
    assert len(list((tmp_path / "MNIST" / "raw").iterdir())) == 2  # reading writes nothing


class Mirror:
    """A local mirror: a folder, its address, and torchvision's table of sums for what is in it."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address

    def offer(self, name: str, content: bytes) -> tuple[str, str]:
        (self.folder / name).write_bytes(content)
        return name, hashlib.md5(content).hexdigest()


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    from torchvision import datasets

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    folder = tmp_path / "mirror"
    folder.mkdir()
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        here = Mirror(folder, f"http://127.0.0.1:{server.server_port}")
        offered = [
            here.offer(IMAGES + ".gz", gzip.compress(idx(PIXELS))),
            here.offer(LABELS + ".gz", gzip.compress(idx(DIGITS))),
        ]
        monkeypatch.setattr(datasets.MNIST, "resources", offered)
        monkeypatch.setattr(datasets.MNIST, "mirrors", [here.address + "/"])
        yield here
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("slash", ["", "/"])
def test_missing_digits_are_downloaded_once(tmp_path: Path, mirror: Mirror, slash: str) -> None:
    from torchvision import datasets

    dataset = MNIST(root=str(tmp_path / "data"), mirrors=(mirror.address + slash,))
    data = dataset.load()
    assert data.arrays is not None
    np.testing.assert_array_equal(data.arrays["image"], PIXELS[:, None])
    found = {path.name for path in (tmp_path / "data" / "MNIST" / "raw").iterdir()}
    assert found == {IMAGES, LABELS, IMAGES + ".gz", LABELS + ".gz"}

    for path in mirror.folder.iterdir():
        path.unlink()
    assert len(dataset.load()) == N

    for name in found:  # torchvision wants the test split too, before it reads the other
        raw = tmp_path / "data" / "MNIST" / "raw"
        (raw / name.replace("train", "t10k")).write_bytes((raw / name).read_bytes())
    theirs = datasets.MNIST(str(tmp_path / "data"), train=True, download=False)
    np.testing.assert_array_equal(theirs.data.numpy(), PIXELS)


def test_without_mirrors_torchvision_s_own_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mirror: Mirror
) -> None:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    assert len(MNIST().load()) == N


def test_only_what_is_missing_is_downloaded(tmp_path: Path, mirror: Mirror) -> None:
    (mirror.folder / f"{IMAGES}.gz").unlink()
    put(tmp_path, IMAGES, idx(PIXELS))
    assert len(MNIST(root=str(tmp_path)).load()) == N


def test_a_failed_download_says_what_to_do_and_leaves_nothing(
    tmp_path: Path, mirror: Mirror
) -> None:
    (mirror.folder / f"{IMAGES}.gz").write_text("<html>Please log in</html>")
    (tmp_path / "data").mkdir()
    with pytest.raises(DataUnavailable) as caught:
        MNIST(root=str(tmp_path / "data")).load()
    message = str(caught.value)
    raw = tmp_path / "data" / "MNIST" / "raw"
    assert message.startswith(f"mnist: {IMAGES} is missing from {raw}")
    assert f"{mirror.address}/{IMAGES}.gz: sent a" in message
    for way_out in ("copy", "GANZOO_DATA", "--dataset mnist-5k"):
        assert way_out in message
    assert [p for p in (tmp_path / "data").rglob("*") if not p.is_dir()] == []


def test_offline_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(DataUnavailable, match="GANZOO_OFFLINE is set"):
        MNIST(root=str(tmp_path)).load()
    assert list(tmp_path.iterdir()) == []


def test_no_network_ends_soon(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(DataUnavailable, match="Connection refused"):
        MNIST(root=str(tmp_path), mirrors=("http://127.0.0.1:1/",)).load()
    assert time.monotonic() - start < 10


def test_a_data_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mirror: Mirror
) -> None:
    (tmp_path / "MNIST").write_text("in the way")
    with pytest.raises(DataUnavailable, match=r"could not be downloaded\.\ncannot write") as caught:
        MNIST(root=str(tmp_path)).load()
    assert "read-only" in str(caught.value)
    assert (tmp_path / "MNIST").read_text() == "in the way"


BAD = {
    "foreign": (IMAGES, b"<html>", "not an IDX file"),
    "truncated": (IMAGES, idx(PIXELS)[:-1], "is truncated"),
    "other shape": (
        IMAGES,
        idx(PIXELS[:, :20]),
        r"\(12, 20, 28\); expected \(N, 28, 28\)",
    ),
    "fewer labels": (LABELS, idx(DIGITS[1:]), "one label for each of the 12 images"),
    "images as labels": (LABELS, idx(PIXELS), "one label for each"),
    "label 10": (LABELS, idx(DIGITS + np.uint8(1)), "has the label 10; expected 0 to 9"),
}


@pytest.mark.parametrize("case", BAD)
def test_broken_files_are_refused_and_kept(tmp_path: Path, case: str) -> None:
    name, content, message = BAD[case]
    put(tmp_path, IMAGES, idx(PIXELS))
    put(tmp_path, LABELS, idx(DIGITS))
    path = put(tmp_path, name, content)
    with pytest.raises(BrokenFile, match=message) as caught:
        MNIST(root=str(tmp_path)).load()
    assert str(caught.value).startswith(f"mnist: {path}")
    assert "download it again" in str(caught.value)
    assert path.read_bytes() == content


def test_wrong_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"mnist: .*file is a file; .*--set dataset\.root"):
        MNIST(root=str(tmp_path / "file")).load()
    with pytest.raises(UsageError, match=r"mnist: mirrors has 'ftp://x'; expected .*http://"):
        MNIST(mirrors=("ftp://x",))
    with pytest.raises(UsageError, match="expected a list of addresses"):
        MNIST(mirrors="http://x")  # type: ignore[arg-type]
