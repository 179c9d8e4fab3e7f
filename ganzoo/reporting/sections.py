"""Sections that plugins add to pages. One that fails leaves a line, and the page has all else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ganzoo.errors import DoesNotFit, GanzooError, PluginFailed
from ganzoo.registry.boundary import Boundary, headline
from ganzoo.registry.records import Section
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Override, Value, make, resolve, settings_of
from ganzoo.reporting.layout import Group, laid_out
from ganzoo.reporting.recorded import Recorded
from ganzoo.runs.folder import Run

logger = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Part:
    """What a section shows of one run."""

    groups: Sequence[Group] = ()
    problem: str = ""
    """Why it shows nothing, in one line."""
    of: Any = None
    """In a comparison, the column that it shows."""


@dataclass(frozen=True)
class Shown:
    """A plugin's section in a page."""

    id: str
    title: str
    summary: str
    source: str
    """The distribution or file that it comes from."""
    parts: Sequence[Part]


class Sections:
    """The sections of all plugins, with the settings that the user gives.

    Raises:
        UsageError: A setting is unknown, or has a wrong value.
    """

    def __init__(self, zoo: Registry, overrides: Iterable[Override] = ()) -> None:
        self._zoo = zoo
        self._entries = zoo.entries(Section)
        settings = {s.key: s for entry in self._entries for s in _settings(entry)}
        self._values = resolve(list(settings.values()), overrides)

    def of(self, runs: Sequence[tuple[Run, Any]]) -> list[Shown]:
        """All sections that show something.

        Args:
            runs: The runs, each with the column of a comparison that it is in, or ``None``.
        """
        found = []
        for i, entry in enumerate(self._entries):
            ident = f"section-{entry.record.name}-{i}"
            parts = [
                Part(part.groups, part.problem, column)
                for n, (run, column) in enumerate(runs)
                if (part := self._part(entry, run, f"{ident}-{n}"))
            ]
            if parts:
                record, source = entry.record, entry.plugin.source
                found.append(Shown(ident, titled(record.name), record.summary, source, parts))
        return found

    def _part(self, entry: Entry, run: Run, ident: str) -> Part | None:
        try:
            groups = shown(entry, self._values, Recorded(run.path, self._zoo), ident)
        except Exception as error:  # a plugin's code may fail in any way
            said = str(error).splitlines() if isinstance(error, GanzooError) else []
            line = said[0] if said else headline(error)
            named = isinstance(error, PluginFailed)
            told = line if named else f"section {entry.record.name}: {line}"
            more = "The page shows everything else of"
            logger.warning("%s. %s %s.", told.rstrip("."), more, run.path, extra={"error": error})
            return Part(problem=line)
        return Part(groups) if groups else None


def shown(
    entry: Entry, values: dict[str, Value], recorded: Recorded, ident: str = "section"
) -> list[Group]:
    """What a section shows of a run. Nothing if the run does not fit.

    Raises:
        PluginFailed: Its code raised an error, or returned something else than pieces.
        GanzooError: Its code raised this one.
    """

    def call() -> list[Group]:
        section = make(entry.record.group, entry.resolve(), values)
        try:
            given = section.show(recorded)
            return [] if given is None else laid_out(given, ident, titled(entry.record.name))
        except DoesNotFit:
            return []

    return Boundary(entry).once(call)


def titled(name: str) -> str:
    """``class-balance`` -> ``Class balance``."""
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]


def _settings(entry: Entry) -> list[Any]:
    try:
        settings = settings_of(entry.record.group, entry.declared())
        resolve(settings, ())
    except Exception:  # a plugin's code may fail in any way, and it fails again when it is shown
        return []
    return settings
