"""``ganzoo plugins``: which plugins there are, and why one is not."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ganzoo.cli.console import add_row, command, known, make_table, out, print_json
from ganzoo.errors import UsageError
from ganzoo.registry import Plugin, registry

plugins = typer.Typer(help="Plugins: what is installed, and why one is left out.")


@plugins.callback(invoke_without_command=False)
def _group() -> None:
    pass


@plugins.command("list")
@command
def list_plugins(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show the plugins, the failed ones too."""
    zoo = registry() if as_json else known()
    if as_json:
        print_json([_described(p) for p in zoo.plugins])
        return
    table = make_table("plugin", "distribution", "version", "gives", "status")
    for plugin in zoo.plugins:
        gives = ", ".join(r.name for r in plugin.records)
        add_row(table, plugin.name, plugin.distribution, plugin.version, gives, _status(plugin))
    out.print(table)


@plugins.command("show")
@command
def show(name: Annotated[str, typer.Argument(help="The plugin's name.")]) -> None:
    """Show what a plugin gives, or the whole trace of its failure."""
    found = [p for p in registry().plugins if name in (p.name, p.distribution)]
    if not found:
        there = ", ".join(p.name for p in registry().plugins)
        raise UsageError(f"no plugin {name!r}; there is {there}")
    for plugin in found:
        title = f"{plugin.name} ({plugin.distribution} {plugin.version}): {_status(plugin)}"
        out.print(title, markup=False, soft_wrap=True)
        for record in plugin.records:
            line = f"  {record.kind} {record.name}: {record.summary}"
            out.print(line, markup=False, soft_wrap=True)
        if plugin.failure:
            out.print(plugin.failure.trace, markup=False, soft_wrap=True)


def _status(plugin: Plugin) -> str:
    return f"failed at {plugin.failure.phase}" if plugin.failure else "ok"


def _described(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "gives": [{"kind": r.kind, "name": r.name} for r in plugin.records],
        "status": _status(plugin),
        "error": plugin.failure.headline if plugin.failure else None,
    }
