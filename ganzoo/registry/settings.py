"""Settings: what can be set, values of the right type, and where each came from.

The settings of a model, loss, dataset or of the trainer are the fields of a frozen dataclass. A key
is qualified by its group, ``model.latent``; the bare name serves where it is unique.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import difflib
import inspect
import json
import textwrap
import tomllib
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ganzoo.errors import GanzooError, UsageError


@dataclass(frozen=True)
class Setting:
    """One thing that can be set."""

    key: str
    """Qualified: ``group.name``."""
    type: Any
    default: Any
    meaning: str

    @property
    def name(self) -> str:
        """Without its group."""
        return self.key.rpartition(".")[2]

    @property
    def type_name(self) -> str:
        """The type as a person reads it."""
        if typing.get_origin(self.type) is typing.Literal:
            return " | ".join(str(a) for a in typing.get_args(self.type))
        if isinstance(self.type, type) and not typing.get_args(self.type):
            return self.type.__name__
        return str(self.type).replace("pathlib.", "").replace("typing.", "")


@dataclass(frozen=True)
class Value:
    """A setting's value and who set it."""

    value: Any
    source: str
    """``--set``, ``config.toml``, ``loss wgan``, ``model dcgan`` or ``default``."""


@dataclass(frozen=True)
class Wish:
    """A value that someone asked for."""

    key: str
    """Qualified or bare."""
    value: Any
    """A string is read as the setting's type."""
    source: str


def settings_of(group: str, cls: type[Any]) -> list[Setting]:
    """The settings of a dataclass.

    Raises:
        GanzooError: ``cls`` is not a dataclass.
    """
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise GanzooError(f"{cls!r} is not a dataclass: a factory must be one, frozen")
    try:
        types = typing.get_type_hints(cls)
    except NameError as error:
        raise GanzooError(
            f"{cls.__module__}.{cls.__name__}: {error}; the types of its fields must be imported "
            "where it is defined, not only for type checking"
        ) from error
    meanings = _meanings(cls)
    settings = []
    for field in dataclasses.fields(cls):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        if field.init:
            meaning = meanings.get(field.name, "")
            settings.append(Setting(f"{group}.{field.name}", types[field.name], default, meaning))
    return settings


def resolve(settings: Sequence[Setting], wishes: Iterable[Wish]) -> dict[str, Value]:
    """A value for each setting: the first wish for it, else its default.

    Raises:
        UsageError: an unknown or ambiguous key, or a value of another type.
    """
    by_key = {s.key: s for s in settings}
    resolved: dict[str, Value] = {}
    for wish in wishes:
        key = _qualified(wish, by_key)
        if key not in resolved:
            resolved[key] = Value(_converted(by_key[key], wish), wish.source)
    for setting in settings:
        if setting.key not in resolved:
            resolved[setting.key] = Value(setting.default, "default")
    for setting in settings:
        _check_storable(setting, resolved[setting.key].value)
    return {s.key: resolved[s.key] for s in settings}


def plain(value: Any) -> Any:
    """A setting's value as JSON gives it back."""
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _check_storable(setting: Setting, value: Any) -> None:
    """A run is made again from ``run.json``: what that cannot hold is refused before it starts."""
    if value is dataclasses.MISSING:
        return
    try:
        same = _converted(setting, Wish(setting.key, plain(value), "default")) == value
    except UsageError:
        same = False
    if not same:
        raise GanzooError(
            f"{setting.key} has the default {value!r}, which is no {setting.type_name} that a "
            "run.json can hold: use numbers, texts, paths, or tuples of them"
        )


def make(group: str, cls: type[Any], values: Mapping[str, Value]) -> Any:
    """The dataclass with its group's values.

    Raises:
        UsageError: its own checks refuse them.
    """
    given = {
        key.rpartition(".")[2]: v.value
        for key, v in values.items()
        if key.rpartition(".")[0] == group
    }
    for name, value in given.items():
        if value is dataclasses.MISSING:
            raise UsageError(f"{group}.{name} must be set: --set {group}.{name}=...")
    try:
        return cls(**given)
    except GanzooError:
        raise
    except (ValueError, TypeError) as error:
        raise UsageError(f"{group}: {error}") from error


def _qualified(wish: Wish, by_key: Mapping[str, Setting]) -> str:
    if wish.key in by_key:
        return wish.key
    same_name = [k for k, s in by_key.items() if s.name == wish.key]
    if len(same_name) == 1:
        return same_name[0]
    if same_name:
        raise UsageError(
            f"{wish.source}: {wish.key!r} may mean {' or '.join(same_name)}: say which"
        )
    names = [*by_key, *(s.name for s in by_key.values())]
    close = difflib.get_close_matches(wish.key, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there is {', '.join(by_key)}"
    raise UsageError(f"{wish.source}: unknown setting {wish.key!r}; {hint}")


def _converted(setting: Setting, wish: Wish) -> Any:
    from pydantic import (
        ConfigDict,
        PydanticUserError,
        TypeAdapter,
        ValidationError,
    )  # slow to import, seldom needed

    try:
        adapter = TypeAdapter(setting.type, config=ConfigDict(allow_inf_nan=False))
    except PydanticUserError as error:
        raise GanzooError(f"{setting.key} has a type that cannot be set: {error}") from error
    with contextlib.suppress(ValidationError):
        if isinstance(wish.value, str):
            return _bounded(adapter.validate_strings(wish.value), setting, wish)
    for value in _meant(wish.value):
        with contextlib.suppress(ValidationError, ValueError, TypeError):
            # strict JSON tells 1 from true, and takes a list for a tuple
            return _bounded(adapter.validate_json(json.dumps(value), strict=True), setting, wish)
    raise UsageError(
        f"{wish.source}: {setting.key} is {wish.value!r}; expected {setting.type_name}"
        f"{'. ' + setting.meaning if setting.meaning else ''}"
    )


def _bounded(value: Any, setting: Setting, wish: Wish) -> Any:
    for number in value if isinstance(value, (tuple, list)) else (value,):
        if isinstance(number, int) and abs(number) >= 2**63:  # more than torch and numpy can hold
            raise UsageError(f"{wish.source}: {setting.key} is {number}; expected less than 2**63")
    return value


def _meant(value: Any) -> Iterator[Any]:
    """The values that a text may stand for: itself, nothing, TOML, a list with commas."""
    if not isinstance(value, str):
        yield value
        return
    if value.lower() in ("none", "null"):
        yield None
    for text in (value, f"[{value}]"):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            yield tomllib.loads(f"value = {text}")["value"]
    yield value.split(",")
    yield value


def _meanings(cls: type[Any]) -> dict[str, str]:
    """The docstring under each field, those of base classes included."""
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):  # made without a source file
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for node, following in pairwise(body):
            match node, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    meanings[name] = " ".join(text.split())
    return meanings
