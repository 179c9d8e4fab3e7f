"""The changes that `mutants.py` makes to a file, one at a time."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
}  # fmt: skip
LOGGERS = ("log", "logger")
EXCHANGEABLE = ("min", "max", "isinstance")
"""Functions whose arguments may come in any order, or in one only."""
OBVIOUS = ("items", "keys", "values", "named_children", "format", "join")
"""Methods without which almost anything fails at once."""
UNNOTICED = ("device", "strict")
"""Arguments that only a GPU notices, or only a mistake elsewhere."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
LEFT_ALONE = (ast.Raise, ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)
"""Messages and imports."""


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    text: str
    """The function's name, what was there and what is there now. Unique in the file."""
    code: CodeType
    function: str
    """Qualified name of the outermost function around the change. Empty outside functions."""
    line: int
    first: int
    last: int
    """Lines of the statement, or of its head if it contains others."""


@dataclass(frozen=True)
class Place:
    """A node of a tree, and where it is."""

    node: ast.expr | ast.stmt
    parent: ast.AST
    field: str
    index: int | None
    function: str
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        """Put a node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def shown(self, node: ast.AST) -> str:
        """A node as text, or what it is in if that is short: ``1 + n`` instead of ``1``."""
        if isinstance(node, ast.If):
            return f"if {ast.unparse(node.test)}"
        is_constant = isinstance(self.node, ast.Constant)
        return ast.unparse(self.parent if is_constant and is_shown(self.parent) else node)


def is_shown(node: ast.AST) -> bool:
    return isinstance(node, ast.expr | ast.keyword | ast.Assign | ast.AnnAssign | ast.AugAssign)


def mutants_of(file: Path) -> list[Mutant]:
    """All mutants of a file."""
    tree = ast.parse(file.read_text())
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [alias.asname or alias.name for node in imports for alias in node.names]
    imported = {name.partition(".")[0] for name in names}
    found, seen = [], Counter[str]()
    for place in list(places(tree)):
        before = place.shown(place.node)
        for new in changes(place.node, imported):
            place.put(ast.fix_missing_locations(ast.copy_location(new, place.node)))
            text = f"{place.function or 'file'}: {before} -> {place.shown(new)}"
            seen[text] += 1
            text += f" #{seen[text]}" if seen[text] > 1 else ""
            code = compile(tree, str(file), "exec", dont_inherit=True)
            head = place.statement
            body = getattr(head, "body", None)
            last = body[0].lineno - 1 if body else head.end_lineno
            last = max(head.lineno, last or 0)
            line = place.node.lineno
            found.append(Mutant(text, code, place.function, line, head.lineno, last))
        place.put(place.node)
    return found


def places(
    parent: ast.AST, names: tuple[str, ...] = (), function: str = "", head: ast.stmt | None = None
) -> Iterator[Place]:
    """Everything that does something: no docstrings, annotations, decorators or messages."""
    if isinstance(parent, (Function, ast.ClassDef)):
        names = (*names, parent.name)
    for field, index, node in children(parent):
        within = function
        if not function and isinstance(parent, Function) and field == "body":  # not its defaults
            within = ".".join(names)
        now = node if isinstance(node, ast.stmt) else head
        if isinstance(node, ast.expr | ast.stmt) and now is not None:
            yield Place(node, parent, field, index, within, now)
        yield from places(node, names, within, now)


def children(parent: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        inside = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, node in inside:
            if isinstance(node, ast.AST) and not is_left_alone(node):
                yield field, index, node


def is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        value = node.value
        is_docstring = isinstance(value, ast.Constant)
        is_log = isinstance(value, ast.Call) and root(value.func) in LOGGERS
        return is_docstring or is_log
    if isinstance(node, ast.keyword):
        return node.arg in UNNOTICED
    return isinstance(node, LEFT_ALONE) or (isinstance(node, Function) and node.name == "__repr__")


def root(node: ast.expr) -> str:
    return ast.unparse(node).partition(".")[0]


def changes(node: ast.expr | ast.stmt, imported: set[str]) -> Iterator[ast.expr | ast.stmt]:
    """What may be in the place of a node."""
    if isinstance(node, ast.Compare) and (other := COMPARISONS.get(type(node.ops[0]))):
        yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    if isinstance(node, ast.BinOp) and (sign := OPERATORS.get(type(node.op))):
        yield ast.BinOp(node.left, sign(), node.right)
    if isinstance(node, ast.AugAssign) and (sign := OPERATORS.get(type(node.op))):
        yield ast.AugAssign(node.target, sign(), node.value)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    if isinstance(node, ast.Constant):
        for value in other_values(node.value):
            yield ast.Constant(value)
    is_plain = isinstance(node, ast.If | ast.IfExp) and not isinstance(
        node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
    )
    if is_plain:
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()
    if isinstance(node, ast.Call):
        yield from other_calls(node, imported)


def other_values(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, float):
        yield value * 2 if value else 1.0


def other_calls(node: ast.Call, imported: set[str]) -> Iterator[ast.expr]:
    """Two arguments swapped, one with a name left out, and a method that is not called."""
    args, named = node.args, node.keywords
    if (
        not any(isinstance(arg, ast.Starred) for arg in args)
        and root(node.func) not in EXCHANGEABLE
    ):
        for i in range(len(args) - 1):
            if ast.dump(args[i]) != ast.dump(args[i + 1]):
                swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
                yield ast.Call(node.func, swapped, named)
    for i, keyword in enumerate(named):
        if keyword.arg not in (None, *UNNOTICED):
            yield ast.Call(node.func, args, named[:i] + named[i + 1 :])
    if isinstance(node.func, ast.Attribute) and node.func.attr not in OBVIOUS:
        of = node.func.value
        is_object = isinstance(of, ast.Call) or root(of) not in imported
        if is_object and ast.unparse(of) not in ("self", "super()"):
            yield of
