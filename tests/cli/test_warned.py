"""The first warnings of each place are shown and the others counted, again in each block."""

from __future__ import annotations

import logging
import warnings

import pytest

from ganzoo.cli import log
from ganzoo.cli.warned import counted, due


def test_few_of_each_place_are_shown() -> None:
    said: list[tuple[str, str]] = []
    for _ in range(2):
        said.clear()
        with counted(lambda *line: said.append(line)):
            assert [due("a.py") for _ in range(5)] == [True] * 3 + [False] * 2
            assert [due("b.py") for _ in range(4)] == [True] * 3 + [False]
            assert [due("c.py") for _ in range(3)] == [True] * 3
        assert said == [("a.py: 2 more warnings", "yellow"), ("b.py: 1 more warning", "yellow")]


def test_a_long_place_is_cut() -> None:
    said: list[str] = []
    with counted(lambda line, style: said.append(line)):
        for _ in range(4):
            due("x" * 600)
    assert said == [f"{'x' * 500}: 1 more warning"]


def test_all_lines_of_a_file_are_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(log, "say", lambda line, **_: said.append(line))
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    log.show_others()
    with counted(lambda line, style: said.append(line)):
        for line in range(1, 6):
            warnings.showwarning("old", UserWarning, "/far/odd.py", line)
    assert said == [
        "odd.py:1: UserWarning: old", "odd.py:2: UserWarning: old", "odd.py:3: UserWarning: old",
        "odd.py: 2 more warnings",
    ]  # fmt: skip
