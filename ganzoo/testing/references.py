"""Checks of any record: its reference, its lesson and its settings."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import MISSING
from itertools import zip_longest
from unittest import SkipTest

from ganzoo.errors import GanzooError
from ganzoo.registry.outline import outline
from ganzoo.registry.records import Loss, Model
from ganzoo.registry.settings import Override, Setting, make, plain, resolve, settings_of
from ganzoo.testing.check import expect, failed
from ganzoo.testing.stage import Stage
from ganzoo.training.plan import plan

WITHOUT_TORCH = """
import sys
from ganzoo.registry.outline import outline
outline(sys.argv[1])
sys.exit("torch" in sys.modules)
"""


def its_reference_resolves(stage: Stage) -> None:
    """its reference names a frozen dataclass with the right methods."""
    cls, record = stage.cls, stage.entry.record
    parameters = getattr(cls, "__dataclass_params__", None)
    expect(
        isinstance(cls, type) and parameters is not None and parameters.frozen,
        f"{record.factory} is {cls!r}; expected a frozen dataclass",
        "write @dataclass(frozen=True) above the class. Its fields are the settings, which do not "
        "change during a run",
    )
    for method in record.methods:
        expect(
            callable(getattr(cls, method, None)),
            f"{record.factory} has no method {method}",
            f"add the method. docs/hooks/ has a page about `ganzoo.{type(record).__name__}`",
        )


def it_has_a_lesson(stage: Stage) -> None:
    """its module, class and settings are documented."""
    cls, record = stage.cls, stage.entry.record
    module = importlib.import_module(cls.__module__)
    expect(
        bool(module.__doc__),
        f"{cls.__module__} has no docstring",
        "begin the file with the lesson that `ganzoo info` shows: the idea, the formula, the "
        "paper and the differences from it",
    )
    own = cls.__doc__ and not cls.__doc__.startswith(
        f"{cls.__name__}("
    )  # a dataclass generates one
    expect(bool(own), f"{record.factory} has no docstring", "say in one line what it is")
    for setting in settings_of(stage.group, cls):
        expect(
            bool(setting.meaning),
            f"{setting.key} has no docstring under its field",
            "say there in one line what it does and in which unit",
        )


def its_settings_are_read_without_torch(stage: Stage) -> None:
    """its settings can be read from its source, without importing torch."""
    factory, cls = stage.entry.record.factory, stage.cls
    if not getattr(sys.modules[cls.__module__], "__file__", None):
        raise SkipTest(f"{cls.__module__} has no source file")
    advice = (
        "`ganzoo info` reads only the fields, and imports the module if that fails. Give the "
        "fields types and defaults that need no torch, and import these at the top of the module"
    )
    try:
        read = [_described(s) for s in settings_of(stage.group, outline(factory))]
    except GanzooError as error:
        raise failed(str(error), advice) from error
    real = [_described(s) for s in settings_of(stage.group, cls)]
    differing = [pair for pair in zip_longest(read, real) if pair[0] != pair[1]]
    expect(
        not differing,
        f"the source of {factory} shows {differing and differing[0][0]}, "
        f"but the class has {differing and differing[0][1]}",
        "let the class's fields depend only on its source",
    )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, factory],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    expect(done.returncode == 0, f"reading the settings of {factory} imports torch", advice)


def _described(setting: Setting) -> tuple[str, str, str, str]:
    return setting.key, setting.type_name, str(setting.default), setting.meaning


def its_settings_round_trip(stage: Stage) -> None:
    """its settings and defaults can be stored in run.json and read back."""
    cls, group = stage.cls, stage.group
    settings = settings_of(group, cls)
    if isinstance(stage.entry.record, (Model, Loss)):  # without the check's own settings
        as_it_is = plan(stage.zoo, stage.request(None))
        unset = {k.rpartition(".")[0] for k, v in as_it_is.values.items() if v.value is MISSING}
        for part in {"trainer", *as_it_is.entries} - unset:
            as_it_is.make(part)
    values = stage.values()
    stored = json.dumps({key: plain(v.value) for key, v in values.items()})
    again = resolve(settings, [Override(k, v, "run.json") for k, v in json.loads(stored).items()])
    for key, value in values.items():
        expect(
            again[key].value == value.value,
            f"{key} is {value.value!r}, but {again[key].value!r} after a round trip",
            "use numbers, strings, paths or tuples of them",
        )
    made = make(group, cls, values)
    expect(
        made == make(group, cls, again),
        f"{made} is not equal to one with the same settings",
        "use the equality that the dataclass defines",
    )


CHECKS = (
    its_reference_resolves,
    it_has_a_lesson,
    its_settings_are_read_without_torch,
    its_settings_round_trip,
)
