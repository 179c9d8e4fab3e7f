"""Statements as text, with their comments, in lines that fit."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator, Mapping, Sequence

from ganzoo.writing.sources import first_paragraph

WIDTH = 96
"""Characters in a line, unless an expression cannot be broken."""


def text(statements: Sequence[ast.stmt], comments: Mapping[int, str] | None = None) -> str:
    """Statements as text. ``comments`` are those of the source, by line."""
    for node in (each for statement in statements for each in ast.walk(statement)):
        if isinstance(node, ast.stmt) and not hasattr(node, "lineno"):
            node.lineno = 0  # of no source
    return "\n".join(_lines(statements, "", comments or {}))


def _lines(body: Sequence[ast.stmt], indent: str, comments: Mapping[int, str]) -> Iterator[str]:
    for node in body:
        for note in getattr(node, "notes", ()):
            yield f"{indent}# {note}"
        comment = getattr(node, "comment", None) or comments.get(getattr(node, "lineno", 0), "")
        inner = getattr(node, "body", None)
        if not isinstance(inner, list):
            lines = _simple(node, indent)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.With | ast.If | ast.For):
            lines = [*_compound(node, indent)]
        else:
            lines = [indent + line for line in ast.unparse(node).splitlines()]
        if comment and len(lines[0]) + len(comment) + 2 <= WIDTH + 4:
            lines[0] += f"  {comment}"
        elif comment:
            yield indent + comment
        yield from lines
        if isinstance(inner, list) and isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.With | ast.If | ast.For
        ):
            yield from _inside(node, indent, comments)


def _compound(node: ast.stmt, indent: str) -> Iterator[str]:
    """The first lines of a statement that has others inside."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        for each in node.decorator_list:
            yield f"{indent}@{ast.unparse(each)}"
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(each) for each in node.bases)
        yield f"{indent}class {node.name}({bases}):" if bases else f"{indent}class {node.name}:"
    elif isinstance(node, ast.FunctionDef):
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield f"{indent}def {node.name}({ast.unparse(node.args)}){returns}:"
    elif isinstance(node, ast.With):
        yield f"{indent}with {', '.join(map(ast.unparse, node.items))}:"
    elif isinstance(node, ast.If):
        yield f"{indent}if {ast.unparse(node.test)}:"
    elif isinstance(node, ast.For):
        yield f"{indent}for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:"


def _inside(node: ast.stmt, indent: str, comments: Mapping[int, str]) -> Iterator[str]:
    body = getattr(node, "body", [])
    if isinstance(node, ast.ClassDef):
        for number, each in enumerate(body):
            if number and isinstance(each, ast.FunctionDef):
                yield ""
            yield from _lines([each], indent + "    ", comments)
    else:
        yield from _lines(body, indent + "    ", comments)
    other = getattr(node, "orelse", None)
    if other and len(other) == 1 and isinstance(other[0], ast.If):
        first, *rest = _lines(other, indent, comments)
        yield from [first.replace("if ", "elif ", 1), *rest]
    elif other:
        yield f"{indent}else:"
        yield from _lines(other, indent + "    ", comments)


def _simple(node: ast.stmt, indent: str) -> list[str]:
    """A statement without others inside. Long calls have an argument a line."""
    whole = ast.unparse(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return _docstring(str(node.value.value), indent)
    if len(indent) + len(whole) <= WIDTH and "Sequential(" not in whole:
        return [indent + whole]
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return [indent + whole]
    before = whole[: len(whole) - len(ast.unparse(value))]
    lines = _expression(value, indent, len(before))
    return [indent + before + lines[0], *lines[1:]]


def _expression(node: ast.expr, indent: str, used: int) -> list[str]:
    """An expression whose first line begins after ``used`` characters."""
    whole, deeper = ast.unparse(node), indent + "    "
    network = isinstance(node, ast.Call) and "Sequential" in ast.unparse(node.func)
    fits = len(indent) + used + len(whole) <= WIDTH
    if fits and not network and "Sequential" not in whole:
        return [whole]
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        parts: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        together = f"{deeper}{', '.join(map(ast.unparse, parts))}"
        if "Sequential" not in together and len(together) <= WIDTH:
            return [f"{ast.unparse(node.func)}(", together, f"{indent})"]
        lines = [f"{ast.unparse(node.func)}("]
        for each in parts:
            of = each.value if isinstance(each, ast.keyword) else each
            lead = f"{each.arg}=" if isinstance(each, ast.keyword) else ""
            first, *rest = _expression(of, deeper, len(lead) + 1)
            fits = len(lines[-1]) + len(first) + 2 <= WIDTH
            if network and not rest and _follows(of) and len(lines) > 1 and fits:
                lines[-1] += f" {lead}{first},"  # on the line of its layer
                continue
            lines += [f"{deeper}{lead}{first}", *rest]
            lines[-1] += ","
        return [*lines, f"{indent})"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        left = _expression(node.left, deeper, 0)
        right = ast.unparse(node.right)
        if isinstance(node.right, ast.BinOp) and not isinstance(node.right.op, ast.Mult | ast.Div):
            right = f"({right})"
        if left[0].startswith("("):  # already broken at an earlier sign
            return [*left[:-1], f"{deeper}{sign} {right}", f"{indent})"]
        return ["(", deeper + left[0], *left[1:], f"{deeper}{sign} {right}", f"{indent})"]
    return [whole]


def _follows(node: ast.expr) -> bool:
    """Whether a layer may stand on the line of the one before: it is a norm or an activation."""
    layer = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return layer.startswith("nn.") and not layer.startswith(("nn.Linear", "nn.Conv", "nn.Seq"))


def _docstring(value: str, indent: str) -> list[str]:
    value = value.replace("\\", "\\\\").replace('"""', "'''")
    value = f"{value[:-1]}'" if value.endswith('"') else value
    lines = textwrap.wrap(value, WIDTH - len(indent) - 6)
    if len(lines) <= 1:
        return [f'{indent}"""{value}"""']
    return [f'{indent}"""{lines[0]}', *(indent + line for line in lines[1:-1]),
            f'{indent}{lines[-1]}"""']  # fmt: skip


def function(called: str, arguments: Sequence[str], about: str, body: list[ast.stmt]) -> str:
    """A function as text, with the first paragraph of ``about`` as its docstring."""
    first = first_paragraph(about)
    lines: list[ast.stmt] = [ast.Expr(ast.Constant(first))] if first else []
    args = ast.arguments([], [ast.arg(a) for a in arguments], None, [], [], None, [])
    return text([ast.FunctionDef(called, args, [*lines, *body], [], None)])


def requoted(source: str) -> str:
    """Python code with double quotes around its strings."""
    lines = source.splitlines(keepends=True)
    for token in reversed([*tokenize.generate_tokens(io.StringIO(source).readline)]):
        plain = token.string.startswith("'") and not token.string.startswith("'''")
        if token.type == tokenize.STRING and plain and '"' not in token.string:
            (row, begin), (_, end) = token.start, token.end
            line = lines[row - 1]
            lines[row - 1] = f'{line[:begin]}"{token.string[1:-1]}"{line[end:]}'
    return "".join(lines)
