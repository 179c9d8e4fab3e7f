"""The checks of sections: good ones pass them, and each broken one fails one of them."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest import SkipTest

import pytest

import ganzoo
from ganzoo.testing import Check, Failed, checks

numbers = count()


@dataclass(frozen=True)
class Good:
    """The losses."""

    each: int = 1
    """A number."""

    def show(self, run: ganzoo.Recorded) -> Iterator[ganzoo.Piece]:
        losses = {k: v for k, v in run.metrics.items() if k.endswith("_loss")}
        yield ganzoo.LineChart(run.metrics["step"], losses)
        yield ganzoo.Picture(run.trained().sample(4))


@dataclass(frozen=True)
class Unfit:
    """Fits none of the small runs."""

    def show(self, run: ganzoo.Recorded) -> None:
        raise ganzoo.DoesNotFit(f"{run.model} is not for it")


@dataclass(frozen=True)
class Odd:
    """Gives a number."""

    def show(self, run: ganzoo.Recorded) -> list[int]:
        return [3]


@dataclass(frozen=True)
class Changing:
    """Shows something else each time."""

    def show(self, run: ganzoo.Recorded) -> list[str]:
        return [str(next(numbers))]


@dataclass(frozen=True)
class Printing:
    """Prints."""

    def show(self, run: ganzoo.Recorded) -> None:
        print("words")


@dataclass(frozen=True)
class Writing:
    """Writes into the run."""

    def show(self, run: ganzoo.Recorded) -> None:
        (run.path / "metrics.csv").write_text("step\n1\n")


@dataclass(frozen=True)
class Mute:
    """Has no method."""


@dataclass
class Thawed:
    """Is not frozen."""

    def show(self, run: ganzoo.Recorded) -> None:
        return None


BROKEN = {
    Odd: ("twice", "expected text"), Changing: ("twice", "differently the second time"),
    Printing: ("twice", "prints 'words"), Writing: ("no file", "changed metrics.csv"),
    Mute: ("frozen dataclass", "no method show"), Thawed: ("frozen dataclass", "expected a frozen"),
}  # fmt: skip


def checks_of(cls: type) -> list[Check]:
    """The checks of a plugin with this section."""
    record = ganzoo.Section(
        name="tried", summary="Tried.", factory=f"{cls.__module__}:{cls.__name__}"
    )
    plugin: Any = types.ModuleType("tried_sections")
    plugin.ganzoo_sections = ganzoo.hookimpl(lambda: [record])
    return [check for check in checks(plugin) if check.subject == "section tried"]


def test_a_good_one_passes() -> None:
    mine = checks_of(Good)
    assert len(mine) == 6
    for check in mine:
        check()


def test_one_that_fits_nothing_is_skipped() -> None:
    (check,) = (c for c in checks_of(Unfit) if "twice" in c.title)
    with pytest.raises(SkipTest, match="it fits none of the small runs"):
        check()


@pytest.mark.parametrize("cls", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_fails(cls: type) -> None:
    title, told = BROKEN[cls]
    (check,) = (c for c in checks_of(cls) if title in c.title)
    with pytest.raises((Failed, ganzoo.PluginFailed), match=told):
        check()
