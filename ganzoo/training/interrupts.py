"""Delays Ctrl-C until the end of a round, and closes trainings that are left open."""

from __future__ import annotations

import atexit
import ctypes
import logging
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import TypeVar
from weakref import WeakSet

from ganzoo.errors import GanzooError

logger = logging.getLogger("ganzoo")
Owner = TypeVar("Owner")
Item = TypeVar("Item")
_open: WeakSet[Generator[object, None, None]] = WeakSet()
"""Generators that may have to be closed."""


def closed_at_exit(
    method: Callable[[Owner], Generator[Item, None, None]],
) -> Callable[[Owner], Generator[Item, None, None]]:
    """Close the method's generators when the interpreter exits.

    Python closes a generator that nothing refers to. But one that is still referred to at the exit
    is closed too late, when modules are gone and nothing can be written.
    """

    @wraps(method)
    def begun(self: Owner) -> Generator[Item, None, None]:
        generator = method(self)
        _open.add(generator)
        return generator

    return begun


@atexit.register
def _close_all() -> None:
    for generator in list(_open):
        try:
            with suppress(ValueError):  # another thread still runs it
                generator.close()
        except GanzooError as error:
            logger.warning("A training was left open, and cannot be closed: %s", error)


def _leave_to_parent() -> None:
    """In a fork, which has copies of its parent's generators: never close them."""
    for generator in list(_open):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(generator))
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C until the end of the block, so that no round stays unfinished.

    A second Ctrl-C is not delayed.
    """
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    if not in_main or before in (signal.SIG_IGN, None):
        yield  # threads receive no signals, and background jobs ignore them
        return
    pressed = False

    def remember(*_: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
