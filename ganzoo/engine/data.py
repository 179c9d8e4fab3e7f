"""What a dataset's ``load()`` returns: samples by name, in memory or read one by one."""

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
    """Samples that do not fit into memory. They are read by index, often in other processes."""

    def __len__(self) -> int: ...

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One sample by field name.

        Anything random, such as a flip or a crop, must use ``rng``. It depends only on the run's
        seed, the epoch and the index, so a resumed run sees the same pictures. A run also
        identifies its data by some samples, unless the dataset has a method ``fingerprint``.
        """
        ...


@dataclass(frozen=True, eq=False)
class Modes:
    """Where points are dense, so that metrics can count the modes that a generator covers."""

    centres: Array
    """(K, D)."""
    sigma: float
    """Standard deviation around each centre."""

    def good(self, points: Array, sigmas: float = 3.0) -> NDArray[np.int64]:
        """The number of good points of each mode, (K,), among points (N, D).

        A point belongs to its nearest centre. It is good within ``sigmas`` standard deviations.
        """
        distances = np.linalg.norm(points[:, None] - self.centres, axis=2)  # (N, K)
        nearest = distances.argmin(axis=1)
        is_good = distances.min(axis=1) <= sigmas * self.sigma
        return np.bincount(nearest[is_good], minlength=len(self.centres))


@dataclass(frozen=True)
class Data:
    """Samples, and what their names mean.

    It takes either ``arrays`` or a ``source``. Store pictures as uint8. The engine scales each
    batch to the field's range.

    Raises:
        GanzooError: The arrays do not match the fields, or neither or both of ``arrays`` and
            ``source`` are given.
    """

    fields: Mapping[str, Field]
    """Name -> its meaning. A GAN learns to generate the first field."""
    arrays: Mapping[str, Array] | None = None
    """Name -> (N, \\*shape), all in one order. Data that is combined again in each epoch, such as
    two unpaired domains, needs a source."""
    source: Source | None = None
    held_out: Mapping[str, Array] = field(default_factory=dict)
    """Name -> (M, \\*shape). Inputs that training does not use, for games that translate. A run
    stores them, so it can sample without the dataset."""
    modes: Modes | None = None
    """The modes of points, if they are known."""
    depicts: str | None = None
    """What the pictures show, such as ``"digits"``, for metrics that need to know it."""

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
                    f"Data field {name!r} has shape {shape}, but its array has {array.shape[1:]}"
                )

    @property
    def first(self) -> Field:
        """The field that a GAN learns to generate."""
        return next(iter(self.fields.values()))

    def led_by(self, name: str) -> Data:
        """The same data with another first field, for a game that generates that field.

        ``modes`` and ``depicts`` describe the old first field and are removed.
        """
        if name == next(iter(self.fields)):
            return self
        fields = {name: self.fields[name], **self.fields}
        return replace(self, fields=fields, modes=None, depicts=None)

    def some(self, n: int) -> Array:
        r"""``n`` samples of the first field, (n, \*shape) in its range. All if there are fewer.

        They are evenly spaced over the data. So they are the same each time and cover all classes
        of sorted data.
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
