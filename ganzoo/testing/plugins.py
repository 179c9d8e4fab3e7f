"""Checks of a plugin as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from unittest import SkipTest

from ganzoo.registry.boundary import trace
from ganzoo.registry.discovery import GROUP
from ganzoo.registry.isolation import CORE, Plugin
from ganzoo.testing.check import expect

CODE = """
import importlib, sys
from ganzoo.registry.isolation import Plugin, ask
ask(Plugin("checked", "checked"), importlib.import_module(sys.argv[1]))
sys.exit(77 if "torch" in sys.modules else 0)
"""


def it_loads(plugin: Plugin) -> None:
    """it loads and provides at least one record."""
    if plugin.disabled:
        raise SkipTest("it is disabled")
    expect(
        plugin.failure is None,
        plugin.complaint,
        f"see where it failed:\n{trace(plugin.failure.error) if plugin.failure else ''}",
    )
    expect(
        bool(plugin.records),
        f"plugin {plugin.name} provides no records",
        "mark a function such as ganzoo_losses() with @ganzoo.hookimpl, and yield records from it",
    )


def it_loads_no_torch(plugin: Plugin) -> None:
    """its entry module loads no torch."""
    module = _module(plugin)
    if module is None or not plugin.records:
        raise SkipTest("it has no entry module")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-c", CODE, module]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 77):
        raise SkipTest(f"{module} cannot be imported on its own")
    expect(
        done.returncode == 0,
        f"importing {module} and calling its hooks loads torch",
        "move code that imports torch into other modules, and name it in the records as "
        "'package.module:name', so that `ganzoo list` does not wait for torch",
    )


def _module(plugin: Plugin) -> str | None:
    """The module that provides the records."""
    if plugin.origin == CORE:
        return "ganzoo.builtin"
    if isinstance(plugin.origin, Path):
        return None  # records and code share a file, so they cannot be separated
    for point in metadata.entry_points(group=GROUP, name=plugin.name):
        if point.dist is not None and point.dist.name == plugin.distribution:
            return point.module
    return plugin.name if plugin.name in sys.modules else None


CHECKS = (it_loads, it_loads_no_torch)
