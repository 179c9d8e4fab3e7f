"""Writes a plan's run as one file, and compares the first steps of both."""

from __future__ import annotations

import inspect
import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ganzoo.engine.random import random_states, set_random_states
from ganzoo.engine.trainer import Trainer
from ganzoo.errors import UsageError
from ganzoo.files import shown, whole_file, write_whole
from ganzoo.registry.boundary import headline
from ganzoo.registry.registry import Registry
from ganzoo.training.building import build
from ganzoo.training.plan import Plan
from ganzoo.writing.networks import watched
from ganzoo.writing.parts import Parts
from ganzoo.writing.script import script
from ganzoo.writing.values import CannotBeWritten

COMPARED = 3
"""Steps of the file and of the run that must have the same losses."""


@dataclass(frozen=True)
class Written:
    """A file that was written."""

    lines: int
    data: Path | None
    """The file with its data, if it cannot make or download it."""


def write(registry: Registry, settled: Plan, target: Path, command: str) -> Written:
    """Write a plan's run as one file, whose docstring has the ``command`` that wrote it.

    Raises:
        UsageError: There is such a file, or plain code cannot say what a part of the run does.
    """
    beside = target.with_suffix(".npz")
    for path in (target, beside):
        if os.path.lexists(path):
            raise UsageError(f"{shown(path)} already exists; choose another name")
    try:
        parts = built_parts(registry, settled, command, beside.name)
        text = script(parts)
        compare(text, parts)
    except CannotBeWritten as error:
        name = settled.model.record.name
        raise CannotBeWritten(f"{name} cannot be written as one file: {error}") from error
    if parts.needs_file:
        with whole_file(beside) as file:
            np.savez_compressed(file, allow_pickle=False, **(parts.data.arrays or {}))
    write_whole(target, text.encode())
    return Written(text.count("\n"), beside if parts.needs_file else None)


def built_parts(registry: Registry, settled: Plan, command: str, beside: str) -> Parts:
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
        command=command,
        beside=beside,
    )


def compare(text: str, parts: Parts, steps: int = COMPARED) -> None:
    """Execute the file, and compare its networks and its first losses with those of the run.

    Raises:
        CannotBeWritten: They differ, or it cannot be executed.
    """
    names: dict[str, Any] = {"__name__": "written", "__file__": "written.py"}
    states = random_states(torch.device("cpu"))
    try:
        exec(compile(text, "the written file", "exec"), names)
        _compare_networks(names, parts.game)
        arrays = parts.data.arrays or {}
        names["load"] = lambda: [torch.as_tensor(array) for array in arrays.values()]
        found = [*itertools.islice(names["train"](), steps)]
        expected = [*itertools.islice(_losses(parts.trainer), steps)]
    except CannotBeWritten:
        raise
    except Exception as error:
        raise CannotBeWritten(f"the file does not work: {headline(error)}") from error
    finally:
        set_random_states(torch.device("cpu"), states)
    for step, (theirs, ours) in enumerate(zip(found, expected, strict=True), 1):
        if {key: theirs[key] for key in ours} != ours:
            raise CannotBeWritten(f"the file's losses differ from the run's at step {step}")


def _compare_networks(names: Mapping[str, Any], game: nn.Module) -> None:
    for key, network in game.named_children():
        state = names[key].state_dict()
        for name, value in network.state_dict().items():
            if name not in state or not torch.equal(state[name].cpu(), value):
                raise CannotBeWritten(f"the first weights of {key} would differ ({name})")


def _losses(trainer: Trainer) -> Iterator[dict[str, float]]:
    """The losses of each step of the run, of the moves that are made once a step."""
    once = [p.move.name for p in trainer.rounds.players if p.move.repeats == 1]
    for step in trainer:
        if step.metrics:
            keys = (f"{name}_loss" for name in once)
            yield {key: step.metrics[key] for key in keys if key in step.metrics}
