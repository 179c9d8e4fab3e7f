r"""Precision and recall: are samples like the data, and is all of the data like some sample?

One number cannot tell a GAN that draws nothing but perfect ones from a GAN that draws all digits
badly. Two can. Let :math:`N_3(x, X)` be the third nearest to :math:`x` of the others in a set
:math:`X`. The set's *manifold* is the union of balls around its members, each as large as that:

.. math:: M(X) = \bigcup_{x \in X} \{ y : |y - x| \le |N_3(x, X) - x| \}

*Precision* is the share of the samples that lie in the manifold of the data, *recall* the share of
the data that lies in the manifold of the samples. Perfect ones that are always alike have precision
1 and recall 0.

>>> data, samples = torch.arange(10.0)[:, None], torch.arange(5.0)[:, None]
>>> Manifold(data).holds(samples)  # precision
1.0
>>> Manifold(samples).holds(data)  # recall: the ball around 4 reaches to 1, and so to 7
0.8

Both depend on the features and on how many there are: compare what was computed from equally many.
The paper has 50,000 of each in the features of VGG-16.

Source: Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models",
2019, section 2, https://arxiv.org/abs/1904.06991
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

NEIGHBOURS = 3
"""The paper's k. A set needs more members than this."""
CHUNK = 500
"""Rows of distances in memory at a time: 40 MB beside 10,000 others."""


class Manifold:
    """Balls around features (N, D)."""

    def __init__(self, features: Tensor) -> None:
        self.features = features
        # Each is its own nearest, at distance 0: that one does not count.
        nearest = [rows.topk(NEIGHBOURS + 1, largest=False).values for rows in self._to(features)]
        self._radii = torch.cat(nearest)[:, -1]  # squared, as the distances are

    def holds(self, points: Tensor) -> float:
        """Share of the points (M, D) that lie in one ball or more."""
        held = [(rows <= self._radii).any(1) for rows in self._to(points)]
        return torch.cat(held).double().mean().item()

    def _to(self, points: Tensor) -> Iterator[Tensor]:
        """Squared distances from the points to the centres, some rows of (M, N) at a time.

        As |p|² + |c|² - 2 p·c, which is one matrix product. What is within rounding of 0 is made 0:
        a generator that repeats itself has balls of radius 0, and its samples must lie in them.
        """
        centres = self.features.double()
        lengths = centres.square().sum(1)  # (N,)
        for rows in torch.split(points.double(), CHUNK):
            own = rows.square().sum(1, keepdim=True)  # (rows, 1)
            squares = torch.addmm(lengths, rows, centres.T, alpha=-2).add_(own)
            yield squares.masked_fill_(squares < 1e-12 * own, 0)
