"""A run's speed and remaining time, and when to print a plain line about them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganzoo.engine.events import Step

WINDOW = 30.0
"""Seconds over which the speed is averaged."""
FIRST = 1.0
"""Seconds until the first plain line, and the least between two of them."""
LATER = 3.0
"""Factor between the times of the early lines."""
PARTS = 20
"""Parts of a run. A line is printed at the end of each."""


class Pace:
    """The speed over the last seconds, and the time that is left."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int, int]] = []

    def mark(self, step: Step, now: float) -> None:
        """Take in the current step."""
        recent = [mark for mark in self._marks if now - mark[0] < WINDOW]
        self._marks = [*(recent or self._marks[-1:]), (now, step.step, step.seen)]

    @property
    def begun(self) -> bool:
        """Whether a step has been marked."""
        return bool(self._marks)

    @property
    def samples_per_second(self) -> float:
        """Real samples that are used per second."""
        (then, _, before), (now, _, after) = self._marks[0], self._marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def left(self, total: int) -> str:
        """The time that is left, as text."""
        (then, before, _), (now, step, _) = self._marks[0], self._marks[-1]
        if step == before:
            return "?"
        return duration((total - step) * (now - then) / (step - before))


def duration(seconds: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


class Due:
    """When a plain line is due: after 1, 3, 9, ... seconds, and after each twentieth of the run.

    So a short run prints one line per second, and a run of a day about thirty lines.
    """

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._early = FIRST
        self._part = 0

    def __call__(self, done: float) -> bool:
        """Whether a line is due after this share of the run."""
        now = time.monotonic()
        elapsed, part = now - self._began, int(done * PARTS)
        if now - self._last < FIRST or (elapsed < self._early and part == self._part):
            return False
        while self._early <= elapsed:
            self._early *= LATER
        self._last, self._part = now, part
        return True
