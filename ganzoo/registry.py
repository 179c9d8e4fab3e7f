"""Finds plugins, keeps the broken from harming the rest, and settles names.

Each plugin is imported, registered, checked for unknown hooks and asked for its records on its own:
one that fails anywhere leaves nothing behind but a `Failure`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pluggy

from ganzoo import hookspecs
from ganzoo.errors import GanzooError, UsageError
from ganzoo.records import Record

GROUP = "ganzoo"
CORE = "ganzoo-core"


@dataclass(frozen=True)
class Failure:
    """Why a plugin is not there."""

    phase: str
    """``import``, ``register``, ``hooks``, ``call`` or ``record``."""
    error: BaseException

    @property
    def headline(self) -> str:
        """The error in one line."""
        lines = str(self.error).splitlines()
        return f"{type(self.error).__name__}: {lines[0] if lines else ''}".rstrip(": ")

    @property
    def trace(self) -> str:
        """The whole traceback."""
        return "".join(traceback.format_exception(self.error))


@dataclass
class Plugin:
    """One plugin: where it comes from, and what it gives or why it failed."""

    name: str
    origin: metadata.Distribution | str | Path
    """The distribution, the name of one, or the file."""
    records: tuple[Record, ...] = ()
    failure: Failure | None = None

    @cached_property
    def distribution(self) -> str:
        """Name of the distribution, or the file's name."""
        if isinstance(self.origin, Path):
            return self.origin.name
        if isinstance(self.origin, str):
            return self.origin
        return self.origin.name or "unknown"  # a package may lack its metadata

    @cached_property
    def version(self) -> str:
        """Version of the distribution; empty for a file."""
        if isinstance(self.origin, Path):
            return ""
        if self.origin == CORE:
            return cast(str, importlib.import_module("ganzoo").__version__)
        if isinstance(self.origin, str):
            return ""
        return self.origin.version


@dataclass(frozen=True)
class Entry:
    """A record and the plugin that gave it."""

    record: Record
    plugin: Plugin = field(repr=False)

    @property
    def qualified(self) -> str:
        """``distribution/name``."""
        return f"{self.plugin.distribution}/{self.record.name}"

    def resolve(self) -> type[Any]:
        """Import what the record's factory names.

        Raises:
            GanzooError: it cannot be imported, or has no such name.
        """
        module, _, name = self.record.factory.partition(":")
        try:
            found: type[Any] = getattr(importlib.import_module(module), name)
        except Exception as error:
            raise GanzooError(
                f"{self.record.kind} {self.record.name} of {self.plugin.distribution}: cannot load "
                f"{self.record.factory} ({type(error).__name__}: {error})"
            ) from error
        return found


class Registry:
    """The plugins of this process and what they give."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        self.plugins = list(plugins)

    @property
    def failed(self) -> list[Plugin]:
        """Plugins that are not there, with `Plugin.failure` saying why."""
        return [p for p in self.plugins if p.failure]

    def entries(self, kind: type[Record] | None = None) -> list[Entry]:
        """Everything there is, or everything of a kind."""
        return [
            Entry(record, plugin)
            for plugin in self.plugins
            for record in plugin.records
            if kind is None or isinstance(record, kind)
        ]

    def named(self, name: str, kind: type[Record] | None = None) -> list[Entry]:
        """Everything that goes by ``name`` or ``distribution/name``."""
        entries = self.entries(kind)
        if "/" in name:
            return [e for e in entries if e.qualified == name]
        return [e for e in entries if e.record.name == name]

    def find(self, kind: type[Record], name: str, near: Entry | None = None) -> Entry:
        """The one record of ``kind`` that ``name`` means; of several, that of ``near``'s plugin.

        Raises:
            UsageError: there is none, or there are several.
        """
        found = self.named(name, kind)
        if near and len(found) > 1:
            found = [e for e in found if e.plugin is near.plugin] or found
        if not found:
            raise UsageError(f"unknown {kind.kind} {name!r}{self._hint(name, kind)}")
        if len(found) > 1:
            names = " or ".join(e.qualified for e in found)
            raise UsageError(f"{kind.kind} {name!r} is given by several plugins: say {names}")
        return found[0]

    def _hint(self, name: str, kind: type[Record]) -> str:
        known = sorted({e.record.name for e in self.entries(kind)})
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = (
            f"; did you mean {' or '.join(close)}?" if close else f"; there is {', '.join(known)}"
        )
        if self.failed:
            hint += f" (plugins that failed to load: {', '.join(p.name for p in self.failed)})"
        return hint


@cache
def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("ganzoo")
    manager.add_hookspecs(hookspecs)
    return manager


def ask(plugin: Plugin, module: object) -> Plugin:
    """Fill in what ``module`` gives as a plugin, or how it fails.

    It is alone in the plugin manager while it is asked, since one implementation that raises would
    lose everyone's results, and it is gone from it afterwards, however that ended.
    """
    manager, phase = _manager(), "register"
    records: list[Record] = []
    try:
        manager.register(module, plugin.name)
        phase = "hooks"
        manager.check_pending()  # an implementation of a hook that does not exist
        for hook, kind in hookspecs.HOOKS.items():
            phase = "call"
            for result in getattr(manager.hook, hook)():
                given = list(result)
                phase = "record"
                records += _checked(given, hook, kind)
        phase = "record"
        _check_unique(records)
    except (Exception, SystemExit) as error:
        plugin.failure = Failure(phase, error)
    else:
        plugin.records = tuple(records)
    finally:
        if manager.has_plugin(plugin.name):  # a failed register() leaves half of it behind
            manager.unregister(name=plugin.name)
    return plugin


def _checked(given: list[Any], hook: str, kind: type[Record]) -> list[Record]:
    for record in given:
        if not isinstance(record, kind):
            raise TypeError(f"{hook} gave {record!r}; expected ganzoo.{kind.__name__}")
    return given


def _check_unique(records: list[Record]) -> None:
    seen: set[tuple[str, str]] = set()
    for record in records:
        if (record.kind, record.name) in seen:
            raise ValueError(f"{record.kind} {record.name} is given twice")
        seen.add((record.kind, record.name))


def from_file(path: Path) -> Plugin:
    """A plugin in a file of its own, which needs no package. Its module name is the file's stem."""
    plugin, name = Plugin(path.stem, path), path.stem
    try:
        module = _module(name, path)
    except (Exception, SystemExit) as error:
        plugin.failure = Failure("import", error)
        return plugin
    if ask(plugin, module).failure:
        del sys.modules[name]
    return plugin


def _module(name: str, path: Path) -> ModuleType:
    there = sys.modules.get(name)
    if there is not None and getattr(there, "__file__", None) != str(path):
        raise ImportError(f"a module {name} is already loaded: rename the file")
    spec = importlib.util.spec_from_file_location(name, path)
    if not name.isidentifier() or spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not the name of a Python module, such as my_loss.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def installed() -> Iterator[Plugin]:
    """The built-in plugin, then those of installed distributions, less the disabled."""
    yield ask(Plugin("builtin", CORE), importlib.import_module("ganzoo.builtin"))
    allowed, denied = _names("GANZOO_PLUGINS"), _names("GANZOO_DISABLE_PLUGINS") or set()
    if allowed == set():
        return
    for point in metadata.entry_points(group=GROUP):
        plugin = Plugin(point.name, point.dist or "")
        names = {plugin.name, plugin.distribution} if allowed or denied else set()
        if names & denied or (allowed is not None and not names & allowed):
            continue
        try:
            module: ModuleType = point.load()
        except (Exception, SystemExit) as error:
            plugin.failure = Failure("import", error)
            yield plugin
        else:
            yield ask(plugin, module)


def _names(variable: str) -> set[str] | None:
    text = os.environ.get(variable)
    return None if text is None else {name for name in text.replace(",", " ").split() if name}


@cache
def registry() -> Registry:
    """The registry of this process, filled on first use."""
    return Registry(installed())


def register(plugin: object, name: str = "") -> None:
    """Add a plugin to this process: a module or object with hook implementations, or a file.

    It takes the place of one of the same name that was added before (a notebook's cell run again).

    Raises:
        GanzooError: it is broken.
    """
    if isinstance(plugin, (str, Path)):
        added = from_file(Path(plugin).resolve())
    else:
        name = name or getattr(plugin, "__name__", type(plugin).__name__)
        added = ask(Plugin(name, name), plugin)
    if added.failure:
        raise GanzooError(
            f"plugin {added.name} fails ({added.failure.phase}): {added.failure.headline}"
        )
    plugins = registry().plugins
    plugins[:] = [p for p in plugins if (p.name, p.origin) != (added.name, added.origin)]
    plugins.append(added)
