"""The fuzzer itself, and what it finds with a fixed seed: nothing."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from kind import Kind, World, complaint_about, fewer

HERE = Path(__file__).parent
KINDS: dict[str, Kind] = {
    path.stem: importlib.import_module(f"kinds.{path.stem}").KIND
    for path in sorted(HERE.glob("kinds/*.py"))
}
CASES = {"command_line": 25, "pictures": 25, "streams": 25, "plugins": 8, "run_files": 8}
"""Inputs of each kind. `make fuzz` tries some hundred."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    there = World(tmp_path / "fuzz")
    yield there
    there.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_inputs_of_a_fixed_seed(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS[name]
    for n in range(CASES[name]):
        case = kind.case(Random(f"0 {name} {n}"))
        monkeypatch.chdir(world.fresh())
        assert not (wrong := kind.complaint(case, world)), (kind.shown(case), wrong)


def test_the_same_seed_gives_the_same_inputs() -> None:
    for name, kind in KINDS.items():
        first, again = ([kind.case(Random(f"{seed} {name}")) for seed in range(50)] for _ in "ab")
        assert first == again
        assert len({repr(case) for case in first}) > 25


def test_what_breaks_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.fresh())
    odd = {
        "1 / 0": "a traceback",
        "sys.exit(3)": "status 3",
        "sys.stderr.write('Error: \\x1b[31m'); sys.exit(1)": "raw control characters on stderr",
        "print('\\x1b[31m')": "raw control characters on stdout",
        "sys.exit(1)": "status 1 without a message",
        "sys.stderr.write('x' * 99_999); sys.exit(0)": "99,999 characters",
    }
    for code, wrong in odd.items():
        before = f"import sys\n{code}"
        assert wrong in complaint_about(world.ganzoo("--version", before=before)), code
    assert not complaint_about(world.ganzoo("--version"))
    assert not complaint_about(world.ganzoo("nosuch"))


def test_inputs_get_smaller() -> None:
    words = ["list", "--json", "x" * 100]
    assert ["x" * 100] in fewer(words)
    assert ["list", "--json"] in fewer(words)
    assert ["list", "--json", "x" * 50] in fewer(words)
    assert all(len("".join(each)) < 110 for each in fewer(words))


@pytest.mark.slow
def test_two_minutes_of_all_kinds() -> None:
    command = [sys.executable, str(HERE), "--seed", "0", "--seconds", "120"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seed 0: " in done.stdout
