"""Labels as users type them: ``7``, ``0-9``, ``sneaker``, ``0.5`` or ``-1:1``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ganzoo.errors import UsageError
from ganzoo.registry.labels import classes_of

if TYPE_CHECKING:
    from ganzoo.engine.view import Label
    from ganzoo.registry.field import Field

BETWEEN = re.compile(r"([^:]+):([^:]+)")


def typed_labels(field: Field, text: str) -> list[Label]:
    """The labels that ``text`` names.

    Classes are numbers or names, see `classes_of`. A continuous code is a number, and ``-1:1``
    stands for values at equal distances. Attributes are named, such as ``smiling,young``, or given
    as numbers separated by commas, one for each.

    Raises:
        UsageError: It names none.
    """
    if field.names and field.shape and not re.match(r"[-+.\d]", text):
        named = classes_of(field, text)
        return [[float(i in named) for i in range(field.shape[0])]]
    if field.shape:
        return [[_number(part) for part in text.split(",")]]
    if field.classes is None:
        return [value for part in text.split(",") for value in _codes(part)]
    return [*classes_of(field, text)]


def _codes(text: str) -> list[float]:
    from ganzoo.engine.view import STEPS

    if not (ends := BETWEEN.fullmatch(text)):
        return [_number(text)]
    low, high = (_number(end) for end in ends.groups())
    return [low + (high - low) * i / (STEPS - 1) for i in range(STEPS)]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--label {text}: expected a number") from None
