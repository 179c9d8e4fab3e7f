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
    error: float = math.nan
    """NaN where it is not known: there are fewer than two values."""
    n: int = 0
    """How many values; 0 where somebody else had them."""

    @classmethod
    def over(cls, values: Iterable[float]) -> Spread:
        """That of the values which are numbers."""
        known = [value for value in values if math.isfinite(value)]
        n = len(known)
        mean = statistics.fmean(known) if known else math.nan
        return cls(mean, statistics.stdev(known) / math.sqrt(n) if n > 1 else math.nan, n)

    def apart(self, other: Spread) -> float:
        """How many standard errors, of both together, lie between two means.

        An error of the other's that is not known counts as none; where this one's is not known,
        NaN.
        """
        error = math.hypot(self.error, 0.0 if math.isnan(other.error) else other.error)
        difference = abs(self.mean - other.mean)
        if error == 0:
            return math.inf if difference else 0.0
        return difference / error

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
