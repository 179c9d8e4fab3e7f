"""Checks of a dataset: its data is what its fields say."""

from __future__ import annotations

import os
import random
import tempfile
from functools import partial
from itertools import islice
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch import Tensor

from ganzoo.engine.data import Array, Data
from ganzoo.engine.feed import Feed, finished
from ganzoo.errors import DataUnavailable, GanzooError, PluginFailed
from ganzoo.registry.records import Field
from ganzoo.registry.surroundings import own_random
from ganzoo.testing.check import Failed, expect, failed
from ganzoo.testing.stage import Stage, unchanged
from ganzoo.training.fields import check_loaded, fields_of

LOOKED_AT = 20
"""The number of batches, or of a source's samples, to check."""


def it_says_its_fields(stage: Stage) -> None:
    """it declares its fields without loading data, offline and without files."""
    dataset, advice = stage.made(), "let fields() depend only on the settings"
    with (
        unchanged(),
        tempfile.TemporaryDirectory() as nothing,
        mock.patch.dict(os.environ, GANZOO_DATA=nothing),
        mock.patch.object(stage.cls, "load", _not_yet, create=True),
    ):
        try:
            fields_of(dataset, stage.entry)
        except PluginFailed as error:
            if isinstance(error.__cause__, Failed):
                raise error.__cause__ from None
            raise
        except DataUnavailable as error:
            why = str(error).partition("\n")[0]
            raise failed(f"fields() needs the data: {why}", advice) from error


def _not_yet(self: Any) -> None:
    raise failed(
        "fields() calls load(), which must not be necessary",
        "describe the fields in fields(), and return Data(self.fields(), ...) from load()",
    )


def it_loads_what_its_fields_say(stage: Stage) -> None:
    """its data has the fields that it declares."""
    dataset = stage.made()
    with unchanged():
        said, loaded = fields_of(dataset, stage.entry), dataset.load().fields
    try:
        check_loaded(stage.entry, said, loaded)
    except GanzooError as error:
        raise failed(str(error), "return Data(self.fields(), ...) from load()") from error


def its_data_is_what_it_says(stage: Stage) -> None:
    """batches and held-out samples have the shape, dtype, range and classes of its fields."""
    data = stage.built().data
    _expect_stored(data)
    feed = Feed(data, batch_size=8, seed=0, device=torch.device("cpu"))
    for batch in islice(feed, min(LOOKED_AT, feed.per_epoch)):
        for name, field in data.fields.items():
            _expect_within(name, batch[name], field)
    for name, array in data.held_out.items():
        values = finished(torch.as_tensor(array), data.fields[name])
        _expect_within(f"held-out {name}", values, data.fields[name])


def _expect_stored(data: Data) -> None:
    """Check what a batch does not show, because it has been converted."""
    stored = _some(data)
    for domain, source in data.sources.items():
        item, names = source.item(0, np.random.default_rng(0)), data.domains[domain]
        expect(
            item.keys() == set(names),
            f"an item has {', '.join(item)}; the fields are {', '.join(names)}",
            "return each field and nothing else",
        )
    for key, value in stored.items():
        field = data.fields[key.partition(" ")[0]]
        expect(
            field.classes is None or value.dtype.kind in "iu",
            f"{key!r} holds labels as {value.dtype}",
            "store labels as integers",
        )
        expect(
            value.dtype != np.uint8 or len(field.shape) != 3 or field.range is not None,
            f"{key!r} holds pictures as bytes, but its field has no range",
            "write Field(..., range=(-1.0, 1.0)), to which bytes are scaled",
        )


def _expect_within(name: str, values: Tensor, field: Field) -> None:
    expect(
        tuple(values.shape[1:]) == tuple(field.shape)
        and values.dtype == getattr(torch, field.dtype),
        f"{name!r} is {values.dtype} of shape {tuple(values.shape[1:])}, but its field says "
        f"{field.dtype} of shape {tuple(field.shape)}",
        "describe the arrays in the Field",
    )
    low, high = field.range or (0, (field.classes or 0) - 1)
    if field.range is not None or field.classes is not None:
        expect(
            bool((values >= low).all() and (values <= high).all()),
            f"{name!r} is from {values.min()} to {values.max()}, but its field says "
            f"{low} to {high}",
            "store images as uint8, which are scaled to the field's range, and count labels from 0",
        )
    expect(bool(values.isfinite().all()), f"{name!r} is not finite", "leave out such samples")


def it_loads_the_same_twice(stage: Stage) -> None:
    """loading it twice gives the same samples."""
    with own_random():
        first = stage.built()
        for draw in (random.random, np.random.random, partial(torch.rand, 1)):
            draw()  # another process has other random states, too
        second = stage.built()
    expect(
        first.fingerprint.digest == second.fingerprint.digest,
        "two objects with the same settings have different fingerprints",
        "let fingerprint() depend only on the samples, and let item() use only its `rng`",
    )
    one, other = _some(first.data), _some(second.data)
    expect(
        one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one),
        "two calls of load() gave different samples",
        "take randomness from a setting `seed`, or in a source from the `rng` of item()",
    )


def _some(data: Data) -> dict[str, Array]:
    return dict(data.arrays or {}) | {
        f"{name} {i}": value
        for source in data.sources.values()
        for i in range(min(LOOKED_AT, len(source)))
        for name, value in source.item(i, np.random.default_rng(0)).items()
    }


CHECKS = (
    it_says_its_fields,
    it_loads_what_its_fields_say,
    its_data_is_what_it_says,
    it_loads_the_same_twice,
)
