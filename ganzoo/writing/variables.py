"""The variables of the file, while a function is specialised, and the statements that set them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from ganzoo.writing.definitions import Definitions
from ganzoo.writing.sources import Source
from ganzoo.writing.values import CannotBeWritten, Code, Items, Known, Named, Value, name

DRAW = object()
"""What the code of a source of random numbers is ``of``."""


@dataclass
class Scope:
    """The names of a function while it is executed."""

    names: dict[str, Value]
    of: Source
    function: Any = None


@dataclass(frozen=True)
class Drawn:
    """A method of a source of random numbers, which in the file is torch's generator."""

    method: str
    generator: ast.expr


@dataclass(frozen=True)
class Returned:
    """What a ``return`` gave."""

    value: Value


class Variables:
    """Gives values names, and collects the statements of the function that is being written.

    The rules for expressions, loops, statements and calls each have a class of their own, which
    inherits from this one. They need each other, so all begin here.
    """

    def __init__(self, game: nn.Module, definitions: Definitions) -> None:
        self.game = game
        self.definitions = definitions
        self.scopes: list[Scope] = []
        self.taken: set[str] = set()
        self.notes: list[str] = []
        """Comments for the next statement."""
        self.statements: list[ast.stmt] = []

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """What an expression is."""
        raise NotImplementedError

    def code(self, value: Value) -> ast.expr:
        """A value as code."""
        raise NotImplementedError

    def inlined(self, called: Any, arguments: Sequence[Value], words: dict[str, Value]) -> Value:
        """What a function gives, whose statements are added."""
        raise NotImplementedError

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> Returned | None:
        """Execute statements."""
        raise NotImplementedError

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value a name in the function."""
        raise NotImplementedError

    def each(self, value: Value, scope: Scope) -> list[Value]:
        """The values to loop over."""
        raise NotImplementedError

    def renamed(self, value: Value, wanted: str, scope: Scope) -> Value:
        """Rename the variable of the last statement, if it is the value and nothing else uses it.

        ``fake = self.sample(...)`` then assigns to ``fake``, and not to the name inside `sample`.
        """
        last, body = None, self.statements
        while body:
            last = body[-1]
            body = last.body if isinstance(last, ast.With) else []
        if not isinstance(value, Code) or not isinstance(last, ast.Assign):
            return value
        into = last.targets[0]
        if not isinstance(into, ast.Name) or not isinstance(value.node, ast.Name):
            return value
        if into.id != value.node.id or into.id == wanted or self.holders(into.id):
            return value
        self.taken.discard(into.id)
        into.id = self.fresh(wanted, scope)
        return Code(name(into.id), value.of)

    def holders(self, called: str) -> int:
        """How many values of the present scopes use a variable of the file."""
        return sum(
            node.id == called
            for each in self.scopes for value in each.names.values()
            for node in names_in(value)
        )  # fmt: skip

    def settled(self, value: Value, hint: str, scope: Scope | None = None) -> Value:
        """The value in a form that can stand in several places. Code gets a name like ``hint``."""
        if isinstance(value, Code) and not value.simple and not _is_number(value.node):
            called = self.fresh(hint, scope)
            self.add(ast.Assign([ast.Name(called, ast.Store())], value.node))
            return Code(name(called))
        if isinstance(value, Items):
            parts = tuple(self.settled(each, hint) for each in value.values)
            return Items(parts, value.mutable)
        if isinstance(value, Named):
            settled = {key: self.settled(v, str(key)) for key, v in value.values.items()}
            return Named(settled, value.kind)
        return value

    def fresh(self, hint: str, scope: Scope | None) -> str:
        """A name that is free, or that of a variable which is about to get another value."""
        called = "".join(c if c.isalnum() else "_" for c in hint)
        if scope is not None and hint in scope.names:
            old = scope.names[hint]
            node = old.node if isinstance(old, Code) else None
            if isinstance(node, ast.Name) and self.holders(node.id) == 1:
                return node.id
        number, free = 1, called
        while free in self.taken or free in self.definitions.names:
            number += 1
            free = f"{called}_{number}"
        self.taken.add(free)
        return free

    def add(self, statement: ast.stmt) -> None:
        if self.notes:
            statement.notes = self.notes  # type: ignore[attr-defined]
            self.notes = []
        self.statements.append(statement)

    def known(self, value: Value, scope: Scope) -> Any:
        if not isinstance(value, Known):
            raise CannotBeWritten(f"{self.where(scope)} needs a value that only training knows")
        return value.value

    def where(self, scope: Scope) -> str:
        return getattr(scope.function, "__qualname__", "a function")


def names_in(value: Value) -> Iterator[ast.Name]:
    """The names in a value's code."""
    if isinstance(value, Code):
        yield from (node for node in ast.walk(value.node) if isinstance(node, ast.Name))
    elif isinstance(value, Items):
        for each in value.values:
            yield from names_in(each)
    elif isinstance(value, Named):
        for each in value.values.values():
            yield from names_in(each)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def draws(value: Value) -> bool:
    """Whether code takes random numbers, so that its place in the order counts."""
    return isinstance(value, Code) and any(
        isinstance(node, ast.keyword) and node.arg == "generator" for node in ast.walk(value.node)
    )
