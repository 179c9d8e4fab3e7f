r"""How near samples are to pictures that were trained on: whether a generator repeats what it saw.

For each sample :math:`x`, let :math:`y` be its nearest training picture and :math:`y'` the nearest
other training picture to :math:`y`. The sample is *authentic* where it is further from :math:`y`
than :math:`y'` is:

.. math:: |x - y| > |y - y'|

Copies never are, noise always is, and of new pictures of the same kind most are: two thirds of
MNIST's test digits. So a low share shows memorisation, and a high one by itself nothing: neither
way is better. *distance* is the mean of :math:`|x - y|`, in units of the mean distance between two
real pictures: 0 for copies, 0.42 for MNIST's test digits.

>>> # one pixel: the sample 1 is nearer to 0 than 3 is, while 13 is further from 7 than 3 is
>>> import ganzoo
>>> pixel = lambda *values: tensor(values).reshape(-1, 1, 1, 1)
>>> field = ganzoo.Field((1, 1, 1), range=(0.0, 20.0))
>>> data = ganzoo.Data({"image": field}, {"image": pixel(0.0, 3.0, 7.0).numpy()})
>>> scores = Neighbours().against(data)(pixel(1.0, 13.0))
>>> scores["authenticity"], isclose(scores["distance"], mean([1, 6]) / mean([3, 7, 4]))
(0.5, True)

Source: Alaa et al. 2022, https://arxiv.org/abs/2102.08921. There distances are between
features that a network was trained to give; here they are Euclidean, between pixels. That needs no
network, and has limits: a copy that is shifted by a pixel seems new; a blurred picture is near to
everything (all distances to it shrink), so that a generator of blurs seems to copy; and a training
picture with a twin in the data is never seen to be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor

from ganzoo.builtin.diversity import usual_distance
from ganzoo.builtin.pictures import check_picture, in_memory
from ganzoo.engine.data import Data
from ganzoo.engine.feed import finished
from ganzoo.registry.records import Field

ROWS = 1_000
"""Samples looked at together."""
COLUMNS = 4_000
"""Training pictures that these are compared with at a time."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest training picture of each sample: how near, and whether suspiciously so."""

    real: Annotated[int, Ge(2)] = 1_000
    """How many real pictures say what the usual distance between two is."""

    def check_field(self, field: Field) -> None:
        """Before the data is loaded: whether these are pictures."""
        check_picture(field)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Its scores of pictures (N, C, H, W).

        Raises:
            DoesNotFit: the data are no pictures, not in memory, or all the same.
        """
        trained, field = in_memory(data), data.first
        unit = usual_distance(data, self.real)

        def scores(samples: Tensor) -> dict[str, float]:
            near, index = nearest(samples, trained, field)
            met, which = torch.unique(index[:, 0], return_inverse=True)
            # the nearest to a training picture is itself, the second nearest another one
            others, _ = nearest(finished(trained[met], field), trained, field)
            authentic = near[:, 0] > others[which, 1]
            return {
                "authenticity": float(authentic.double().mean()),
                "distance": float(near[:, 0].mean()) / unit,
            }

        return scores


def nearest(samples: Tensor, stored: Tensor, field: Field) -> tuple[Tensor, Tensor]:
    """The two of ``stored`` that are nearest to each sample: distances and indices, (N, 2).

    Memory depends on neither number of pictures.
    """
    parts = [_nearest(rows.flatten(1), stored, field) for rows in torch.split(samples, ROWS)]
    return torch.cat([near for near, _ in parts]), torch.cat([index for _, index in parts])


def _nearest(x: Tensor, stored: Tensor, field: Field) -> tuple[Tensor, Tensor]:
    value, index = x.new_full((len(x), 0), 0), torch.empty(len(x), 0, dtype=torch.int64)
    for start in range(0, len(stored), COLUMNS):
        y = finished(stored[start : start + COLUMNS], field).flatten(1)
        # |x - y|^2 less |x|^2, which is the same for all y
        apart = torch.addmm(y.square().sum(1), x, y.T, alpha=-2)
        found, column = apart.topk(min(2, len(y)), largest=False)
        value = torch.cat([value, found], 1)
        index = torch.cat([index, start + column], 1)
        value, kept = value.topk(min(2, value.shape[1]), largest=False)
        index = index.gather(1, kept)
    # Products are quick, but of what is close they give a difference of large numbers.
    y = finished(stored[index], field).flatten(2)  # (N, 2, D)
    distance, order = (x[:, None] - y).norm(dim=2).sort(1)
    return distance, index.gather(1, order)
