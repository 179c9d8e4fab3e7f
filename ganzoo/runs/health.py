r"""Numbers about samples: their diversity, their distance from the data, and how they are judged.

Let :math:`X` be the samples of a grid, :math:`Y` real ones, and :math:`s = E|Y - Y'|` the mean
distance between two real ones:

.. math::
    \text{diversity} = E|X - X'| / s \qquad
    \text{distance} = (2 E|X - Y| - E|X - X'| - E|Y - Y'|) / s \qquad
    \text{change} = E|X_i - X^{before}_i| / s

*Diversity* is 0 if all samples are the same. *Distance* is the energy distance (Székely and Rizzo
2013), which is 0 if both have the same distribution. *Change* compares the samples of the same
latents at two grids. Distances are Euclidean, between pixels for pictures. They show that a run
fails, but they are too coarse to show which of two good runs is better.

If the data's modes are known, *good* is the share of samples within three standard deviations of
the nearest centre, and *modes* is the number of centres with a good sample. *Seen*, *unseen* and
*fake* are the discriminator's mean outputs on real pictures in training, on held-out ones and on
the samples.

Source: Srivastava et al. 2017, section 4, https://arxiv.org/abs/1705.07761 (good, modes)
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.engine.data import Modes
from ganzoo.engine.distances import distances, spread
from ganzoo.pictures.samples import Samples
from ganzoo.runs.look import Look

COMPARED = 512
"""Largest number of samples to compare. Of more, the first are used."""


def health(
    samples: Samples, real: Look, before: Samples | None, verdicts: Mapping[str, Tensor]
) -> dict[str, float]:
    """A row of the table, without its step."""
    x, y = _flat(samples), _flat(real.samples)
    unit = spread(y)
    apart, across = spread(x), float(distances(x, y).mean())
    change = math.nan if before is None else float((x - _flat(before)).norm(dim=1).mean())
    row = {
        "diversity": _ratio(apart, unit),
        "distance": _ratio(2 * across - apart - unit, unit),
        "change": _ratio(change, unit),
    }
    if real.modes is not None:
        row |= _coverage(samples.tensor, real.modes)
    row |= {name: float(outputs.mean()) for name, outputs in verdicts.items()}
    return {name: round(value, 6) for name, value in row.items()}


def _coverage(points: Tensor, modes: Modes) -> dict[str, float]:
    good = modes.good(points.numpy())
    return {"modes": int((good > 0).sum()), "good": float(good.sum()) / len(points)}


def _flat(samples: Samples) -> Tensor:
    """Flat samples (n, D) as they are stored, so pictures as bytes."""
    (array,) = samples.arrays().values()
    return torch.from_numpy(array)[:COMPARED].float().flatten(1)


def _ratio(value: float, unit: float) -> float:
    return value / unit if unit else math.nan
