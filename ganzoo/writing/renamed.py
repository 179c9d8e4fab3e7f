"""Functions and classes of plugins as the file has them, with the names of the file."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ganzoo.writing.sources import Source
from ganzoo.writing.values import drawn

if TYPE_CHECKING:
    from ganzoo.writing.definitions import Definitions


class Renamed(ast.NodeTransformer):
    """Replaces names from outside by those of the file, and adds their definitions.

    What a function has from the function around it is known, so it is written in its place.
    """

    def __init__(self, definitions: Definitions, found: Source) -> None:
        self._definitions = definitions
        self._scope = dict(found.scope)
        self._closed = found.closed
        self._draws = {"draw"}
        """Names of sources of random numbers."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inner(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._inner(node)

    def _inner(self, node: Any) -> ast.AST:
        """Visit a function, whose own names hide those from outside."""
        local = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        self._draws |= {
            n.arg for n in ast.walk(node) if isinstance(n, ast.arg) and hasattr(n, "is_draw")
        }
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                local.add(each.id)
            elif isinstance(each, ast.FunctionDef) and each is not node:
                local.add(each.name)
        outer = self._scope
        self._scope = {k: v for k, v in outer.items() if k not in local}
        try:
            return self.generic_visit(node)
        finally:
            self._scope = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        plain = ast.Assign([node.target], node.value)
        visited: ast.AST = self.visit(ast.copy_location(plain, node))
        return visited

    def visit_If(self, node: ast.If) -> Any:
        test = self.visit(node.test)
        if not isinstance(test, ast.Constant):
            node.test = test
            node.body = [*filter(None, self._all(node.body))] or [ast.Pass()]
            node.orelse = self._all(node.orelse)
            return node
        return self._all(node.body if test.value else node.orelse)

    def _all(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for each in body:
            new = self.visit(each)
            found += new if isinstance(new, list) else [new]
        return found

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.Not) and isinstance(operand, ast.Constant):
            return ast.Constant(not operand.value)
        node.operand = operand
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        decides, left = isinstance(node.op, ast.Or), []
        for each in map(self.visit, node.values):
            if not isinstance(each, ast.Constant):
                left.append(each)
            elif bool(each.value) == decides:
                return each if not left else ast.BoolOp(node.op, [*left, each])
        if not left:
            return ast.Constant(not decides)
        return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        facts = self._definitions.facts
        if facts and (known := facts.get(self._value(node.func))) is not None:
            return ast.copy_location(ast.Constant(known), node)
        made = self.generic_visit(node)
        assert isinstance(made, ast.Call)
        called = made.func
        if isinstance(called, ast.Attribute) and ast.unparse(called.value) in self._draws:
            self._definitions.imports.add("import torch")
            return ast.copy_location(drawn(called.attr, made.args, called.value), node)
        if not isinstance(called, ast.Lambda):
            return made
        keys = [arg.arg for arg in called.args.args]  # it is called at once
        body: ast.AST = _Substituted(dict(zip(keys, made.args, strict=True))).visit(called.body)
        return body

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        thing = self._value(node)
        if thing is not None and self._definitions.own(thing):
            return ast.copy_location(self._definitions.named(thing), node)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Store) or node.id not in self._scope or node.id == "super":
            return node
        value = self._scope[node.id]
        if getattr(builtins, node.id, None) is value:
            return node
        plain = callable(value) or isinstance(value, ModuleType) or node.id in self._closed
        code = self._definitions.named(value, "" if plain else node.id)
        return ast.copy_location(code, node)

    def _value(self, node: ast.expr) -> Any:
        """What a name, or a chain of attributes of a module, is, or ``None``."""
        if isinstance(node, ast.Name):
            return self._scope.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._value(node.value)
            return getattr(base, node.attr, None) if isinstance(base, ModuleType) else None
        return None


class _Substituted(ast.NodeTransformer):
    """Replaces names by code."""

    def __init__(self, codes: Mapping[str, ast.expr]) -> None:
        self._codes = codes

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._codes.get(node.id, node)
