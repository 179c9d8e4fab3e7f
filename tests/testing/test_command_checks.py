"""The checks of commands: a good one passes them, and each broken one fails one of them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Annotated, Any

import pytest
import typer

import ganzoo
from ganzoo.testing import Check, Failed, checks


def good(
    run: Annotated[str, typer.Argument(help="The run's folder.")],
    n: Annotated[int, typer.Option(help="A number.", min=1)] = 3,
    own: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Do something."""


app = typer.Typer(help="Several commands.", no_args_is_help=True)
app.command()(good)
unexplained = typer.Typer(help="Several commands.")


def no_type(word: int | str) -> None:
    """Do something."""


def no_help(run: Annotated[str, typer.Argument(help="The run's folder.")]) -> None:
    pass


@unexplained.command()
def no_option_help(n: int = 3) -> None:
    """Do something."""


number = 3
BROKEN = {
    "number": "names a function",
    "no_type": "names a function",
    "no_help": "explains every",
    "unexplained": "explains every",
}


def checks_of(name: str, module: str = __name__) -> list[Check]:
    """The checks of a plugin with this command."""
    record = ganzoo.Command(name="tried", summary="Try it.", factory=f"{module}:{name}")
    plugin: Any = types.ModuleType("tried_commands")
    plugin.ganzoo_commands = ganzoo.hookimpl(lambda: [record])
    return checks(plugin)


@pytest.mark.parametrize("name", ["good", "app"])
def test_a_good_one_passes(name: str) -> None:
    mine = [check for check in checks_of(name) if check.subject == "command tried"]
    assert len(mine) == 4
    for check in mine:
        check()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_one_fails_with_advice(name: str) -> None:
    (check,) = (c for c in checks_of(name) if BROKEN[name] in c.title)
    with pytest.raises(Failed, match=r"(?s).\nWhat to do: ."):
        check()


def test_a_module_without_a_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = types.ModuleType("without_lesson")
    module.good = good
    monkeypatch.setitem(sys.modules, "without_lesson", module)
    (check,) = (c for c in checks_of("good", "without_lesson") if "docstring" in c.title)
    with pytest.raises(Failed, match="without_lesson has no docstring"):
        check()


def test_a_help_that_cannot_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Callable[[], None]:
        raise ValueError("no help today")

    (check,) = (c for c in checks_of("good") if "--help" in c.title)
    monkeypatch.setattr("typer.core.TyperCommand.format_help", fails)
    with pytest.raises(Failed, match="ends with ValueError: no help today"):
        check()
