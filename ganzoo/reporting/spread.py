r"""The mean of a number over the seeds of a sweep, and its standard error.

For :math:`n` runs that differ only in their seed,

.. math::
    \bar x = \frac{1}{n} \sum_i x_i \qquad
    \text{standard error} = \frac{s}{\sqrt n}, \quad
    s^2 = \frac{1}{n - 1} \sum_i (x_i - \bar x)^2

The standard error estimates how far the mean of so many runs is from that of endlessly many. A
single run has none, because it does not show what another seed would give.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from ganzoo.reporting.curves import number


@dataclass(frozen=True)
class Spread:
    """A mean with its standard error."""

    mean: float
    error: float = math.nan
    """NaN if unknown, as with fewer than two values."""
    n: int = 0
    """The number of values, or 0 for a mean from a paper."""

    @classmethod
    def over(cls, values: Iterable[float]) -> Spread:
        """The mean and standard error of the finite values."""
        known = [value for value in values if math.isfinite(value)]
        n = len(known)
        mean = statistics.fmean(known) if known else math.nan
        return cls(mean, statistics.stdev(known) / math.sqrt(n) if n > 1 else math.nan, n)

    def apart(self, other: Spread) -> float:
        """The difference of two means, in standard errors of the difference.

        If the other's error is unknown, it counts as 0. If this one's is unknown, the result is
        NaN.
        """
        error = math.hypot(self.error, 0.0 if math.isnan(other.error) else other.error)
        difference = abs(self.mean - other.mean)
        if error == 0:
            return math.inf if difference else 0.0
        return difference / error

    def __str__(self) -> str:
        """``0.9871 ± 0.0012``: the error with two digits, and the mean as precise as the error."""
        if math.isnan(self.error):
            return number(self.mean)
        error = float(f"{self.error:.1e}")
        last = 1 - math.floor(math.log10(error)) if error else 0
        if error and -6 <= last <= 6:
            places = max(0, last)
            return f"{self.mean:,.{places}f} ± {error:,.{places}f}"
        return f"{number(self.mean)} ± {number(error)}"
