"""``ganzoo info``: one thing in full, with everything that can be set."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import add_row, command, known, make_table, out, print_json
from ganzoo.cli.listing import described
from ganzoo.registry.records import Loss, Metric, Model, Preset, Record
from ganzoo.registry.registry import Entry, Registry

if TYPE_CHECKING:
    from ganzoo.registry.settings import Setting


@command
def info(
    name: Annotated[
        str, typer.Argument(help="A model, loss, dataset, ...", autocompletion=complete.any_name)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what something is, its paper, its lesson and its settings."""
    zoo = known()
    entries = zoo.named(name) or [zoo.find(Record, name)]
    if as_json:
        everything = [_everything(zoo, e) for e in entries]
        print_json(everything[0] if len(everything) == 1 else everything)
        return
    for entry in entries:
        _show(zoo, entry)


def _show(zoo: Registry, entry: Entry) -> None:
    record = entry.record
    source = f"{entry.plugin.distribution} {entry.plugin.version}".strip()
    out.print(f"[bold]{record.name}[/bold]  [dim]{record.kind} of {source}[/dim]")
    out.print(record.summary, markup=False)
    if record.paper:
        paper = record.paper
        out.print(f"Paper: {paper.title} ({paper.year}) {paper.link}", markup=False, soft_wrap=True)
    if lesson := _lesson(entry):
        out.print()
        out.print(lesson, markup=False)
    if brings := _brings(record):
        out.print()
        out.print(brings, markup=False, soft_wrap=True)
    if isinstance(record, Metric):
        table = make_table("score", "better", "meaning", title="Scores")
        for score in record.scores:
            add_row(table, record.qualified(score), score.better, score.summary)
        out.print()
        out.print(table)
        asked = "" if record.unasked else " Taken only if asked for by name."
        out.print(f"Of {record.samples:,} samples, at least {record.least:,}.{asked}", markup=False)
    if isinstance(record, Model) and record.presets:
        table = make_table("name", "what it is for", "sets", title="Presets (--preset NAME)")
        for preset in record.presets:
            add_row(table, preset.name, preset.summary, _pairs(_sets(preset)))
        out.print()
        out.print(table)
    rows = _settings(zoo, entry)
    if rows:
        columns = ("key", "default", "type", "meaning")
        table = make_table(*columns, title="Settings (--set key=value)")
        for setting, default in rows:
            add_row(table, setting.key, _text(default), setting.type_name, setting.meaning)
        out.print()
        out.print(table)


def _everything(zoo: Registry, entry: Entry) -> dict[str, Any]:
    return {
        **described(entry),
        "lesson": _lesson(entry),
        **_measures(entry.record),
        "defaults": dict(getattr(entry.record, "defaults", {})),
        "presets": [
            {"name": preset.name, "summary": preset.summary, "sets": _sets(preset)}
            for preset in getattr(entry.record, "presets", ())
        ],
        "settings": [
            {
                "key": setting.key,
                "default": None if default is dataclasses.MISSING else default,
                "type": setting.type_name,
                "meaning": setting.meaning,
            }
            for setting, default in _settings(zoo, entry)
        ],
    }


def _measures(record: Record) -> dict[str, Any]:
    """What a metric gives, and of how many samples."""
    if not isinstance(record, Metric):
        return {}
    scores = [{**vars(s), "name": record.qualified(s)} for s in record.scores]
    sizes = {"samples": record.samples, "least": record.least, "unasked": record.unasked}
    return {"scores": scores, **sizes}


def _brings(record: Record) -> str:
    """What a loss sets beside its own settings, unless the user does."""
    if not isinstance(record, Loss):
        return ""
    values = {"penalty": record.penalty} if record.penalty else {}
    brings = {**values, **record.defaults}
    return "Brings with it: " * bool(brings) + _pairs(brings)


def _sets(preset: Preset) -> dict[str, Any]:
    """The parts that a preset names, and its settings."""
    parts = {part: getattr(preset, part) for part in ("loss", "penalty", "dataset")}
    return {**{part: name for part, name in parts.items() if name}, **preset.settings}


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_text(value)}" for key, value in values.items())


def _lesson(entry: Entry) -> str:
    return inspect.cleandoc(sys.modules[entry.declared().__module__].__doc__ or "")


def _settings(zoo: Registry, entry: Entry) -> list[tuple[Setting, Any]]:
    """Settings with their defaults; for a model also those of all that it is trained with."""
    from ganzoo.registry.settings import settings_of  # not needed by other commands

    if not isinstance(entry.record, Model):
        return [(s, s.default) for s in settings_of(entry.record.group, entry.declared())]
    from ganzoo.training.plan import Request, plan

    settled = plan(zoo, Request(model=entry.qualified))
    return [(s, settled.values[s.key].value) for s in settled.settings]


def _text(default: Any) -> str:
    if default is dataclasses.MISSING:
        return "(must be set)"
    if isinstance(default, (list, tuple)):
        return ", ".join(map(str, default))
    return "" if default is None else str(default)
