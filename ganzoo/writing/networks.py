"""The networks of a game as code: the calls that made them, with the numbers that they had.

A model's ``build`` computes sizes and calls functions that make layers. `watched` notes each layer
with its arguments, and what ``build`` does to whole networks, such as ``apply``. `Networks` writes
all layers with their sizes, and none of the functions.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType, MethodType
from typing import Any

from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrize import ParametrizationList

from ganzoo.writing.definitions import Definitions
from ganzoo.writing.values import CannotBeWritten, name

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


@dataclass
class Watched:
    """What happened while a game was built."""

    made: dict[int, tuple[type, inspect.BoundArguments, int]] = field(default_factory=dict)
    """The id of a module -> its class, its arguments and its place in the order."""
    changed: list[tuple[int, Any, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    """Place in the order, function, arguments: what ``build`` did to whole networks."""
    kept: list[nn.Module] = field(default_factory=list)
    """All modules, so that no id is used twice."""


@contextmanager
def watched(build: Callable[..., Any]) -> Iterator[Watched]:
    """Watch the calls that make modules, and those that ``build`` makes with a module."""
    seen, code = Watched(), getattr(build, "__func__", build).__code__

    def called(frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        values = frame.f_locals
        first = next(iter(values.values()), None) if frame.f_code.co_argcount else None
        if not isinstance(first, nn.Module):
            return
        if frame.f_code is getattr(type(first).__init__, "__code__", None):
            if id(first) not in seen.made:
                arguments = _bound(type(first).__init__, values)
                seen.made[id(first)] = type(first), arguments, len(seen.kept)
                seen.kept.append(first)
        elif (function := _called(frame, code, first)) is not None:
            bound = _bound(function, values)
            seen.changed.append((len(seen.kept), function, bound.args, bound.kwargs))

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _called(frame: FrameType, code: CodeType, first: nn.Module) -> Any:
    """The function or method of ``first`` that a frame is of, if this code calls it by its name."""
    back, called = frame.f_back, frame.f_code.co_name
    if back is None or back.f_code is not code or called.startswith("__"):
        return None
    for function in (getattr(type(first), called, None), back.f_globals.get(called)):
        if getattr(function, "__code__", None) is frame.f_code:
            return function
    return None


def _bound(function: Any, values: Mapping[str, Any]) -> inspect.BoundArguments:
    """The arguments of a call from the names of its frame. Those with their default are absent."""
    signature = inspect.signature(function)
    bound = signature.bind_partial()
    for key, parameter in signature.parameters.items():
        if key in values and not _is_default(values[key], parameter):
            bound.arguments[key] = values[key]
    return bound


def _is_default(value: Any, parameter: inspect.Parameter) -> bool:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return False
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return not value
    default = parameter.default
    return type(value) is type(default) and bool(value == default)


class Networks:
    """Writes the networks of a game. ``seen`` is what happened while it was built."""

    def __init__(self, game: nn.Module, seen: Watched, definitions: Definitions) -> None:
        self._seen = seen
        self._definitions = definitions
        self._networks = dict(game.named_children())
        self._game = game
        for key in self._networks:
            definitions.reserve(key)

    def statements(self) -> list[ast.stmt]:
        """What makes the networks and sets their first weights, in the order of ``build``."""
        made = [
            (self._place(module), _assigned(key, self._made(module)))
            for key, module in self._networks.items()
        ]
        return [s for _, s in sorted([*made, *self._changes()], key=lambda each: each[0])]

    def _place(self, module: nn.Module) -> int:
        """When a module was made."""
        return self._seen.made[id(module)][2] if id(module) in self._seen.made else -1

    def _made(self, module: nn.Module) -> ast.expr:
        if id(module) not in self._seen.made:
            raise CannotBeWritten(f"its {type(module).__name__} was not made by build()")
        kind, bound, _ = self._seen.made[id(module)]
        if kind in CONTAINERS:
            inner = {key: part for key, part in module._modules.items() if part is not None}
            found = [id(part) for part in inner.values() if any(True for _ in part.parameters())]
            if len({*found}) < len(found):
                raise CannotBeWritten("one of its layers stands in a network twice")
            if kind is nn.Sequential and list(inner) != [str(i) for i in range(len(inner))]:
                raise CannotBeWritten("the layers of a Sequential have names")
            parts = [self._made(part) for part in inner.values()]
            if kind is nn.ModuleList:
                parts = [ast.List(parts, ast.Load())]
            elif kind is nn.ModuleDict:
                parts = [ast.Dict([ast.Constant(key) for key in inner], parts)]
            return ast.Call(self._definitions.named(kind), parts, [])
        args, words = [], []
        parameters = inspect.signature(kind).parameters.values()
        by_name = False
        for parameter in parameters:
            if parameter.name not in bound.arguments:
                by_name = True
                continue
            value = bound.arguments[parameter.name]
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                args += [self._value(each) for each in value]
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                words += [ast.keyword(key, self._value(each)) for key, each in value.items()]
            elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY or not (
                by_name
                or isinstance(value, bool)
                or parameter.kind is inspect.Parameter.KEYWORD_ONLY
                or (len(args) > 0 and parameter.default is not inspect.Parameter.empty)
            ):
                args.append(self._value(value))
            else:
                by_name = True
                words.append(ast.keyword(parameter.name, self._value(value)))
        return ast.Call(self._definitions.named(kind), args, words)

    def _value(self, value: Any) -> ast.expr:
        if isinstance(value, nn.Module):
            return self._made(value)
        return self._definitions.named(value)

    def _changes(self) -> Iterator[tuple[float, ast.stmt]]:
        """What ``build`` did to whole networks."""
        names = {id(module): name(key) for key, module in self._networks.items()}
        parts = {id(module) for module in self._game.modules()}
        for place, function, arguments, words in self._seen.changed:
            first, *rest = arguments
            if id(first) not in parts or function in _ONLY_STRUCTURE:
                continue
            if any(isinstance(each, nn.Module) for each in rest) or words:
                raise CannotBeWritten(f"build() calls {function.__qualname__} on several networks")
            targets = [*self._networks.values()] if first is self._game else [first]
            for target in targets:
                if (on := self._path(target, names)) is None:
                    raise CannotBeWritten(
                        f"build() changes a {type(target).__name__} in its middle"
                    )
                normed = (m for m in self._game.modules() if isinstance(m, ParametrizationList))
                earlier = any(self._place(m) < place for m in normed)
                self._definitions.facts = {} if earlier else {parametrize.is_parametrized: False}
                yield place - 0.5, ast.Expr(self._change(function, on, rest))

    def _path(self, target: nn.Module, names: Mapping[int, ast.expr]) -> ast.expr | None:
        if id(target) in names:
            return names[id(target)]
        for key, module in self._networks.items():
            for inner, each in module.named_modules():
                if each is target and not any(part.isdigit() for part in inner.split(".")):
                    return ast.parse(f"{key}.{inner}", mode="eval").body
        return None

    def _change(self, function: Any, on: ast.expr, rest: list[Any]) -> ast.expr:
        args = [self._initialiser(each) for each in rest]
        called = str(function.__name__)
        if getattr(nn.Module, called, None) is function:
            return ast.Call(ast.Attribute(on, called, ast.Load()), args, [])
        return ast.Call(self._definitions.named(function), [on, *args], [])

    def _initialiser(self, value: Any) -> ast.expr:
        if isinstance(value, MethodType):
            raise CannotBeWritten(f"build() uses the method {value.__qualname__}")
        return self._definitions.named(value)


_ONLY_STRUCTURE = {
    nn.Sequential.append, nn.Sequential.extend, nn.Sequential.insert, nn.Module.add_module,
    nn.Module.__setattr__, nn.Module.modules, nn.Module.children, nn.Module.parameters,
    nn.Module.named_modules, nn.Module.named_parameters,
}  # fmt: skip
"""Methods after which the layers of a network say what happened."""


def _assigned(called: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(called, ast.Store())], value)
