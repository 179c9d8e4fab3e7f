r"""The mean distance between samples of one class, compared with that between its real pictures.

Each sample has the label of the nearest training picture. With the samples :math:`X_c` and the
real pictures :math:`Y_c` of a class :math:`c`,

.. math:: ratio = mean_c \; \mathbb{E}|X_c - X_c'| / \mathbb{E}|Y_c - Y_c'|

*ratio* is the mean over all classes that have two samples, and *lowest* is the value of the class
whose samples differ least. Both are 0 if the generator draws one picture for each class, and near 1
if the samples of a class differ as much as real ones do.

>>> # one pixel: samples are 2 apart in one class and 0 in the other, and real pictures 4 in both
>>> import ganzoo
>>> field = ganzoo.Field((1, 1, 1), range=(0.0, 20.0))
>>> fields = {"image": field, "label": ganzoo.Field((), dtype="int64", classes=2)}
>>> pixel = lambda *values: tensor(values).reshape(-1, 1, 1, 1)
>>> images = pixel(0.0, 4.0, 16.0, 20.0).numpy()
>>> data = ganzoo.Data(fields, {"image": images, "label": tensor([0, 0, 1, 1]).numpy()})
>>> scores = ClassDiversity().against(data)(pixel(1.0, 3.0, 17.0, 17.0))
>>> scores["ratio"], scores["lowest"]
(0.25, 0.0)

The metric ``diversity`` does not see such a collapse, since pictures of different classes differ.
As there, a high value proves nothing, because noise is diverse, too. A class that has fewer than
two samples does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor

from ganzoo.builtin.neighbours import nearest
from ganzoo.builtin.pictures import check_picture, in_memory
from ganzoo.engine.data import Data
from ganzoo.engine.distances import spread
from ganzoo.engine.feed import finished
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field


@dataclass(frozen=True)
class ClassDiversity:
    """Mean distance between two samples of a class, divided by that of its real pictures."""

    real: Annotated[int, Ge(2)] = 500
    """Number of real pictures of each class for the mean distance between two of them."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not pictures."""
        check_picture(field)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W).

        Raises:
            DoesNotFit: The data are not pictures with one label each, are not in memory, or all
                pictures of each class are the same.
        """
        stored, field, labels = in_memory(data), data.first, labels_of(data)
        units: dict[int, float] = {}
        for label in sorted(set(labels.tolist())):
            rows = (labels == label).nonzero()[:, 0]
            n = min(self.real, len(rows))
            rows = rows[torch.arange(n) * len(rows) // n]  # evenly spaced
            unit = spread(finished(stored[rows], field).flatten(1))
            if unit > 0:  # it is NaN for a single picture
                units[label] = unit
        if not units:
            raise DoesNotFit("it measures how much pictures of a class differ, and these do not")

        def scores(samples: Tensor) -> dict[str, float]:
            _, index = nearest(samples, stored, field)
            own = labels[index[:, 0]]
            found = [
                spread(of_class.flatten(1)) / unit
                for label, unit in units.items()
                if len(of_class := samples[own == label]) > 1
            ]
            if not found:
                raise DoesNotFit(f"no two of {len(samples):,} samples are of the same class")
            return {"ratio": fmean(found), "lowest": min(found)}

        return scores


def labels_of(data: Data) -> Tensor:
    """The label of each sample (N,), from the first field that has classes.

    Raises:
        DoesNotFit: No field is a label, or the labels are read one at a time.
    """
    for name, field in data.fields.items():
        if field.classes is not None and field.shape == () and data.arrays is not None:
            return torch.from_numpy(data.arrays[name]).long()
    raise DoesNotFit("it compares pictures of the same class, and these have no labels")
