"""Reads a setting's value: what a text may mean, and whether it fits the setting's type."""

from __future__ import annotations

import contextlib
import json
import tomllib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ganzoo.errors import GanzooError, UsageError
from ganzoo.prose.markup import readable
from ganzoo.registry.annotations import bounds

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from ganzoo.registry.settings import Override, Setting

OUT_OF_BOUNDS = {
    "greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of",
    "too_short", "too_long", "string_too_short", "string_too_long", "value_error",
}  # fmt: skip
"""pydantic's names for errors where the type is right and a bound is violated."""


def whole_number(value: object) -> str:
    """What a whole number of this sign must be, so that torch and numpy can hold it."""
    return "more than -2**63" if str(value).lstrip("[ ").startswith("-") else "less than 2**63"


def converted(setting: Setting, override: Override) -> Any:
    """An override's value as the setting's type.

    Raises:
        UsageError: the value has another type, or is out of bounds.
        GanzooError: the type itself is not one that text can set.
    """
    from pydantic import (
        ConfigDict,
        PydanticUserError,
        TypeAdapter,
        ValidationError,
    )  # slow to import, rarely needed

    try:
        adapter = TypeAdapter(setting.type, config=ConfigDict(allow_inf_nan=False))
    except PydanticUserError as error:
        raise GanzooError(f"{setting.key} has a type that cannot be set: {error}") from error
    expected = setting.type_name
    for value, read in _readings(override.value, adapter):
        try:
            return _within_64_bits(read(value), setting, override)
        except ValidationError as error:
            found = {each["type"] for each in error.errors()}
            if "int_parsing_size" in found:
                expected = whole_number(override.value)
            elif found & OUT_OF_BOUNDS:
                words = bounds(setting.type) or error.errors()[0]["msg"]
                expected = words.replace("each ", "each to be ", 1)
        except (ValueError, TypeError, RecursionError):  # not a value that JSON has
            continue
    shown = repr(override.value) if expected == setting.type_name else override.value
    raise UsageError(
        f"{override.source}: {setting.key} is {shown}; expected {expected}"
        f"{'. ' + readable(setting.meaning) if setting.meaning else ''}"
    )


def _readings(value: Any, adapter: TypeAdapter[Any]) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """The ways to read a value: candidates, each with the function that validates it."""
    if isinstance(value, str):
        yield value, adapter.validate_strings
    for meant in _meant(value):  # strict JSON separates 1 from true, and accepts a list as a tuple
        yield meant, lambda each: adapter.validate_json(json.dumps(each), strict=True)


def _within_64_bits(value: Any, setting: Setting, override: Override) -> Any:
    for number in value if isinstance(value, (tuple, list)) else (value,):
        if isinstance(number, int) and abs(number) >= 2**63:
            raise UsageError(
                f"{override.source}: {setting.key} is {number}; expected {whole_number(number)}"
            )
    return value


def _meant(value: Any) -> Iterator[Any]:
    """The values that a text may mean: None, TOML, a list with commas, the text itself."""
    if not isinstance(value, str):
        yield value
        return
    if value.lower() in ("none", "null"):
        yield None
    for text in (value, f"[{value}]"):
        with contextlib.suppress(ValueError, RecursionError):  # of a long number, of deep lists
            yield tomllib.loads(f"value = {text}")["value"]
    yield value.split(",")
    yield value
