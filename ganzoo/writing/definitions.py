"""The definitions and imports that the file needs before it can use a name."""

from __future__ import annotations

import ast
import builtins
import importlib
from collections.abc import Collection, Mapping
from functools import partial, reduce
from types import FunctionType, ModuleType, UnionType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ganzoo.writing.renamed import Renamed
from ganzoo.writing.sources import home, plain, source
from ganzoo.writing.values import CannotBeWritten, literal, name

RESERVED = (
    "SEED", "STEPS", "BATCH", "OPTIMIZER", "EMA", "DEVICE", "seeded", "load", "orders", "batches",
    "update", "train", "average", "samples", "save_samples", "torch", "np", "copy", "hashlib",
    "itertools", "save_image", "pyplot", "Path",
)  # fmt: skip
"""Names that the file may have for other things."""
PLAIN = {"Tensor": Tensor, "nn": nn}
"""Names that the file always has."""
SHORT = 60
"""Characters of a constant that stands in its place, without a name."""


class Definitions:
    """What the file must define or import before it can use a name.

    ``ours`` are the packages whose code is written into the file. Others are imported.
    """

    def __init__(self, ours: set[str]) -> None:
        self._ours = ours
        self.facts: dict[Any, bool] = {parametrize.is_parametrized: False}
        """Functions that are known to return a constant."""
        self.imports: set[str] = set()
        self.written: dict[str, ast.stmt] = {}
        """Name -> its definition, in the order of use."""
        self.comments: dict[int, Mapping[int, str]] = {}
        """The id of a definition -> its comments by line."""
        self._things: dict[str, Any] = dict(PLAIN) | dict.fromkeys(RESERVED, RESERVED)

    def copied(self) -> tuple[set[str], dict[str, ast.stmt], dict[str, Any]]:
        """The imports, definitions and names so far, for `put_back`."""
        return set(self.imports), dict(self.written), dict(self._things)

    def put_back(self, before: tuple[set[str], dict[str, ast.stmt], dict[str, Any]]) -> None:
        """Forget all that came after `copied`."""
        self.imports, self.written, self._things = before

    @property
    def names(self) -> Collection[str]:
        """The names that the file has for functions, classes and modules."""
        return self._things.keys()

    def reserve(self, called: str) -> None:
        """Keep a name for a network.

        Raises:
            CannotBeWritten: The file has the name already.
        """
        self._claim(called, object())

    def own(self, thing: Any) -> bool:
        """Whether the thing's code is written into the file."""
        return home(thing) in self._ours

    def named(self, thing: Any, as_name: str = "") -> ast.expr:
        """Code for a function, class, module or constant, which the file then has.

        Raises:
            CannotBeWritten: It has no name, or the name is taken.
        """
        if (known := literal(thing)) is not None and not as_name:
            return known
        if isinstance(thing, partial):
            self.imports.add("from functools import partial")
            args = [self.named(each) for each in (thing.func, *thing.args)]
            words = [ast.keyword(k, self.named(v)) for k, v in thing.keywords.items()]
            return ast.Call(name("partial"), args, words)
        if isinstance(thing, ModuleType):
            return self._module(thing)
        if thing is Tensor:
            return name("Tensor")
        if isinstance(thing, type) and issubclass(thing, nn.Module) and hasattr(nn, thing.__name__):
            return ast.Attribute(name("nn"), thing.__name__, ast.Load())
        if not self.own(thing) and (as_name or hasattr(thing, "__name__")):
            if not callable(thing):
                return self._constant(as_name, thing)
            return self._imported(thing)
        if isinstance(thing, FunctionType) and thing.__name__ == "<lambda>":
            found = source(thing)
            written: ast.expr = Renamed(self, found).visit(plain(found.node))
            return written
        if isinstance(thing, FunctionType | type):
            return self._defined(thing, thing.__name__)
        if as_name:
            return self._constant(as_name, thing)
        raise CannotBeWritten(
            f"it passes on a {type(thing).__name__}, which has no name in the file"
        )

    def _module(self, module: ModuleType) -> ast.expr:
        if module is nn:
            return name("nn")
        if module.__name__.partition(".")[0] in self._ours:
            raise CannotBeWritten(f"it uses the whole module {module.__name__}")
        short = "np" if module.__name__ == "numpy" else module.__name__
        self.imports.add(f"import {module.__name__}" + (" as np" if short == "np" else ""))
        return ast.parse(short, mode="eval").body

    def _imported(self, thing: Any) -> ast.expr:
        where, called = str(thing.__module__), str(thing.__name__)
        if getattr(builtins, called, None) is thing:
            return name(called)
        if getattr(torch, called, None) is thing:
            self.imports.add("import torch")
            return ast.Attribute(name("torch"), called, ast.Load())
        for module, short in ((np, "np"), (np.random, "np.random")):
            if getattr(module, called, None) is thing:
                self.imports.add("import numpy as np")
                return ast.parse(f"{short}.{called}", mode="eval").body
        if getattr(torch.nn.functional, called, None) is thing:
            where = "torch.nn.functional"
        packages = where.split(".")
        for end in range(1, len(packages) + 1):  # the shortest public name
            where = ".".join(packages[:end])
            if getattr(importlib.import_module(where), called, None) is thing:
                self._claim(called, thing)
                self.imports.add(f"from {where} import {called}")
                return name(called)
        raise CannotBeWritten(f"it uses {called}, which cannot be imported from {where}")

    def _constant(self, called: str, value: Any) -> ast.expr:
        code = literal(value)
        if isinstance(value, UnionType):
            first, *others = map(self.named, value.__args__)
            code = reduce(lambda a, b: ast.BinOp(a, ast.BitOr(), b), others, first)
        elif code is None and isinstance(value, tuple | list):  # such as classes
            code = ast.Tuple([self.named(each) for each in value], ast.Load())
        if code is None:
            raise CannotBeWritten(f"it uses the constant {called}, which is {type(value).__name__}")
        if len(ast.unparse(code)) <= SHORT:
            return code
        self._claim(called, value)
        self.written.setdefault(called, ast.Assign([ast.Name(called, ast.Store())], code))
        return name(called)

    def _claim(self, called: str, thing: Any) -> None:
        if self._things.setdefault(called, thing) is not thing:
            raise CannotBeWritten(f"two different things are called {called}")

    def _defined(self, thing: Any, called: str) -> ast.expr:
        if self._things.get(called) is thing:
            return name(called)
        found = source(thing)
        free = not found.closed
        if free:
            self._claim(called, thing)
            self.written[called] = ast.Pass()  # it may use itself
        written = Renamed(self, found).visit(plain(found.node))
        if not free:  # there may be several, which differ in what they have from outside
            called = self._distinct(written, called)
            written.name = called
            if called in self.written:
                return name(called)
            self._claim(called, thing)
        self.written.pop(called, None)  # after what it uses
        self.written[called] = written
        self.comments[id(written)] = found.comments
        return name(called)

    def _distinct(self, written: ast.FunctionDef, called: str) -> str:
        """A name that is free, or that of the same function."""
        number, free = 1, called
        while free in self.written:
            written.name = free
            if ast.unparse(self.written[free]) == ast.unparse(written):
                return free
            number += 1
            free = f"{called}_{number}"
        return free
