"""A setting's annotation in words: its type and its bounds.

``Annotated[int, Ge(1)]`` is "int" and "at least 1". The bounds are those of annotated-types, which
pydantic enforces.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MultipleOf


def type_name(annotation: Any) -> str:
    """A type without its bounds."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_name(args[0])
    if origin is typing.Literal:
        return " | ".join(map(str, args))
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(type_name, args))
    if args:
        return f"{origin.__name__}[{', '.join(map(type_name, args))}]"
    if annotation is ...:
        return "..."
    return getattr(annotation, "__name__", str(annotation)).replace("NoneType", "None")


def bounds(annotation: Any, each: str = "") -> Iterator[str]:
    """The bounds of a type in words; those of a tuple's items begin with "each"."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        inner, *metadata = args
        yield from bounds(inner, each)
        for bound in _ungrouped(metadata):
            match bound:
                case Ge(least):
                    yield f"{each}at least {least:,}"
                case Gt(least):
                    yield f"{each}more than {least:,}"
                case Le(most):
                    yield f"{each}at most {most:,}"
                case Lt(most):
                    yield f"{each}less than {most:,}"
                case MultipleOf(unit):
                    yield f"{each}a multiple of {unit:,}"
    elif origin is not typing.Literal:
        each = "each " if origin is tuple else each
        for inner in dict.fromkeys(args):
            yield from bounds(inner, each)


def _ungrouped(metadata: Iterable[Any]) -> Iterator[Any]:
    for each in metadata:
        yield from each if isinstance(each, GroupedMetadata) else (each,)
