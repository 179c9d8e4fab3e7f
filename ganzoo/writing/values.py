"""What an expression is while a function is specialised: known, partly known, or code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganzoo.errors import UsageError


class CannotBeWritten(UsageError):
    """A model cannot be written as one file. The message says why."""


@dataclass(frozen=True)
class Known:
    """A value that is known, such as a setting, a function or the game itself."""

    value: Any


@dataclass(frozen=True)
class Code:
    """A value that the file computes. ``of`` is the module, if it is a network."""

    node: ast.expr
    of: Any = None

    @property
    def simple(self) -> bool:
        """Whether it can stand in several places: a name, or an attribute of one."""
        node = self.node
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name)


@dataclass(frozen=True)
class Items:
    """A tuple or a list with these values."""

    values: tuple[Value, ...]
    mutable: bool = False


@dataclass(frozen=True)
class Named:
    """A dictionary, or a dataclass ``kind``, with these values by name."""

    values: Mapping[Any, Value]
    kind: type | None = None


@dataclass(frozen=True)
class Closure:
    """A function defined inside another, with the names of its surroundings."""

    node: ast.Lambda | ast.FunctionDef
    scope: Any


Value = Known | Code | Items | Named | Closure


def name(text: str) -> ast.Name:
    """A name as code."""
    return ast.Name(text, ast.Load())


def literal(value: Any) -> ast.expr | None:
    """A constant as code, or ``None`` if it is something else."""
    if value is None or isinstance(value, bool | int | float | str):
        if isinstance(value, float) and value - value != 0:
            return ast.parse(f"float('{value}')", mode="eval").body
        return ast.parse(repr(value), mode="eval").body  # -1 is an operation
    if isinstance(value, tuple | list):
        parts = [literal(each) for each in value]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        made = ast.List if isinstance(value, list) else ast.Tuple
        return made(known, ast.Load())
    if isinstance(value, dict):
        keys, values = [literal(k) for k in value], [literal(v) for v in value.values()]
        if None in keys or None in values:
            return None
        return ast.Dict(keys, values)  # type: ignore[arg-type]
    return None


def drawn(method: str, arguments: list[ast.expr], generator: ast.expr) -> ast.expr:
    """What a method of `ganzoo.Draw` does, by torch's own function.

    Raises:
        CannotBeWritten: The method is unknown.
    """
    functions = {
        "normal": "randn", "uniform": "rand", "integers": "randint", "permutation": "randperm",
    }  # fmt: skip
    if method not in functions:
        raise CannotBeWritten(f"it uses draw.{method}")
    if method == "integers":
        arguments = [arguments[0], ast.Tuple(arguments[1:], ast.Load())]
    words = [ast.keyword("generator", generator), ast.keyword("device", name("DEVICE"))]
    function = ast.Attribute(name("torch"), functions[method], ast.Load())
    return ast.Call(function, arguments, words)
