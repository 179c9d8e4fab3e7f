"""Reads the JSON files of a run or a sweep, strictly, into typed values.

A file may be damaged, or anything else that has its name. So it must be a regular file of sane size
(`ganzoo.files`), and its content must fit a type with bounds. Every message states the file and the
reason in one line. pydantic refuses deep nesting, huge numbers and surrogates without a partner.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Lt

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import read_whole, shown

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

MOST = 64 * 2**20
"""Largest size in bytes. The files of a run have some kilobytes."""
LONG = 60
"""Letters of a value that a message shows."""
FINITE = {"allow_inf_nan": False}
EXACT = {**FINITE, "strict": True}
STRICT = {**EXACT, "extra": "forbid"}
"""pydantic's configuration of a record: exact types, no other names and only finite numbers."""
Count = Annotated[int, Ge(0), Lt(2**63)]
"""A number of steps or samples, or a seed."""


def read_json(path: Path, kind: Any, what: str) -> Any:
    """The content of a JSON file as a value of the type ``kind``.

    Args:
        what: What the file should be, such as ``"a run's record"``. A message names it.

    Raises:
        FileNotFoundError: The file does not exist.
        BrokenFile: It is damaged, or something else.
    """
    return parsed(read_whole(path, MOST), kind, path, what)


def parsed(content: bytes, kind: Any, path: Path, what: str) -> Any:
    """`read_json` for the content of the file at ``path``."""
    from pydantic import ValidationError  # slow to import

    try:
        return _adapter(kind).validate_json(content)
    except ValidationError as error:
        raise damaged(path, what, problem(error)) from error
    except GanzooError as error:  # of a record that checks itself
        raise damaged(path, what, error) from error


def fitted(value: Any, kind: Any) -> Any:
    """A plain value, such as one from a file's header, as a value of the type ``kind``.

    Raises:
        ValueError: It does not fit. The message is one line.
    """
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        raise ValueError(problem(error)) from error
    except GanzooError as error:
        raise ValueError(str(error)) from error


def damaged(path: Path, what: str, why: object) -> BrokenFile:
    """The error that says that a file is not what it should be."""
    return BrokenFile(f"{shown(path)} is not {what}, or is damaged ({why})")


def problem(error: ValidationError) -> str:
    """The first thing that is wrong, such as ``extent is -1``."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    where = where if where.isprintable() and len(where) <= LONG else brief(where)
    match first["type"]:
        case "json_invalid":
            return first["msg"]
        case "missing":
            return f"it has no {where!r}"
        case "unexpected_keyword_argument":
            return f"it has an unknown {where!r}"
        case "value_error":  # raised by our own checks, which say what is wrong
            return str(first["ctx"]["error"])
    return f"{where or 'it'} is {brief(first['input'])}"


def brief(value: Any) -> str:
    """A value from a file in at most one line."""
    text = repr(value)
    return text if len(text) <= LONG else f"{text[:LONG]}..."


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
