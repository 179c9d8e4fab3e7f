"""``ganzoo info``: one entry in full, with all its settings."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ganzoo.api import fields_of
from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, known, out, print_json
from ganzoo.cli.listing import described
from ganzoo.cli.prose import WIDTH, filled, shown, wrapped
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Command, Dataset, Field, Loss, Metric, Model, Preset, Record
from ganzoo.registry.registry import Entry, Registry

if TYPE_CHECKING:
    from ganzoo.registry.settings import Setting

NAME = "bold cyan"
DEEP = " " * 6


@command
def info(
    name: Annotated[
        str,
        typer.Argument(
            help="A model, loss, dataset, ...", autocompletion=complete.any_name, metavar="NAME"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Explain a model, a loss, a dataset or another entry, and list its settings."""
    zoo = known()
    entries = zoo.named(name) or [zoo.find(Record, name)]
    if as_json:
        everything = [_everything(zoo, e) for e in entries]
        print_json(everything[0] if len(everything) == 1 else everything)
        return
    for entry in entries:
        _show(zoo, entry)


def _show(zoo: Registry, entry: Entry) -> None:
    """Print summary, lesson, presets and settings as text of at most 80 columns."""
    width = min(out.width, WIDTH)
    for line in _lines(zoo, entry, width):
        out.print(line, soft_wrap=True)


def _lines(zoo: Registry, entry: Entry, width: int) -> Iterator[Text]:
    record = entry.record
    source = f"{entry.plugin.distribution} {entry.plugin.version}".strip()
    yield Text(record.name, "bold").append(f"  {record.kind} of {source}", "not bold dim")
    yield from filled(record.summary, width)
    if record.paper:
        paper = record.paper
        cited = f"Paper: {paper.title} ({paper.year}) {paper.link}"
        yield from wrapped(Text(cited), width, hang="  ")
    if lesson := _lesson(entry):
        yield Text()
        yield from shown(lesson, width)
    if brings := _brings(record):
        yield Text()
        yield from wrapped(Text(brings), width, hang="  ")
    if isinstance(record, Metric):
        yield from _scores(record, width)
    if fields := _fields(entry):
        yield from _heading("Fields")
        for name, field in fields.items():
            head = Text(f"  {name}", NAME).append(f"  {field.described}", "not bold default")
            yield from wrapped(head, width, "  ", DEEP)
            if field.names:
                each = ", ".join(f"{i} {called}" for i, called in enumerate(field.names))
                yield from wrapped(Text(each), width, DEEP, DEEP)
    if isinstance(record, Model) and record.presets:
        yield from _heading("Presets (--preset NAME)")
        for preset in record.presets:
            yield Text(f"  {preset.name}", NAME)
            yield from filled(preset.summary, width, DEEP, DEEP)
            if sets := _pairs(_sets(preset)):
                yield from wrapped(Text(f"Sets {sets}."), width, DEEP, DEEP)
    if isinstance(record, Command):
        yield Text()
        yield from wrapped(Text(f"To see its options, use: ganzoo {record.name} --help"), width)
    if rows := _settings(zoo, entry):
        yield from _heading("Settings (--set KEY=VALUE)")
        for i, (setting, default) in enumerate(rows):
            if i and setting.group != rows[i - 1][0].group:
                yield Text()
            head = Text(setting.key, NAME).append(_default(default), "not bold default")
            head.append(f"  ({setting.type_name})", "not bold dim")
            yield from wrapped(head, width, "  ", DEEP)
            yield from filled(setting.meaning, width, DEEP, DEEP)


def _heading(text: str) -> Iterator[Text]:
    yield from (Text(), Text(text, "bold"), Text())


def _scores(metric: Metric, width: int) -> Iterator[Text]:
    yield from _heading("Scores")
    for score in metric.scores:
        better = f"  {score.better} is better" if score.better else ""
        yield Text(f"  {metric.qualified(score)}", NAME).append(better, "not bold dim")
        yield from filled(score.summary, width, DEEP, DEEP)
    chosen = "" if metric.unasked else f" It runs only with --metric {metric.name}."
    yield Text()
    sizes = f"It uses {metric.samples:,} samples by default and needs at least {metric.least:,}."
    yield from wrapped(Text(sizes + chosen), width)


def _everything(zoo: Registry, entry: Entry) -> dict[str, Any]:
    return {
        **described(entry),
        "lesson": _lesson(entry),
        **_measures(entry.record),
        **_described_fields(entry),
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


def _fields(entry: Entry) -> Mapping[str, Field]:
    """A dataset's fields with its default settings. None if they need a setting, or fail."""
    if isinstance(entry.record, Dataset):
        with suppress(GanzooError):
            return fields_of(entry.qualified)
    return {}


def _described_fields(entry: Entry) -> dict[str, Any]:
    fields = {name: dataclasses.asdict(field) for name, field in _fields(entry).items()}
    return {"fields": fields} if fields else {}


def _measures(record: Record) -> dict[str, Any]:
    """A metric's scores, and the number of samples that it uses."""
    if not isinstance(record, Metric):
        return {}
    scores = [{**vars(s), "name": record.qualified(s)} for s in record.scores]
    sizes = {"samples": record.samples, "least": record.least, "unasked": record.unasked}
    return {"scores": scores, **sizes}


def _brings(record: Record) -> str:
    """Settings of other parts that a loss changes, unless the user sets them."""
    if not isinstance(record, Loss):
        return ""
    values = {"penalty": record.penalty} if record.penalty else {}
    brings = {**values, **record.defaults}
    return "Also sets: " * bool(brings) + _pairs(brings)


def _sets(preset: Preset) -> dict[str, Any]:
    """The parts that a preset names, and its settings."""
    parts = {part: getattr(preset, part) for part in ("loss", "penalty", "dataset")}
    return {**{part: name for part, name in parts.items() if name}, **preset.settings}


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_text(value)}" for key, value in values.items())


def _lesson(entry: Entry) -> str:
    if entry.record.configured:
        module = entry.declared().__module__
    else:
        with apart():
            entry.resolve()
        module = entry.record.factory.partition(":")[0]
    return inspect.cleandoc(sys.modules[module].__doc__ or "")


def _settings(zoo: Registry, entry: Entry) -> list[tuple[Setting, Any]]:
    """Settings with their defaults. A model's include those of all parts that train it."""
    from ganzoo.registry.settings import settings_of  # not needed by other commands

    if not entry.record.configured:
        return []
    if not isinstance(entry.record, Model):
        return [(s, s.default) for s in settings_of(entry.record.group, entry.declared())]
    from ganzoo.training.plan import Request, plan

    settled = plan(zoo, Request(model=entry.qualified))
    return [(s, settled.values[s.key].value) for s in settled.settings]


def _default(value: Any) -> str:
    if value is dataclasses.MISSING:
        return "  must be set"
    return f" = {_text(value)}" if _text(value) else "  unset"


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))  # in the form that --set takes
    return "" if value is None else str(value)
