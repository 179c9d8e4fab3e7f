"""One check: what it is of, what it says, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


class Failed(AssertionError):
    """A promise that is not kept: what was found, what was expected, and what to do."""


@dataclass(frozen=True)
class Check:
    """Call it. ``str(check)`` is its name, such as ``loss hinge: its gradients are finite``.

    Raises:
        Failed: the promise is not kept. An exception of the checked code's own comes through as
            it is.
        unittest.SkipTest: it does not apply here; pytest counts it as skipped.
    """

    subject: str
    """Kind and name."""
    title: str
    """What should hold."""
    run: Callable[[], None] = field(repr=False)

    def __call__(self) -> None:
        self.run()

    def __str__(self) -> str:
        return f"{self.subject}: {self.title}"


def failed(told: str, advice: str) -> Failed:
    """What to raise where a promise is not kept."""
    return Failed(f"{told}\nWhat to do: {advice}")


def expect(good: bool, told: str, advice: str) -> None:
    """Raise `Failed` unless ``good``."""
    if not good:
        raise failed(told, advice)
