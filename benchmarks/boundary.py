"""What the boundary around plugins costs: the calls that cross it in a step, and the time of one.

Their product is far smaller than the differences between blocks of steps, so it is not measured as
one of them.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from unittest import mock

from ganzoo.registry.boundary import Boundary
from ganzoo.training.run import Training

STEPS, CALLS, REPEATS = 100, 10_000, 7


def boundary(training: Training, steps: Iterator[object], milliseconds: float) -> str:
    """A line about its share of a step of so many milliseconds."""
    crossed, cross = 0, Boundary.__call__

    def counted(self: Boundary, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        nonlocal crossed
        crossed += 1
        return cross(self, call, *args, **kwargs)

    with mock.patch.object(Boundary, "__call__", counted):
        for _ in islice(steps, STEPS):
            pass
    guard = training.plan.boundary("loss")
    within, bare = (
        min(timeit.repeat(call, number=CALLS, repeat=REPEATS)) / CALLS
        for call in (lambda: guard(_nothing), _nothing)
    )
    each, calls = 1e6 * (within - bare), crossed / STEPS
    share = calls * each / (1000 * milliseconds)
    return (
        f"The boundary around plugins: {calls:.1f} calls a step of {each:.1f} µs each, "
        f"{share:.2%} of ganzoo's step"
    )


def _nothing() -> None:
    pass
