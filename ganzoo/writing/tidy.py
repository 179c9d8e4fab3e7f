"""Leaves out statements that do nothing, and joins those that belong together."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeGuard


def tidied(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements without assignments that nothing uses, and that draw and train nothing."""
    *_, last, end = [ast.Pass(), *statements]
    returned = ast.unparse(end.value) if isinstance(end, ast.Return) and end.value else ""
    if isinstance(last, ast.Assign) and ast.unparse(last.targets[0]) == returned:
        new = ast.Return(last.value)
        _keep_comments(last, new)
        statements = [*statements[:-2], new]
    used: set[str] = set()
    statements = _folded(statements)
    kept: list[ast.stmt] = []
    for node in reversed(statements):
        if isinstance(node, ast.With):
            node.body = _live_in(node.body, used)
            if not node.body:
                continue
        elif _is_dead(node, used):
            continue
        used |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)
                 and isinstance(n.ctx, ast.Load)}  # fmt: skip
        kept.append(node)
    return kept[::-1]


def _folded(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Join ``a = x + y`` and ``b = a + z`` to ``b = x + y + z``, if nothing else uses ``a``."""
    kept: list[ast.stmt] = []
    for i, node in enumerate(statements):
        while kept and _joins(kept[-1], node, statements[i + 1 :]):
            _keep_comments(kept[-1], node)
            _leftmost(node.value).left = kept.pop().value  # type: ignore[attr-defined]
        kept.append(node)
    return kept


def _joins(last: ast.stmt, node: ast.stmt, later: list[ast.stmt]) -> bool:
    value = getattr(node, "value", None)
    if not isinstance(last, ast.Assign) or not _is_sum(last.value) or not _is_sum(value):
        return False
    target = ast.unparse(last.targets[0])
    again = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == target
    used = uses(target, [value, *([] if again else later)])
    return used == 1 and ast.unparse(_leftmost(value).left) == target


def _leftmost(value: ast.BinOp) -> ast.BinOp:
    """The sum whose left side is computed first."""
    while _is_sum(value.left):
        value = value.left
    return value


def uses(called: str, nodes: Sequence[ast.AST]) -> int:
    """How often code reads a variable."""
    names = (n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
    return sum(n.id == called and isinstance(n.ctx, ast.Load) for n in names)


def _is_sum(node: ast.AST | None) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _live_in(body: list[ast.stmt], used: set[str]) -> list[ast.stmt]:
    kept = []
    for node in reversed(body):
        if not _is_dead(node, used):
            used |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            kept.append(node)
    return kept[::-1]


def _is_dead(node: ast.stmt, used: set[str]) -> bool:
    """Whether a statement sets a variable that is not used, and calls nothing but ``len``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    calls = (n for n in ast.walk(node.value) if isinstance(n, ast.Call))
    pure = all(ast.unparse(call.func) == "len" for call in calls)
    return pure and node.targets[0].id not in used


def _keep_comments(old: ast.stmt, new: ast.stmt) -> None:
    for extra in ("notes", "comment"):
        if hasattr(old, extra):
            setattr(new, extra, getattr(old, extra))
