"""One check: its subject, its title and how it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


class Failed(AssertionError):
    """A check failed. The message says what was found, what was expected and what to do."""


@dataclass(frozen=True)
class Check:
    """A check. Call it to run it. Its ``str()`` is a name such as ``loss hinge: its gradients are
    finite``.

    Raises:
        Failed: the check failed. Exceptions of the checked code itself pass through unchanged.
        unittest.SkipTest: it does not apply here. pytest counts it as skipped.
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


def failed(found: str, advice: str) -> Failed:
    """The exception to raise if a check fails."""
    return Failed(f"{found}\nWhat to do: {advice}")


def expect(good: bool, found: str, advice: str) -> None:
    """Raise `Failed` unless ``good``."""
    if not good:
        raise failed(found, advice)


class Complaints(logging.Handler):
    """Inside ``with``, it collects the library's warnings that contain a word."""

    def __init__(self, word: str) -> None:
        super().__init__(logging.WARNING)
        self._word = word
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take in a warning."""
        if self._word in record.getMessage():
            self.messages.append(record.getMessage())

    def __enter__(self) -> Self:
        logging.getLogger("ganzoo").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("ganzoo").removeHandler(self)
