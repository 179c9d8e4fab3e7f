"""Small data of several shapes, made here, so that checks need neither files nor network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ganzoo.engine.data import Data
from ganzoo.registry.isolation import Plugin
from ganzoo.registry.records import Dataset, Field

SIZE = 64
CLASSES = 10


@dataclass(frozen=True)
class Practice:
    """Samples that differ, with labels."""

    shape: ClassVar[tuple[int, ...]]

    def load(self) -> Data:
        """The samples: "point" or "image", and "label"."""
        rng = np.random.default_rng(0)
        labels = np.arange(SIZE, dtype=np.int64) % CLASSES
        if len(self.shape) == 1:
            name, field = "point", Field(self.shape)
            values = rng.standard_normal((SIZE, *self.shape)).astype(np.float32)
        else:
            name, field = "image", Field(self.shape, range=(-1.0, 1.0))
            values = rng.integers(256, size=(SIZE, *self.shape)).astype(np.uint8)
        return Data(
            fields={name: field, "label": Field((), dtype="int64", classes=CLASSES)},
            arrays={name: values, "label": labels},
        )


class Points(Practice):
    """Points in the plane."""

    shape = (2,)


class Grey28(Practice):
    """As large as MNIST's digits."""

    shape = (1, 28, 28)


class Colour32(Practice):
    """As large as CIFAR's pictures."""

    shape = (3, 32, 32)


class Colour64(Practice):
    """As large as small photographs are usually made."""

    shape = (3, 64, 64)


DATASETS = {"points": Points, "grey-28": Grey28, "colour-32": Colour32, "colour-64": Colour64}


DISTRIBUTION = "ganzoo-testing"
PRACTICE = Plugin(
    "practice",
    DISTRIBUTION,
    tuple(
        Dataset(name=name, summary=f"{cls.__doc__}", factory=f"{__name__}:{cls.__name__}")
        for name, cls in DATASETS.items()
    ),
)
"""Never in the process's registry: only where checks are made."""
