"""Finds the class, or the attribute, that a person means: by its number or by its name."""

from __future__ import annotations

import difflib
import re
from reprlib import repr as short
from typing import SupportsIndex

from ganzoo.errors import UsageError
from ganzoo.registry.field import Field

NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip
FEW = 20
"""Names that a message lists. If there are more, it has the first ones."""


def class_of(field: Field, wanted: SupportsIndex | str) -> int:
    """The number of a class, or of an attribute of a label of shape (K,).

    A text may be a name or a number, and names count first. Upper and lower case, spaces, hyphens
    and other signs make no difference unless several names differ only in them.

    Raises:
        UsageError: The label has no such class. The message suggests one.
    """
    if field.choices is None:
        raise UsageError(f"label {short(wanted)}: this label has no classes to choose from")
    if isinstance(wanted, str):
        if (found := _named(field, wanted)) is not None:
            return found
        if not NUMBER.fullmatch(wanted.strip()):
            raise UsageError(f"label {short(wanted)}: {_hint(field, wanted)}")
    if isinstance(wanted, bool) or not isinstance(wanted, (str, SupportsIndex)):
        raise UsageError(f"label {short(wanted)}: {_expected(field)}")
    number = int(wanted)
    if not 0 <= number < field.choices:
        raise UsageError(f"label {number}: {_expected(field)}")
    return number


def classes_of(field: Field, wanted: str) -> tuple[int, ...]:
    """The numbers of several classes: ``7``, ``0-9``, ``sneaker``, ``cat,dog`` or ``bird-dog``.

    They come in the order of the text, and a range may lead downwards.

    Raises:
        UsageError: The label has no such class. The message suggests one.
    """
    if _named(field, wanted) is not None:  # a name may have a comma
        return (class_of(field, wanted),)
    return tuple(number for part in wanted.split(",") for number in _range(field, part.strip()))


def _range(field: Field, part: str) -> tuple[int, ...]:
    if _named(field, part) is None:  # a name may have a hyphen
        for hyphen in re.finditer("-", part):
            first, last = part[: hyphen.start()].strip(), part[hyphen.end() :].strip()
            if _is_end(field, first) and _is_end(field, last):
                begin, end = class_of(field, first), class_of(field, last)
                step = 1 if begin <= end else -1
                return tuple(range(begin, end + step, step))
    return (class_of(field, part),)


def _is_end(field: Field, text: str) -> bool:
    """Whether a text is an end of a range. A number that is too large is one, too."""
    return text.isdecimal() or _named(field, text) is not None


def _named(field: Field, text: str) -> int | None:
    """The class of this name, or ``None``."""
    if text in field.names:
        return field.names.index(text)
    alike = [i for i, name in enumerate(field.names) if _bare(name) == _bare(text) != ""]
    return alike[0] if len(alike) == 1 else None


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _hint(field: Field, wanted: str) -> str:
    """What a person may mean by an unknown name."""
    number = dict(zip(WORDS, map(str, range(field.choices or 0)), strict=False))
    words = {**number, **{name.casefold(): name for name in field.names}}
    alike = [name for name in field.names if _bare(name) == _bare(wanted) != ""]
    close = difflib.get_close_matches(wanted.casefold(), words, n=3, cutoff=0.6)
    if meant := list(dict.fromkeys(alike or [words[word] for word in close])):
        return f"did you mean {' or '.join(meant)}?"
    return _expected(field)


def _expected(field: Field) -> str:
    numbers = f"expected 0 to {(field.choices or 1) - 1}"
    if not field.names:
        return numbers
    more = ", ..." if len(field.names) > FEW else ""
    return f"{numbers} or a name ({', '.join(field.names[:FEW])}{more})"
