"""Writes a plan's run as one file, and compares the first steps of both."""

from __future__ import annotations

import inspect
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.errors import UsageError
from ganzoo.files import shown, whole_file, write_whole
from ganzoo.prose.commands import shell_command
from ganzoo.registry.boundary import headline
from ganzoo.registry.registry import Registry
from ganzoo.training.building import build
from ganzoo.training.parts import plugin_files
from ganzoo.training.plan import Plan
from ganzoo.writing.compared import OtherData, compare
from ganzoo.writing.networks import watched
from ganzoo.writing.parts import Parts
from ganzoo.writing.script import script
from ganzoo.writing.values import CannotBeWritten


@dataclass(frozen=True)
class Written:
    """A file that was written."""

    lines: int
    data: Path | None
    """The file with its data, if it cannot make or download it."""


def write(registry: Registry, settled: Plan, target: Path, words: list[str]) -> Written:
    """Write a plan's run as one file. Its docstring has the command that wrote it, with the
    options in ``words``.

    Raises:
        UsageError: The file has another ending or is there already, or plain code cannot say what
            a part of the run does.
    """
    if target.suffix != ".py":
        raise UsageError(f"{shown(target)} must end in .py")
    beside = target.with_suffix(".npz")
    for path in (target, beside):
        if os.path.lexists(path):
            raise UsageError(f"{shown(path)} already exists; choose another name")
    try:
        parts, text = _written(registry, settled, words, beside.name)
    except CannotBeWritten as error:
        name = settled.model.record.name
        raise CannotBeWritten(f"{name} cannot be written as one file: {error}") from error
    if parts.needs_file:
        with whole_file(beside) as file:
            np.savez_compressed(file, allow_pickle=False, **(parts.data.arrays or {}))
    write_whole(target, text.encode())
    return Written(text.count("\n"), beside if parts.needs_file else None)


def _written(registry: Registry, settled: Plan, words: list[str], beside: str) -> tuple[Parts, str]:
    """The parts of the run, and the file as text, after it was compared with the run."""
    for data_in_file in (False, True):
        try:
            parts = built_parts(registry, settled, words, beside)
            parts.needs_file = data_in_file
            text = script(parts)
            compare(text, parts)
            return parts, text
        except OtherData:
            continue  # the second time, the data is in a file
        except CannotBeWritten:
            raise
        except Exception as error:
            raise CannotBeWritten(f"there is no rule for it: {headline(error)}") from error
    raise AssertionError("data in a file is not compared")


def built_parts(registry: Registry, settled: Plan, words: list[str], beside: str) -> Parts:
    """The parts of a plan's run, built on the CPU."""
    config = settled.make("trainer")
    for key, value in (("device", "cpu"), ("log_every", 1), ("evaluate_every", 0)):
        settled = settled.having(f"trainer.{key}", value, "ganzoo write")
    if settled.entry("augmentation") is not None:
        raise CannotBeWritten("the file has no code for an augmentation")
    factory = settled.model.resolve()
    with watched(factory.build) as seen:
        built = build(registry, settled)
    settled = built.plan
    penalties = {e.record.name: settled.make(g) for g, e in settled.chosen("penalty").items()}
    for called, penalty in penalties.items():
        if hasattr(penalty, "prepare") or hasattr(penalty, "build"):
            raise CannotBeWritten(
                f"the penalty {called} changes the discriminator or keeps values from step to step"
            )
    return Parts(
        config=config,
        trainer=built.trainer,
        data=built.data,
        dataset=settled.made_dataset,
        loss=settled.make("loss") if settled.entry("loss") else None,
        penalties=penalties,
        seen=seen,
        about=inspect.cleandoc(sys.modules[factory.__module__].__doc__ or ""),
        command=_command(settled, words),
        beside=beside,
    )


def _command(settled: Plan, words: list[str]) -> str:
    """The command that writes the same file again, on any machine."""
    model, dataset = settled.name("model"), settled.name("dataset")
    if dataset is not None and "--dataset" not in words:
        words = ["--dataset", dataset, *words]
    return shell_command("write", model, *words, plugins=plugin_files(settled).values())
