"""A factory's settings, read from its source without running its module.

A model's module begins with ``import torch``, which takes two seconds, but its settings do not need
torch. So ganzoo runs an *outline* of the module. It has the factory's class with its fields but
without its methods, and only those other statements that the fields need, such as the imports of
their types. `ganzoo info` and a mistyped ``--set`` then need not wait for torch.

An outline only describes a factory and never replaces it. If an outline cannot be made, ganzoo
imports the module.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ganzoo.errors import GanzooError
from ganzoo.registry.boundary import headline


@cache
def outline(factory: str) -> type[Any]:
    """The dataclass that ``"package.module:name"`` names, without its methods.

    Its ``__module__`` is an outline with the docstring of the real module.

    Raises:
        GanzooError: The source cannot be found, or the fields need more than an outline has.
    """
    from ganzoo.registry.settings import settings_of  # slow; `ganzoo list` skips it

    module, _, name = factory.partition(":")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            cls = _outlined(module, name)
            settings_of("", cls)  # fails if a type or a default is missing
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the statements are a plugin's, and may raise anything
        raise GanzooError(f"{factory}: {headline(error)}") from error
    return cls


def _outlined(module: str, name: str) -> type[Any]:
    spec = importlib.util.find_spec(module)  # imports the packages that contain the module
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise LookupError(f"{module} has no source")
    tree = ast.parse(Path(spec.origin).read_bytes(), spec.origin)
    bound = {each: statement for statement in tree.body for each in _binds(statement)}
    package = spec.name if spec.submodule_search_locations else spec.parent or ""
    if isinstance(statement := bound.get(name), ast.ImportFrom):  # the package only imports it
        return _outlined(*_origin(statement, name, package))

    outlined = ModuleType(f"{module} (outline of {name})", ast.get_docstring(tree))
    outlined.__file__, outlined.__package__ = spec.origin, package
    sys.modules[outlined.__name__] = outlined  # dataclasses and typing look for it there
    kept: dict[ast.stmt, ast.stmt] = {}
    wanted = [name]
    while wanted:
        statement = bound.get(each := wanted.pop())
        if statement is None or statement in kept or hasattr(outlined, each):
            continue  # a name that is not bound here is a builtin
        kept[statement] = needed = _without_methods(statement)
        for base in getattr(statement, "bases", ()):
            with contextlib.suppress(Exception):  # then it is imported like any name
                setattr(outlined, base.id, _base(bound[base.id], base.id, package))
        wanted += _reads(needed)
    body = [kept.get(each, each) for each in tree.body if each in kept or _is_future(each)]
    code = compile(ast.fix_missing_locations(ast.Module(body, [])), spec.origin, "exec")
    exec(code, vars(outlined))
    found: type[Any] = getattr(outlined, name)
    return found


def _without_methods(statement: ast.stmt) -> ast.stmt:
    """A class without its methods. A dataclass keeps only the constants that its fields read."""
    if not isinstance(statement, ast.ClassDef):
        return statement
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = [each for each in statement.body if not isinstance(each, functions)]
    if statement.decorator_list:  # other constants may need torch
        read = {name for each in body if not _is_constant(each) for name in _reads(each)}
        body = [each for each in body if not _is_constant(each) or read & {*_binds(each)}]
    parts = {**dict(ast.iter_fields(statement)), "body": body or [ast.Pass()]}
    return ast.copy_location(ast.ClassDef(**parts), statement)


def _is_constant(statement: ast.stmt) -> bool:
    """Whether a statement of a class sets a value that is not a setting."""
    match statement:
        case ast.AnnAssign(annotation=annotation):
            return "ClassVar" in ast.unparse(annotation)
    return isinstance(statement, ast.Assign)


def _base(statement: ast.stmt, name: str, package: str) -> type[Any]:
    """The outline of a base class that ``statement`` imports, if that is a plugin's dataclass.

    Raises:
        Exception: It is not.
    """
    assert isinstance(statement, ast.ImportFrom)
    module, original = _origin(statement, name, package)
    assert module.partition(".")[0] not in sys.stdlib_module_names
    cls = _outlined(module, original)
    assert dataclasses.is_dataclass(cls)
    return cls


def _origin(statement: ast.ImportFrom, name: str, package: str) -> tuple[str, str]:
    """The module that ``from ... import`` takes ``name`` from, and its name there."""
    module = importlib.util.resolve_name("." * statement.level + (statement.module or ""), package)
    return module, next(a.name for a in statement.names if name in (a.asname, a.name))


def _binds(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module assigns."""
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
        yield statement.name
        return
    for node in ast.walk(statement):  # an import may be inside an `if` or a `try`
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.alias(name, asname):
                yield asname or name.partition(".")[0]
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def _reads(statement: ast.AST) -> Iterator[str]:
    """The names whose values a statement needs."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield name
            case ast.AnnAssign(annotation=annotation):
                for quoted in ast.walk(annotation):
                    if isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                        with contextlib.suppress(SyntaxError):  # the text of a Literal
                            yield from _reads(ast.parse(quoted.value, mode="eval"))


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
