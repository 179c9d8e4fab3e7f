"""The hook specifications: what a plugin can give the zoo.

A plugin is a module with functions that carry ``@ganzoo.hookimpl`` and one of the names below. A
package makes its module known by an entry point in the group ``ganzoo``::

    [project.entry-points.ganzoo]
    my-losses = "ganzoo_my_losses"

The module must import without torch; a record refers to code by ``"package.module:name"``. A hook
takes no arguments and returns, or yields, records.

There is a file for each hook. Its example is whole: its blocks are the files whose paths they begin
with. ``docs/hooks.py`` makes a page of each hook, and the tests run it.
"""

from __future__ import annotations

from ganzoo.registry.hookspecs.datasets import ganzoo_datasets as ganzoo_datasets
from ganzoo.registry.hookspecs.losses import ganzoo_losses as ganzoo_losses
from ganzoo.registry.hookspecs.marker import hookimpl as hookimpl
from ganzoo.registry.hookspecs.metrics import ganzoo_metrics as ganzoo_metrics
from ganzoo.registry.hookspecs.models import ganzoo_models as ganzoo_models
from ganzoo.registry.hookspecs.observers import ganzoo_observers as ganzoo_observers
from ganzoo.registry.hookspecs.penalties import ganzoo_penalties as ganzoo_penalties
from ganzoo.registry.records import KINDS, Record

HOOKS: dict[str, type[Record]] = {f"ganzoo_{cls.plural}": cls for cls in KINDS.values()}
"""Hook -> the records it gives."""
