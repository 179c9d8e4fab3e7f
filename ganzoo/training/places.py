"""Settings that say where a dataset's files are.

Such a setting has the type `pathlib.Path`. A run keeps it as an absolute path, so it does not
depend on the working directory. It may change when the run resumes, because files can be moved.
"""

from __future__ import annotations

import os
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ganzoo.registry.settings import Setting, Value


def places(settings: Iterable[Setting]) -> set[str]:
    """The keys of the dataset's settings that are paths."""
    return {s.key for s in settings if s.group == "dataset" and _has_path(s.type)}


def absolute(settings: Iterable[Setting], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values, in which the dataset's paths begin at the root of the file system."""
    found = {key: values[key] for key in places(settings)}
    return {**values, **{key: Value(_absolute(v.value), v.source) for key, v in found.items()}}


def _has_path(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, os.PathLike):
        return True
    return any(map(_has_path, typing.get_args(annotation)))


def _absolute(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_absolute, value))
    if isinstance(value, Path):
        return Path(os.path.expanduser(value)).absolute()
    return value
