"""Each dataset found, downloaded, unpacked and refused. The files are tiny and made here."""

import functools
import http.server
import os
import pickle
import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import ganzoo_torchvision
import numpy as np
import pytest
from ganzoo_torchvision.cifar10 import CIFAR10, FILES
from ganzoo_torchvision.emnist import EMNISTLetters
from ganzoo_torchvision.fashion_mnist import FashionMNIST
from ganzoo_torchvision.kmnist import KMNIST
from tiny_datasets import FAKES, GREY, IMAGES, LABELS, N, idx
from torchvision import datasets

import ganzoo
from ganzoo.testing import checks


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")


@pytest.fixture(params=FAKES)
def fake(request, monkeypatch):
    return FAKES[request.param](monkeypatch)


@pytest.fixture
def online(fake, tmp_path, monkeypatch):
    """The address of a local server with the published files, which torchvision now uses."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format, *args): ...

    folder = tmp_path / "server"
    put(folder, fake.files)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("GANZOO_OFFLINE", "")
        monkeypatch.setattr(fake.theirs, "mirrors", [f"{address}/"], raising=False)
        monkeypatch.setattr(
            fake.theirs, "url", f"{address}/{next(iter(fake.files))}", raising=False
        )
        yield address
        server.shutdown()
        thread.join()


def put(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def content(root):
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def load(fake, root, **settings):
    """The dataset, checked to be the fake one."""
    data = fake.ours(root=str(root), **settings).load()
    assert list(data.fields) == ["image", "label"]
    assert data.fields["image"] == ganzoo.Field(fake.images.shape[1:], range=(-1.0, 1.0))
    classes = int(fake.labels.max()) + 1
    label = data.fields["label"]
    assert label == ganzoo.Field((), dtype="int64", classes=classes, names=label.names)
    assert len(label.names) == classes
    assert data.fields == fake.ours().fields()
    assert (data.arrays["image"].dtype, data.arrays["label"].dtype) == (np.uint8, np.int64)
    np.testing.assert_array_equal(data.arrays["image"], fake.images)
    np.testing.assert_array_equal(data.arrays["label"], fake.labels)
    return data


# Found


@pytest.mark.parametrize("form", ["root", "GANZOO_DATA"])
def test_files_that_are_there_are_read(fake, tmp_path, monkeypatch, form):
    put(tmp_path, fake.plain)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    load(fake, tmp_path if form == "root" else "")
    assert content(tmp_path) == fake.plain


def test_what_was_published_is_enough_offline(fake, tmp_path):
    put(tmp_path, fake.packed)
    load(fake, tmp_path)
    load(fake, tmp_path)


def test_only_what_is_needed_is_unpacked(fake, tmp_path):
    put(tmp_path, fake.packed)
    load(fake, tmp_path)
    assert set(content(tmp_path)) <= set(fake.packed) | set(fake.plain)
    if not any(path.endswith("ubyte.gz") for path in fake.packed):  # archives are opened once
        for path in fake.packed:
            (tmp_path / path).unlink()
        load(fake, tmp_path)
        assert content(tmp_path) == fake.plain


# Downloaded


@pytest.mark.parametrize("slash", ["", "/", None], ids=["mirror", "mirror/", "torchvision's"])
def test_what_is_missing_is_downloaded_once(fake, tmp_path, online, monkeypatch, slash):
    mirrors = () if slash is None else (online + slash,)
    if mirrors:
        monkeypatch.setattr(fake.theirs, "mirrors", ["http://127.0.0.1:1/"])
    root = tmp_path / "data"
    load(fake, root, mirrors=mirrors)
    assert content(root) == fake.plain | fake.packed
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    load(fake, root)


def test_torchvision_reads_what_was_downloaded(fake, tmp_path, online):
    load(fake, tmp_path / "data")
    emnist, cifar = fake.theirs is datasets.EMNIST, fake.theirs is datasets.CIFAR10
    options = {"split": "letters"} if emnist else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = fake.theirs(tmp_path / "data", train=True, download=False, **options)
    pixels = np.asarray(theirs.data).swapaxes(1, 2) if emnist else np.asarray(theirs.data)
    np.testing.assert_array_equal(
        pixels, fake.images.transpose(0, 2, 3, 1) if cifar else fake.images[:, 0]
    )
    np.testing.assert_array_equal(np.asarray(theirs.targets) - emnist, fake.labels)


def test_a_mirror_that_fails_gives_way_to_the_next(fake, tmp_path, online):
    load(fake, tmp_path / "data", mirrors=("http://127.0.0.1:1/", f"{online}/empty", online))


@pytest.mark.parametrize("damage", [lambda old: old[:-1], lambda old: b"<html>login</html>"])
def test_a_download_of_another_sum_is_refused(fake, tmp_path, online, damage):
    put(tmp_path / "server", {name: damage(old) for name, old in fake.files.items()})
    with pytest.raises(ganzoo.DataUnavailable, match=r"damaged file: .* MD5 sum") as caught:
        fake.ours(root=str(tmp_path / "data")).load()
    assert_tells_what_to_do(fake, tmp_path / "data", str(caught.value))
    assert content(tmp_path / "data") == {}


def test_offline_says_which_files_to_put_where(fake, tmp_path):
    with pytest.raises(ganzoo.DataUnavailable, match="GANZOO_OFFLINE is set") as caught:
        fake.ours(root=str(tmp_path)).load()
    assert_tells_what_to_do(fake, tmp_path, str(caught.value))
    assert list(tmp_path.iterdir()) == []


def assert_tells_what_to_do(fake, root, message):
    wanted = [path.rpartition("/")[2] for path in fake.plain]
    folder = next(iter(fake.plain)).rpartition("/")[0]
    assert f"{fake.first} is missing from {root / folder}" in message
    assert f"GANZOO_DATA to a folder that has them in {folder}" in message
    for name in wanted:
        assert name in message.partition("What to do: copy ")[2]
    for name in fake.files:
        assert name.removesuffix(".gz") in message


# Broken


@pytest.mark.parametrize("form", ["plain", "packed"])
def test_a_truncated_file_is_refused_and_kept(fake, tmp_path, form):
    files = dict(getattr(fake, form))
    for path in files:
        broken = files | {path: files[path][:-3]}
        put(tmp_path, broken)
        with pytest.raises(ganzoo.BrokenFile) as caught:
            fake.ours(root=str(tmp_path)).load()
        assert str(tmp_path / path) in str(caught.value)
        assert "Delete the file to download it again" in str(caught.value)
        assert content(tmp_path).items() >= broken.items()


def test_a_file_that_was_deleted_is_unpacked_again(fake, tmp_path):
    put(tmp_path, fake.packed)
    load(fake, tmp_path)
    for path in fake.plain:
        (tmp_path / path).unlink(missing_ok=True)
        load(fake, tmp_path)


def test_whenever_it_is_interrupted_only_whole_files_are_left(fake, tmp_path, online, monkeypatch):
    replace = os.replace
    for finished in range(20):
        root, done = tmp_path / str(finished), []

        def interrupted(source, target, done=done, finished=finished):
            if len(done) == finished:
                raise KeyboardInterrupt
            done.append(target)
            replace(source, target)

        monkeypatch.setattr(os, "replace", interrupted)
        try:
            load(fake, root)
        except KeyboardInterrupt:
            assert len(content(root)) == finished
            assert content(root).items() <= (fake.plain | fake.packed).items()
            monkeypatch.setattr(os, "replace", replace)
            load(fake, root)
        else:
            break
    assert finished == len(fake.plain | fake.packed)


BAD_GREY = {
    "other shape": (IMAGES, GREY[:, :20], r"expected \(N, 28, 28\)"),
    "fewer labels": (LABELS, np.ones(N - 1, np.uint8), "one label for each of the 60 images"),
    "label too large": (LABELS, np.full(N, 27, np.uint8), r"has the label 27; expected \d to \d+"),
}


@pytest.mark.parametrize("case", BAD_GREY)
@pytest.mark.parametrize("fake", ["fashion-mnist", "kmnist", "emnist-letters"], indirect=True)
def test_what_does_not_fit_is_refused(fake, tmp_path, case):
    kind, values, message = BAD_GREY[case]
    put(tmp_path, fake.plain)
    (path,) = (path for path in fake.plain if path.endswith(kind))
    put(tmp_path, {path: idx(values)})
    with pytest.raises(ganzoo.BrokenFile, match=message) as caught:
        fake.ours(root=str(tmp_path)).load()
    assert str(tmp_path / path) in str(caught.value)


@pytest.mark.parametrize("fake", ["emnist-letters"], indirect=True)
def test_emnist_s_labels_begin_at_1(fake, tmp_path):
    put(tmp_path, fake.plain)
    put(tmp_path, {f"EMNIST/raw/emnist-letters-{LABELS}": idx(np.zeros(N, np.uint8))})
    with pytest.raises(ganzoo.BrokenFile, match="has the label 0; expected 1 to 26"):
        fake.ours(root=str(tmp_path)).load()


@pytest.mark.parametrize("fake", ["cifar10"], indirect=True)
def test_no_code_in_a_foreign_pickle_is_run(fake, tmp_path):
    trap = tmp_path / "trap"
    for name in FILES:
        root = tmp_path / name
        put(root, fake.plain | {f"cifar-10-batches-py/{name}": pickle.dumps(Trap(trap))})
        with pytest.raises(ganzoo.BrokenFile, match=f"{name} is damaged or another file"):
            fake.ours(root=str(root)).load()
    assert not trap.exists()


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


# As plugins behave


@pytest.mark.parametrize("check", checks("ganzoo-torchvision"), ids=str)
def test_it_conforms(check, tmp_path, monkeypatch):
    for make in FAKES.values():  # the tests do not contain the real ones
        put(tmp_path, make(monkeypatch).plain)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    check()


def test_wrong_settings(fake):
    name = fake.ours.name
    with pytest.raises(ganzoo.UsageError, match=f"{name}: mirrors has 'ftp://x'"):
        fake.ours(mirrors=("ftp://x",))
    with pytest.raises(ganzoo.UsageError, match=f"{name}: .* is a file; expected a folder"):
        fake.ours(root=__file__).load()


def test_messages_and_records_agree_on_the_name():
    named = {
        f"{c.__module__}:{c.__name__}": c.name
        for c in (FashionMNIST, KMNIST, EMNISTLetters, CIFAR10)
    }
    records = {record.factory: record.name for record in ganzoo_torchvision.ganzoo_datasets()}
    assert records == named


def test_what_is_said_of_torchvision_s_files_is_so():
    """Without patches: the addresses, and the form of the checksums."""
    for ours, file in (
        (FashionMNIST, f"{IMAGES}.gz"), (KMNIST, f"{LABELS}.gz"),
        (EMNISTLetters, "gzip.zip"), (CIFAR10, "cifar-10-python.tar.gz"),
    ):  # fmt: skip
        mirrors, md5_sum = ours().published(file)
        assert all(re.fullmatch(r"https?://\S+/", mirror) for mirror in mirrors)
        assert re.fullmatch("[0-9a-f]{32}", md5_sum)
    assert set(FILES) == {
        name for name, _ in datasets.CIFAR10.train_list + datasets.CIFAR10.test_list
    } | {datasets.CIFAR10.meta["filename"]}


def test_the_command_line_refuses_in_one_message(tmp_path):
    command = ["-m", "ganzoo", "train", "vanilla-mlp", "--dataset", "cifar10"]
    environment = {**os.environ, "GANZOO_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("Error:") == 1
    assert "cifar10: data_batch_1 is missing" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []
