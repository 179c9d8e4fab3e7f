"""Shell completion: what Tab offers."""

from __future__ import annotations

from collections.abc import Callable

import typer
from rich.markup import escape

from ganzoo.prose.markup import readable
from ganzoo.prose.visible import visible
from ganzoo.registry.records import Model, Record
from ganzoo.registry.registry import found


def names(kind: type[Record]) -> Callable[[str], list[tuple[str, str]]]:
    """Completes names of a kind, each shown with its summary."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        records = [e.record for e in found().entries(kind)]
        return [(r.name, shown(r.summary)) for r in records if r.name.startswith(incomplete)]

    return complete


any_name = names(Record)


def presets(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Completes presets of the typed model, each shown with its summary."""
    entries = found().named(str(context.params.get("model")), Model)
    given = [p for e in entries if isinstance(e.record, Model) for p in e.record.presets]
    return [(p.name, shown(p.summary)) for p in given if p.name.startswith(incomplete)]


def shown(summary: str) -> str:
    """A summary for a shell to show. Typer reads markup in it and removes it."""
    return escape(visible(readable(summary)))


def checkable(incomplete: str) -> list[tuple[str, str]]:
    """Completes what can be checked: distributions, plugins and records."""
    there = dict(any_name(incomplete))
    for plugin in found().plugins:
        for name in (plugin.distribution, plugin.name):
            if name.startswith(incomplete):
                there[name] = f"all of {plugin.source}"
    return list(there.items())


def runs(incomplete: str) -> list[str]:
    """Completes runs under ``runs/``."""
    from ganzoo.runs.finding import all_runs

    return [str(r.path) for r in all_runs() if str(r.path).startswith(incomplete)]
