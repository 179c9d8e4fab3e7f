"""Hooks are the functions through which a plugin adds models, losses and other parts to the zoo.

A plugin is a module with one or more of the functions below, each marked ``@ganzoo.hookimpl``. A
package announces its module with an entry point in the group ``ganzoo``::

    [project.entry-points.ganzoo]
    my-losses = "ganzoo_my_losses"

A hook takes no arguments and returns or yields records. A record refers to its code by
``"package.module:name"``, so the module must import without torch.

Each hook has a file here with a complete example. Each block of the example begins with its path.
``docs/hooks.py`` makes a page of each hook, and the tests run it.
"""

from __future__ import annotations

from ganzoo.registry.hookspecs.augmentations import ganzoo_augmentations as ganzoo_augmentations
from ganzoo.registry.hookspecs.commands import ganzoo_commands as ganzoo_commands
from ganzoo.registry.hookspecs.datasets import ganzoo_datasets as ganzoo_datasets
from ganzoo.registry.hookspecs.losses import ganzoo_losses as ganzoo_losses
from ganzoo.registry.hookspecs.marker import hookimpl as hookimpl
from ganzoo.registry.hookspecs.metrics import ganzoo_metrics as ganzoo_metrics
from ganzoo.registry.hookspecs.models import ganzoo_models as ganzoo_models
from ganzoo.registry.hookspecs.observers import ganzoo_observers as ganzoo_observers
from ganzoo.registry.hookspecs.penalties import ganzoo_penalties as ganzoo_penalties
from ganzoo.registry.hookspecs.sections import ganzoo_sections as ganzoo_sections
from ganzoo.registry.records import KINDS, Record

HOOKS: dict[str, type[Record]] = {f"ganzoo_{cls.plural}": cls for cls in KINDS.values()}
"""Hook -> the kind of record that it returns."""
