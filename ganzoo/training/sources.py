"""Samples that a dataset reads one by one, each checked where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from reprlib import repr as short
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganzoo.engine.data import Data, Source
from ganzoo.errors import GanzooError
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.records import Field

Array = NDArray[Any]


class GuardedSource:
    """A dataset's source, called inside the dataset's boundary, in any process.

    Raises:
        GanzooError: A sample has other fields or other shapes than the dataset declares.
        PluginFailed: The source's code raised an exception.
    """

    def __init__(self, source: Source, fields: Mapping[str, Field], guard: Boundary) -> None:
        self._source = source
        self._fields = fields
        self._guard = guard
        self._length = guard(len, source)

    def __len__(self) -> int:
        return self._length

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        """One sample by field name."""
        return self._guard(self._item, index, rng)

    def _item(self, index: int, rng: np.random.Generator) -> Mapping[str, Array]:
        item = self._source.item(index, rng)
        if not isinstance(item, Mapping) or (absent := set(self._fields) - set(item)):
            what = f"no {sorted(absent)[0]!r}" if isinstance(item, Mapping) else short(item)
            raise GanzooError(
                f"item({index}) gave {what}; expected arrays by name, for {', '.join(self._fields)}"
            )
        for name, field in self._fields.items():
            if np.shape(item[name]) != tuple(field.shape):
                raise GanzooError(
                    f"item({index}) gave {name!r} of shape {np.shape(item[name])}; "
                    f"expected {tuple(field.shape)}"
                )
        return item


def guarded(data: Data, guard: Boundary) -> Data:
    """The same data, with its sources called inside the dataset's boundary."""
    if data.source is None:
        return data
    fields = {each: {k: data.fields[k] for k in names} for each, names in data.domains.items()}
    sources = {each: GuardedSource(s, fields[each], guard) for each, s in data.sources.items()}
    return replace(data, source=sources)


def check_readable(guard: Boundary, name: str, array: Array) -> None:
    """Check that torch can use an array.

    Raises:
        GanzooError: It cannot, such as for an array of objects.
    """
    try:
        torch.as_tensor(array[:1]).index_select(0, torch.zeros(1, dtype=torch.int64))
    except (TypeError, ValueError, RuntimeError) as error:
        raise GanzooError(
            f"{guard}: torch cannot use the array {name!r} of {array.dtype} ({error})"
        ) from error
