"""What all commands share: the consoles, the registry and error messages."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import rich.text
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganzoo.cli import leave
from ganzoo.cli.apart import apart
from ganzoo.cli.streams import CannotWrite
from ganzoo.cli.warned import counted
from ganzoo.errors import (
    GanzooError,
    NotInstalled,
    PluginFailed,
    UsageError,
    needs,
    out_of_memory,
)
from ganzoo.prose.commands import shell_command
from ganzoo.prose.visible import hanging, shortened, visible
from ganzoo.registry.boundary import headline, trace

if TYPE_CHECKING:
    from ganzoo.registry.registry import Registry

P = ParamSpec("P")
T = TypeVar("T")

TRACEBACK = "GANZOO_TRACEBACK"
"""If this environment variable is 1, errors show their traceback."""
WIDE = 10_000
"""Columns if the output is not a terminal. So each row of a table is one line."""


def _console(stream: Any, **options: Any) -> Console:
    width = None if stream.isatty() else WIDE
    return Console(width=width, markup=False, highlight=False, emoji=False, **options)


rich.text.strip_control_codes = visible  # type: ignore[assignment,attr-defined]
"""Every text that rich prints goes through this function, ours and typer's. Rich's own removes five
control characters and lets the others through. This one shows them all."""
out = _console(sys.stdout)
err = _console(sys.stderr, stderr=True)


SIMPLE = box.Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")
"""Rules under the head and between sections only."""


def make_table(*columns: str, title: str | None = None) -> Table:
    """A table that never wraps its first column."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE)
    for i, column in enumerate(columns):
        table.add_column(column, no_wrap=not i, overflow="fold")
    return table


def add_row(table: Table, *cells: object) -> None:
    """Add a row of plain text."""
    table.add_row(*(Text("" if cell is None else visible(str(cell), keep="")) for cell in cells))


def say(message: str, style: str = "") -> None:
    """Print a message, which is not data, to stderr. Values in it may have several lines."""
    err.print(hanging(message), style=style, soft_wrap=True)


def say_error(error: object) -> None:
    """Print why a command ends, without the middle of a value of 5,000 digits."""
    say(f"Error: {shortened(str(error))}", "red")


def redrawn() -> bool:
    """Whether stderr can be redrawn: it is a terminal, but not a notebook or a build server, which
    keep everything that is printed.
    """
    # with FORCE_COLOR, as in notebooks, rich believes that it writes to a terminal
    live = sys.stderr.isatty() and err.is_interactive
    return live and not os.environ.get("CI") and not in_notebook()


def in_notebook() -> bool:
    """Whether a notebook started this process (``!ganzoo ...``), in a terminal of its own.

    The kernels of Jupyter, Colab and VS Code set these environment variables.
    """
    marks = os.environ.get("TERM"), os.environ.get("GIT_PAGER")
    return marks == ("xterm-color", "cat") or "JPY_PARENT_PID" in os.environ


def colourful() -> bool:
    """Whether stderr can show pictures: it is a terminal with colours and block characters."""
    shows = err.is_terminal and not err.is_dumb_terminal and sys.stderr.isatty()
    return shows and err.color_system is not None and not (err.no_color or err.options.ascii_only)


def can_draw(what: str, then: str = "") -> bool:
    """Whether the extra ``pages`` is installed. If not, print how to install it, and ``then``."""
    try:
        needs("pages", what)
    except NotInstalled as error:
        say(f"{error}{then}", "yellow")
        return False
    return True


def print_json(data: Any) -> None:
    """Print data for a program. JSON has no NaN and no infinity, so they become null."""
    text = json.dumps(_finite(data), indent=2, default=str, allow_nan=False)
    sys.stdout.write(f"{text}\n")


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


def print_name(path: Path) -> None:
    """Print the name of what a command has written, as the only line on stdout.

    A program gets the exact name, and a terminal one without control characters.
    """
    name = visible(str(path), keep="") if sys.stdout.isatty() else str(path)
    try:
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
    except CannotWrite as error:
        if not error.closed:  # with `>&-`, nobody wants the name
            raise


def key_value(text: str) -> tuple[str, str]:
    """Key and value of ``--set KEY=VALUE``.

    Raises:
        UsageError: it is not of that form.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set {text}: expected KEY=VALUE, such as --set lr=0.0001")
    return key.strip(), value.strip()


def known() -> Registry:
    """The registry. Failed plugins and unknown plugin names are reported on stderr."""
    from ganzoo.registry.registry import registry

    with apart():
        zoo = registry()
    left_out(zoo)
    return zoo


def left_out(zoo: Registry) -> None:
    """Print why plugins are left out, and names of plugins that no plugin has."""
    from ganzoo.registry.discovery import unknown_names

    for plugin in zoo.failed:
        see = shell_command("plugins", "show", plugin.name)
        say(f"{plugin.complaint}; it is left out, see `{see}`", "yellow")
    for line in unknown_names(zoo.plugins):
        say(line, "yellow")


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """For imports that take seconds: Ctrl-C ends the process at once.

    An import might swallow a KeyboardInterrupt, and the command would continue.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # a background job ignores it
        return
    signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def command(function: Callable[P, T]) -> Callable[P, T]:
    """Make a command report errors as one message with the right exit status."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        if signal.getsignal(signal.SIGINT) is leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with counted(say):
                return function(*args, **kwargs)
        except GanzooError as error:
            _tell(error)
            wrong = isinstance(error, UsageError) or _too_long(error.__cause__)
            raise typer.Exit(2 if wrong else 1) from None
        except KeyboardInterrupt:
            say("Interrupted.", style="yellow")
            raise typer.Exit(130) from None
        except (typer.Exit, typer.Abort, typer.BadParameter, CannotWrite):
            raise
        except OSError as error:  # none that this command expects
            _show_trace(error)
            say_error(error)
            raise typer.Exit(2 if _too_long(error) else 1) from None
        except Exception as error:
            say_fault(error)
            raise typer.Exit(1) from None

    return guarded


def traced() -> bool:
    """Whether the user wants to see the traceback of an error."""
    return os.environ.get(TRACEBACK, "") not in ("", "0")


def whole_trace(error: BaseException) -> str:
    """The traceback of an error. That of a plugin's may come from another process."""
    return (error.trace if isinstance(error, PluginFailed) else trace(error)).rstrip()


def say_fault(error: Exception) -> None:
    """Print an error that is not the user's and not a plugin's."""
    if out_of_memory(error):
        say_error(
            "there is not enough memory. Use smaller networks, a smaller --batch-size "
            f"or --set accumulate=... ({headline(error)})"
        )
        return
    say(whole_trace(error), style="dim")
    say_error(f"ganzoo itself failed: {headline(error)}. Please report it with the lines above.")


def _tell(error: GanzooError) -> None:
    """Show an error in one line, and its traceback if the user wants it."""
    _show_trace(error)
    hint = ""
    if isinstance(error, PluginFailed) and not traced():
        hint = f" (traceback: {error.kept or 'ganzoo --traceback ...'})"
    say_error(f"{error}{hint}")


def _show_trace(error: Exception) -> None:
    if traced():
        say(whole_trace(error), style="dim")


def _too_long(error: BaseException | None) -> bool:
    """Whether a name in the request is longer than the file system allows."""
    return isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG
