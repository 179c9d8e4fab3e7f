"""Downloads one file from the first mirror that works.

Networks fail in many ways. A server may accept a connection and never answer, stop half-way or cut
the connection, or a login page may answer instead. No failure may block a training or leave a bad
file behind. So there are four rules:

1. **Probe first.** All mirrors are contacted at once. Those that answer within `PROBE` seconds are
   used in the given order. Daemon threads do this, because a name lookup has no time limit and can
   block its thread forever.
2. **Silence is failure.** A connection that sends nothing for `STALL` seconds has failed.
3. **Check the sum.** A file is accepted only with the expected size and MD5 sum. (Publishers of
   datasets state MD5. It detects a damaged file, but not a manipulated one.)
4. **All or nothing.** The target appears only when it is complete. See `ganzoo.files.whole_file`.

After a network error, ganzoo tries the next mirror. After a disk error it stops, because no other
mirror would help.
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
"""Seconds within which a mirror must answer."""
STALL = 15.0
"""Seconds of silence after which a download has failed."""

CHUNK = 1 << 16

log = logging.getLogger("ganzoo")
_md5 = functools.partial(hashlib.md5, usedforsecurity=False)


class MirrorFailed(Exception):
    """Why one mirror failed. `fetch` then tries the next."""


def fetch(urls: Sequence[str], target: Path, md5: str) -> None:
    """Download one file, which every address in ``urls`` offers, to ``target``.

    Args:
        urls: Addresses of the same file (http or https), the preferred one first.
        target: The path of the file. Missing folders are created. Only a complete and checked
            download replaces an existing file.
        md5: The expected MD5 sum in hexadecimal.

    Raises:
        DataUnavailable: All mirrors failed, or ``GANZOO_OFFLINE`` is set. The message has each
            mirror's reason.
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
        f"{target.name} could not be downloaded:\n"
        + "\n".join(reasons or ["  no address is known"])
    )


def check_sum(path: Path, md5: str) -> None:
    """Check the MD5 sum of an existing file.

    Raises:
        BrokenFile: It has another sum, or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, _md5).hexdigest()
    except OSError as error:
        raise BrokenFile(f"{path} cannot be read: {error.strerror or error}") from error
    if found != md5.lower():
        raise BrokenFile(
            f"{path} is damaged or another file. Its MD5 sum is {found}; expected {md5}"
        )


class Probe:
    """Finds out on a thread of its own whether a mirror answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._reason: str | None = f"no answer within {PROBE:g} s"
        self._thread = threading.Thread(target=self._try, daemon=True)
        self._thread.start()

    def wait(self, deadline: float) -> None:
        """Wait until the mirror has answered. Raise `MirrorFailed` if it fails or is too late."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._reason is not None:
            raise MirrorFailed(self._reason)

    def _try(self) -> None:
        try:
            open_url(self.url, PROBE).close()
            self._reason = None
        except MirrorFailed as error:
            self._reason = str(error)


def open_url(url: str, timeout: float) -> http.client.HTTPResponse:
    """The response to a GET, before its body is read. No wait lasts longer than ``timeout``.

    Probes use GET, too, because some servers refuse HEAD for files that they serve.
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
    """Copy the content of ``url`` to ``file`` and check its size and its sum."""
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
            raise MirrorFailed(f"sent only {received:,} of {expected:,} bytes")
        if digest.hexdigest() != md5.lower():
            page = response.headers.get_content_type() == "text/html"
            raise MirrorFailed(
                (
                    "sent a web page, perhaps a login page"
                    if page
                    else "sent a different or damaged file"
                )
                + f": {received:,} bytes with MD5 sum {digest.hexdigest()} instead of {md5}"
            )


def read(response: http.client.HTTPResponse) -> bytes:
    """The next bytes of a response. Empty at its end."""
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
