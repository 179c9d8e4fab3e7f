"""What a dataset says of its data before it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field
from ganzoo.registry.registry import Entry


def fields_of(dataset: Any, entry: Entry) -> Mapping[str, Field]:
    """What each name in a batch of the dataset will stand for. Nothing is loaded.

    Args:
        dataset: the object, with its settings.
        entry: its record, for messages.

    Raises:
        GanzooError: it does not say so.
    """
    if not callable(getattr(dataset, "fields", None)):
        raise GanzooError(
            f"{_who(entry)} has no method fields: add one that returns what load() will give, "
            'such as {"point": ganzoo.Field((2,))}'
        )
    said = dataset.fields()
    if not isinstance(said, Mapping) or not said or not all(map(_is_field, said.items())):
        raise GanzooError(
            f"{_who(entry)}: fields() gave {said!r}; expected names and what they stand for, "
            'such as {"point": ganzoo.Field((2,))}'
        )
    return said


def check_loaded(entry: Entry, said: Mapping[str, Field], loaded: Mapping[str, Field]) -> None:
    """See that a dataset loaded what it said, in the same order: the first is what is learnt.

    Raises:
        GanzooError: it did not.
    """
    if list(said) != list(loaded):
        raise GanzooError(
            f"{_who(entry)}: fields() says {', '.join(said)}; load() gave {', '.join(loaded)}"
        )
    for name, field in said.items():
        if field != loaded[name]:
            raise GanzooError(
                f"{_who(entry)}: fields() says that {name!r} is {field}; load() gave {loaded[name]}"
            )


def _who(entry: Entry) -> str:
    return f"dataset {entry.record.name} ({entry.record.factory})"


def _is_field(item: tuple[object, object]) -> bool:
    name, field = item
    return isinstance(name, str) and isinstance(field, Field)
