"""Describes a setting's annotation in words, with its type and its bounds.

``Annotated[int, Ge(1)]`` is "int" and "at least 1". The bounds are those of annotated-types, which
pydantic enforces.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen, MultipleOf


def type_name(annotation: Any) -> str:
    """A type without its bounds, such as ``int | None``."""
    annotation = _unwrapped(annotation)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_name(args[0])
    if origin is typing.Literal:
        return " | ".join(map(str, args))
    if origin in (typing.Union, types.UnionType):
        return " | ".join(filter(None, map(type_name, args)))  # Literal[""] has no name
    if args:
        return f"{origin.__name__}[{', '.join(map(type_name, args))}]"
    if annotation is ...:
        return "..."
    return getattr(annotation, "__name__", str(annotation)).replace("NoneType", "None")


def bounds(annotation: Any) -> str:
    """The bounds of a type, such as ``at least 0 and less than 1``. Empty without bounds.

    The bounds of a tuple's items begin with "each".
    """
    annotation = _unwrapped(annotation)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        inner, *metadata = args
        return _and([bounds(inner), *map(_in_words, _ungrouped(metadata))])
    if origin is typing.Literal:
        return ""
    words = _and(map(bounds, args))
    return f"each {words}" if words and origin is tuple else words


def _in_words(bound: Any) -> str:
    match bound:
        case Ge(least):
            return f"at least {least:,}"
        case Gt(least):
            return f"more than {least:,}"
        case Le(most):
            return f"at most {most:,}"
        case Lt(most):
            return f"less than {most:,}"
        case MultipleOf(unit):
            return f"a multiple of {unit:,}"
        case MinLen(least):
            return f"at least {least:,} long"
        case MaxLen(most):
            return f"at most {most:,} long"
    return ""


def _and(words: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(filter(None, words)))


def _unwrapped(annotation: Any) -> Any:
    """The type behind a ``NewType`` or a ``type`` statement."""
    for name in ("__supertype__", "__value__"):
        annotation = getattr(annotation, name, annotation)
    return annotation


def _ungrouped(metadata: Iterable[Any]) -> Iterator[Any]:
    for each in metadata:
        if isinstance(each, GroupedMetadata):
            yield from each
        else:
            yield from getattr(each, "metadata", (each,))  # pydantic's Field holds several
