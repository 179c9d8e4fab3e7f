"""Commands from plugins. Their code is loaded only when they are called."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

import typer
from typer.core import TyperCommand

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, left_out, loading, say_error
from ganzoo.cli.options import Command
from ganzoo.cli.streams import CannotWrite
from ganzoo.registry import records
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.commands import built
from ganzoo.registry.registry import Entry, found

HEADING = "Commands from plugins"
"""Their heading in ``ganzoo --help``."""


def plugged() -> dict[str, Plugged]:
    """The commands of all plugins by name. Two of one name have their distributions' names, too."""
    with apart():
        zoo = found()
    left_out(zoo)
    entries = zoo.entries(records.Command)
    times = Counter(entry.record.name for entry in entries)
    commands = {e.qualified if times[e.record.name] > 1 else e.record.name: e for e in entries}
    return {name: Plugged(name, entry) for name, entry in commands.items()}


def named(ctx: Any, name: str) -> Plugged | None:
    """The command that ``DISTRIBUTION/NAME`` or a unique name selects."""
    entries = found().named(name, records.Command)
    if len(entries) > 1:
        names = " or ".join(entry.qualified for entry in entries)
        ctx.fail(f"several plugins provide command {name!r}; write {names}")
    return Plugged(name, entries[0]) if entries else None


class Plugged(TyperCommand):
    """A plugin's command before it is loaded. Its help line is the summary of its record."""

    def __init__(self, name: str, entry: Entry) -> None:
        summary = complete.shown(entry.record.summary)
        super().__init__(name, help=summary, rich_help_panel=HEADING)
        self.entry = entry

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **more: Any
    ) -> Any:
        """Parse nothing. The loaded command does that when it is invoked, or completed."""
        if parent is not None and parent.resilient_parsing:
            with contextlib.suppress(Exception), apart():  # a shell waits for words
                loaded = built(self.entry.record.name, self.entry.resolve(), Command)
                return loaded.make_context(info_name, args, parent, **more)
            args = []
        context = self.context_class(self, info_name=info_name, parent=parent)
        context.args = list(args)
        return context

    def invoke(self, ctx: Any) -> Any:
        """Load the command, and call it. stdout is its own.

        Raises:
            typer.Exit: It failed, and a message says why.
            Exception: It ended as commands of Typer do, such as by `typer.Exit`.
        """
        end = command(self._called)(ctx)
        if isinstance(end, SystemExit) and isinstance(end.code, str):
            say_error(end.code)
            raise typer.Exit(1)
        if end is not None:
            raise end

    def _called(self, ctx: Any) -> BaseException | None:
        """How the command ended, if that is not an error of its code."""
        with loading(), apart():
            code = self.entry.resolve()

        def call() -> BaseException | None:
            try:
                loaded = built(self.entry.record.name, code, Command)
                with loaded.make_context(ctx.info_name, ctx.args, parent=ctx.parent) as own:
                    loaded.invoke(own)
            except BaseException as error:
                if _ends(error):
                    return error
                raise
            return None

        return Boundary(self.entry).last(call)


def _ends(error: BaseException) -> bool:
    """Whether a command ended as it meant to: with a status, or with a message about its words."""
    own = isinstance(error, (SystemExit, CannotWrite, typer.Exit, typer.Abort))
    return own or hasattr(type(error), "format_message")  # of click, which Typer may include
