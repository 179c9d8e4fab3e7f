"""How long code is, without what explains it."""

import ast


def code_lines(text):
    """How many lines of code there are, without docstrings, comments and what is empty."""
    docstrings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return sum(bool(line) and i not in docstrings for i, line in enumerate(lines, start=1))
