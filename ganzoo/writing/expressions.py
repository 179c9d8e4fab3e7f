"""The rules for expressions: what is known is computed, and the rest stays code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import MethodType
from typing import Any

import numpy as np
from torch import Tensor, nn

from ganzoo.writing.known import OPERATORS, truth, unknown
from ganzoo.writing.values import (
    CannotBeWritten,
    Closure,
    Code,
    Items,
    Known,
    Named,
    Value,
    name,
)
from ganzoo.writing.variables import DRAW, Scope, Variables, draws


class Expressions(Variables):
    """A method for each kind of expression."""

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """What an expression is.

        Raises:
            CannotBeWritten: Its kind is unknown, or it depends on more than can be written.
        """
        rule = getattr(self, f"_{type(node).__name__.lower()}", None)
        if rule is None:
            raise CannotBeWritten(f"{self.where(scope)} has the expression {ast.unparse(node)}")
        result: Value = rule(node, scope)
        return result

    def _constant(self, node: ast.Constant, _: Scope) -> Value:
        return Known(node.value)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        if node.id in scope.names:
            return scope.names[node.id]
        if node.id not in scope.of.scope:
            raise CannotBeWritten(f"{self.where(scope)} uses {node.id}, which is not defined there")
        return Known(scope.of.scope[node.id])

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute(self.value(node.value, scope), node.attr)

    def attribute(self, base: Value, attr: str) -> Value:
        """An attribute of a value."""
        if isinstance(base, Named) and base.kind is not None:
            return base.values[attr] if attr in base.values else Known(getattr(base.kind, attr))
        if isinstance(base, Code) and base.of is DRAW:
            if attr == "device":
                return Code(name("DEVICE"))
            if attr == "truncation":
                return Known(1.0)
            if attr == "generator":
                return base
            if attr in ("done", "progress"):
                raise CannotBeWritten("it depends on how far the run is (draw.done)")
        if isinstance(base, Known):
            getter = getattr(type(base.value), attr, None)
            found = getattr(base.value, attr)
            if isinstance(getter, property) and isinstance(found, np.ndarray | Tensor):
                assert getter.fget is not None
                return self.inlined(MethodType(getter.fget, base.value), [], {})
            if base.value is self.game and isinstance(found, nn.Module):
                return Code(name(attr), found)
            if isinstance(found, Tensor):
                raise CannotBeWritten(f"the game keeps a tensor, {attr}")
            return Known(found)
        if isinstance(base, Code):
            of = getattr(base.of, attr, None) if isinstance(base.of, nn.Module) else None
            inner = of if isinstance(of, nn.Module) else None
            return Code(ast.Attribute(base.node, attr, ast.Load()), inner)
        raise CannotBeWritten(f"it uses .{attr} of {type(base).__name__}")

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        base = self.value(node.value, scope)
        if isinstance(node.slice, ast.Slice | ast.Tuple) and isinstance(base, Code):
            return Code(ast.Subscript(base.node, self._index(node.slice, scope), ast.Load()))
        at = self.value(node.slice, scope)
        if isinstance(at, Known) and not isinstance(base, Code):
            if isinstance(base, Named) and at.value in base.values:
                return base.values[at.value]
            if isinstance(base, Items):
                part = base.values[at.value]
                return Items(part) if isinstance(part, tuple) else part
            if isinstance(base, Known):
                return Known(base.value[at.value])
        if isinstance(base, Named):
            raise CannotBeWritten(
                f"{self.where(scope)} uses {ast.unparse(node)}, which is not there"
            )
        return Code(ast.Subscript(self.code(base), self.code(at), ast.Load()))

    def _index(self, node: ast.expr, scope: Scope) -> ast.expr:
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return ast.Slice(
                *(None if p is None else self.code(self.value(p, scope)) for p in parts)
            )
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._index(each, scope) for each in node.elts], ast.Load())
        return self.code(self.value(node, scope))

    def _slice(self, node: ast.Slice, scope: Scope) -> Value:
        parts = (node.lower, node.upper, node.step)
        values = [Known(None) if p is None else self.value(p, scope) for p in parts]
        if not all(isinstance(v, Known) for v in values):
            raise CannotBeWritten(f"{self.where(scope)} has the expression {ast.unparse(node)}")
        return Known(slice(*(v.value for v in values)))  # type: ignore[union-attr]

    def _binop(self, node: ast.BinOp, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(left, Known) and isinstance(right, Known):
            return Known(OPERATORS[type(node.op)](left.value, right.value))
        if isinstance(node.op, ast.BitOr) and isinstance(left, Named) and isinstance(right, Named):
            return Named({**left.values, **right.values})
        if isinstance(node.op, ast.Mult) and isinstance(left, Known) and left.value == 1:
            return right
        if isinstance(node.op, ast.Mult) and isinstance(left, Known) and left.value == -1:
            return Code(ast.UnaryOp(ast.USub(), self.code(right)))
        code = self.code(right)
        negative = isinstance(code, ast.UnaryOp) and isinstance(code.op, ast.USub)
        if negative and isinstance(code, ast.UnaryOp) and isinstance(node.op, ast.Add):
            return Code(ast.BinOp(self.code(left), ast.Sub(), code.operand))
        return Code(ast.BinOp(self.code(left), node.op, code))

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.value(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return Known(not truth(value)) if not unknown(value) else Code(
                ast.UnaryOp(node.op, self.code(value)))  # fmt: skip
        if isinstance(value, Known):
            return Known(OPERATORS[type(node.op)](value.value))
        return Code(ast.UnaryOp(node.op, self.code(value)))

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        decides = isinstance(node.op, ast.Or)
        left: list[Value] = []
        for each in node.values:
            value = self.value(each, scope)
            if unknown(value):
                left.append(value)
            elif truth(value) == decides or each is node.values[-1]:
                left.append(value)
                break
        if len(left) == 1:
            return left[0]
        return Code(ast.BoolOp(node.op, [self.code(value) for value in left]))

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        values = [self.value(each, scope) for each in (node.left, *node.comparators)]
        if len(values) == 2 and isinstance(node.ops[0], ast.Is | ast.IsNot):
            left, right = values
            if isinstance(left, Known) and isinstance(right, Known):
                return Known(OPERATORS[type(node.ops[0])](left.value, right.value))
            return Known(isinstance(node.ops[0], ast.IsNot))  # code is never None
        key, inside = values[0], isinstance(node.ops[0], ast.In | ast.NotIn)
        if len(values) == 2 and inside and isinstance(values[1], Named) and isinstance(key, Known):
            return Known((key.value in values[1].values) == isinstance(node.ops[0], ast.In))
        if all(isinstance(value, Known) for value in values):
            pairs = zip(node.ops, values, values[1:], strict=False)
            return Known(
                all(OPERATORS[type(op)](a.value, b.value) for op, a, b in pairs)  # type: ignore[union-attr]
            )
        first, *rest = (self.code(value) for value in values)
        shapes = isinstance(first, ast.Attribute) and first.attr == "shape"
        same = all(ast.unparse(first) == ast.unparse(each) for each in rest)
        if shapes and same and isinstance(node.ops[0], ast.Eq):
            return Known(True)
        return Code(ast.Compare(first, node.ops, rest))

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Value:
        test = self.value(node.test, scope)
        if not unknown(test):
            return self.value(node.body if truth(test) else node.orelse, scope)
        body, other = self.value(node.body, scope), self.value(node.orelse, scope)
        return Code(ast.IfExp(self.code(test), self.code(body), self.code(other)))

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Value:
        return Items(tuple(self.spread(node.elts, scope)))

    def _list(self, node: ast.List, scope: Scope) -> Value:
        return Items(tuple(self.spread(node.elts, scope)), mutable=True)

    def spread(self, nodes: Sequence[ast.expr], scope: Scope) -> Iterator[Value]:
        for node in nodes:
            if not isinstance(node, ast.Starred):
                yield self.value(node, scope)
                continue
            value = self.value(node.value, scope)
            if isinstance(value, Code):
                yield Code(ast.Starred(value.node, ast.Load()))
            else:
                yield from self.each(value, scope)

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        found: dict[Any, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            inner = self.value(value, scope)
            if key is not None and draws(inner):  # it is drawn even if nothing uses it
                inner = self.settled(inner, ast.unparse(key).strip("'"))
            if key is not None:
                found[self.known(self.value(key, scope), scope)] = inner
            elif isinstance(inner, Named):
                found |= inner.values
            else:
                found |= {k: Known(v) for k, v in self.known(inner, scope).items()}
        return Named(found)

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Value:
        text = ""
        for part in node.values:
            inner = part
            if isinstance(part, ast.FormattedValue):
                inner = part.value
                if part.format_spec is not None or part.conversion != -1:
                    raise CannotBeWritten(f"{self.where(scope)} formats {ast.unparse(inner)}")
            text += str(self.known(self.value(inner, scope), scope))
        return Known(text)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        return Closure(node, scope)
