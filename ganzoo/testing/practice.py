"""Small generated data of several shapes, so that checks need no files and no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ganzoo.engine.data import Array, Data
from ganzoo.registry.field import domains
from ganzoo.registry.isolation import Plugin
from ganzoo.registry.records import Dataset, Field

SIZE = 64
CLASSES = 10


@dataclass(frozen=True)
class Practice:
    """Random samples with labels."""

    learnt: ClassVar[Field]

    def fields(self) -> Mapping[str, Field]:
        """The samples: "point" or "image", and "label"."""
        name = "image" if self.learnt.is_image else "point"
        return {name: self.learnt, "label": Field((), dtype="int64", classes=CLASSES)}

    def load(self) -> Data:
        """Samples of these fields. The same samples are held out, for games that translate."""
        samples = made_up(self.fields())
        return Data(self.fields(), samples, held_out=samples)


def made_up(fields: Mapping[str, Field]) -> dict[str, Array]:
    """`SIZE` samples of any fields, as a dataset stores them: pictures as bytes.

    Each further domain has fewer. If there is a label, samples of its domain with a higher one have
    higher values.
    """
    rng, number = np.random.default_rng(0), {each: k for k, each in enumerate(domains(fields))}

    def samples(field: Field) -> Array:
        shape = (SIZE - 8 * number[field.domain], *field.shape)
        if field.names and field.classes is None:  # attributes, each there or not
            return rng.integers(2, size=shape)
        if field.classes is not None:
            return rng.integers(field.classes, size=shape)
        if field.range is not None:
            return rng.integers(256, size=shape).astype(np.uint8)
        return rng.standard_normal(shape).astype(np.float32)

    drawn = {name: samples(field) for name, field in fields.items()}
    for label, field in fields.items():
        if field.classes is not None and not field.shape:
            share = drawn[label] / max(field.classes - 1, 1)
            own = [
                name
                for name, other in fields.items()
                if other.domain == field.domain and other.classes is None and not other.names
            ]
            return drawn | {name: _raised(drawn[name], share) for name in own}
    return drawn


def _raised(values: Array, share: Array) -> Array:
    """Samples, each raised by its share of half the range, or of twenty standard deviations."""
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    raised: Array = values // 2 + 128 * share if values.dtype == np.uint8 else values + 20 * share
    return raised.astype(values.dtype)


class Points(Practice):
    """Points in the plane."""

    learnt = Field((2,))


class Grey28(Practice):
    """Pictures with the size of MNIST's digits."""

    learnt = Field((1, 28, 28), range=(-1.0, 1.0))


class Colour32(Practice):
    """Pictures with the size of CIFAR's."""

    learnt = Field((3, 32, 32), range=(-1.0, 1.0))


class Colour64(Practice):
    """Pictures with the usual size of small photographs."""

    learnt = Field((3, 64, 64), range=(-1.0, 1.0))


class Attributes(Practice):
    """Points in the plane with several labels each."""

    learnt = Field((2,))

    def fields(self) -> Mapping[str, Field]:
        """The samples "point", and "label" with three attributes."""
        names = ("right", "upper", "far")
        return {"point": self.learnt, "label": Field((3,), range=(0.0, 1.0), names=names)}


class TwoDomains(Practice):
    """Points in two domains that form no pairs."""

    learnt = Field((2,), domain="a")

    def fields(self) -> Mapping[str, Field]:
        """The samples "a" and "b". There are fewer of "b"."""
        return {"a": self.learnt, "b": replace(self.learnt, domain="b")}


DATASETS = {
    "points": Points,
    "grey-28": Grey28,
    "colour-32": Colour32,
    "colour-64": Colour64,
    "attributes": Attributes,
    "two-domains": TwoDomains,
}


DISTRIBUTION = "ganzoo-testing"
PRACTICE = Plugin(
    "practice",
    DISTRIBUTION,
    tuple(
        Dataset(name=name, summary=f"{cls.__doc__}", factory=f"{__name__}:{cls.__name__}")
        for name, cls in DATASETS.items()
    ),
)
"""A plugin that is not in the process's registry, but only in that of the checks."""
