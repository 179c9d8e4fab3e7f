"""Downloading one file from the first mirror that works.

Networks fail in more ways than by being absent: a server accepts and never answers, falls silent
half-way, cuts the connection, or a hotel's login page answers in its place. None of them may hang a
training run or leave a bad file behind. Hence four rules:

1. **Ask first.** Every mirror is asked at once, and only those that answer within `PROBE` seconds
   are used, in the order given. The asking is done by daemon threads, for there is no time limit on
   a name lookup: a thread that hangs in one is simply left.
2. **Silence ends.** A connection that sends nothing for `STALL` seconds has failed.
3. **Trust the sum.** A file counts when its size and its MD5 sum are the expected ones. (MD5 is
   what dataset publishers give. It tells a damaged file, not a forged one.)
4. **All or nothing.** The target appears when it is complete, see `ganzoo.files.whole_file`.

Whatever goes wrong on the network moves on to the next mirror. What goes wrong on the disk does
not: no other mirror would help.
"""

from __future__ import annotations

import functools
import hashlib
import http.client
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ganzoo.data.places import offline
from ganzoo.errors import BrokenFile, DataUnavailable
from ganzoo.files import whole_file

PROBE = 5.0
"""Seconds in which a mirror must answer."""
STALL = 15.0
"""Seconds of silence after which a download has failed."""

CHUNK = 1 << 16

log = logging.getLogger("ganzoo")
_md5 = functools.partial(hashlib.md5, usedforsecurity=False)


class MirrorFailed(Exception):
    """Why one mirror did not give the file. `fetch` goes on to the next."""


def fetch(urls: Sequence[str], target: Path, md5: str) -> None:
    """Downloads one file, which every address in ``urls`` offers, to ``target``.

    Args:
        urls: Addresses of the same file (http or https), the preferred one first.
        target: Where it goes. Its folder is made; a file already there is replaced, but only by a
            complete and checked one.
        md5: The MD5 sum that the file must have, in hexadecimal.

    Raises:
        DataUnavailable: No mirror gave the file, or ``GANZOO_OFFLINE`` forbids trying. The message
            has each mirror's reason.
        GanzooError: The file cannot be written.
    """
    if offline():
        raise DataUnavailable(f"{target.name} was not downloaded, because GANZOO_OFFLINE is set")
    deadline = time.monotonic() + PROBE
    probes = [Probe(url) for url in urls]
    reasons = []
    for probe in probes:
        try:
            probe.wait(deadline)
            with whole_file(target) as file:
                receive(probe.url, file, md5)
        except MirrorFailed as error:
            log.info("%s failed: %s", probe.url, error)
            reasons.append(f"  {probe.url}: {error}")
        else:
            return
    raise DataUnavailable(
        f"{target.name} could not be downloaded:\n" + "\n".join(reasons or ["  no address known"])
    )


def check_sum(path: Path, md5: str) -> None:
    """Checks a file that is there already against the MD5 sum that it must have.

    Raises:
        BrokenFile: It has another, or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, _md5).hexdigest()
    except OSError as error:
        raise BrokenFile(f"{path} cannot be read: {error.strerror or error}") from error
    if found != md5.lower():
        raise BrokenFile(
            f"{path} is damaged or another file: its MD5 sum is {found}, expected {md5}"
        )


class Probe:
    """Asks a mirror for a file, on a thread of its own, to learn whether it would answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._reason: str | None = f"no answer within {PROBE:g} s"
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def wait(self, deadline: float) -> None:
        """Returns once the mirror has answered; fails with its reason, or at the deadline."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._reason is not None:
            raise MirrorFailed(self._reason)

    def _ask(self) -> None:
        try:
            open_url(self.url, PROBE).close()
            self._reason = None
        except MirrorFailed as error:
            self._reason = str(error)


def open_url(url: str, timeout: float) -> http.client.HTTPResponse:
    """The answer to a GET, its body still to be read; no wait in it lasts longer than ``timeout``.

    (GET and not HEAD, even to probe: some servers refuse HEAD for files that they do serve.)
    """
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "ganzoo"})
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        raise MirrorFailed(f"answered HTTP {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise MirrorFailed(explain(error, timeout)) from error
    return response


def receive(url: str, file: BinaryIO, md5: str) -> None:
    """Copies what ``url`` holds to ``file`` and checks its size and its sum."""
    with open_url(url, STALL) as response:
        announced = response.headers.get("Content-Length", "")
        expected = int(announced) if announced.isdecimal() else None
        size = f"{expected / 1e6:.1f} MB" if expected is not None else "size unknown"
        log.info("downloading %s (%s)", url, size)

        received, digest = 0, _md5()
        while chunk := read(response):
            file.write(chunk)
            digest.update(chunk)
            received += len(chunk)

        if expected is not None and received != expected:
            raise MirrorFailed(f"cut short: {received:,} of {expected:,} bytes")
        if digest.hexdigest() != md5.lower():
            page = response.headers.get_content_type() == "text/html"
            raise MirrorFailed(
                ("sent a web page (a login page?)" if page else "sent a different or damaged file")
                + f": {received:,} bytes with MD5 sum {digest.hexdigest()} instead of {md5}"
            )


def read(response: http.client.HTTPResponse) -> bytes:
    """The next bytes of an answer; empty at its end."""
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise MirrorFailed(explain(error, STALL)) from error


def explain(error: Exception, timeout: float) -> str:
    """A network error in a few words."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"no data for {timeout:g} s"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
