"""Queries a plugin for its records, and contains its errors.

Each plugin is imported, registered, checked for unknown hooks and queried separately. A plugin that
fails leaves only a `Failure` behind. Whatever it prints goes to stderr.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from ganzoo import __version__
from ganzoo.errors import GanzooError
from ganzoo.registry import hookspecs
from ganzoo.registry.boundary import headline
from ganzoo.registry.records import Record
from ganzoo.registry.surroundings import look, put_back

CORE = "ganzoo-core"
MOST = 1_000
"""Largest number of records from one hook, because a generator may be endless."""


@dataclass(frozen=True)
class Failure:
    """Why a plugin could not be loaded."""

    phase: str
    """``import``, ``register``, ``hooks``, ``call``, ``record`` or ``reference``."""
    error: BaseException


@dataclass
class Plugin:
    """A plugin, where it comes from, and its records or its failure."""

    name: str
    origin: metadata.Distribution | str | Path
    """The distribution, its name, or the file."""
    records: tuple[Record, ...] = ()
    failure: Failure | None = None
    disabled: bool = False
    """Whether the user disabled it."""

    @cached_property
    def distribution(self) -> str:
        """Name of the distribution, or the file's name."""
        if isinstance(self.origin, Path):
            return self.origin.name
        return self.origin if isinstance(self.origin, str) else self._metadata("Name") or "unknown"

    @cached_property
    def version(self) -> str:
        """Version of the distribution, or empty for a file."""
        if isinstance(self.origin, (Path, str)):
            return __version__ if self.origin == CORE else ""
        return self._metadata("Version")

    def _metadata(self, key: str) -> str:
        assert isinstance(self.origin, metadata.Distribution)
        try:
            text = self.origin.read_text("METADATA") or self.origin.read_text("PKG-INFO") or ""
        except Exception:  # the metadata may be missing or damaged
            return ""
        head = text.partition("\n\n")[0]  # `origin.name` would parse the description, too
        found = re.search(rf"^{key}:[ \t]*(.*)", head, re.MULTILINE)
        return found[1].strip() if found else ""

    @property
    def file(self) -> Path | None:
        """The absolute path for ``--plugin``, if the plugin comes from a file."""
        return self.origin if isinstance(self.origin, Path) else None

    @property
    def source(self) -> str:
        """Distribution and version."""
        return f"{self.distribution} {self.version}".rstrip()

    @property
    def status(self) -> str:
        """``ok``, ``disabled`` or ``failed at`` a phase."""
        if self.failure:
            return f"failed at {self.failure.phase}"
        return "disabled" if self.disabled else "ok"

    @property
    def complaint(self) -> str:
        """Its failure in one line, or empty if it is fine."""
        if self.failure is None:
            return ""
        return f"plugin {self.name} ({self.source}) {self.status}: {headline(self.failure.error)}"


@cache
def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("ganzoo")
    manager.add_hookspecs(hookspecs)
    return manager


def load(
    plugin: Plugin, get: Callable[[], object], taken: set[tuple[str, str]] | None = None
) -> Plugin:
    """Import a plugin with ``get`` and store its records or its failure in it.

    The plugin is alone in the plugin manager during the query, because one implementation that
    raises loses the results of all. It is always removed afterwards.

    Args:
        plugin: The plugin without records.
        get: Returns the plugin's module or object.
        taken: Kinds and names of records that its distribution already provides. The plugin's own
            are added.
    """
    manager, phase = _manager(), "import"
    if manager.get_plugins():
        raise GanzooError("a plugin queried the registry while ganzoo queried the plugin")
    records: list[Record] = []
    names, surroundings = set(taken or ()), look()
    try:
        with contextlib.redirect_stdout(sys.stderr):  # stdout has data only
            module = get()
            phase = "register"
            manager.register(module, plugin.name)
            phase = "hooks"
            manager.check_pending()  # an implementation of a hook that does not exist
            _check_marked(module, manager)
            for hook, kind in hookspecs.HOOKS.items():
                phase = "call"
                caller = getattr(manager.hook, hook)
                results = caller()
                if len(results) < len(caller.get_hookimpls()):  # pluggy leaves out what is None
                    raise TypeError(f"{hook} returned None; yield each record, or return a list")
                for result in results:
                    if isinstance(result, Record):
                        one = type(result).__name__
                        raise TypeError(f"{hook} returned one {one}; yield it, or return a list")
                    given = list(itertools.islice(result, MOST + 1))
                    phase = "record"
                    _check(given, hook, kind, names)
                    records += given
            phase = "reference"
            for record in records:
                if absent := missing(record.factory):
                    raise GanzooError(f"{record.kind} {record.name}: {record.factory}: {absent}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may call sys.exit() or raise anything
        plugin.failure = Failure(phase, error)
    else:
        plugin.records = tuple(records)
        if taken is not None:
            taken |= names
    finally:
        put_back(surroundings)
        if manager.has_plugin(plugin.name):  # a failed register() can leave it half registered
            manager.unregister(name=plugin.name)
    return plugin


def ask(plugin: Plugin, module: object) -> Plugin:
    """`load` for a module or object with hook implementations that already exists."""
    return load(plugin, lambda: module)


def _check_marked(module: object, manager: pluggy.PluginManager) -> None:
    for hook in hookspecs.HOOKS:
        is_function = inspect.isroutine(inspect.getattr_static(module, hook, None))
        if is_function and manager.parse_hookimpl_opts(module, hook) is None:
            raise GanzooError(f"{hook} is not marked; write @ganzoo.hookimpl above its def")


def _check(given: list[Any], hook: str, kind: type[Record], names: set[tuple[str, str]]) -> None:
    if len(given) > MOST:
        raise GanzooError(f"{hook} returned more than {MOST:,} records. It may be endless")
    for record in given:
        if not isinstance(record, kind):
            raise TypeError(f"{hook} returned {record!r}; expected ganzoo.{kind.__name__}")
        if (record.kind, record.name) in names:
            raise GanzooError(f"one distribution provides {record.kind} {record.name} twice")
        names.add((record.kind, record.name))


def missing(factory: str) -> str:
    """The missing part of ``"package.module:name"``, as far as finders know without importing it.

    The import system's finders look for each part of the module's path, as in an import, but no
    code runs. Empty if nothing is missing, or if the finders cannot know. For example, a module may
    create its names on demand, or a finder may need the imported parent.
    """
    module, _, name = factory.partition(":")
    path: Any = None
    for part in itertools.accumulate(module.split("."), "{}.{}".format):
        if part in sys.modules:
            loaded = sys.modules[part]
            if type(loaded) is not ModuleType:  # inspecting it might run code
                return ""
            there = vars(loaded)
            path = there.get("__path__")
            if part == module and not {name, "__getattr__"} & there.keys():
                return f"module {module} has no {name}"
        else:
            try:
                spec = _spec(part, path)
            except Exception:
                return ""
            if spec is None:
                return f"there is no module {part}"
            path = spec.submodule_search_locations
    return ""


def _spec(module: str, path: Any) -> ModuleSpec | None:
    if path is None and "." in module:
        return None  # the parent is not a package
    found = (finder.find_spec(module, path) for finder in list(sys.meta_path))
    return next((spec for spec in found if spec is not None), None)
