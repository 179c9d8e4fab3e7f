"""Running sums of the numbers that moves log, on the device until a row of metrics is due."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Sums:
    """Sums and counts by name, in the order in which the names first came.

    The tensors stay where they are when a new row begins, so that a CUDA graph can add to them.
    """

    def __init__(self) -> None:
        self.totals: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Add one number for each name. New names keep the tensor that they come with."""
        known = [name for name in values if name in self.totals]
        if known:  # all at once, because a GPU takes as long for one
            torch._foreach_add_([self.totals[k] for k in known], [values[k] for k in known])
        for name, value in values.items():
            self.totals.setdefault(name, value)
            self.counts[name] = self.counts.get(name, 0) + 1

    def means(self) -> dict[str, float]:
        """The mean of each name since `clear`."""
        return {k: float(v) / self.counts[k] for k, v in self.used.items()}

    def begin(
        self, totals: Mapping[str, Tensor], counts: Mapping[str, int], device: torch.device
    ) -> None:
        """Continue from sums and counts. A name that was not in the row yet has no sum."""
        self.counts = dict(counts)
        self.totals = {
            name: (totals[name] if name in totals else torch.tensor(-0.0)).to(device)
            for name in counts
        }

    @property
    def used(self) -> dict[str, Tensor]:
        """The sums of the names that came since `clear`."""
        return {k: v for k, v in self.totals.items() if self.counts[k]}

    def clear(self) -> None:
        """Begin a new row."""
        for name, total in self.totals.items():
            total.fill_(-0.0)  # added to a number, it keeps every bit, which 0.0 does not for -0.0
            self.counts[name] = 0
