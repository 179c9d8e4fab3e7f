"""The rules for loops and comprehensions. Over known values they are unrolled, others stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ganzoo.writing.expressions import Expressions
from ganzoo.writing.known import each, truth
from ganzoo.writing.values import CannotBeWritten, Code, Items, Known, Named, Value, name
from ganzoo.writing.variables import Returned, Scope


class Loops(Expressions):
    """A method for each kind of loop."""

    def _listcomp(self, node: ast.ListComp, scope: Scope) -> Value:
        first = self.value(node.generators[0].iter, scope)
        if (over := self._over(node.generators, first, scope)) is not None:
            inner, loop = over
            return Code(ast.ListComp(self.code(self.value(node.elt, inner)), [loop]))
        turns = self._turns(node.generators, scope, first)
        return Items(tuple(self.value(node.elt, inner) for inner in turns), mutable=True)

    def _generatorexp(self, node: ast.GeneratorExp, scope: Scope) -> Value:
        first = self.value(node.generators[0].iter, scope)
        if (over := self._over(node.generators, first, scope)) is not None:
            inner, loop = over
            return Code(ast.GeneratorExp(self.code(self.value(node.elt, inner)), [loop]))
        turns = self._turns(node.generators, scope, first)
        return Items(tuple(self.value(node.elt, inner) for inner in turns))

    def _over(
        self, loops: Sequence[ast.comprehension], value: Value, scope: Scope
    ) -> tuple[Scope, ast.comprehension] | None:
        """The loop over a value that stays, and the scope inside, or ``None``."""
        if isinstance(value, Known) and isinstance(value.value, range):
            value = Code(counted(value.value))
        if not isinstance(value, Code):
            return None
        if len(loops) > 1:
            raise CannotBeWritten(f"{self.where(scope)} has two loops in one expression")
        inner = Scope(dict(scope.names), scope.of, scope.function)
        for node in ast.walk(loops[0].target):
            if isinstance(node, ast.Name):
                inner.names[node.id] = Code(name(node.id))
        tests = [self.code(self.value(test, inner)) for test in loops[0].ifs]
        return inner, ast.comprehension(loops[0].target, value.node, tests, 0)

    def _dictcomp(self, node: ast.DictComp, scope: Scope) -> Value:
        first = self.value(node.generators[0].iter, scope)
        if (over := self._over(node.generators, first, scope)) is not None:
            inner, loop = over
            key, each = (self.code(self.value(part, inner)) for part in (node.key, node.value))
            return Code(ast.DictComp(key, each, [loop]))
        return Named(
            {
                self.known(self.value(node.key, inner), scope): self.value(node.value, inner)
                for inner in self._turns(node.generators, scope, first)
            }
        )

    def _turns(
        self, loops: Sequence[ast.comprehension], scope: Scope, over: Value | None = None
    ) -> Iterator[Scope]:
        """The scope of each turn of a comprehension, whose first loop is ``over`` a value."""
        if not loops:
            yield scope
            return
        first, *rest = loops
        for item in self.each(over or self.value(first.iter, scope), scope):
            inner = Scope(dict(scope.names), scope.of, scope.function)
            self.bind(first.target, item, inner)
            if all(truth(self.value(test, inner)) for test in first.ifs):
                yield from self._turns(rest, inner)

    def each(self, value: Value, scope: Scope) -> list[Value]:
        """The values to loop over, see `known.each`."""
        return list(each(value, self.where(scope)))

    def _do_for(self, node: ast.For, scope: Scope) -> Returned | None:
        if node.orelse:
            raise CannotBeWritten(f"{self.where(scope)} has a loop with else")
        over = self.value(node.iter, scope)
        if isinstance(over, Code):
            self._do_loop(node, over.node, scope)
            return None
        if isinstance(over, Known) and isinstance(over.value, range) and len(over.value) > 1:
            self._do_loop(node, counted(over.value), scope)
            return None
        for item in self.each(over, scope):
            self.bind(node.target, item, scope)
            if (result := self.block(node.body, scope)) is not None:
                return result
        return None

    def _do_loop(self, node: ast.For, over: ast.expr, scope: Scope) -> None:
        """A loop that stays. What it changes must be variables of the file."""
        if not isinstance(node.target, ast.Name):
            raise CannotBeWritten(f"{self.where(scope)} loops over {ast.unparse(node.target)}")
        stored = {n.id for each in node.body for n in ast.walk(each) if isinstance(n, ast.Name)
                  and isinstance(n.ctx, ast.Store) and n.id in scope.names}  # fmt: skip
        carried = {key: self._variable(key, scope) for key in sorted(stored)}
        called = self.fresh(node.target.id, None)
        scope.names[node.target.id] = Code(name(called))
        outer, self.statements = self.statements, []
        try:
            if self.block(node.body, scope) is not None:
                raise CannotBeWritten(f"{self.where(scope)} returns from within a loop")
            for key, variable in carried.items():
                code = self.code(scope.names[key])
                if ast.unparse(code) != variable:
                    self.add(ast.Assign([ast.Name(variable, ast.Store())], code))
                scope.names[key] = Code(name(variable))
            inside = self.statements
        finally:
            self.statements = outer
        self.add(ast.For(ast.Name(called, ast.Store()), over, inside, []))

    def _variable(self, key: str, scope: Scope) -> str:
        """A variable of the file for a name that a loop changes."""
        value = scope.names[key]
        node = value.node if isinstance(value, Code) else None
        if isinstance(node, ast.Name) and self.holders(node.id) == 1:
            return node.id
        variable = self.fresh(key, None)
        self.add(ast.Assign([ast.Name(variable, ast.Store())], self.code(value)))
        scope.names[key] = Code(name(variable))
        return variable


def counted(numbers: range) -> ast.expr:
    """A range as code."""
    return ast.parse(repr(numbers).replace("range(0, ", "range("), mode="eval").body
