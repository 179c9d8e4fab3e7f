"""Real samples, which are shown next to generated ones."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.engine.game import View
from ganzoo.engine.trainer import Trainer
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import Field

SORTED = 4
"""Times as many samples are drawn to sort them by class, because classes are not equally many."""


def real_samples(trainer: Trainer, data: Data, extent: float | None) -> Samples:
    """As many real samples as a grid has, the same at any time.

    If each column of the grid is a class and the data has these classes, each column of the real
    samples is one, too.
    """
    feed, grid, name = trainer.feed, trainer.grid, trainer.view.field(data.fields)
    made, size = data.fields[name], len(data.led_by(name))
    wanted, label = min(grid.n, size), _label(data.fields, trainer.view, made)
    sorts = label is not None and grid.columns is not None
    drawn = min(SORTED * wanted, size) if sorts else wanted
    before = feed.drawn
    feed.seek(0)
    batches = [next(feed) for _ in range(-(-drawn // feed.batch_size))]
    feed.seek(before)
    real = torch.cat([batch[name] for batch in batches]).float().cpu()
    if label is not None and grid.columns is not None:
        classes = torch.cat([batch[label] for batch in batches]).cpu()
        order = by_class(classes, grid.columns, wanted // grid.columns)
        if order is not None:
            return Samples(real[order], made, extent, grid.columns)
    return Samples(real[:wanted], made, extent)


def _label(fields: Mapping[str, Field], view: View, made: Field) -> str | None:
    """The field of the data that has the classes of the view."""
    if view.label is None or view.label.classes is None:
        return None
    for name, field in fields.items():
        if (field.classes, field.shape, field.domain) == (view.label.classes, (), made.domain):
            return name
    return None


def by_class(labels: Tensor, columns: int, rows: int) -> Tensor | None:
    """The order (rows * columns,) in which column c of a grid has samples of class c.

    It is ``None`` if some class has too few samples, or if there are no rows.
    """
    found = [(labels == column).nonzero()[:rows, 0] for column in range(columns)]
    if rows == 0 or any(len(index) < rows for index in found):
        return None
    return torch.stack(found, dim=1).flatten()
