"""``ganzoo plugins``: the installed plugins, and why one failed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ganzoo.cli.check import check
from ganzoo.cli.console import add_row, command, known, make_table, out, print_json
from ganzoo.cli.new import new
from ganzoo.cli.options import Command, Group
from ganzoo.errors import UsageError, suggest
from ganzoo.prose.markup import readable
from ganzoo.registry.boundary import headline, trace
from ganzoo.registry.registry import Plugin, found

plugins = typer.Typer(cls=Group, help="List, show, create and check plugins.", no_args_is_help=True)


@plugins.callback(invoke_without_command=False)
def _group() -> None:
    pass


plugins.command("new", cls=Command)(new)
plugins.command("check", cls=Command)(check)


@plugins.command("list", cls=Command)
@command
def list_plugins(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the plugins, including those that failed."""
    zoo = found()
    if as_json:
        print_json([_described(p) for p in zoo.plugins])
    else:
        table = make_table("plugin", "distribution", "version", "provides", "status")
        for plugin in zoo.plugins:
            gives = ", ".join(r.name for r in plugin.records)
            cells = plugin.name, plugin.distribution, plugin.version, gives, plugin.status
            add_row(table, *cells)
        out.print(table)
    known()


@plugins.command("show", cls=Command)
@command
def show(
    name: Annotated[
        str, typer.Argument(help="The name of the plugin or of its distribution.", metavar="NAME")
    ],
) -> None:
    """Show what a plugin provides, or the full traceback of its failure."""
    there = found().plugins
    meant = [p for p in there if name in (p.name, p.distribution)]
    if not meant:
        names = {n for p in there for n in (p.name, p.distribution)}
        raise UsageError(f"no plugin {name!r}{suggest(name, names)}")
    for plugin in meant:
        _say(f"{plugin.name} ({plugin.source}): {plugin.status}")
        for record in plugin.records:
            _say(f"  {record.kind} {record.name}: {readable(record.summary)}")
            _say(f"    {record.factory}")
            if paper := record.paper:
                _say(f"    {paper.title} ({paper.year}) {paper.link}".rstrip())
        if plugin.failure:
            _say(trace(plugin.failure.error))


def _say(line: str) -> None:
    out.print(line, soft_wrap=True)


def _described(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "gives": [{"kind": r.kind, "name": r.name} for r in plugin.records],
        "status": plugin.status,
        "error": headline(plugin.failure.error) if plugin.failure else None,
    }
