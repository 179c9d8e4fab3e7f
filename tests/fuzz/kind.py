"""What a kind of fuzzing is, and what no command may do whatever it is given."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Protocol

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from conftest import TINY, Forks, Result

from ganzoo.prose.visible import visible

Case = Any
"""An input, made of lists, texts and numbers. Its ``repr`` is shown."""
SECONDS = 60
"""A command that takes longer hangs."""
HANGS = 124
"""The status of one that does."""
MESSAGE = r"^(Error:|╭─ Error|\d.*\b[1-9]\d* failed)"
"""What a command that fails must say."""
LONGEST = 12_000
"""Characters on stderr that nobody would read."""


class Kind(Protocol):
    """One kind of input. A file in ``kinds/`` has an object of it, called ``KIND``."""

    def case(self, random: Random) -> Case:
        """Any input."""

    def complaint(self, case: Case, world: World) -> str:
        """What goes wrong with an input, or an empty string."""

    def smaller(self, case: Case) -> Iterator[Case]:
        """Inputs that are a little smaller."""

    def shown(self, case: Case) -> str:
        """How to try an input by hand."""


class World:
    """Runs commands in a folder that has a finished run with scores, ``run``."""

    def __init__(self, folder: Path) -> None:
        (folder / "log").mkdir(parents=True)
        self._folder = folder
        self._forks = Forks(folder / "log")
        self._environment = {
            "GANZOO_OFFLINE": "1", "GANZOO_NO_REPORT": "1", "GANZOO_DATA": str(folder / "data"),
        }  # fmt: skip
        self._trained: dict[tuple[str | Path, ...], Path] = {}
        scored = ("--set", "evaluate_every=20", "--metric", "modes")
        self._run = self.trained(*TINY, *scored, "--steps", "40")
        self.ganzoo("evaluate", self._run, "-n", "300").ok()

    def fresh(self) -> Path:
        """A new folder with a copy of the run."""
        place = self._folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._run, place / "run")
        return place

    def trained(self, *args: str | Path) -> Path:
        """A run that these arguments have trained, for copying."""
        if args not in self._trained:
            out = self._trained[args] = self._folder / f"run-{len(self._trained)}"
            self.ganzoo(*args, "--out", out).ok()
        return self._trained[args]

    def ganzoo(self, *args: str | Path, before: str = "", **environment: str) -> Result:
        """Run the command line."""
        process = self._forks.start(*args, before=before, **self._environment, **environment)
        try:
            return process.wait(SECONDS)
        except pytest.fail.Exception:
            return Result(HANGS, process.read("out"), process.read("err"))

    def close(self) -> None:
        """End all processes."""
        self._forks.close()


def complaint_about(result: Result, *, told: bool = True) -> str:
    """What is wrong with how a command ended, or an empty string.

    ``told`` is whether somebody reads stderr.
    """
    end = visible(result.err[-3000:])
    if result.status == HANGS:
        return f"it hangs\n{end}"
    if "Traceback" in result.err + result.out:
        return f"a traceback\n{end}"
    if result.status not in (0, 1, 2):
        return f"status {result.status}\n{end}"
    if visible(result.err) != result.err:
        return f"raw control characters on stderr\n{end}"
    if visible(result.out) != result.out and not os.path.exists(result.out[:-1]):
        return f"raw control characters on stdout\n{visible(result.out)}"
    said = re.search(MESSAGE, result.err, re.MULTILINE) or "Usage: " in result.out
    if told and result.status and not said:
        return f"status {result.status} without a message\n{end}"
    if len(result.err) > LONGEST:
        return f"{len(result.err):,} characters on stderr\n{end}"
    return ""


def fewer(words: list[str], keep: int = 0) -> Iterator[list[str]]:
    """The words without two or one of them after the first ``keep``, or with a shorter one."""
    for width in (2, 1):
        for i in range(keep, len(words) - width + 1):
            yield words[:i] + words[i + width :]
    for i, word in enumerate(words[keep:], keep):
        if len(word) > 1:
            for part in (word[: len(word) // 2], word[len(word) // 2 :], word[1:], word[:-1]):
                yield [*words[:i], part, *words[i + 1 :]]
