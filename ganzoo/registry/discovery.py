"""Finds plugins: the built-in one, those of installed distributions, and those in single files.

Two environment variables select plugins by the names of plugins or distributions:

==========================  ======================================================================
``GANZOO_PLUGINS``          the only plugins to load, or empty for none
``GANZOO_DISABLE_PLUGINS``  plugins not to load
==========================  ======================================================================
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from types import ModuleType

from ganzoo.errors import suggest
from ganzoo.registry.isolation import CORE, Plugin, load

GROUP = "ganzoo"
ALLOW, DENY = "GANZOO_PLUGINS", "GANZOO_DISABLE_PLUGINS"


def installed() -> Iterator[Plugin]:
    """The built-in plugin and those of installed distributions. Disabled ones are not loaded."""
    yield load(Plugin("builtin", CORE), partial(importlib.import_module, "ganzoo.builtin"))
    allowed, denied = _names(ALLOW), _names(DENY) or set()
    taken: dict[object, set[tuple[str, str]]] = defaultdict(set)
    for point in metadata.entry_points(group=GROUP):
        plugin = Plugin(point.name, point.dist or "")
        if allowed is not None or denied:  # reading a distribution's name takes time
            names = {plugin.name, plugin.distribution}
            wanted = (allowed is None or names & allowed) and not names & denied
            plugin.disabled = not wanted
        yield plugin if plugin.disabled else load(plugin, point.load, taken[point.dist])


def unknown_names(plugins: Iterable[Plugin]) -> Iterator[str]:
    """A message for each name in the two variables that no plugin or distribution has."""
    for variable in (ALLOW, DENY):
        if names := _names(variable):
            there = {name for p in plugins for name in (p.name, p.distribution)}
            for name in sorted(names - there):
                yield f"{variable}: no installed plugin is called {name!r}{suggest(name, there)}"


def _names(variable: str) -> set[str] | None:
    text = os.environ.get(variable)
    return None if text is None else set(text.replace(",", " ").split())


def from_file(path: Path) -> Plugin:
    """A plugin in a single file, without a package. Its module name is the file's stem."""
    plugin = load(Plugin(path.stem, path), partial(_module, path.stem, path))
    if plugin.failure and plugin.failure.phase != "import":
        sys.modules.pop(path.stem, None)
    return plugin


def source_file(plugin: object) -> Path | None:
    """The file that `from_file` reads as the same plugin, if it is the module of such a file."""
    if not isinstance(plugin, ModuleType) or not getattr(plugin, "__file__", None):
        return None
    path = Path(str(plugin.__file__)).resolve()
    alone = path.suffix == ".py" and path.stem == plugin.__name__  # and in no package
    return path if alone else None


def _module(name: str, path: Path) -> ModuleType:
    there = sys.modules.get(name)
    if there is not None and getattr(there, "__file__", None) != str(path):
        raise ImportError(f"another module {name} is already loaded. Rename the file")
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
