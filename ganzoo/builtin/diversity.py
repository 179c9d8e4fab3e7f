r"""The mean distance between samples, compared with that between real pictures.

With :math:`X` samples and :math:`Y` real pictures,

.. math:: ratio = \mathbb{E}|X - X'| / \mathbb{E}|Y - Y'|

The ratio is 0 if all samples are the same picture, which is complete mode collapse.

>>> # one pixel: samples are 1 apart, and real pictures are 1, 1 and 2 apart
>>> import ganzoo
>>> pixel = lambda *values: tensor(values).reshape(-1, 1, 1, 1)
>>> field = ganzoo.Field((1, 1, 1), range=(0.0, 2.0))
>>> data = ganzoo.Data({"image": field}, {"image": pixel(0.0, 2.0, 1.0).numpy()})
>>> isclose(Diversity().against(data)(pixel(0.0, 1.0))["ratio"], 1 / mean([2, 1, 1]))
True

A ratio near 1 is best. A low ratio proves collapse, but a high one proves nothing, because noise is
very diverse, too. Distances are Euclidean, between pixels, so one digit at many positions seems
diverse. A run's ``health.csv`` has the same ratio for the few samples of each grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import Tensor

from ganzoo.builtin.pictures import check_picture, some_of
from ganzoo.engine.data import Data
from ganzoo.engine.distances import spread
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field


@dataclass(frozen=True)
class Diversity:
    """Mean distance between two samples, divided by that between two real pictures."""

    real: Annotated[int, Ge(2)] = 1_000
    """Number of real pictures for the mean distance between two of them."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not pictures."""
        check_picture(field)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W).

        Raises:
            DoesNotFit: The data are not pictures, or all are the same.
        """
        unit = usual_distance(data, self.real)
        return lambda samples: {"ratio": spread(samples.flatten(1)) / unit}


def usual_distance(data: Data, n: int) -> float:
    """The mean distance between two of ``n`` real pictures.

    Raises:
        DoesNotFit: The data are not pictures, or all are the same.
    """
    unit = spread(some_of(data, n).flatten(1))
    if not unit > 0:  # it is NaN for a single picture
        raise DoesNotFit("it measures how much pictures differ, and all of these are the same")
    return unit
