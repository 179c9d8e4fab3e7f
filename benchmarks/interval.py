"""A median and how sure it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def median(values: Sequence[float]) -> str:
    """The median with a 95 % interval that assumes nothing of the distribution.

    The interval lies between two order statistics; which ones follows from the binomial
    distribution of how many values fall below the true median.
    """
    ordered, n = sorted(values), len(values)
    below = 0
    while sum(math.comb(n, i) for i in range(below + 1)) / 2**n <= 0.025:
        below += 1
    low, high = ordered[max(below - 1, 0)], ordered[min(n - below, n - 1)]
    return f"{statistics.median(ordered):.3f} [{low:.3f}, {high:.3f}]"
