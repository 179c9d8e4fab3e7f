"""Mutation testing: changes one thing at a time in a file, and runs the tests that reach it.

``make mutants`` tries the files of ``mutants.toml``, and ``python tests/mutants.py FILE...`` only
those. A mutant for which no test fails has *survived*. Then a test is missing, or the mutant does
the same as the original. ``mutants.toml`` names mutants of the second kind with the reason.

All tests are imported and collected once. A first process runs them and notes which lines of the
file each reaches. Then each mutant has a forked process of its own, which changes the code in
memory, runs the tests that reach its line, the fastest first, and ends at the first failure. Tests
that start a fresh process do not see the mutant in it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from mutations import Mutant, mutants_of

HERE = Path(__file__).parent
ROOT = HERE.parent
KNOWN: dict[str, dict[str, Any]] = tomllib.loads((HERE / "mutants.toml").read_text())
OPTIONS = ("-qq", "-s", "--no-header", "--no-summary", "-m", "not slow", "-p", "no:cacheprovider")
KILLED, SURVIVED, ENDED = "killed", "survived", "killed by a signal or the time limit"
BROKEN = 99
"""Status of a process in which this file fails, and not a test."""


class Hunt:
    """A pytest plugin that tries all mutants of a file in place of running the tests once."""

    def __init__(self, name: str) -> None:
        self.file = ROOT / name
        self.known: dict[str, str] = KNOWN[name].get("equivalent", {})
        self.mutants = mutants_of(self.file)
        self.functions: dict[str, list[FunctionType]] = {}
        self.survivors: list[str] = []
        self.name = name

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.functions = functions_of(self.file)
        gc.collect()
        gc.freeze()  # a child that collects would copy all memory
        notes = Path(str(session.config.option.basetemp) + ".json")
        code, _ = forked(lambda: self.reach(session.items, notes), 900)
        if code:
            pytest.exit(f"the tests of {self.name} fail without a mutant", 1)
        reached = json.loads(notes.read_text())
        if forked(lambda: self.attempt(None, session.items), 900)[0]:
            pytest.exit(f"the tests of {self.name} fail when they run again", 1)
        for mutant in self.mutants:
            tests = [i for i in session.items if self.reaches(mutant, reached[i.nodeid]["lines"])]
            tests.sort(key=lambda item: reached[item.nodeid]["seconds"])
            limit = 5 + 10 * sum(reached[item.nodeid]["seconds"] for item in tests)
            code, took = forked(lambda m=mutant, t=tests: self.attempt(m, t), limit)
            if code == BROKEN:
                pytest.exit(f"{mutant.text}: it could not be tried", 1)
            fate = SURVIVED if code == 0 else KILLED if code > 0 else ENDED
            self.tell(mutant, fate, len(tests), took)
        for text in self.known.keys() - {mutant.text for mutant in self.mutants}:
            self.complain(f"mutants.toml names a mutant that does not exist: {text}")
        tried, known, left = len(self.mutants), len(self.known), len(self.survivors)
        print(f"{self.name}: {tried - known - left} of {tried} mutants killed", end=", ")
        print(f"{known} are equivalent, {left} to do", flush=True)
        return True

    @staticmethod
    def reaches(mutant: Mutant, lines: list[int]) -> bool:
        """Whether a test may notice. Any may notice what is done when the file is imported."""
        return not mutant.function or not {*range(mutant.first, mutant.last + 1)}.isdisjoint(lines)

    def tell(self, mutant: Mutant, fate: str, tests: int, took: float) -> None:
        is_known = mutant.text in self.known
        if fate == SURVIVED and not is_known:
            self.survivors.append(mutant.text)
            print(f"{self.name}:{mutant.line}: SURVIVED {tests} tests: {mutant.text}", flush=True)
        elif fate != SURVIVED and is_known:
            self.complain(f"mutants.toml calls it equivalent, but a test fails: {mutant.text}")
        elif os.environ.get("VERBOSE"):
            print(f"{self.name}:{mutant.line}: {fate} in {took:.1f} s: {mutant.text}", flush=True)

    def complain(self, what: str) -> None:
        self.survivors.append(what)
        print(f"{self.name}: {what}", flush=True)

    def reach(self, items: list[pytest.Item], notes: Path) -> int:
        """Run all tests and note the time of each, and the lines of the file that it reaches."""
        file, found = str(self.file), {}
        for item, coming in zip(items, [*items[1:], None], strict=True):
            lines: set[int] = set()

            def local(frame: Any, event: str, _: Any, lines: set[int] = lines) -> Any:
                lines.add(frame.f_lineno)
                return local

            def traced(frame: Any, event: str, _: Any, local: Any = local) -> Any:
                return local(frame, event, _) if frame.f_code.co_filename == file else None

            begun = time.perf_counter()
            sys.settrace(traced)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=coming)
            sys.settrace(None)
            found[item.nodeid] = {"seconds": time.perf_counter() - begun, "lines": sorted(lines)}
            if item.session.testsfailed:
                print(f"{item.nodeid} fails", file=sys.__stderr__)
                return 1
        notes.write_text(json.dumps(found))
        return 0

    def attempt(self, mutant: Mutant | None, tests: list[pytest.Item]) -> int:
        """Run tests on a mutant or on the original, and return whether one fails."""
        if not tests:
            return 0
        if mutant and not (mutant.function and exchanged(mutant, self.functions)):
            return imported_anew(mutant, str(self.file), [item.nodeid for item in tests])
        for item, coming in zip(tests, [*tests[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=coming)
            if item.session.testsfailed:
                return 1
        return 0


def functions_of(file: Path) -> dict[str, list[FunctionType]]:
    """The functions of a file in memory, by qualified name."""
    found: dict[str, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename == str(file):
            found.setdefault(each.__code__.co_qualname, []).append(each)
    return found


def exchanged(mutant: Mutant, functions: dict[str, list[FunctionType]]) -> bool:
    """Give the function in memory the code of the mutant."""
    new = [code for code in inside(mutant.code) if code.co_qualname == mutant.function]
    old = functions.get(mutant.function, [])
    if not len(new) == len(old) == 1 or new[0].co_freevars != old[0].__code__.co_freevars:
        return False
    old[0].__code__ = new[0]
    return True


def inside(code: CodeType) -> Iterator[CodeType]:
    """All code in a code object."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from inside(each)


def imported_anew(mutant: Mutant, file: str, tests: list[str]) -> int:
    """Run tests after importing everything of ganzoo once more, with the mutant."""
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> Any:
        if self.path == file:
            return mutant.code
        return original(self, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(ROOT)) and name != "__main__":
            del sys.modules[name]
    with tempfile.TemporaryDirectory() as folder:
        return int(pytest.main([*OPTIONS, "-x", "--basetemp", f"{folder}/tests", *tests]))


def forked(call: Callable[[], int], limit: float, quiet: bool = True) -> tuple[int, float]:
    """The status of a call in a forked process, negative after ``limit`` seconds, and its time."""
    begun = time.perf_counter()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, limit)
            if quiet:
                for stream in (1, 2):
                    os.dup2(
                        os.open(
                            os.environ.get("DEBUG", os.devnull),
                            os.O_WRONLY | os.O_APPEND | os.O_CREAT,
                        ),
                        stream,
                    )
            status = call()
        except BaseException:
            traceback.print_exc()
            status = BROKEN
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), time.perf_counter() - begun


def main() -> int:
    """Try all mutants of the files that were named, or of all in ``mutants.toml``."""
    names = sys.argv[1:] or list(KNOWN)
    if unknown := [name for name in names if name not in KNOWN]:
        print(f"mutants.toml does not say which tests are the closest to {', '.join(unknown)}")
        return 2
    importlib.import_module("torch")  # once for all
    # each file has a process of its own, because pytest imports its tests only once
    return max([forked(lambda name=name: hunt(name), 3600, quiet=False)[0] for name in names])


def hunt(name: str) -> int:
    """Try all mutants of a file, and return whether something is to do."""
    plugin = Hunt(name)
    tests = [str(ROOT / test) for test in KNOWN[name]["tests"]]
    with tempfile.TemporaryDirectory() as folder:
        status = pytest.main([*OPTIONS, "--basetemp", f"{folder}/tests", *tests], plugins=[plugin])
    sys.stdout.flush()
    return int(bool(status or plugin.survivors))


if __name__ == "__main__":
    sys.exit(main())
