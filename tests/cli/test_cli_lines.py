"""A run's progress in a file, a notebook or a build server: a few plain lines."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from conftest import TINY, Forks
from terminal import Terminal

from ganzoo.cli import pace
from ganzoo.cli.pace import Due

RUN = (*TINY, "--steps", "200", "--out", "run")
OFTEN = "from ganzoo.cli import pace; pace.FIRST = 0.02"


def plain(text: str) -> bool:
    """Whether the output is only lines of text."""
    return not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


def steps_of(text: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r"^step ([\d,]+)/", text, re.MULTILINE)]


@pytest.mark.parametrize("seconds", [3, 60, 3600, 86_400, 604_800])
def test_a_run_gets_some_lines_however_long_it_is(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    now = 0.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: now)
    due, lines = Due(), []
    for tick in range(100_001):
        now = seconds * tick / 100_000
        if due(tick / 100_000):
            lines.append(now)
    assert min(seconds, 20) - 1 <= len(lines) <= 33
    tick = seconds / 100_000
    assert lines[0] <= 1 + tick, "the first comes soon"
    apart = [b - a for a, b in pairwise(lines)]
    assert min(apart) >= 1
    assert max(apart) <= max(1, seconds / 20) + 2 * tick, "and the next is never far"


def test_lines_at_intervals(forked: Forks) -> None:
    steps = steps_of(forked(*RUN, before=OFTEN).ok().err)
    assert 2 < len(steps) <= 33
    assert steps == sorted(set(steps))
    assert steps[-1] == 200


@pytest.mark.parametrize(
    "where",
    [
        {"TERM": "dumb"},
        {"TERM": "xterm-color", "GIT_PAGER": "cat", "FORCE_COLOR": "1"},
        {"JPY_PARENT_PID": "1"},
        {"CI": "true"},
    ],
    ids=["dumb", "notebook", "kernel", "build"],
)
def test_a_terminal_that_only_grows_gets_plain_lines(forked: Forks, where: dict[str, str]) -> None:
    terminal = Terminal(forked, *RUN, **where)
    assert terminal.end() == 0
    shown = re.sub(r"\x1b\[[\d;]*m", "", terminal.shown.replace("\r\n", "\n"))  # colours are fine
    assert steps_of(shown)[-1] == 200
    assert plain(shown)


def test_a_colour_that_is_forced_makes_no_terminal_of_a_file(forked: Forks) -> None:
    shown = forked(*RUN, before=OFTEN, FORCE_COLOR="1").ok().err
    assert steps_of(shown)[-1] == 200
    assert "\x1b[?" not in shown
