"""How fast a run goes, how long it will take, and when a plain line about it is due."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganzoo.engine.events import Step

WINDOW = 30.0
"""Seconds over which the pace is taken."""
FIRST = 1.0
"""Seconds until the first plain line, and between two of them at least."""
LATER = 3.0
"""How much later each of the early lines comes than the one before."""
PARTS = 20
"""Parts of the whole, each of which ends with a line."""


class Pace:
    """How fast it goes, over the last seconds, and how long it will take."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int, int]] = []

    def mark(self, step: Step, now: float) -> None:
        """Take in where we are."""
        recent = [mark for mark in self._marks if now - mark[0] < WINDOW]
        self._marks = [*(recent or self._marks[-1:]), (now, step.step, step.seen)]

    @property
    def begun(self) -> bool:
        """Whether it was marked yet."""
        return bool(self._marks)

    @property
    def samples_per_second(self) -> float:
        """Real samples seen a second."""
        (then, _, before), (now, _, after) = self._marks[0], self._marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def left(self, total: int) -> str:
        """The time that is left, as a person reads it."""
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

    So a short run gets a line a second, and a run of a day about thirty, the first of them soon.
    """

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._early = FIRST
        self._part = 0

    def __call__(self, done: float) -> bool:
        """Whether a line is due where this share of the whole is done."""
        now = time.monotonic()
        elapsed, part = now - self._began, int(done * PARTS)
        if now - self._last < FIRST or (elapsed < self._early and part == self._part):
            return False
        while self._early <= elapsed:
            self._early *= LATER
        self._last, self._part = now, part
        return True
