r"""Measures how close samples are to the training pictures, which shows whether they are copies.

For each sample :math:`x`, let :math:`y` be the nearest training picture, and let :math:`y'` be the
training picture nearest to :math:`y`. The sample is *authentic* if it is further from :math:`y`
than :math:`y'` is:

.. math:: |x - y| > |y - y'|

*authenticity* is the share of authentic samples. Copies are never authentic, and noise always is.
Of new pictures of the same kind, most are: two thirds of MNIST's test digits. A low share shows
memorisation. A high share alone shows nothing, because noise scores 1, so neither direction is
better. *distance* is the mean of :math:`|x - y|` in units of the mean distance between two real
pictures. It is 0 for copies and 0.42 for MNIST's test digits.

>>> # one pixel: 1 is nearer to 0 than 3 is, so it is not authentic; 13 is further from 7 than 3 is
>>> import ganzoo
>>> pixel = lambda *values: tensor(values).reshape(-1, 1, 1, 1)
>>> field = ganzoo.Field((1, 1, 1), range=(0.0, 20.0))
>>> data = ganzoo.Data({"image": field}, {"image": pixel(0.0, 3.0, 7.0).numpy()})
>>> scores = Neighbours().against(data)(pixel(1.0, 13.0))
>>> scores["authenticity"], isclose(scores["distance"], mean([1, 6]) / mean([3, 7, 4]))
(0.5, True)

Distances are Euclidean, between pixels. The paper measures them between the features of a trained
network instead. Pixels need no network, but they have limits:

- A copy that is shifted by one pixel seems new.
- A blurred picture is close to everything, so a generator of blurred pictures seems to copy.
- A copy of a training picture that occurs twice in the data is not noticed.

Source: Alaa et al., "How Faithful is your Synthetic Data?", 2022, https://arxiv.org/abs/2102.08921
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
"""Samples that are compared at a time."""
COLUMNS = 4_000
"""Training pictures that they are compared with at a time."""


@dataclass(frozen=True)
class Neighbours:
    """Authenticity and mean distance to the nearest training picture."""

    real: Annotated[int, Ge(2)] = 1_000
    """Number of real pictures for the mean distance between two of them."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not pictures."""
        check_picture(field)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W).

        Raises:
            DoesNotFit: The data are not pictures, are not in memory, or are all the same.
        """
        trained, field = in_memory(data), data.first
        unit = usual_distance(data, self.real)

        def scores(samples: Tensor) -> dict[str, float]:
            near, index = nearest(samples, trained, field)
            met, which = torch.unique(index[:, 0], return_inverse=True)
            # each training picture is nearest to itself, and the second nearest is another one
            others, _ = nearest(finished(trained[met], field), trained, field)
            authentic = near[:, 0] > others[which, 1]
            return {
                "authenticity": float(authentic.double().mean()),
                "distance": float(near[:, 0].mean()) / unit,
            }

        return scores


def nearest(samples: Tensor, stored: Tensor, field: Field) -> tuple[Tensor, Tensor]:
    """Distances and indices (N, 2) of the two pictures in ``stored`` nearest to each sample.

    The memory that it needs does not depend on the number of samples or pictures.
    """
    parts = [_nearest(rows.flatten(1), stored, field) for rows in torch.split(samples, ROWS)]
    return torch.cat([near for near, _ in parts]), torch.cat([index for _, index in parts])


def _nearest(x: Tensor, stored: Tensor, field: Field) -> tuple[Tensor, Tensor]:
    value, index = x.new_full((len(x), 0), 0), torch.empty(len(x), 0, dtype=torch.int64)
    for start in range(0, len(stored), COLUMNS):
        y = finished(stored[start : start + COLUMNS], field).flatten(1)
        # |x - y|^2 without |x|^2, which is the same for all y
        apart = torch.addmm(y.square().sum(1), x, y.T, alpha=-2)
        found, column = apart.topk(min(2, len(y)), largest=False)
        value = torch.cat([value, found], 1)
        index = torch.cat([index, start + column], 1)
        value, kept = value.topk(min(2, value.shape[1]), largest=False)
        index = index.gather(1, kept)
    # The products above are fast, but lose precision for close pictures. So measure these again.
    y = finished(stored[index], field).flatten(2)  # (N, 2, D)
    distance, order = (x[:, None] - y).norm(dim=2).sort(1)
    return distance, index.gather(1, order)
