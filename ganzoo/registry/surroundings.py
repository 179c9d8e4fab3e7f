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
from functools import cache, partial
from typing import Any, NamedTuple


class _Part(NamedTuple):
    name: str
    get: Callable[[], Any]
    put: Callable[[Any], object]
    fresh: Any = False
    """The value when torch has just been loaded."""


def look() -> tuple[Any, ...]:
    """The shared state now. Without torch, it is the working directory alone."""
    return tuple([part.get() for part in _parts("torch" in sys.modules)])


def put_back(before: tuple[Any, ...]) -> list[str]:
    """Put the state back to what `look` returned, and return the names of what had changed."""
    if (now := look()) == before:
        return []
    parts = _parts("torch" in sys.modules)
    if len(before) < len(parts):  # torch has been loaded in between
        before += tuple(part.fresh for part in parts[1:-1])
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


_guards: list[Any] = []
"""What keeps an inference mode that was put back: torch changes it for as long as an object lives.
"""


@cache
def _parts(with_torch: bool) -> tuple[_Part, ...]:
    """The number of threads is the last, because nobody knows what it is at first."""
    folder = _Part("the working directory", _folder, _go_to)
    if not with_torch:
        return (folder,)
    import torch

    def gradients() -> tuple[bool, bool]:
        return torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    def put_gradients(modes: tuple[bool, bool]) -> None:
        if torch.is_inference_mode_enabled() != modes[1]:
            _guards.append(torch.inference_mode(modes[1]))
            _guards[-1].__enter__()
        torch.set_grad_enabled(modes[0])

    def device() -> Any:
        return torch.empty(0).device  # three times as fast as torch.get_default_device()

    def put_device(device: Any) -> None:
        # a default device slows every call of torch, so there is none for the CPU
        torch.set_default_device(None if device.type == "cpu" else device)

    return (
        folder,
        _Part(
            "torch's default dtype",
            torch.get_default_dtype,
            torch.set_default_dtype,
            torch.float32,
        ),
        _Part("torch's default device", device, put_device, torch.device("cpu")),
        _Part("torch's gradient mode", gradients, put_gradients, (True, False)),
        _Part(
            "torch's deterministic algorithms",
            torch.are_deterministic_algorithms_enabled,
            torch.use_deterministic_algorithms,
        ),
        *(
            _Part(
                f"torch's autocast on {where}",
                partial(torch.is_autocast_enabled, where),
                partial(torch.set_autocast_enabled, where),
            )
            for where in ("cpu", *(["cuda"] if torch.cuda.is_available() else []))
        ),
        _Part("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
    )


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None


def _go_to(folder: str | None) -> None:
    if folder is not None:
        with contextlib.suppress(OSError):
            os.chdir(folder)
