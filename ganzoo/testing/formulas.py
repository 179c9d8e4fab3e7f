"""Checks of losses, penalties and metrics: their shapes and their documented formulas."""

from __future__ import annotations

import contextlib
import doctest
import functools
import importlib
import math
import statistics
from collections.abc import Iterator
from typing import Any
from unittest import SkipTest, mock

import torch
from torch import Tensor

from ganzoo.engine.random import Draw
from ganzoo.engine.two_player import Objective
from ganzoo.registry.records import Loss
from ganzoo.testing.check import Failed, expect
from ganzoo.testing.stage import Stage

SHAPES = ((8,), (8, 1), (4, 1, 3, 3))
"""Shapes of a discriminator's outputs, if the loss wants one for each sample."""


def it_takes_any_shape(stage: Stage) -> None:
    """its losses are scalars for outputs of any shape and ignore the order of samples."""
    record = stage.entry.record
    if isinstance(record, Loss) and record.input != "logits":
        raise SkipTest(f"the checks do not know what {record.input} may be")
    made = stage.made()
    loss, outputs = Objective(made), getattr(made, "outputs", None)
    shapes = SHAPES if outputs is None else [(8, outputs), (4, outputs, 3, 3)]
    for shape in shapes:
        real, fake = Draw(0).normal(*shape), Draw(1).normal(*shape)
        mirrored = real.flip(0), fake.flip(0)  # pairs stay pairs
        for name, value, turned in (
            ("discriminator", loss.discriminator(real, fake), loss.discriminator(*mirrored)),
            ("generator", loss.generator(fake, real), loss.generator(*mirrored[::-1])),
        ):
            expect(
                bool(value.isfinite()),
                f"{name}() of outputs of shape {shape} gave {value!r}",
                "avoid logarithms of 0 and divisions by 0",
            )
            expect(
                bool(torch.isclose(value, turned, rtol=1e-4, atol=1e-5)),
                f"{name}() depends on the order of the samples in the batch",
                "treat all samples, or all pairs of them, alike",
            )


def its_formula_holds(stage: Stage) -> None:
    """the formula in its lesson holds on small numbers."""
    cls = stage.cls
    with contextlib.ExitStack() as stack:
        used = [stack.enter_context(noted(cls, m)) for m in stage.entry.record.methods]
        examples = _run_examples(cls)
    expect(
        all(used) and any(example.want for example in examples),
        f"no example in the docstring of {cls.__module__} calls all methods of {cls.__name__}",
        "compute the formula there in plain Python and compare it, as a doctest:\n"
        ">>> isclose(Loss().generator(tensor([2.0, -1.0])), mean(-d for d in [2.0, -1.0]))\nTrue\n"
        "(isclose, mean, tensor, Draw and all of math are available)",
    )


def its_examples_hold(stage: Stage) -> None:
    """the examples in its lesson hold, if it has any."""
    _run_examples(stage.cls)


def _run_examples(cls: type[Any]) -> list[doctest.Example]:
    """Run the examples in the module's docstring, and check that all of them hold."""
    module = importlib.import_module(cls.__module__)
    examples = doctest.DocTestParser().get_examples(module.__doc__ or "")
    failures: list[str] = []
    test = doctest.DocTest(
        examples, {**NAMES, **vars(module)}, cls.__module__, module.__file__, 0, module.__doc__
    )
    doctest.DocTestRunner(verbose=False).run(test, out=failures.append)
    if failures:
        raise Failed("".join(failures) + "\nWhat to do: correct the formula, or the code")
    return examples


@contextlib.contextmanager
def noted(cls: type[Any], method: str) -> Iterator[list[str]]:
    """Record each call of a method, which a class may inherit."""
    calls: list[str] = []
    owner = next(c for c in cls.__mro__ if method in vars(c))
    original = vars(owner)[method]

    @functools.wraps(original)
    def noting(*args: Any) -> Any:
        calls.append(method)
        return original(*args)

    with mock.patch.object(owner, method, noting):
        yield calls


def _isclose(a: Any, b: Any) -> bool:
    return math.isclose(_number(a), _number(b), rel_tol=1e-5, abs_tol=1e-7)


def _number(value: Any) -> float:
    return value.item() if isinstance(value, Tensor) else float(value)


NAMES: dict[str, Any] = {
    **{name: value for name, value in vars(math).items() if name[0] != "_"},
    "mean": statistics.fmean,
    "isclose": _isclose,
    "tensor": torch.tensor,
    "Draw": Draw,
}
"""The names that examples may use, in addition to the module's own."""


LOSS = (it_takes_any_shape, its_formula_holds)
PENALTY = (its_formula_holds,)
AUGMENTATION = (its_examples_hold,)
METRIC = (its_examples_hold,)
