"""All records of all plugins, by name.

A broken plugin is left out. With ``GANZOO_STRICT_PLUGINS=1`` it is an error, which suits the tests
of a plugin.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ganzoo.errors import GanzooError, UsageError, suggest
from ganzoo.prose.commands import quoted
from ganzoo.registry.boundary import headline
from ganzoo.registry.discovery import from_file, installed, source_file
from ganzoo.registry.first_party import distribution_of
from ganzoo.registry.isolation import CORE as CORE
from ganzoo.registry.isolation import Plugin as Plugin
from ganzoo.registry.isolation import ask
from ganzoo.registry.outline import outline
from ganzoo.registry.records import Record
from ganzoo.registry.surroundings import look, put_back


@dataclass(frozen=True)
class Entry:
    """A record and the plugin that provides it."""

    record: Record
    plugin: Plugin = field(repr=False)

    @property
    def qualified(self) -> str:
        """``distribution/name``."""
        return f"{self.plugin.distribution}/{self.record.name}"

    def declared(self) -> type[Any]:
        """The factory's class, for its settings. An outline if its module is not loaded.

        Raises:
            GanzooError: See `resolve`.
        """
        if self.record.factory.partition(":")[0] not in sys.modules:
            with contextlib.suppress(GanzooError):
                return outline(self.record.factory)
        return self.resolve()

    def resolve(self) -> type[Any]:
        """Import the class that the record's factory names.

        Raises:
            GanzooError: The module cannot be imported, or has no such name.
        """
        module, _, name = self.record.factory.partition(":")
        surroundings = look()
        try:
            with contextlib.redirect_stdout(sys.stderr):
                found: type[Any] = getattr(importlib.import_module(module), name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # as in `isolation.load`
            raise GanzooError(
                f"{self.record.kind} {self.record.name} ({self.plugin.source}) failed at "
                f"reference: cannot load {self.record.factory} "
                f"({headline(error)})"
            ) from error
        finally:
            put_back(surroundings)
        return found


class Registry:
    """The plugins of this process and their records."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        self.plugins = list(plugins)

    @property
    def files(self) -> list[Path]:
        """Files of plugins, for ``--plugin`` in another command."""
        return [p.file for p in self.plugins if p.file]

    @property
    def failed(self) -> list[Plugin]:
        """Plugins that could not be loaded. `Plugin.failure` has the reason."""
        return [p for p in self.plugins if p.failure]

    def entries(self, kind: type[Record] | None = None) -> list[Entry]:
        """All records, or all of a kind."""
        return [
            Entry(record, plugin)
            for plugin in self.plugins
            for record in plugin.records
            if kind is None or isinstance(record, kind)
        ]

    def named(self, name: str, kind: type[Record] | None = None) -> list[Entry]:
        """All records with this ``name`` or ``distribution/name``."""
        entries = self.entries(kind)
        if "/" in name:
            return [e for e in entries if e.qualified == name]
        return [e for e in entries if e.record.name == name]

    def find(self, kind: type[Record], name: str, near: str | None = None) -> Entry:
        """The record of ``kind`` called ``name``. If there are several, the distribution ``near``
        decides.

        Raises:
            UsageError: No record has this name, or several have it.
        """
        found = self.named(name, kind)
        if near and len(found) > 1:
            found = [e for e in found if e.plugin.distribution == near] or found
        if not found:
            raise UsageError(f"unknown {kind.kind} {name!r}{self._hint(name, kind, near)}")
        if len(found) > 1:
            names = " or ".join(e.qualified for e in found)
            raise UsageError(f"several plugins provide {kind.kind} {name!r}; write {names}")
        return found[0]

    def _hint(self, name: str, kind: type[Record], near: str | None = None) -> str:
        file = name.rpartition("/")[0] or near or ""
        if file.endswith(".py") and not any(p.distribution == file for p in self.plugins):
            return f" of {file}. Load this file with --plugin: ganzoo --plugin {quoted(file)} ..."
        owner = distribution_of(kind.kind, name.rpartition("/")[2])
        if owner and not any(p.distribution == owner for p in self.plugins):
            return (
                f": {owner} provides it and is not installed. In the folder of ganzoo's source, "
                f"run pip install -e plugins/{owner}"
            )
        hint = suggest(name, {e.record.name for e in self.entries(kind)})
        for why, plugins in (
            ("failed to load", self.failed),
            ("are disabled", [p for p in self.plugins if p.disabled]),
        ):
            if plugins:
                hint += f" (plugins that {why}: {', '.join(p.name for p in plugins)})"
        return hint

    def check(self) -> None:
        """Refuse broken plugins if ``GANZOO_STRICT_PLUGINS`` is set.

        Raises:
            GanzooError: Plugins are broken. The message names each.
        """
        if self.failed and strict():
            complaints = "".join(f"\n  {p.complaint}" for p in self.failed)
            raise GanzooError(f"GANZOO_STRICT_PLUGINS is set, and plugins are broken:{complaints}")


def strict() -> bool:
    """Whether ``GANZOO_STRICT_PLUGINS`` is set, so that a broken plugin is an error."""
    return os.environ.get("GANZOO_STRICT_PLUGINS", "") not in ("", "0")


@cache
def found() -> Registry:
    """The registry of this process, filled on first use, without broken plugins."""
    return Registry(installed())


def registry() -> Registry:
    """The registry of this process.

    Raises:
        GanzooError: A plugin is broken and ``GANZOO_STRICT_PLUGINS`` is set.
    """
    found().check()
    return found()


def register(plugin: object, name: str = "") -> None:
    """Add a plugin to this process, from a file or from an object with hook implementations.

    It replaces an earlier one of the same name, for example when you run a notebook's cell again.

    Args:
        plugin: The path of a Python file, or a module or object with hook implementations.
        name: The plugin's name. By default it is the name of the file, module or class.

    Raises:
        GanzooError: The plugin is broken.
    """
    if isinstance(plugin, (str, Path)):
        added = from_file(Path(plugin).resolve())
    else:
        name = name or getattr(plugin, "__name__", type(plugin).__name__)
        added = ask(Plugin(name, source_file(plugin) or name), plugin)
    if added.failure:
        raise GanzooError(added.complaint) from added.failure.error
    plugins = found().plugins
    plugins[:] = [p for p in plugins if (p.name, p.origin) != (added.name, added.origin)]
    plugins.append(added)
