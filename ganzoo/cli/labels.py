"""Labels as users type them: ``7``, ``0-9``, ``1,3``, ``0.5`` or ``-1:1``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from ganzoo.engine.view import Label
    from ganzoo.registry.field import Field

CLASSES = re.compile(r"(\d+)-(\d+)")
BETWEEN = re.compile(r"([^:]+):([^:]+)")


def typed_labels(field: Field, text: str) -> list[Label]:
    """The labels that ``text`` names.

    Classes are whole numbers, ``0-9`` stands for all from 0 to 9, and commas separate several. A
    continuous code is a number, and ``-1:1`` stands for values at equal distances. Attributes are
    numbers separated by commas.

    Raises:
        UsageError: It names none.
    """
    if field.shape:
        return [[_number(part) for part in text.split(",")]]
    if field.classes is None:
        return [value for part in text.split(",") for value in _codes(part)]
    return [label for part in text.split(",") for label in _classes(part.strip(), field.classes)]


def _classes(text: str, classes: int) -> list[int]:
    ends = CLASSES.fullmatch(text)
    low, high = (int(end) for end in ends.groups()) if ends else (_whole(text, classes),) * 2
    for end in (low, high):
        if end >= classes:
            raise UsageError(f"--label {text}: expected 0 to {classes - 1}")
    if low > high:
        raise UsageError(f"--label {text}: the first is larger than the last")
    return list(range(low, high + 1))


def _whole(text: str, classes: int) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise UsageError(f"--label {text}: expected numbers from 0 to {classes - 1}")
    return int(text)


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
