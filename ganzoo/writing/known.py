"""Operations on values that are known, or whose structure is known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from ganzoo.writing.values import CannotBeWritten, Code, Items, Known, Named, Value, name

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.MatMult: operator.matmul,
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip
"""What each operator of Python does."""


FALSE, ZERO, EMPTY = Known(False), Known(0), Items(())


def unknown(value: Value) -> bool:
    """Whether only training knows if the value is true."""
    return isinstance(value, Code)


def truth(value: Value) -> bool:
    """Whether a value is true.

    Raises:
        CannotBeWritten: Only training knows.
    """
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, Items):
        return bool(value.values)
    if isinstance(value, Named):
        return value.kind is not None or bool(value.values)
    if isinstance(value, Code):
        raise CannotBeWritten(f"it depends on a tensor: {ast.unparse(value.node)}")
    return True


class Method:
    """A method of a dictionary or list whose values are partly known. It takes and gives values."""

    def __init__(self, base: Items | Named, attr: str) -> None:
        self._base = base
        self._attr = attr

    def __call__(self, *arguments: Value) -> Value:
        """What the method gives.

        Raises:
            CannotBeWritten: It has no rule here.
        """
        base, attr = self._base, self._attr
        if isinstance(base, Named) and attr == "items":
            return Items(tuple(Items((Known(k), v)) for k, v in base.values.items()))
        if isinstance(base, Named) and attr == "values":
            return Items(tuple(base.values.values()))
        if isinstance(base, Named) and attr == "keys":
            return Items(tuple(map(Known, base.values)))
        if isinstance(base, Named) and attr == "get" and isinstance(arguments[0], Known):
            other = arguments[1] if len(arguments) > 1 else Known(None)
            return base.values.get(arguments[0].value, other)
        raise CannotBeWritten(f"it calls .{attr}() of a list or dictionary")


def _zip(*parts: Value, strict: Value = FALSE) -> Value:
    if any(isinstance(part, Code) for part in parts):
        codes = [part.node for part in parts if isinstance(part, Code)]
        if len(codes) < len(parts):
            raise CannotBeWritten("it pairs tensors with other values")
        words = [ast.keyword("strict", ast.Constant(truth(strict)))]
        return Code(ast.Call(name("zip"), codes, words))
    rows = zip(*(each(part) for part in parts), strict=bool(truth(strict)))
    return Items(tuple(Items(row) for row in rows))


def each(value: Value, who: str = "it") -> tuple[Value, ...]:
    """The values to loop over. ``who`` does so, for the message.

    Raises:
        CannotBeWritten: Only training knows how many there are.
    """
    if isinstance(value, Items):
        return value.values
    if isinstance(value, Named) and value.kind is None:
        return tuple(map(Known, value.values))
    if isinstance(value, Known):
        return tuple(map(Known, value.value))
    if isinstance(value, Named):
        raise CannotBeWritten(f"{who} loops over a dataclass")
    code = value.node if isinstance(value, Code) else value.node.args
    raise CannotBeWritten(
        f"{who} unpacks {ast.unparse(code)}, of which only training knows how many"
    )


def _len(value: Value) -> Value:
    if isinstance(value, Code):
        return Code(ast.Call(name("len"), [value.node], []))
    return Known(len(each(value)))


def _dict(value: Value = EMPTY, **more: Value) -> Value:
    if isinstance(value, Named):
        return Named({**value.values, **more})
    if isinstance(value, Code) and not more:
        return Code(ast.Call(name("dict"), [value.node], []))
    pairs = (each(row) for row in each(value))
    return Named({**{key.value: item for key, item in pairs}, **more})  # type: ignore[union-attr]


def _enumerate(value: Value, start: Value = ZERO) -> Value:
    numbers = range(start.value, start.value + len(each(value)))  # type: ignore[union-attr]
    pairs = zip(numbers, each(value), strict=True)
    return Items(tuple(Items((Known(i), item)) for i, item in pairs))


def _iterator(*_: Value) -> Value:
    raise CannotBeWritten("it uses an iterator other than next(iter(...))")


def _all(value: Value) -> Value:
    return Known(all(truth(item) for item in each(value)))


def _any(value: Value) -> Value:
    return Known(any(truth(item) for item in each(value)))


STRUCTURES: dict[Any, Callable[..., Value]] = {
    all: _all,
    any: _any,
    zip: _zip,
    len: _len,
    dict: _dict,
    next: _iterator,
    iter: _iterator,
    tuple: lambda value: Items(each(value)),
    list: lambda value: Items(each(value), mutable=True),
    enumerate: _enumerate,
}
"""Functions of Python on values whose structure is known."""
