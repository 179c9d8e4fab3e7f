"""The rules for statements: what is known is executed, and the rest becomes a statement."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Sequence

from ganzoo.writing.known import truth, unknown
from ganzoo.writing.loops import Loops
from ganzoo.writing.values import CannotBeWritten, Closure, Code, Known, Named, Value, name
from ganzoo.writing.variables import Returned, Scope


class Statements(Loops):
    """A method for each kind of statement."""

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> Returned | None:
        for node in body:
            rule = getattr(self, f"_do_{type(node).__name__.lower()}", None)
            if rule is None:
                what = ast.unparse(node).splitlines()[0]
                raise CannotBeWritten(f"{self.where(scope)} has the statement {what}")
            before = len(self.statements)
            result: Returned | None = rule(node, scope)
            if len(self.statements) > before and (comment := scope.of.comments.get(node.lineno)):
                self.statements[-1].comment = comment  # type: ignore[attr-defined]
            if result is not None:
                return result
        return None

    def _do_expr(self, node: ast.Expr, scope: Scope) -> None:
        value = self.value(node.value, scope)
        if isinstance(value, Code):
            self.add(ast.Expr(value.node))

    def _do_importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = importlib.import_module(str(node.module))
        for alias in node.names:
            scope.names[alias.asname or alias.name] = Known(getattr(module, alias.name))

    def _do_import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            scope.names[alias.asname or alias.name] = Known(importlib.import_module(alias.name))

    def _do_pass(self, node: ast.Pass, scope: Scope) -> None:
        pass

    def _do_assert(self, node: ast.Assert, scope: Scope) -> None:
        pass  # it only tells a type checker what is so

    def _do_raise(self, node: ast.Raise, scope: Scope) -> None:
        raise CannotBeWritten(f"{self.where(scope)} refuses: {ast.unparse(node)}")

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope) -> None:
        scope.names[node.name] = Closure(node, scope)

    def _do_return(self, node: ast.Return, scope: Scope) -> Returned:
        return Returned(Known(None) if node.value is None else self.value(node.value, scope))

    def _do_assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.bind(target, value, scope)

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.bind(node.target, self.value(node.value, scope), scope)

    def _do_augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        target = ast.unparse(node.target)
        if not isinstance(node.target, ast.Name):
            raise CannotBeWritten(f"{self.where(scope)} changes {target}")
        before = scope.names.get(target)
        called = before.node if isinstance(before, Code) else None
        if isinstance(called, ast.Name) and self.holders(called.id) > 1:
            raise CannotBeWritten(
                f"{self.where(scope)} changes {target} in place, which has another name, too"
            )
        plain = ast.BinOp(name(node.target.id), node.op, node.value)
        self.bind(node.target, self.value(plain, scope), scope)

    def _do_if(self, node: ast.If, scope: Scope) -> Returned | None:
        test = self.value(node.test, scope)
        if unknown(test) and isinstance(node.body[0], ast.Raise) and not node.orelse:
            return None  # a check, which the run has passed
        if unknown(test):
            raise CannotBeWritten(
                f"{self.where(scope)} branches on a tensor: if {ast.unparse(node.test)}"
            )
        return self.block(node.body if truth(test) else node.orelse, scope)

    def _do_with(self, node: ast.With, scope: Scope) -> Returned | None:
        items = []
        for item in node.items:
            if item.optional_vars is not None:
                raise CannotBeWritten(f"{self.where(scope)} names what with gives")
            items.append(ast.withitem(self.code(self.value(item.context_expr, scope))))
        outer, self.statements = self.statements, []
        try:
            result = self.block(node.body, scope)
            inside = self.statements
            if result is not None and isinstance(result.value, Code) and not result.value.simple:
                result = Returned(self.settled(result.value, "result"))
        finally:
            self.statements = outer
        if inside:
            self.add(ast.With(items, inside))
        return result

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value a name in the function. Code that computes gets a statement of its own."""
        if isinstance(target, ast.Name):
            value = self.renamed(value, target.id, scope)
            scope.names[target.id] = self.settled(value, target.id, scope)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, Code):
            names = []
            for each in target.elts:
                if not isinstance(each, ast.Name):
                    raise CannotBeWritten(f"{self.where(scope)} unpacks {ast.unparse(target)}")
                names.append(self.fresh(each.id, scope))
                scope.names[each.id] = Code(name(names[-1]))
            into = ast.Tuple([ast.Name(each, ast.Store()) for each in names], ast.Store())
            self.add(ast.Assign([into], value.node))
        elif isinstance(target, ast.Tuple | ast.List):
            for each, part in zip(target.elts, self.each(value, scope), strict=True):
                self.bind(each, part, scope)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            key, base = self.value(target.slice, scope), scope.names.get(target.value.id)
            if not isinstance(base, Named) or not isinstance(key, Known):
                raise CannotBeWritten(f"{self.where(scope)} changes {ast.unparse(target)}")
            new = self.settled(value, str(key.value))
            scope.names[target.value.id] = Named({**base.values, key.value: new}, base.kind)
        else:
            raise CannotBeWritten(f"{self.where(scope)} changes {ast.unparse(target)}")
