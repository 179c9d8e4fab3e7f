"""The boundary around code of plugins: what it turns errors into, and what it puts back."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import odd_plugin
import pytest
import torch
import typer
from conftest import process_state

import ganzoo
from ganzoo.errors import PluginFailed, WrongPart
from ganzoo.registry.boundary import LONGEST, Boundary, headline, trace
from ganzoo.registry.discovery import from_file
from ganzoo.registry.isolation import CORE, Plugin
from ganzoo.registry.records import Loss, Model
from ganzoo.registry.registry import Entry, Registry, found
from ganzoo.registry.surroundings import _parts, put_back

HERE = Path(__file__).name


class Silent(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


class Leaves(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)


class Number(Exception):
    def __str__(self) -> str:
        return 3  # type: ignore[return-value]


class SilentZoo(ganzoo.GanzooError):
    def __str__(self) -> str:
        raise ZeroDivisionError


class Own(BaseException):
    pass


FAILING = "<exception str() failed>"
ERRORS: list[tuple[BaseException, str]] = [
    (ValueError("broken inside"), "ValueError: broken inside"),
    (ValueError(), "ValueError"),
    (ValueError("one\n  two\n"), "ValueError: one two"),
    (KeyError("x"), "KeyError: 'x'"),
    (SystemExit(0), "SystemExit: 0"),
    (SystemExit("leaving"), "SystemExit: leaving"),
    (SystemExit(), "SystemExit"),
    (BrokenPipeError(32, "pipe"), "BrokenPipeError: [Errno 32] pipe"),
    (typer.Exit(0), "Exit: 0"),
    (typer.BadParameter("no"), "BadParameter: no"),
    (StopIteration(), "StopIteration"),
    (GeneratorExit(), "GeneratorExit"),
    (AssertionError(), "AssertionError"),
    (RecursionError("deep"), "RecursionError: deep"),
    (ExceptionGroup("two", [ValueError(), OSError()]), "ExceptionGroup: two (2 sub-exceptions)"),
    (Own("mine"), "Own: mine"),
    (Silent(), f"Silent: {FAILING}"),
    (Leaves(), f"Leaves: {FAILING}"),
    (Number(), f"Number: {FAILING}"),
    (SilentZoo(), f"SilentZoo: {FAILING}"),
]


def entry(plugin: Plugin | None = None, module: str = __name__, name: str = "odd-loss") -> Entry:
    record = Loss(name=name, summary="Odd.", factory=f"{module}:X")
    return Entry(record, plugin or Plugin("odd", Path(HERE)))


def throw(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(("error", "line"), ERRORS, ids=lambda value: type(value).__name__)
def test_whatever_is_raised_becomes_one_line(error: BaseException, line: str) -> None:
    with pytest.raises(PluginFailed) as raised:
        Boundary(entry())(throw, error)
    number = throw.__code__.co_firstlineno + 1
    assert str(raised.value) == f"loss odd-loss ({HERE}:{number}) failed: {line}"
    assert raised.value.__cause__ is error
    assert "Traceback (most recent call last):\n" in raised.value.trace
    assert f'{HERE}", line {number}, in throw' in raised.value.trace


@pytest.mark.parametrize("text", ["x" * 3_000_000, "x y\n" * 700_000, "\0" * 3_000_000])
def test_a_long_text_is_cut(text: str) -> None:
    line = headline(ValueError(text))
    assert len(line) < LONGEST + 50
    assert line.endswith(f" ... ({len(text):,} characters)")
    assert text in trace(ValueError(text))


def test_ganzoos_own_errors_and_ctrl_c_pass() -> None:
    passing: list[BaseException] = [
        ganzoo.BrokenFile("no"), ganzoo.DoesNotFit("no"), ganzoo.UsageError("no"),
        ganzoo.Diverged("no"), ganzoo.DataUnavailable("no"), KeyboardInterrupt(), MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ]  # fmt: skip
    for error in passing:
        with pytest.raises(type(error)) as raised:
            Boundary(entry())(throw, error)
        assert raised.value is error


def test_an_error_without_a_meaning_of_its_own_gets_the_record() -> None:
    error, inner = ganzoo.GanzooError("no"), Boundary(entry())
    outer = Boundary(Entry(Model(name="m", summary="M.", factory="m:M"), entry().plugin))
    for call in (inner, inner.checking, lambda *args: outer(inner, *args)):
        with pytest.raises(WrongPart, match=rf"^loss odd-loss \({HERE}\): no$") as raised:
            call(throw, error)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    with pytest.raises(ZeroDivisionError):
        inner.checking(throw, ZeroDivisionError())


def test_a_result_and_arguments_pass() -> None:
    assert Boundary(entry())(divmod, 7, 2) == (3, 1)
    assert Boundary(entry()).once(int, "11", base=2) == 3


def test_a_wrong_call_is_the_plugins() -> None:
    with pytest.raises(PluginFailed, match=rf"^loss odd-loss \({HERE}\) failed: TypeError: "):
        Boundary(entry())(throw)  # type: ignore[call-arg]


def test_the_place_is_the_deepest_line_of_the_plugin(tmp_path: Path) -> None:
    """torch's code below it, and ganzoo's above, are not where an author looks."""
    own = tmp_path / "own_package"
    (own / "inner").mkdir(parents=True)
    (own / "__init__.py").write_text("def outer(x):\n    from own_package.inner import f\n    f(x)")
    (own / "inner" / "__init__.py").write_text("import torch\n\ndef f(x):\n    torch.cat(x)")
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.syspath_prepend(tmp_path)
        import own_package  # type: ignore[import-not-found]

        guard = Boundary(entry(Plugin("p", "ganzoo-own"), "own_package.loss"))
        with pytest.raises(PluginFailed) as raised:
            guard(own_package.outer, 3)
    told = "loss odd-loss (ganzoo-own, own_package/inner/__init__.py:4) failed: TypeError: cat"
    assert str(raised.value).startswith(told)


def test_an_error_belongs_to_the_record_in_whose_code_it_arose() -> None:
    model = Entry(
        Model(name="odd-model", summary="Odd.", factory="odd_plugin:OddModel"),
        Plugin("o", Path("odd_plugin.py")),
    )
    guard = Boundary(entry(), model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODD_AT", "forward")
        patch.setenv("ODD_DO", "1 / 0")
        with pytest.raises(PluginFailed, match=r"^model odd-model \(odd_plugin\.py:\d+\) failed"):
            guard(lambda: odd_plugin.OddLayer()(torch.zeros(1)))
    with pytest.raises(PluginFailed, match=r"^loss odd-loss"):
        guard(throw, ValueError())


def test_a_package_whose_name_begins_like_another_is_another() -> None:
    space: dict[str, Any] = {"__name__": "own_more.model"}
    exec(compile("def fail():\n    1 / 0", "/x/own_more/model.py", "exec"), space)
    more = entry(Plugin("q", "ganzoo-more"), "own_more.model", "more")
    guard = Boundary(entry(Plugin("p", "ganzoo-own"), "own.loss", "own"), more)
    with pytest.raises(PluginFailed, match=r"^loss more \(ganzoo-more, own_more/model\.py:2\)"):
        guard(space["fail"])


def test_a_built_in_record_is_named_like_any_other() -> None:
    (bce,) = [e for e in found().named("bce", Loss) if e.plugin.origin == CORE]
    loss: Any = bce.resolve()()
    place = r"ganzoo-core 0\.1\.0, ganzoo/builtin/bce\.py:\d+"
    with pytest.raises(PluginFailed, match=rf"^loss bce \({place}\) failed: TypeError"):
        Boundary(bce)(loss.discriminator, "real", "fake")
    space: dict[str, Any] = {"__name__": "ganzoo.engine.player"}  # not a place of a built-in record
    exec(compile("def fail():\n    1 / 0", "/x/ganzoo/engine/player.py", "exec"), space)
    with pytest.raises(PluginFailed, match=r"^loss bce \(ganzoo-core 0\.1\.0\) failed: ZeroDiv"):
        Boundary(bce)(space["fail"])


# The surroundings


CHANGES = {
    "torch's default dtype": "torch.set_default_dtype(torch.float64)",
    "torch's default device": "torch.set_default_device('meta')",
    "torch's gradient mode": "torch.set_grad_enabled(False)",
    "torch's deterministic algorithms": "torch.use_deterministic_algorithms(True)",
    "torch's autocast on cpu": "torch.set_autocast_enabled('cpu', True)",
    "torch's number of threads": "torch.set_num_threads(torch.get_num_threads() + 1)",
    "the working directory": "os.chdir('/')",
}


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_what_a_plugin_changes_is_put_back_and_told_once(
    what: str, fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    before, guard = process_state(), Boundary(entry())

    def change() -> None:
        exec(CHANGES[what], {"torch": torch, "os": os})
        assert process_state() != before
        if fails:
            raise ValueError

    for _ in range(3):
        with contextlib.suppress(PluginFailed), caplog.at_level(logging.WARNING, "ganzoo"):
            guard(change)
        assert process_state() == before
    assert not torch.overrides._get_current_function_mode_stack(), "every call would be slower"
    told = f"loss odd-loss ({HERE}) changed {what}. ganzoo has put it back."
    assert caplog.messages == [told]


def test_an_inference_mode_that_a_plugin_does_not_leave() -> None:
    entered = []

    def enter() -> None:
        entered.append(torch.inference_mode())
        entered[-1].__enter__()

    for context in (contextlib.nullcontext(), torch.no_grad()):
        with context:
            before = process_state()
            Boundary(entry())(enter)
            assert process_state() == before
    assert (torch.ones(1, requires_grad=True) * 2).requires_grad


def test_a_callers_own_surroundings_stay() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), torch.device("meta"):
            before = process_state()
            Boundary(entry())(torch.set_default_dtype, torch.float32)
            assert process_state() == before
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_working_directory_that_is_gone_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert Boundary(entry())(int, "3") == 3
    os.chdir(tmp_path)


def test_a_working_directory_that_a_plugin_removes_harms_nothing(tmp_path: Path) -> None:
    def remove() -> int:
        os.chdir(tmp_path)
        (tmp_path / "gone").rmdir()
        return 3

    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    assert Boundary(entry())(remove) == 3
    assert Path.cwd() == tmp_path


def test_torch_s_settings_are_its_own_if_a_plugin_has_loaded_it() -> None:
    before = process_state()
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    _parts.cache_clear()  # as in a process in which nobody has asked for them before
    changed = put_back((os.getcwd(),))  # all that is known without torch
    assert changed == ["torch's default dtype", "torch's gradient mode"]
    assert process_state() == before


@pytest.mark.parametrize("fails", [False, True])
def test_preparing_leaves_the_random_states(fails: bool, caplog: pytest.LogCaptureFixture) -> None:
    def seed() -> None:
        torch.manual_seed(0)
        np.random.seed(0)
        random.seed(0)
        if fails:
            raise ValueError

    before = torch.get_rng_state(), str(np.random.get_state()), random.getstate()
    with contextlib.suppress(PluginFailed):
        Boundary(entry()).once(seed)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (str(np.random.get_state()), random.getstate()) == before[1:]
    assert not caplog.messages


@pytest.fixture
def meddling(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "meddling.py"
    hook = "import ganzoo\n@ganzoo.hookimpl\ndef ganzoo_losses():\n    "
    yielded = 'yield ganzoo.Loss(name="late", summary="Own.", factory="late_meddling:Late")\n'
    file.write_text(f"import torch, os\n{{}}\n{hook}{{}}\n    {yielded}")
    (tmp_path / "late_meddling.py").write_text("import torch, os\n{}\nclass Late: pass\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        yield file


@pytest.mark.parametrize("what", CHANGES)
def test_importing_and_querying_a_plugin_changes_nothing(what: str, meddling: Path) -> None:
    import sys

    before = process_state()
    late = meddling.with_name("late_meddling.py")
    late.write_text(late.read_text().format(CHANGES[what]))
    meddling.write_text(meddling.read_text().format(CHANGES[what], CHANGES[what]))
    plugin = from_file(meddling)
    assert plugin.failure is None
    assert process_state() == before
    Registry([plugin]).find(Loss, "late").resolve()
    assert process_state() == before
    for name in ("meddling", "late_meddling"):
        del sys.modules[name]


# Other processes


class Stays(Exception):
    """Cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("here")
        self.of = lambda: None


@pytest.mark.parametrize(("error", "cause"), [(ValueError("x"), ValueError), (Stays(), type(None))])
def test_an_error_can_come_from_another_process(error: Exception, cause: type) -> None:
    with pytest.raises(PluginFailed) as raised:
        Boundary(entry())(throw, error)
    there = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(there, PluginFailed)
    assert (str(there), there.trace) == (str(raised.value), raised.value.trace)
    assert type(there.__cause__) is cause


def test_a_boundary_can_go_to_another_process() -> None:
    guard = pickle.loads(pickle.dumps(Boundary(entry())))
    with pytest.raises(PluginFailed, match="loss odd-loss"):
        guard(throw, ValueError())
