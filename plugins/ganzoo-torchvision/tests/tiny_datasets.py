"""Tiny datasets in the forms of the real ones, plain and as they are published."""

import functools
import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import warnings
import zipfile
from dataclasses import dataclass

import numpy as np
from ganzoo_torchvision.cifar10 import CIFAR10, FILES
from ganzoo_torchvision.emnist import EMNISTLetters
from ganzoo_torchvision.fashion_mnist import FashionMNIST
from ganzoo_torchvision.kmnist import KMNIST
from torchvision import datasets

N = 60
RNG = np.random.default_rng(0)
GREY = RNG.integers(256, size=(N, 28, 28), dtype=np.uint8)
COLOUR = RNG.integers(256, size=(N, 3, 32, 32), dtype=np.uint8)
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@dataclass
class Fake:
    """A tiny dataset in all its forms: path in the data folder -> content."""

    ours: type
    theirs: type
    images: np.ndarray
    labels: np.ndarray
    plain: dict[str, bytes]
    packed: dict[str, bytes]
    """What is published, where torchvision puts it."""

    @property
    def first(self):
        """The file that is looked for first."""
        return next(iter(self.plain)).rpartition("/")[2]

    @property
    def files(self):
        """The published files by name."""
        return {path.rpartition("/")[2]: content for path, content in self.packed.items()}


def md5(content):
    return hashlib.md5(content).hexdigest()


def idx(values):
    head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return head + values.tobytes()


def like_mnist(ours, theirs, monkeypatch):
    labels = np.arange(N, dtype=np.uint8) % 10
    folder = f"{theirs.__name__}/raw"
    plain = {f"{folder}/{IMAGES}": idx(GREY), f"{folder}/{LABELS}": idx(labels)}
    packed = {f"{path}.gz": gzip.compress(content) for path, content in plain.items()}
    sums = [(path.rpartition("/")[2], md5(content)) for path, content in packed.items()]
    monkeypatch.setattr(theirs, "resources", sums)
    return Fake(ours, theirs, GREY[:, None], labels, plain, packed)


def fake_emnist(monkeypatch):
    labels = np.arange(N, dtype=np.uint8) % 26
    stored = {IMAGES: idx(GREY.swapaxes(1, 2)), LABELS: idx(labels + np.uint8(1))}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        for name, content in stored.items():
            files.writestr(f"gzip/emnist-letters-{name}.gz", gzip.compress(content))
            files.writestr(f"gzip/emnist-digits-{name}.gz", b"not asked for")
    plain = {f"EMNIST/raw/emnist-letters-{name}": content for name, content in stored.items()}
    packed = {"EMNIST/raw/gzip.zip": archive.getvalue()}
    monkeypatch.setattr(datasets.EMNIST, "md5", md5(archive.getvalue()))
    return Fake(EMNISTLetters, datasets.EMNIST, GREY[:, None], labels, plain, packed)


class Warns:
    """Warns when it is unpickled, as some versions of numpy do of the real files."""

    def __reduce__(self):
        return warnings.warn, ("align should be passed as Python or NumPy boolean",)


def fake_cifar10(monkeypatch):
    labels = np.arange(N) % 10
    files = {"batches.meta": pickle.dumps({"label_names": list("abcdefghij")}, protocol=2)}
    for i in range(5):
        part = slice(i * N // 5, (i + 1) * N // 5)
        batch = {"data": COLOUR[part].reshape(-1, 3072), "labels": labels[part].tolist()}
        files[f"data_batch_{i + 1}"] = pickle.dumps(batch | {"extra": Warns()}, protocol=2)
    files["test_batch"] = files["data_batch_1"]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as members:
        for name, content in {**files, "readme.html": b"", "../outside": b""}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            members.addfile(member, io.BytesIO(content))
    theirs = datasets.CIFAR10
    sums = [[name, md5(files[name])] for name in FILES]
    monkeypatch.setattr(theirs, "train_list", sums[:5])
    monkeypatch.setattr(theirs, "test_list", sums[5:6])
    monkeypatch.setattr(theirs, "meta", {**theirs.meta, "md5": sums[6][1]})
    monkeypatch.setattr(theirs, "tgz_md5", md5(archive.getvalue()))
    plain = {f"cifar-10-batches-py/{name}": files[name] for name in FILES}
    packed = {"cifar-10-python.tar.gz": archive.getvalue()}
    return Fake(CIFAR10, theirs, COLOUR, labels, plain, packed)


FAKES = {
    "fashion-mnist": functools.partial(like_mnist, FashionMNIST, datasets.FashionMNIST),
    "kmnist": functools.partial(like_mnist, KMNIST, datasets.KMNIST),
    "emnist-letters": fake_emnist,
    "cifar10": fake_cifar10,
}
