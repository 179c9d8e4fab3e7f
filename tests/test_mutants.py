"""The changes that ``make mutants`` makes, and the list of those that make no difference."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from mutations import mutants_of

ROOT = Path(__file__).parent.parent
KNOWN: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests/mutants.toml").read_text())
SOURCE = '''"""A docstring."""
import math
SIZE: int = 3
def f(a, b, *, c=True):
    """Another."""
    if a < b and not c:
        raise ValueError("a" + "b")
    return math.hypot(a.real(), b) - 0.5
class C:
    def g(self, x):
        x.clear()
        self.n += len(x, key=1)
'''


def test_one_thing_changes_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "small.py"
    file.write_text(SOURCE)
    found = {mutant.text: mutant for mutant in mutants_of(file)}
    assert set(found) == {
        "file: SIZE: int = 3 -> SIZE: int = 4",
        "file: SIZE: int = 3 -> SIZE: int = 2",
        "file: True -> False",
        "f: a < b and (not c) -> a < b or not c",
        "f: a < b -> a <= b",
        "f: not c -> c",
        "f: math.hypot(a.real(), b) - 0.5 -> math.hypot(a.real(), b) + 0.5",
        "f: math.hypot(a.real(), b) - 0.5 -> math.hypot(a.real(), b) - 1.0",
        "f: math.hypot(a.real(), b) -> math.hypot(b, a.real())",
        "f: a.real() -> a",
        "C.g: x.clear() -> pass",
        "C.g: x.clear() -> x",
        "C.g: self.n += len(x, key=1) -> self.n -= len(x, key=1)",
        "C.g: len(x, key=1) -> len(x)",
        "C.g: key=1 -> key=2",
        "C.g: key=1 -> key=0",
    }
    space: dict[str, Any] = {}
    exec(found["f: math.hypot(a.real(), b) - 0.5 -> math.hypot(a.real(), b) + 0.5"].code, space)
    assert space["f"].__doc__ == "Another."
    assert (found["f: a < b -> a <= b"].line, found["C.g: x.clear() -> pass"].function) == (
        6,
        "C.g",
    )


@pytest.mark.parametrize("name", KNOWN)
def test_the_list_names_what_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
    assert all((ROOT / test).is_file() for test in KNOWN[name]["tests"])
    equivalent = KNOWN[name].get("equivalent", {})
    assert not equivalent.keys() - {mutant.text for mutant in mutants_of(ROOT / name)}
    assert all(len(reason) > 10 for reason in equivalent.values())
