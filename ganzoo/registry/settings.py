"""Settings: their keys, types and meanings, and which value wins.

The settings of a model, a loss, a dataset or the trainer are the fields of a frozen dataclass. A
qualified key has the group's name, ``model.latent``. The bare name suffices if it is unique. A
field's annotation gives its type and its bounds, ``Annotated[int, Ge(1)]``. This module checks
values against it, and `ganzoo info` shows it.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ganzoo.errors import GanzooError, UsageError
from ganzoo.prose.commands import quoted
from ganzoo.registry.annotations import bounds, type_name
from ganzoo.registry.boundary import headline
from ganzoo.registry.synonyms import meant as meant_by
from ganzoo.registry.values import converted


@dataclass(frozen=True)
class Setting:
    """A setting without its value."""

    key: str
    """The qualified key, ``group.name``."""
    type: Any
    default: Any
    meaning: str

    @property
    def group(self) -> str:
        """The part of the run that it belongs to: ``model``, ``metric.modes``, ``trainer``."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """The key without its group."""
        return self.key.rpartition(".")[2]

    @property
    def type_name(self) -> str:
        """The type and its bounds in words: ``int, at least 1``."""
        return ", ".join(filter(None, (type_name(self.type), bounds(self.type))))


@dataclass(frozen=True)
class Value:
    """A setting's value and who set it."""

    value: Any
    source: str
    """``--set``, ``config.toml``, ``loss wgan``, ``model dcgan`` or ``default``."""


@dataclass(frozen=True)
class Override:
    """A value for a setting, from the user or from a record."""

    key: str
    """A qualified key or a bare name."""
    value: Any
    """The value. A string is converted to the setting's type."""
    source: str


def overrides_of(settings: Mapping[str, Any] | None) -> tuple[Override, ...]:
    """The settings that Python code gives, by key.

    Raises:
        UsageError: They are not a dictionary, or a key is not text.
    """
    if not isinstance(settings, Mapping | None):
        raise UsageError(f"settings is {settings!r}, but expected a dictionary of values")
    for key in settings or {}:
        if not isinstance(key, str):
            raise UsageError(f"settings has the key {key!r}; expected text, such as 'lr'")
    return tuple(Override(key, value, "settings") for key, value in (settings or {}).items())


def settings_of(group: str, cls: type[Any]) -> list[Setting]:
    """The settings of a dataclass.

    Raises:
        GanzooError: ``cls`` is not a dataclass.
    """
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise GanzooError(f"{cls!r} is not a dataclass; a factory must be a frozen dataclass")
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise GanzooError(
            f"{cls.__module__}.{cls.__name__}: {error}. Its module must import the types of its "
            "fields at run time, not only for type checking"
        ) from error
    meanings = _meanings(cls)
    settings = []
    for field in dataclasses.fields(cls):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            try:
                default = field.default_factory()
            except (Exception, SystemExit) as error:
                raise GanzooError(
                    f"{group}.{field.name}: its default_factory failed ({headline(error)})"
                ) from error
        if field.init:
            meaning = meanings.get(field.name, "")
            settings.append(Setting(f"{group}.{field.name}", hints[field.name], default, meaning))
    return settings


def resolve(settings: Sequence[Setting], overrides: Iterable[Override]) -> dict[str, Value]:
    """A value for each setting: its first override, or else its default.

    Raises:
        UsageError: A key is unknown or ambiguous, or a value has another type.
    """
    by_key = {s.key: s for s in settings}
    resolved: dict[str, Value] = {}
    for override in overrides:
        key = _qualified(override, by_key)
        if key not in resolved:
            resolved[key] = Value(converted(by_key[key], override), override.source)
        elif at_once(override.source, resolved[key].source):
            _check_same(key, resolved[key], override, converted(by_key[key], override))
    for setting in settings:
        if setting.key not in resolved:
            resolved[setting.key] = Value(setting.default, "default")
    for setting in settings:
        _check_storable(setting, resolved[setting.key].value)
    return {s.key: resolved[s.key] for s in settings}


def at_once(source: str, other: str) -> bool:
    """Whether two sources set values at one time, as one command line does, so that neither counts.

    Among several ``--set``, the last wins, as its help says.
    """
    options = source.startswith("--") and other.startswith("--")
    return (options or source == other) and not source == other == "--set"


def _check_same(key: str, first: Value, override: Override, value: Any) -> None:
    """Refuse two values of one setting."""
    if value != first.value:
        sources = " and ".join(dict.fromkeys((override.source, first.source)))
        raise UsageError(
            f"{sources}: {key} is set twice, to {plain(value)} and {plain(first.value)}. Give only "
            "one value"
        )


def plain(value: Any) -> Any:
    """A setting's value in the form in which JSON stores it."""
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _check_storable(setting: Setting, value: Any) -> None:
    """Refuse a value that ``run.json`` cannot store, because it must reproduce the run."""
    if value is dataclasses.MISSING:
        return
    try:
        same = converted(setting, Override(setting.key, plain(value), "default")) == value
    except UsageError:
        same = False
    if not same:
        raise GanzooError(
            f"{setting.key} has the default {value!r}; expected {setting.type_name}, made of "
            "numbers, texts, paths or tuples of them, which run.json can store"
        )


def make(group: str, cls: type[Any], values: Mapping[str, Value]) -> Any:
    """An instance of the dataclass with the values of its group.

    Raises:
        UsageError: The checks of the dataclass refuse them, or a value is missing.
    """
    given = {
        key.rpartition(".")[2]: v.value
        for key, v in values.items()
        if key.rpartition(".")[0] == group
    }
    for name, value in given.items():
        if value is dataclasses.MISSING:
            raise UsageError(f"{group}.{name} must be set. Use --set {group}.{name}=...")
    try:
        return cls(**given)
    except GanzooError:
        raise
    except (ValueError, TypeError) as error:
        raise UsageError(f"{group}: {error}") from error


def _qualified(override: Override, by_key: Mapping[str, Setting]) -> str:
    if override.key in by_key:
        return override.key
    group, _, name = override.key.rpartition(".")
    within = f"{group}." if group else ""  # of several penalties, penalty.gamma is of one
    same_name = [k for k, s in by_key.items() if s.name == name and k.startswith(within)]
    if len(same_name) == 1:
        return same_name[0]
    if same_name:
        raise UsageError(
            f"{override.source}: {override.key!r} is ambiguous; write {' or '.join(same_name)}"
        )
    raise UsageError(
        f"{override.source}: unknown setting {override.key!r}; {_hint(override, by_key)}"
    )


def _hint(override: Override, by_key: Mapping[str, Setting]) -> str:
    """What to write instead of an unknown setting, with the value if it fits."""
    group, _, word = override.key.rpartition(".")
    names = [s.name for s in by_key.values()]
    close = meant_by(word, names)
    found = [s for name in close for s in by_key.values() if s.name == name]
    found = [s for s in found if s.group == group] or found
    if not found:
        return "`ganzoo info` with the model's name lists the settings"
    words = []
    for setting in found:
        key = setting.key if group or names.count(setting.name) > 1 else setting.name
        words.append(
            f"--set {quoted(f'{key}={_fitting(setting, override)}')}"
            if override.source == "--set"
            else key
        )
    return f"did you mean {' or '.join(words)}?"


def _fitting(setting: Setting, override: Override) -> Any:
    try:
        converted(setting, override)
    except GanzooError:
        return "..."
    return override.value


def _meanings(cls: type[Any]) -> dict[str, str]:
    """The docstring under each field, including fields of base classes."""
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
