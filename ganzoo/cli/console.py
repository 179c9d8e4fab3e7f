"""What every command shares: where it prints, the registry, and how a mistake is told."""

from __future__ import annotations

import functools
import json
import signal
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganzoo.cli import leave
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry import Registry, registry

P = ParamSpec("P")
T = TypeVar("T")

WIDE = 200
"""Columns where the output is not a terminal, so that tables keep one row a line."""


def _console(stream: Any, **options: Any) -> Console:
    return Console(width=None if stream.isatty() else WIDE, highlight=False, emoji=False, **options)


out = _console(sys.stdout)
err = _console(sys.stderr, stderr=True)


def make_table(*columns: str, title: str | None = None) -> Table:
    """A table whose first column is never broken."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for i, column in enumerate(columns):
        table.add_column(column, no_wrap=not i, overflow="fold")
    return table


def add_row(table: Table, *cells: object) -> None:
    """Add a row as it is: brackets in a plugin's text are no markup."""
    table.add_row(*(Text("" if cell is None else str(cell)) for cell in cells))


def say(message: str, style: str = "") -> None:
    """Tell the person something that is not data."""
    err.print(message, style=style, markup=False, soft_wrap=True)


def print_json(data: Any) -> None:
    """Print data for a program."""
    sys.stdout.write(json.dumps(data, indent=2, default=str) + "\n")


def known() -> Registry:
    """The registry; plugins that failed are named on stderr."""
    found = registry()
    for plugin in found.failed:
        assert plugin.failure is not None
        say(
            f"plugin {plugin.name} ({plugin.distribution} {plugin.version}) is left out, it failed "
            f"at {plugin.failure.phase}: {plugin.failure.headline}; "
            f"see `ganzoo plugins show {plugin.name}`",
            style="yellow",
        )
    return found


def command(function: Callable[P, T]) -> Callable[P, T]:
    """A command whose mistakes become one message and the right exit status."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        if signal.getsignal(signal.SIGINT) is leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return function(*args, **kwargs)
        except GanzooError as error:
            say(f"Error: {error}", style="red")
            raise typer.Exit(2 if isinstance(error, UsageError) else 1) from None
        except (MemoryError, RuntimeError) as error:
            if not _too_large(error):
                raise
            say(
                "Error: there is not enough memory for this. Smaller networks, a smaller "
                f"--batch-size or --set accumulate=... take less ({error})",
                style="red",
            )
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            say("Interrupted.", style="yellow")
            raise typer.Exit(130) from None
        except BrokenPipeError:  # `ganzoo list | head`
            sys.stderr.close()
            raise typer.Exit(0) from None

    return guarded


def _too_large(error: Exception) -> bool:
    words = ("allocate memory", "out of memory", "Storage size calculation overflowed")
    return isinstance(error, MemoryError) or any(word in str(error) for word in words)
