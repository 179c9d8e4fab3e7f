"""``ganzoo list``: everything that plugins provide."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from ganzoo.cli.console import add_row, command, known, make_table, out, print_json, say
from ganzoo.errors import EXTRAS, how_to_get
from ganzoo.prose.markup import readable
from ganzoo.registry.records import KINDS, Record
from ganzoo.registry.registry import CORE, Entry

PLURALS: dict[str, type[Record]] = {cls.plural: cls for cls in KINDS.values()}
if TYPE_CHECKING:
    Plural = str
else:
    Plural = Literal[tuple(PLURALS)]  # the choices of the command line


@command
def list_records(
    kind: Annotated[
        Plural | None, typer.Argument(help="List only this kind.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the models, losses, datasets and everything else that plugins provide."""
    zoo = known()
    wanted = [kind] if kind else list(PLURALS)
    if as_json:
        print_json([described(e) for name in wanted for e in _sorted(zoo.entries(PLURALS[name]))])
        return
    for name in wanted:
        entries = zoo.entries(PLURALS[name])
        if entries or kind:
            out.print(_table(name, _sorted(entries)))
    first_party = {module.replace("_", "-") for module in EXTRAS["zoo"]}
    if first_party.isdisjoint(plugin.distribution for plugin in zoo.plugins):
        say(f"ganzoo's own plugins provide more models, losses and datasets: {how_to_get('zoo')}")


def described(entry: Entry) -> dict[str, Any]:
    """A record and its distribution, as plain values."""
    record = entry.record
    paper = record.paper
    return {
        "kind": record.kind,
        "name": record.name,
        "summary": record.summary,
        "paper": {"title": paper.title, "year": paper.year, "link": paper.link} if paper else None,
        "distribution": entry.plugin.distribution,
        "version": entry.plugin.version,
    }


def _sorted(entries: list[Entry]) -> list[Entry]:
    """By distribution, the zoo's own first."""

    def place(entry: Entry) -> tuple[bool, str, str]:
        distribution = entry.plugin.distribution
        return distribution != CORE, distribution, entry.record.name

    return sorted(entries, key=place)


def _table(title: str, entries: list[Entry]) -> Table:
    table = make_table("name", "what it is", "paper", "from", title=title.capitalize())
    for distribution, group in groupby(entries, key=lambda e: e.plugin.distribution):
        for entry in group:
            record = entry.record
            add_row(table, record.name, readable(record.summary), _cited(record), distribution)
        table.add_section()
    return table


def _cited(record: Record) -> str:
    if record.paper is None:
        return ""
    where = f"arXiv:{record.paper.arxiv}" if record.paper.arxiv else ""
    return f"{record.paper.year} {where}".strip()
