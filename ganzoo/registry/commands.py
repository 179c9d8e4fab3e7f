"""Turns what a command's record names into a command that can be called."""

from __future__ import annotations

from typing import Any

from ganzoo.errors import GanzooError


def built(name: str, code: Any, cls: type[Any] | None = None) -> Any:
    """A command of Typer's from a function, or a group of commands from a `typer.Typer`.

    Args:
        name: The command's name.
        code: What the record's reference names.
        cls: The class of a command that is made from a function.

    Raises:
        GanzooError: ``code`` is something else.
    """
    import typer  # `ganzoo list` does not need it here

    zoo = typer.Typer()
    zoo.callback()(_several)
    if isinstance(code, typer.Typer):
        zoo.add_typer(code, name=name)
    elif callable(code) and not isinstance(code, type):
        zoo.command(name, cls=cls)(code)
    else:
        raise GanzooError(f"{code!r} is not a command; expected a function or a typer.Typer")
    return typer.main.get_group(zoo).commands[name]


def _several() -> None:
    """Makes Typer build a group even for one command."""
