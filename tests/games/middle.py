"""How far the middle of the samples is from that of the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

import ganzoo


@dataclass(frozen=True)
class Middle:
    """Of points."""

    def against(self, data: ganzoo.Data) -> Callable[[Tensor], Mapping[str, float]]:
        if not data.first.is_point:
            raise ganzoo.DoesNotFit("it measures points")
        middle = data.some(len(data)).mean(axis=0)
        return lambda samples: {
            "distance": float(np.linalg.norm(samples.numpy().mean(axis=0) - middle))
        }
