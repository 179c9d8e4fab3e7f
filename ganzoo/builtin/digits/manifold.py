r"""Precision and recall: do samples resemble the data, and do samples resemble all of the data?

A single number cannot distinguish a GAN that draws perfect ones and no other digit from a GAN that
draws all digits badly. Two numbers can. Let :math:`N_3(x, X)` be the third nearest neighbour of
:math:`x` in the rest of a set :math:`X`. The *manifold* of the set is the union of balls around its
members, each with the distance to that neighbour as its radius:

.. math:: M(X) = \bigcup_{x \in X} \{ y : |y - x| \le |N_3(x, X) - x| \}

*Precision* is the share of the samples that lie in the manifold of the data. *Recall* is the share
of the data that lies in the manifold of the samples. A GAN that always draws the same perfect one
has precision 1 and recall 0.

>>> data, samples = torch.arange(10.0)[:, None], torch.arange(5.0)[:, None]
>>> Manifold(data).holds(samples)  # precision
1.0
>>> Manifold(samples).holds(data)  # recall: the ball around 4 reaches to 1, and so to 7
0.8

Both depend on the features and on the number of samples. Compare only values from equally many
samples. The paper uses 50,000 real and 50,000 generated pictures, with features of VGG-16.

Source: Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models",
2019, section 2, https://arxiv.org/abs/1904.06991
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

NEIGHBOURS = 3
"""The paper's k. A set needs more than k members."""
CHUNK = 500
"""Rows of distances in memory at a time. With 10,000 columns they take 40 MB."""


class Manifold:
    """Balls around features (N, D)."""

    def __init__(self, features: Tensor) -> None:
        self.features = features
        # The nearest neighbour of each feature is itself, at distance 0. It does not count.
        nearest = [rows.topk(NEIGHBOURS + 1, largest=False).values for rows in self._to(features)]
        self._radii = torch.cat(nearest)[:, -1]  # squared, like the distances

    def holds(self, points: Tensor) -> float:
        """The share of the points (M, D) that lie in at least one ball."""
        held = [(rows <= self._radii).any(1) for rows in self._to(points)]
        return torch.cat(held).double().mean().item()

    def _to(self, points: Tensor) -> Iterator[Tensor]:
        """Squared distances (M, N) from the points to the centres, some rows at a time.

        They are |p|² + |c|² - 2 p·c, which takes one matrix product. Values that are 0 up to
        rounding become 0. A generator that repeats itself has balls of radius 0, and its samples
        must lie in them.
        """
        centres = self.features.double()
        lengths = centres.square().sum(1)  # (N,)
        for rows in torch.split(points.double(), CHUNK):
            own = rows.square().sum(1, keepdim=True)  # (rows, 1)
            squares = torch.addmm(lengths, rows, centres.T, alpha=-2).add_(own)
            yield squares.masked_fill_(squares < 1e-12 * own, 0)
