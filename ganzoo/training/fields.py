"""Reads a dataset's fields before it is loaded, and compares them with the loaded data."""

from __future__ import annotations

from collections.abc import Mapping
from reprlib import repr as short
from typing import Any

from ganzoo.errors import GanzooError
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.records import Field
from ganzoo.registry.registry import Entry


def fields_of(dataset: Any, entry: Entry) -> Mapping[str, Field]:
    """The fields of a dataset by name. Nothing is loaded.

    Args:
        dataset: The object, with its settings.
        entry: Its record, for messages.

    Raises:
        GanzooError: The method ``fields`` is missing or returns something else.
    """
    if not callable(getattr(dataset, "fields", None)):
        raise GanzooError(
            f"{Boundary(entry)} has no method fields. Add one that returns the fields of load(), "
            'such as {"point": ganzoo.Field((2,))}'
        )
    said = Boundary(entry).once(dataset.fields)
    if not isinstance(said, Mapping) or not said or not all(map(_is_field, said.items())):
        raise GanzooError(
            f"{Boundary(entry)}: fields() returned {short(said)}, expected names with their "
            'fields, such as {"point": ganzoo.Field((2,))}'
        )
    return said


def check_loaded(entry: Entry, said: Mapping[str, Field], loaded: Mapping[str, Field]) -> None:
    """Check that the loaded data has the declared fields in the same order.

    Raises:
        GanzooError: It does not.
    """
    if list(said) != list(loaded):
        raise GanzooError(
            f"{Boundary(entry)}: fields() says {', '.join(said)}, but load() "
            f"returned {', '.join(loaded)}"
        )
    for name, field in said.items():
        if field != loaded[name]:
            raise GanzooError(
                f"{Boundary(entry)}: fields() says that {name!r} is {field}, but load() returned "
                f"{loaded[name]}"
            )


def _is_field(item: tuple[object, object]) -> bool:
    name, field = item
    return isinstance(name, str) and isinstance(field, Field)
