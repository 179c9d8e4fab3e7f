"""The root command: options that stand before a command, ganzoo's commands and those of plugins."""

from __future__ import annotations

import os
from typing import Any

import typer

from ganzoo.cli.apart import apart
from ganzoo.cli.console import TRACEBACK, command
from ganzoo.cli.options import Group, check_values, is_text, short_messages

APPLIED, PLUGGED = "ganzoo.applied", "ganzoo.plugged"
"""Keys in ``ctx.meta`` of what has been done once."""


class Root(Group):
    """The root command, which has all others in it."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Parse the options of the root, and all arguments as text."""
        with short_messages():
            return super().make_context(*args, **more)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, but refuse arguments that are not UTF-8, and check the values."""
        if wrong := [word for word in args if not is_text(word)]:
            raise typer.BadParameter(f"the argument {wrong[0]} is not UTF-8", ctx=ctx)
        rest = super().parse_args(ctx, args)
        check_values(self.params, ctx)
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        with short_messages():
            return super().invoke(ctx)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help, which comes after --plugin, because it shows a plugin's commands."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.is_eager = False
        return option

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, those of plugins last."""
        self._add_plugged(ctx)
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command. Plugins are loaded only if ganzoo has none of this name."""
        if cmd_name not in self.commands:
            self._add_plugged(ctx)
        if (found := super().get_command(ctx, cmd_name)) is not None:
            return found
        from ganzoo.cli.plugged import named

        return named(ctx, cmd_name)

    def _add_plugged(self, ctx: Any) -> None:
        if ctx.meta.setdefault(PLUGGED, False):
            return
        ctx.meta[PLUGGED] = True
        from ganzoo.cli.plugged import plugged  # most commands do not need it

        try:
            apply(ctx)
        except typer.Exit:
            if not ctx.resilient_parsing:  # a shell waits for words
                raise
        self.commands = {**self.commands, **plugged()}


@command
def apply(ctx: Any) -> None:
    """Apply the options that stand before a command, once."""
    from ganzoo.registry.registry import register

    if ctx.meta.setdefault(APPLIED, False):
        return
    ctx.meta[APPLIED] = True
    if ctx.params.get("no_plugins"):
        os.environ["GANZOO_PLUGINS"] = ""
    if ctx.params.get("traceback"):
        os.environ[TRACEBACK] = "1"  # so that the runs of a sweep show it, too
    for file in ctx.params.get("plugin") or []:
        with apart():
            register(file)
