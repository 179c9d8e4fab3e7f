"""A network that fails in every way, seen from the command line."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Forks, Process, Result, snapshot

Answer = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"


def silent(_: socket.socket) -> None:
    """Accepts the request and never answers."""
    done.wait(30)


def stalls(peer: socket.socket) -> None:
    """Begins to answer, then sends nothing more."""
    peer.sendall(HEAD % (b"200 OK", b"application/gzip", 9_912_422) + bytes(1000))
    done.wait(30)


def resets(peer: socket.socket) -> None:
    """Closes the connection at once."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def cut_short(peer: socket.socket) -> None:
    """Ends before the file is complete."""
    peer.sendall(HEAD % (b"200 OK", b"application/gzip", 9_912_422) + bytes(1000))


def login_page(peer: socket.socket) -> None:
    """Answers every request with its own page."""
    page = b"<!DOCTYPE html><title>Welcome to our hotel</title>"
    peer.sendall(HEAD % (b"200 OK", b"text/html", len(page)) + page)


def missing(peer: socket.socket) -> None:
    """Does not have the file."""
    peer.sendall(HEAD % (b"404 Not Found", b"text/html", 0))


def nonsense(peer: socket.socket) -> None:
    """Speaks another protocol."""
    peer.sendall(b"220 ready\r\n")


CASES: dict[Answer, str] = {
    silent: "no answer within",
    stalls: "no data for",
    resets: "reset",
    cut_short: "sent only 1,000 of 9,912,422 bytes",
    login_page: "perhaps a login page",
    missing: "HTTP 404",
    nonsense: "220 ready",
}
done = threading.Event()


@pytest.fixture
def mirror(request: pytest.FixtureRequest) -> Iterator[str]:
    """A local server with one kind of failure. Yields its address."""
    done.clear()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:  # closed: the test is over
                    return
                threading.Thread(target=talk, args=(peer,), daemon=True).start()

        def talk(peer: socket.socket) -> None:
            with peer:
                peer.recv(4096)
                request.param(peer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        done.set()
        server.shutdown(socket.SHUT_RDWR)


HASTY = "from ganzoo.data import downloads; downloads.PROBE = downloads.STALL = 0.5"


def train(forked: Forks, mirror: str, *args: str) -> Process:
    small = ("--steps", "2", "--set", "generator=8", "--set", "discriminator=8", "--out", "run")
    return forked.start(
        "train", "vanilla-mlp", *small, *args, "--set", f"mirrors={mirror}",
        before=HASTY, GANZOO_OFFLINE="", GANZOO_DATA="data", no_proxy="*",
    )  # fmt: skip


def goes_on_with_mnist_5k(result: Result) -> None:
    assert "Continuing with mnist-5k" in result.ok().err
    record = json.loads(Path("run/run.json").read_text())
    assert record["dataset"] == "mnist-5k"
    assert "mirrors" not in record["command"]
    assert not Path("data/MNIST").exists() or not list(Path("data/MNIST/raw").iterdir())


@pytest.mark.parametrize("mirror", CASES, indirect=True, ids=lambda case: case.__name__)
def test_a_network_that_fails(forked: Forks, mirror: str, request: pytest.FixtureRequest) -> None:
    words = CASES[request.node.callspec.params["mirror"]]
    Path("data").mkdir()
    asked = train(forked, mirror, "--dataset", "mnist").wait()
    asked.refused(1, words, "train-images-idx3-ubyte", "What to do", "--dataset mnist-5k")
    assert not Path("run").exists()
    assert not [name for name, content in snapshot(Path("data")).items() if content is not None]
    goes_on_with_mnist_5k(train(forked, mirror).wait())


def test_nobody_listens(forked: Forks) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    mirror = f"http://127.0.0.1:{port}/"
    train(forked, mirror, "--dataset", "mnist").wait().refused(1, "refused", "mnist-5k")
    goes_on_with_mnist_5k(train(forked, mirror).wait())


def test_offline(forked: Forks) -> None:
    small = ("--steps", "2", "--set", "generator=8", "--set", "discriminator=8")
    args = ("train", "vanilla-mlp", *small)
    began = time.monotonic()
    refused = forked(*args, "--dataset", "mnist", GANZOO_DATA="data")
    refused.refused(1, "GANZOO_OFFLINE is set", "--dataset mnist-5k")
    assert time.monotonic() - began < 5
    goes_on_with_mnist_5k(forked(*args, "--out", "run", GANZOO_DATA="data"))


def test_an_invalid_address(forked: Forks) -> None:
    train(forked, "ftp://127.0.0.1/").wait().refused(2, "mirrors", "http://")


def test_a_torchvision_that_was_made_for_another_torch(forked: Forks) -> None:
    """The CPU build of torch with the index's torchvision."""
    Path("site/torchvision").mkdir(parents=True)
    broken = "raise RuntimeError('operator torchvision::nms does not exist')\n"
    Path("site/torchvision/__init__.py").write_text(broken, encoding="utf-8")
    before = (
        "import sys\n"
        "for name in [*sys.modules]:\n"
        "    if name.startswith('torchvision'): del sys.modules[name]\n"
        f"sys.path.insert(0, {str(Path('site').absolute())!r})"
    )
    args = ("train", "vanilla-mlp", "--steps", "5", "--batch-size", "16")
    given = {"GANZOO_DATA": "data", "GANZOO_OFFLINE": ""}
    refused = forked(*args, "--dataset", "mnist", before=before, **given)
    refused.refused(1, "torchvision cannot be imported", "Install torch and torchvision together")
    goes_on_with_mnist_5k(forked(*args, "--out", "run", before=before, **given))
