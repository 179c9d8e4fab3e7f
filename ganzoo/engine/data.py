"""What a dataset's ``load()`` returns: samples by name, whole in memory or read one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

Array = NDArray[Any]


class Source(Protocol):
    """Samples that do not fit into memory, read by index, perhaps in another process."""

    def __len__(self) -> int: ...

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One sample by field name.

        ``rng`` follows from the run's seed, the epoch and the index alone: whatever is random here
        (a flip, a crop) must come from it, so that a resumed run sees the same pictures.
        """
        ...


@dataclass(frozen=True, eq=False)
class Modes:
    """Where points are dense: so that it can be counted which modes a generator found."""

    centres: Array
    """(K, D)."""
    sigma: float
    """Standard deviation around each. A sample within three of it is a good one."""

    def good(self, points: Array, sigmas: float = 3.0) -> NDArray[np.int64]:
        """How many of the points (N, D) are good ones of each mode: (K,).

        A point belongs to its nearest centre, and is good within ``sigmas`` standard deviations.
        """
        distances = np.linalg.norm(points[:, None] - self.centres, axis=2)  # (N, K)
        nearest = distances.argmin(axis=1)
        is_good = distances.min(axis=1) <= sigmas * self.sigma
        return np.bincount(nearest[is_good], minlength=len(self.centres))


@dataclass(frozen=True)
class Data:
    """Samples, and what their names stand for.

    Give either ``arrays`` (name -> array of N samples; images as uint8, which the engine scales to
    the field's range a batch at a time) or a ``source``.
    """

    fields: Mapping[str, Field]
    """Name -> what it is. The first is what a GAN learns to generate."""
    arrays: Mapping[str, Array] | None = None
    """Name -> (N, \\*shape). All share one order: what must be combined afresh in each epoch (two
    unpaired domains) needs a source."""
    source: Source | None = None
    held_out: Mapping[str, Array] = field(default_factory=dict)
    """Name -> (M, \\*shape): inputs that are not trained on, for games that translate. A run keeps
    them, so that it can sample without the dataset."""
    modes: Modes | None = None
    """Of points: the modes that they are drawn from, where these are known."""
    depicts: str | None = None
    """What its pictures show, for metrics that know only that, such as ``"digits"``."""

    def __post_init__(self) -> None:
        if (self.arrays is None) == (self.source is None):
            raise GanzooError("Data takes either arrays or a source")
        if not self.fields:
            raise GanzooError("Data needs at least one field")
        if self.arrays is not None:
            if set(self.arrays) != set(self.fields):
                raise GanzooError(
                    f"Data has fields {', '.join(self.fields)} but arrays {', '.join(self.arrays)}"
                )
            self._check_shapes(self.arrays)
            if len({len(a) for a in self.arrays.values()}) != 1:
                lengths = ", ".join(f"{name}: {len(a)}" for name, a in self.arrays.items())
                raise GanzooError(f"Data has arrays of different lengths ({lengths})")
        if strange := set(self.held_out) - set(self.fields):
            raise GanzooError(f"Data holds out {strange.pop()!r}, which is not one of its fields")
        self._check_shapes(self.held_out)

    def __repr__(self) -> str:
        fields = ", ".join(f"{k} {tuple(field.shape)}" for k, field in self.fields.items())
        return f"<Data: {len(self):,} of {fields}>"

    def _check_shapes(self, arrays: Mapping[str, Array]) -> None:
        for name, array in arrays.items():
            shape = tuple(self.fields[name].shape)
            if not isinstance(array, np.ndarray):
                raise GanzooError(
                    f"Data field {name!r} is a {type(array).__name__}; expected a numpy array"
                )
            if array.shape[1:] != shape:
                raise GanzooError(
                    f"Data field {name!r} says shape {shape}, its array holds {array.shape[1:]}"
                )

    @property
    def first(self) -> Field:
        """What a GAN learns to generate."""
        return next(iter(self.fields.values()))

    def led_by(self, name: str) -> Data:
        """The same with another first field, for a game that makes that one.

        What is known of the first field (``modes``, ``depicts``) is not known of another.
        """
        if name == next(iter(self.fields)):
            return self
        fields = {name: self.fields[name], **self.fields}
        return replace(self, fields=fields, modes=None, depicts=None)

    def some(self, n: int) -> Array:
        r"""``n`` samples of the first field, or as many as there are: (n, \*shape), in its range.

        Evenly spaced over the data: the same each time, and of all classes where these are sorted.
        """
        name, n = next(iter(self.fields)), min(n, len(self))
        index = np.arange(n) * len(self) // n
        if self.arrays is not None:
            stored = self.arrays[name][index]
        else:
            assert self.source is not None
            rng = np.random.default_rng(0)
            stored = np.stack([self.source.item(int(i), rng)[name] for i in index])
        values = stored.astype(self.first.dtype)
        if stored.dtype == np.uint8 and self.first.range is not None:
            low, high = self.first.range
            values = values * values.dtype.type((high - low) / 255) + values.dtype.type(low)
        return values

    def __len__(self) -> int:
        if self.arrays is not None:
            return len(next(iter(self.arrays.values())))
        assert self.source is not None
        return len(self.source)
