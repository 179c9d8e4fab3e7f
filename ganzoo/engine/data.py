"""What a dataset's ``load()`` returns: samples by name, in memory or read one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import GanzooError
from ganzoo.registry.field import Field, domains

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
    batch to the field's range. All fields of one domain (`Field.domain`) have one order. Without
    domains, that is all fields.

    Raises:
        GanzooError: The arrays do not match the fields, or neither or both of ``arrays`` and
            ``source`` are given.
    """

    fields: Mapping[str, Field]
    """Name -> its meaning. A GAN learns to generate the first field."""
    arrays: Mapping[str, Array] | None = None
    """Name -> (N, \\*shape), with the same N for all fields of a domain."""
    source: Source | Mapping[str, Source] | None = None
    """The source of all fields. If they have several domains, the name of each -> its source."""
    held_out: Mapping[str, Array] = field(default_factory=dict)
    """Name -> (M, \\*shape), with the same M for all fields of a domain, and for all that have
    partners (`Field.partners`). Samples that training does not use, for games that translate: their
    inputs, and the targets if they are known. A run stores them, so it can sample without the
    dataset. `read_source` reads them from a source."""
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
            self._check_arrays(self.arrays, "arrays")
        elif isinstance(self.source, Mapping) or len(self.domains) > 1:
            self._check_sources()
        if strange := set(self.held_out) - set(self.fields):
            raise GanzooError(f"Data holds out {strange.pop()!r}, which is not one of its fields")
        self._check_arrays(self.held_out, "held-out arrays")
        self._check_partners()

    def __repr__(self) -> str:
        each = [
            f"{self.sizes[domain]:,} of "
            + ", ".join(f"{name} {tuple(self.fields[name].shape)}" for name in names)
            for domain, names in self.domains.items()
        ]
        return f"<Data: {', '.join(each)}>"

    def _check_arrays(self, arrays: Mapping[str, Array], what: str) -> None:
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
        for domain, names in self.domains.items():
            there = [name for name in names if name in arrays]
            if len({len(arrays[name]) for name in there}) > 1:
                lengths = ", ".join(f"{name}: {len(arrays[name])}" for name in there)
                raise GanzooError(
                    f"Data has {what} of different lengths ({lengths})"
                    + (f" in the domain {domain!r}" if domain else "")
                    + ". If their samples form no pairs, give each field a domain of its own, such "
                    f"as Field(..., domain={there[-1]!r})"
                )

    def _check_partners(self) -> None:
        lengths = {k: len(v) for k, v in self.held_out.items() if self.fields[k].partners}
        if len({*lengths.values()}) > 1:
            each = ", ".join(f"{name}: {length}" for name, length in lengths.items())
            raise GanzooError(
                f"Data has held-out arrays of different lengths ({each}), but their fields have "
                "partners. Hold out the partner of each sample, in the same order"
            )

    def _check_sources(self) -> None:
        given = list(self.source) if isinstance(self.source, Mapping) else []
        if set(given) != set(self.domains):
            has = f"sources for {', '.join(map(repr, given))}" if given else "one source"
            raise GanzooError(
                f"Data has the domains {', '.join(map(repr, self.domains))}, but {has}. Give "
                "each domain a source, by the name of the domain"
            )

    @property
    def first(self) -> Field:
        """The field that a GAN learns to generate."""
        return next(iter(self.fields.values()))

    @property
    def domains(self) -> dict[str, tuple[str, ...]]:
        """The domains, and the names of the fields in each. Most data has one, named ``""``."""
        return domains(self.fields)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of samples in each domain."""
        if self.arrays is not None:
            return {each: len(self.arrays[names[0]]) for each, names in self.domains.items()}
        return {each: len(source) for each, source in self.sources.items()}

    @property
    def sources(self) -> dict[str, Source]:
        """The source of each domain. None if the samples are in memory."""
        if self.source is None:
            return {}
        if isinstance(self.source, Mapping):
            return {domain: self.source[domain] for domain in self.domains}
        return dict.fromkeys(self.domains, self.source)

    def led_by(self, name: str) -> Data:
        """The same data with another first field, for a game that generates that field.

        ``modes`` and ``depicts`` describe the old first field and are removed.
        """
        if name == next(iter(self.fields)):
            return self
        fields = {name: self.fields[name], **self.fields}
        return replace(self, fields=fields, modes=None, depicts=None)

    def some(self, n: int, name: str | None = None) -> Array:
        r"""``n`` samples of a field, (n, \*shape) in its range. All if there are fewer.

        They are evenly spaced over the data. So they are the same each time and cover all classes
        of sorted data. By default, they are of the first field.
        """
        name = next(iter(self.fields)) if name is None else name
        field = self.fields[name]
        size = self.sizes[field.domain]
        n = min(n, size)
        index = np.arange(n) * size // n
        if self.arrays is not None:
            stored = self.arrays[name][index]
        else:
            stored = read_source(self.sources[field.domain], index)[name]
        values = stored.astype(field.dtype)
        if stored.dtype == np.uint8 and field.range is not None and field.scales_bytes:
            low, high = field.range
            values = values * values.dtype.type((high - low) / 255) + values.dtype.type(low)
        return values

    def __len__(self) -> int:
        """Number of samples of the first field."""
        return self.sizes[self.first.domain]


def read_source(source: Source, index: Iterable[int] | None = None) -> dict[str, Array]:
    r"""Samples of a source in memory, name -> (N, \*shape). All if there is no ``index``.

    Anything random about them is the same each time. With it, a dataset can hold out samples that
    it reads one by one: ``Data(fields, source=train, held_out=ganzoo.read_source(test))``.
    """
    rng = np.random.default_rng(0)
    items = [source.item(int(i), rng) for i in (range(len(source)) if index is None else index)]
    return {
        name: np.stack([np.asarray(item[name]) for item in items])
        for name in (items[0] if items else ())
    }
