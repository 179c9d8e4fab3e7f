"""The source of functions and classes."""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import io
import sys
import textwrap
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from types import FunctionType
from typing import Any

from ganzoo.prose.markup import readable
from ganzoo.writing.values import CannotBeWritten

ANNOTATED = {"int", "float", "str", "bool", "tuple", "list", "dict", "Tensor", "nn", "None"}
"""Names that an annotation may have. Others are left out."""
Node = ast.FunctionDef | ast.ClassDef | ast.Lambda


class Source:
    """The code of a function or class, with its comments and the names that it can see."""

    def __init__(
        self, node: Node, comments: Mapping[int, str], scope: Mapping[str, Any], closed: set[str]
    ) -> None:
        self.node = node
        self.comments = comments
        """Line -> the comment at its end."""
        self.scope = scope
        """Names from outside -> their values."""
        self.closed = closed
        """Those from the function around it."""


@cache
def source(thing: Any) -> Source:
    """The source of a function or class.

    Raises:
        CannotBeWritten: It has none.
    """
    try:
        text = textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError) as error:
        raise CannotBeWritten(f"{thing.__qualname__} has no source in Python") from error
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a lambda within an expression
        raise CannotBeWritten(f"{thing.__qualname__} is part of a longer expression") from None
    node = next((n for n in ast.walk(tree) if isinstance(n, Node)), None)
    if node is None:
        raise CannotBeWritten(f"{thing.__qualname__} has no source in Python")
    scope, closed = dict(vars(builtins)), {}
    if isinstance(thing, FunctionType):
        closed = _closure(thing)
        scope |= thing.__globals__ | closed
    else:
        scope |= vars(sys.modules[thing.__module__])
    return Source(node, dict(_comments(text)), scope, set(closed))


def _closure(function: FunctionType) -> dict[str, Any]:
    cells = function.__closure__ or ()
    return {
        key: cell.cell_contents
        for key, cell in zip(function.__code__.co_freevars, cells, strict=True)
    }


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and "noqa" not in token.string:
            yield token.start[0], token.string


def home(thing: Any) -> str:
    """The top-level package in which a thing is defined."""
    return str(getattr(thing, "__module__", None) or "").partition(".")[0]


def plain(node: Any) -> Any:
    """A copy without long docstrings and without annotations that need ganzoo."""
    node = copy.deepcopy(node)
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef | ast.ClassDef):
            if isinstance(each, ast.ClassDef) and "Module" in ", ".join(
                map(ast.unparse, each.bases)
            ):
                each.body = [
                    n for n in each.body
                    if not (isinstance(n, ast.AnnAssign) and n.value is None)
                ]  # fmt: skip
            shortened_docstring(each)
        if isinstance(each, ast.FunctionDef):
            each.returns = _annotation(each.returns)
            args = each.args
            every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
            for arg in filter(None, every):
                if arg.annotation is not None and ast.unparse(arg.annotation).endswith("Draw"):
                    arg.is_draw = True  # type: ignore[attr-defined]
                arg.annotation = _annotation(arg.annotation)
    return node


def first_paragraph(text: str) -> str:
    """The first paragraph of a docstring, without markup."""
    return readable(text.split("\n\n")[0])


def shortened_docstring(node: ast.FunctionDef | ast.ClassDef) -> None:
    """Keep the first paragraph of a docstring."""
    text = ast.get_docstring(node)
    if text is None:
        return
    node.body[0] = ast.copy_location(ast.Expr(ast.Constant(first_paragraph(text))), node.body[0])


def _annotation(node: ast.expr | None) -> ast.expr | None:
    if node is None:
        return None
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return node if names <= ANNOTATED else None
