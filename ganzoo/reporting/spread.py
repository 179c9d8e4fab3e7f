r"""A number over the seeds of a sweep: its mean, and how sure that is.

Of :math:`n` runs that differ in their seed alone,

.. math::
    \bar x = \frac{1}{n} \sum_i x_i \qquad
    \text{standard error} = \frac{s}{\sqrt n}, \quad
    s^2 = \frac{1}{n - 1} \sum_i (x_i - \bar x)^2

The standard error is how far the mean of so many runs strays from that of endlessly many. One run
has none: what another seed would have given, it cannot tell.
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
    error: float
    """NaN where there are fewer than two values."""
    n: int

    @classmethod
    def over(cls, values: Iterable[float]) -> Spread:
        """That of the values which are numbers."""
        known = [value for value in values if math.isfinite(value)]
        n = len(known)
        mean = statistics.fmean(known) if known else math.nan
        return cls(mean, statistics.stdev(known) / math.sqrt(n) if n > 1 else math.nan, n)

    def __str__(self) -> str:
        """``0.9871 ± 0.0012``: the error in two digits, and the mean to its last."""
        if math.isnan(self.error):
            return number(self.mean)
        error = float(f"{self.error:.1e}")
        last = 1 - math.floor(math.log10(error)) if error else 0
        if error and -6 <= last <= 6:
            places = max(0, last)
            return f"{self.mean:,.{places}f} ± {error:,.{places}f}"
        return f"{number(self.mean)} ± {number(error)}"
