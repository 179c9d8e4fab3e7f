"""Keeps what plugins print apart from the data on stdout."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

STDOUT, STDERR = 1, 2


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Inside ``with``, everything that is printed goes to stderr, also from C or a program that a
    plugin starts."""
    streams = (sys.stdout, sys.__stdout__)
    with contextlib.redirect_stdout(sys.stderr):
        if sys.__stdout__ is None:  # it is closed, and its number may belong to another file
            yield
            return
        _flush(streams)  # this is data
        kept = os.dup(STDOUT)
        try:
            _replace_stdout()
            yield
        finally:
            _flush(streams)  # this is not
            os.dup2(kept, STDOUT)
            os.close(kept)


def _replace_stdout() -> None:
    if sys.__stderr__ is not None:
        os.dup2(STDERR, STDOUT)
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDOUT)
    os.close(nowhere)


def _flush(streams: tuple[Any, ...]) -> None:
    for stream in streams:
        with contextlib.suppress(OSError, ValueError, AttributeError):  # it is full, closed or None
            stream.flush()
