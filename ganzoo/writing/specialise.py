"""Specialises functions: executes what is known before training, and keeps the rest as code.

A method of a game calls others that a model may override, and branches on settings. For one game
all of that is known. So ``self.score(outputs)`` becomes what the method returns, ``if self.joint``
becomes one of its branches, and a loop over the terms of an objective becomes its additions. Calls
of torch, of networks and of functions that have tensors as arguments stay.

The rules for single expressions and statements are in `expressions`, `loops` and `statements`. This
file has those for calls, which decide what is executed and what stays.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from types import FunctionType, MethodType
from typing import Any

from torch import nn

from ganzoo.writing.definitions import Definitions
from ganzoo.writing.known import STRUCTURES, Method
from ganzoo.writing.sources import first_paragraph, source
from ganzoo.writing.statements import Statements
from ganzoo.writing.tidy import uses
from ganzoo.writing.values import (
    CannotBeWritten,
    Closure,
    Code,
    Items,
    Known,
    Named,
    Value,
    drawn,
    name,
)
from ganzoo.writing.variables import DRAW, Drawn, Scope, draws, names_in

LIBRARIES = ("torch", "numpy", "math")
"""Packages whose functions are not called while a function is specialised."""
TRANSPARENT = {"staticmethod", "classmethod", "property", "override", "cached_property"}
"""Decorators that change nothing of what a function computes."""
DEEPEST = 40
"""Functions within functions, at most."""


class Specialiser(Statements):
    """Writes functions of a game. ``instead`` replaces functions by others that take values.

    `statements` are those of the function that is being written.
    """

    def __init__(
        self, game: nn.Module, definitions: Definitions, instead: Mapping[Any, Any]
    ) -> None:
        super().__init__(game, definitions)
        self._instead = instead
        self._whole = False

    def write(
        self, function: Any, arguments: Sequence[Value], whole: bool = False
    ) -> tuple[list[ast.stmt], Value]:
        """The statements of a function with these arguments, and what it returns.

        With ``whole``, functions that it calls become part of it.
        """
        self._whole = whole
        self.statements, self.notes = [], []
        self.taken = {node.id for value in arguments for node in names_in(value)}
        self.taken |= {key for key, _ in self.game.named_children()}
        result = self.call(Known(function), arguments, {})
        return self.statements, result

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        if (first := _first_of(node)) is not None:
            return self.each(self.value(first, scope), scope)[0]
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            of = scope.of.scope["__class__"]
            return Known(super(of, self.known(scope.names["self"], scope)))
        function = self._called(node, scope)
        arguments = list(self.spread(node.args, scope))
        if isinstance(function, Drawn):
            codes = [self.code(argument) for argument in arguments]
            return Code(drawn(function.method, codes, function.generator))
        words: dict[str, Value] = {}
        for word in node.keywords:
            value = self.value(word.value, scope)
            if word.arg is not None:
                words[word.arg] = value
            elif isinstance(value, Named):
                words |= value.values
        return self.call(function, arguments, words)

    def _called(self, node: ast.Call, scope: Scope) -> Value | Drawn:
        """The function of a call. Methods of dictionaries and lists are known ones."""
        if isinstance(node.func, ast.Attribute):
            base = self.value(node.func.value, scope)
            if isinstance(base, Code) and base.of is DRAW:
                return Drawn(node.func.attr, base.node)
            if isinstance(base, Items) or (isinstance(base, Named) and base.kind is None):
                return Known(Method(base, node.func.attr))
            return self.attribute(base, node.func.attr)
        return self.value(node.func, scope)

    def call(
        self, function: Value, arguments: Sequence[Value], words: Mapping[str, Value]
    ) -> Value:
        """What a call gives."""
        if isinstance(function, Closure):
            return self._inlined_closure(function, arguments, words)
        if isinstance(function, Known):
            called = function.value
            if _is_part(called) and not isinstance(called, nn.Module):
                called = called.__call__
            given = [*arguments, *words.values()]
            if isinstance(called, Method):
                return called(*arguments)
            plain = getattr(called, "__func__", called)
            if (other := _found(self._instead, plain)) is not None:
                own = [Known(called.__self__)] if isinstance(called, MethodType) else []
                result: Value = other(self, *own, *arguments, **words)
                return result
            if (rule := _found(STRUCTURES, called)) is not None and not all(map(_is_known, given)):
                structure: Value = rule(*arguments, **words)
                return structure
            if isinstance(called, type) and is_dataclass(called) and self.definitions.own(called):
                keys = [f.name for f in fields(called)]
                return Named({**dict(zip(keys, arguments, strict=False)), **words}, called)
            if isinstance(called, MethodType) and _is_part(called.__self__):
                return self.inlined(called, arguments, words)
            if all(map(_is_known, given)) and not self._computes(called):
                values = [value.value for value in arguments]  # type: ignore[union-attr]
                return Known(called(*values, **{k: v.value for k, v in words.items()}))  # type: ignore[union-attr]
            whole = isinstance(called, FunctionType) and self.definitions.own(called)
            if whole and (self._whole or any(isinstance(value, Named) for value in given)):
                return self.inlined(called, arguments, words)
        return Code(
            ast.Call(
                self.code(function),
                [self.code(value) for value in arguments],
                [ast.keyword(key, self.code(value)) for key, value in words.items()],
            )
        )

    def _computes(self, called: Any) -> bool:
        """Whether a function makes tensors, so that the call must stay."""
        where = str(getattr(called, "__module__", None) or type(called).__module__)
        return where.partition(".")[0] in LIBRARIES or where.startswith("torch")

    def inlined(self, called: Any, arguments: Sequence[Value], words: Mapping[str, Value]) -> Value:
        """What a function gives. Its statements are added."""
        function = getattr(called, "__func__", called)
        own = [Known(called.__self__)] if isinstance(called, MethodType) else []
        bound = inspect.signature(function).bind(*own, *arguments, **words)
        bound.apply_defaults()
        found = source(function)
        what = getattr(function, "__qualname__", "a function")
        if not isinstance(found.node, ast.FunctionDef):
            raise CannotBeWritten(f"{what} is a lambda")
        for decorator in map(ast.unparse, found.node.decorator_list):
            if decorator.rpartition(".")[2] not in TRANSPARENT:
                raise CannotBeWritten(f"{what} has the decorator {decorator}")
        names: dict[str, Value] = {}
        for key, value in bound.arguments.items():
            kind = inspect.signature(function).parameters[key].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                value = Items(tuple(value))
            elif kind is inspect.Parameter.VAR_KEYWORD:
                value = Named(value)
            elif not isinstance(value, Value):  # a default
                value = Known(value)
            used = uses(key, [found.node])
            names[key] = self.settled(value, key) if used > 1 or draws(value) else value
        scope = Scope(names, found, function)
        with self._within(scope):
            result = self.block(found.node.body, scope)
        if own and own[0].value is not self.game and (text := ast.get_docstring(found.node)):
            self.notes.append(first_paragraph(text))
        return result.value if result else Known(None)

    def _inlined_closure(
        self, closure: Closure, arguments: Sequence[Value], words: Mapping[str, Value]
    ) -> Value:
        outer: Scope = closure.scope
        keys = [arg.arg for arg in closure.node.args.args]
        if len(keys) != len(arguments) or words:
            raise CannotBeWritten(f"{self.where(outer)} calls an inner function by keywords")
        values = [self.settled(value, key) for key, value in zip(keys, arguments, strict=True)]
        scope = Scope({**outer.names, **dict(zip(keys, values, strict=True))}, outer.of)
        with self._within(scope):
            if isinstance(closure.node, ast.Lambda):
                return self.value(closure.node.body, scope)
            result = self.block(closure.node.body, scope)
        return result.value if result else Known(None)

    @contextmanager
    def _within(self, scope: Scope) -> Iterator[None]:
        self.scopes.append(scope)
        if len(self.scopes) > DEEPEST:
            raise CannotBeWritten(f"{self.where(scope)} calls itself")
        try:
            yield
        finally:
            self.scopes.pop()

    def code(self, value: Value) -> ast.expr:
        """A value as code.

        Raises:
            CannotBeWritten: Plain code cannot say it, such as the game itself.
        """
        if isinstance(value, Code):
            return value.node
        if isinstance(value, Known):
            if isinstance(value.value, nn.Module) or _is_part(value.value):
                raise CannotBeWritten(f"it passes on {type(value.value).__name__}")
            return self.definitions.named(value.value)
        if isinstance(value, Items):
            made = ast.List if value.mutable else ast.Tuple
            return made([self.code(each) for each in value.values], ast.Load())
        if isinstance(value, Named):
            if value.kind is not None:
                raise CannotBeWritten(f"it passes on {value.kind.__name__}")
            keys: list[ast.expr | None] = [ast.Constant(key) for key in value.values]
            return ast.Dict(keys, [self.code(each) for each in value.values.values()])
        return self._function(value)

    def _function(self, closure: Closure) -> ast.expr:
        """A function as code: the network itself if that is all it calls, or a lambda."""
        keys = [arg.arg for arg in closure.node.args.args]
        outer, self.statements = self.statements, []
        try:
            body = self.code(self._inlined_closure(closure, [Code(name(key)) for key in keys], {}))
            if self.statements:
                raise CannotBeWritten("a function that it passes on has several statements")
        finally:
            self.statements = outer
        called = body.func if isinstance(body, ast.Call) and not body.keywords else None
        same = isinstance(body, ast.Call) and [ast.unparse(each) for each in body.args] == keys
        if isinstance(called, ast.Name) and same:
            return called
        return ast.Lambda(
            ast.arguments([], [ast.arg(key) for key in keys], None, [], [], None, []), body
        )


def _is_known(value: Value) -> bool:
    return isinstance(value, Known)


def _is_part(thing: Any) -> bool:
    """Whether a thing is a game, a loss or another part, whose methods are written in place."""
    return isinstance(thing, nn.Module) or (is_dataclass(thing) and not isinstance(thing, type))


def _found(table: Mapping[Any, Any], key: Any) -> Any:
    try:
        return table.get(key)
    except TypeError:  # it has no hash
        return None


def _first_of(node: ast.Call) -> ast.expr | None:
    """What ``next(iter(...))`` takes the first of."""
    inner = node.args[0] if len(node.args) == 1 and ast.unparse(node.func) == "next" else None
    if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "iter" and len(inner.args) == 1:
        return inner.args[0]
    return None
