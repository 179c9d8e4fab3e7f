r"""Two-dimensional toy data, where you can see what a GAN has learnt and what it misses.

The data is a mixture of equally likely Gaussians. Each sample is one of :math:`K` centres, chosen
at random, plus noise.

.. math:: x = c_k + \sigma \epsilon, \qquad k \sim U\{1 \dots K\}, \quad \epsilon \sim N(0, I)

It is hard to say how good generated pictures are, but modes can be counted. A generator that
reaches only three of eight centres has *collapsed* onto three modes. Both mixtures are in common
use.

Source: Metz et al., "Unrolled Generative Adversarial Networks", 2016,
https://arxiv.org/abs/1611.02163 (ring), and Lin et al., "PacGAN: The power of two samples in
generative adversarial networks", 2017, https://arxiv.org/abs/1712.04086 (ring and grid)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Interval
from numpy.typing import NDArray

from ganzoo.engine.data import Data, Modes
from ganzoo.registry.records import Field

FIELDS = {"point": Field((2,))}
FORMULA = {"mixture of Gaussians": "1"}
"""Change the number with the formula. Machines may round its samples differently in the last bit,
so their bytes would be no good fingerprint."""
MOST_SAMPLES = 10_000_000
MOST_MODES = 1_000
Size = Annotated[int, Interval(ge=1, le=MOST_SAMPLES)]
Positive = Annotated[float, Gt(0)]


@dataclass(frozen=True)
class Ring:
    """Gaussians evenly spaced on a circle."""

    size: Size = 100_000
    """Number of samples."""
    modes: Annotated[int, Interval(ge=1, le=MOST_MODES)] = 8
    """Number of Gaussians."""
    radius: Positive = 1.0
    """Distance of the centres from the origin."""
    sigma: Positive = 0.01
    """Standard deviation of each Gaussian."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the samples. It is independent of trainer.seed."""

    @property
    def centres(self) -> NDArray[np.float64]:
        """(K, 2), counter-clockwise, the first one on the x axis."""
        angle = 2 * np.pi * np.arange(self.modes) / self.modes  # ends before 2 pi: all are distinct
        return self.radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def fields(self) -> Mapping[str, Field]:
        """Points "point" in the plane."""
        return FIELDS

    def fingerprint(self) -> Mapping[str, str]:
        """The formula. The settings determine the samples."""
        return FORMULA

    def load(self) -> Data:
        """The samples "point"."""
        return _mixture(self.centres, self.sigma, self.size, self.seed)


@dataclass(frozen=True)
class Grid:
    """Gaussians on a square grid around the origin."""

    size: Size = 100_000
    """Number of samples."""
    side: Annotated[int, Interval(ge=1, le=math.isqrt(MOST_MODES))] = 5
    """Number of Gaussians along each side."""
    spacing: Positive = 2.0
    """Distance between neighbouring centres."""
    sigma: Positive = 0.05
    """Standard deviation of each Gaussian."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the samples. It is independent of trainer.seed."""

    @property
    def centres(self) -> NDArray[np.float64]:
        """(K, 2), row by row from the lower left."""
        line = self.spacing * (np.arange(self.side) - (self.side - 1) / 2)
        y, x = np.meshgrid(line, line, indexing="ij")
        return np.stack([x.ravel(), y.ravel()], axis=1)

    def fields(self) -> Mapping[str, Field]:
        """Points "point" in the plane."""
        return FIELDS

    def fingerprint(self) -> Mapping[str, str]:
        """The formula. The settings determine the samples."""
        return FORMULA

    def load(self) -> Data:
        """The samples "point"."""
        return _mixture(self.centres, self.sigma, self.size, self.seed)


def _mixture(centres: NDArray[np.float64], sigma: float, size: int, seed: int) -> Data:
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(centres), size=size)
    noise = rng.standard_normal((size, 2), dtype=np.float32)
    points = centres.astype(np.float32)[chosen] + np.float32(sigma) * noise  # (N, 2)
    modes = Modes(centres, sigma)
    return Data(FIELDS, arrays={"point": points}, modes=modes)
