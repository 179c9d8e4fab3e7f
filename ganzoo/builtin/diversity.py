r"""Whether samples differ from each other as much as real pictures do.

With :math:`X` samples and :math:`Y` real pictures,

.. math:: ratio = \mathbb{E}|X - X'| / \mathbb{E}|Y - Y'|

is 0 where all samples are the same, which is what collapse looks like in pictures.

>>> # in one pixel: samples 1 apart, against real ones that are 0, 1 and 2 apart from each other
>>> import ganzoo
>>> pixel = lambda *values: tensor(values).reshape(-1, 1, 1, 1)
>>> field = ganzoo.Field((1, 1, 1), range=(0.0, 2.0))
>>> data = ganzoo.Data({"image": field}, {"image": pixel(0.0, 2.0, 1.0).numpy()})
>>> isclose(Diversity().against(data)(pixel(0.0, 1.0))["ratio"], 1 / mean([2, 1, 1]))
True

Near 1 is right, and neither more nor less is better: noise is as varied as anything can be, so that
a high ratio proves nothing, while a low one proves collapse. Distances are Euclidean, in pixels: a
generator of one digit in many places seems varied. A run's ``health.csv`` has the same ratio of the
few samples of each grid.
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
    """Mean distance between two samples, over that between two real pictures."""

    real: Annotated[int, Ge(2)] = 1_000
    """How many real pictures say what is usual."""

    def check_field(self, field: Field) -> None:
        """Before the data is loaded: whether these are pictures."""
        check_picture(field)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Its score of pictures (N, C, H, W).

        Raises:
            DoesNotFit: the data are no pictures, or all are the same.
        """
        unit = usual_distance(data, self.real)
        return lambda samples: {"ratio": spread(samples.flatten(1)) / unit}


def usual_distance(data: Data, n: int) -> float:
    """Mean distance between two of ``n`` real pictures.

    Raises:
        DoesNotFit: the data are no pictures, or no two of them differ.
    """
    unit = spread(some_of(data, n).flatten(1))
    if not unit > 0:  # of one picture it is NaN
        raise DoesNotFit("it measures by how much pictures differ, and no two of these do")
    return unit
