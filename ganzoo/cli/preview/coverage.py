"""How much of the data the samples cover: the modes of points, the classes of digits."""

from __future__ import annotations

from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.registry.records import Field

DIGIT = Field((1, 28, 28), range=(-1.0, 1.0))
"""The pictures that the classifier of digits takes."""
FEW = 4
"""The largest number of missing classes that are named."""


class Coverage:
    """Counts the modes of points, if they are known, and the classes of digits."""

    def __init__(self, data: Data) -> None:
        self._modes = data.modes
        self._network = None
        field = data.first
        if data.depicts == "digits" and (field.shape, field.range) == (DIGIT.shape, DIGIT.range):
            from ganzoo.builtin.digits.network import pretrained  # takes a tenth of a second

            self._network = pretrained()

    def of(self, samples: Tensor) -> str:
        """``6 of 8 modes``, ``8 of 10 digits, no 2 5``; empty if it cannot be counted."""
        if self._modes is not None:
            good = self._modes.good(samples.nan_to_num(1e9).numpy())
            return f"{int((good > 0).sum())} of {len(good)} modes"
        if self._network is None:
            return ""
        from ganzoo.builtin.digits.network import seen

        _, logits = seen(self._network, samples)
        there = set(logits.argmax(1).tolist())
        missing = [str(i) for i in range(logits.shape[1]) if i not in there]
        named = f", no {' '.join(missing)}" if 0 < len(missing) <= FEW else ""
        return f"{len(there)} of {logits.shape[1]} digits{named}"
