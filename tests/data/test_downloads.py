"""Downloads against a local server that fails in every way a network can."""

from __future__ import annotations

import hashlib
import http.server
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganzoo.data import downloads
from ganzoo.data.downloads import check_sum, fetch
from ganzoo.errors import BrokenFile, DataUnavailable, GanzooError

BODY = bytes(range(256)) * 1000
MD5 = hashlib.md5(BODY).hexdigest()


class Mirror(http.server.ThreadingHTTPServer):
    """Answers each path in its own bad way, and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.released = threading.Event()
        self.asked: list[str] = []

    def __call__(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is none of a test's business."""


class Answer(http.server.BaseHTTPRequestHandler):
    server: Mirror

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        getattr(self, self.path.strip("/").replace("-", "_"))()

    def start(self, kind: str = "application/octet-stream", length: int | None = len(BODY)) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def good(self) -> None:
        self.start()
        self.wfile.write(BODY)

    def no_length(self) -> None:
        self.start(length=None)
        self.wfile.write(BODY)

    def redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/good")
        self.end_headers()

    def hang(self) -> None:
        self.server.released.wait(30)

    def stall(self) -> None:
        self.start()
        self.wfile.write(BODY[:1000])
        self.server.released.wait(30)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def reset_later(self) -> None:
        self.start()
        self.wfile.write(BODY[:1000])
        time.sleep(0.1)
        self.reset()

    def short(self) -> None:
        self.start()
        self.wfile.write(BODY[:1000])

    def login(self) -> None:
        page = b"<html>Welcome! Accept our terms to go online.</html>"
        self.start("text/html; charset=utf-8", len(page))
        self.wfile.write(page)

    def damaged(self) -> None:
        self.start()
        self.wfile.write(BODY[::-1])

    def nonsense(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    def missing(self) -> None:
        self.send_error(404)

    def fails_after_the_probe(self) -> None:
        if self.server.asked.count(self.path) > 1:
            self.hang()
        self.good()


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("GANZOO_OFFLINE", raising=False)
    monkeypatch.setattr(downloads, "PROBE", 0.5)
    monkeypatch.setattr(downloads, "STALL", 0.5)
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["good", "no-length", "redirect"])
def test_a_file_arrives_whole(mirror: Mirror, tmp_path: Path, path: str) -> None:
    target = tmp_path / "new" / "folder" / "file.gz"
    fetch([mirror(path)], target, MD5.upper())
    assert target.read_bytes() == BODY
    assert [p.name for p in target.parent.iterdir()] == ["file.gz"]


FAILURES = {
    "hang": "no (answer within|data for) 0.5 s",
    "stall": "no data for 0.5 s",
    "reset": "reset by peer",
    "reset-later": "reset by peer",
    "short": "sent only 1,000 of 256,000 bytes",
    "login": r"web page, perhaps a login page: 52 bytes with MD5 sum",
    "damaged": "sent a different or damaged file: 256,000 bytes",
    "nonsense": "SSH-2.0-OpenSSH",
    "missing": "HTTP 404 Not Found",
    "fails-after-the-probe": "no data for 0.5 s",
}


@pytest.mark.parametrize("path", FAILURES)
def test_a_failure_is_told_and_leaves_everything_as_it_was(
    mirror: Mirror, tmp_path: Path, path: str
) -> None:
    target = tmp_path / "file.gz"
    target.write_bytes(b"precious")
    start = time.monotonic()
    with pytest.raises(DataUnavailable, match=FAILURES[path]) as caught:
        fetch([mirror(path)], target, MD5)
    assert time.monotonic() - start < 3
    assert str(caught.value).startswith("file.gz could not be downloaded:\n  http://127.0.0.1")
    assert target.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("path", FAILURES)
def test_the_next_mirror_is_tried(mirror: Mirror, tmp_path: Path, path: str) -> None:
    target = tmp_path / "file.gz"
    fetch([mirror(path), mirror("good")], target, MD5)
    assert target.read_bytes() == BODY
    assert list(tmp_path.iterdir()) == [target]


def test_mirrors_are_used_in_the_order_given(
    mirror: Mirror, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ganzoo")
    fetch([mirror("redirect"), mirror("good")], tmp_path / "file", MD5)
    assert [r.getMessage() for r in caplog.records] == [
        f"downloading {mirror('redirect')} (0.3 MB)"
    ]


def test_every_reason_is_in_one_message(mirror: Mirror, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        refused = f"http://127.0.0.1:{closed.getsockname()[1]}/file"
        with pytest.raises(DataUnavailable) as caught:
            fetch([mirror("missing"), refused, "http://no host/", "nothing"], tmp_path / "f", MD5)
    first, *reasons = str(caught.value).splitlines()
    assert first == "f could not be downloaded:"
    assert reasons[0] == f"  {mirror('missing')}: answered HTTP 404 Not Found"
    assert reasons[1] == f"  {refused}: Connection refused"
    assert reasons[2].startswith("  http://no host/: ")
    assert reasons[3].startswith("  nothing: unknown url type")


def test_all_mirrors_are_probed_at_the_same_time(mirror: Mirror, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(DataUnavailable):
        fetch([mirror("hang")] * 6, tmp_path / "file", MD5)
    assert time.monotonic() - start < 1.5


def test_a_name_lookup_that_hangs_cannot_hold_it(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = socket.getaddrinfo

    def hanging(host: str, *args: object, **kwargs: object) -> object:
        if host == "mirror.invalid":
            mirror.released.wait(30)
        return lookup(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    target = tmp_path / "file"
    start = time.monotonic()
    fetch(["http://mirror.invalid/file", mirror("good")], target, MD5)
    assert time.monotonic() - start < 3
    assert target.read_bytes() == BODY


def test_no_address_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANZOO_OFFLINE")
    with pytest.raises(DataUnavailable, match="no address is known"):
        fetch([], tmp_path / "file", MD5)


def test_offline_means_not_even_trying(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(DataUnavailable, match="GANZOO_OFFLINE is set"):
        fetch([mirror("good")], tmp_path / "file", MD5)
    assert mirror.asked == []
    for not_set in ("", "0"):
        monkeypatch.setenv("GANZOO_OFFLINE", not_set)
        fetch([mirror("good")], tmp_path / "file", MD5)


def test_a_folder_that_cannot_be_made_is_no_network_error(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"precious")
    with pytest.raises(GanzooError, match=r"cannot write data into the folder .*file") as caught:
        fetch([mirror("good"), mirror("good")], tmp_path / "file" / "data", MD5)
    assert not isinstance(caught.value, DataUnavailable)
    assert (tmp_path / "file").read_bytes() == b"precious"


def test_a_full_disk_leaves_nothing_behind(mirror: Mirror, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    target = tmp_path / "file"
    target.write_bytes(b"precious")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # a disk that ends early
    try:
        with pytest.raises(GanzooError, match="cannot write file into the folder") as caught:
            fetch([mirror("good"), mirror("good")], target, MD5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in str(caught.value)
    assert not isinstance(caught.value, DataUnavailable)
    assert target.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_is_there_is_checked_by_its_sum(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(BODY)
    check_sum(path, MD5.upper())
    path.write_bytes(BODY[:-1])
    with pytest.raises(BrokenFile, match=f"file is damaged or another file. .*; expected {MD5}"):
        check_sum(path, MD5)
    with pytest.raises(BrokenFile, match="absent cannot be read: No such file"):
        check_sum(tmp_path / "absent", MD5)
    assert path.read_bytes() == BODY[:-1]
