"""State of the process that all plugins share: the working directory, and torch's global settings.

A plugin that changes it would break a run far from the change. So `ganzoo.registry.boundary` looks
at it before each call of a plugin and puts it back afterwards.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple


class _Part(NamedTuple):
    name: str
    get: Callable[[], Any]
    put: Callable[[Any], object]


def look() -> tuple[Any, ...]:
    """The shared state now. Without torch, it is the working directory alone."""
    return tuple([part.get() for part in _parts("torch" in sys.modules)])


def put_back(before: tuple[Any, ...]) -> list[str]:
    """Put the state back to what `look` returned, and return the names of what had changed."""
    if (now := look()) == before:
        return []
    parts = _parts("torch" in sys.modules)
    if len(before) < len(parts):  # torch has been loaded in between
        before += _fresh()
    changed = []
    for part, was, value in zip(parts, before, now, strict=False):
        if value != was:
            part.put(was)
            changed.append(part.name)
    return changed


@contextlib.contextmanager
def own_random() -> Iterator[None]:
    """Afterwards, the global random states of torch, numpy and Python are what they were."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    python = random.getstate()
    numbers = numpy.random.get_state() if numpy else None
    tensors = torch.get_rng_state() if torch else None
    try:
        yield
    finally:
        random.setstate(python)
        if numpy:
            numpy.random.set_state(numbers)
        if torch:
            torch.set_rng_state(tensors)


@cache
def _parts(with_torch: bool) -> tuple[_Part, ...]:
    """The number of threads is the last, because `_fresh` does not know it."""
    folder = _Part("the working directory", _folder, _go_to)
    if not with_torch:
        return (folder,)
    import torch

    def device() -> Any:
        return torch.empty(0).device  # three times as fast as torch.get_default_device()

    def put_device(device: Any) -> None:
        # a default device slows every call of torch, so there is none for the CPU
        torch.set_default_device(None if device.type == "cpu" else device)

    return (
        folder,
        _Part("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        _Part("torch's default device", device, put_device),
        _Part("torch's gradient mode", torch.is_grad_enabled, torch.set_grad_enabled),
        _Part("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
    )


def _fresh() -> tuple[Any, ...]:
    """torch's settings when it has just been loaded."""
    import torch

    return torch.float32, torch.device("cpu"), True


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None


def _go_to(folder: str | None) -> None:
    if folder is not None:
        with contextlib.suppress(OSError):
            os.chdir(folder)
