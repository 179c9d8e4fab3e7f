"""Compares a written file with the run, before it is kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from ganzoo.engine.random import random_states, set_random_states
from ganzoo.engine.sampling import sampling
from ganzoo.engine.trainer import Trainer
from ganzoo.registry.boundary import headline
from ganzoo.writing.parts import Parts
from ganzoo.writing.values import CannotBeWritten

STEPS = 3
"""Steps of the file and of the run that must have the same losses."""
SAMPLES = 4
"""Samples of the file and of the untrained game that must be the same."""


class OtherData(CannotBeWritten):
    """The file would compute other data than the dataset."""


def compare(text: str, parts: Parts) -> None:
    """Execute the file. Its data, first weights, samples and first losses must be the run's.

    Data that torchvision downloads is not compared.

    Raises:
        CannotBeWritten: They differ, or the file cannot be executed.
    """
    names: dict[str, Any] = {"__name__": "written", "__file__": "written.py"}
    states = random_states(torch.device("cpu"))
    arrays = [torch.as_tensor(array) for array in (parts.data.arrays or {}).values()]
    try:
        exec(compile(text, "the written file", "exec"), names)
        if parts.computes_data:
            _compare_data(names["load"](), arrays)
        names["load"] = lambda: arrays
        _compare_networks(names, parts.game)
        _compare_samples(names, parts)
        _compare_losses(names, parts.trainer)
    except CannotBeWritten:
        raise
    except Exception as error:
        raise CannotBeWritten(f"the file does not work: {headline(error)}") from error
    finally:
        set_random_states(torch.device("cpu"), states)


def _compare_data(theirs: list[torch.Tensor], ours: list[torch.Tensor]) -> None:
    if not all(map(torch.equal, theirs, ours)):
        raise OtherData("its data would differ")


def _compare_networks(names: Mapping[str, Any], game: nn.Module) -> None:
    for key, network in game.named_children():
        state = names[key].state_dict()
        for name, value in network.state_dict().items():
            if name not in state or not torch.equal(state[name].cpu(), value):
                raise CannotBeWritten(
                    f"build() makes weights in a way that the file does not repeat ({key}.{name})"
                )


def _compare_samples(names: Mapping[str, Any], parts: Parts) -> None:
    trainer, view = parts.trainer, parts.view
    label = {}
    if view.label is not None:
        label = {"label": torch.arange(SAMPLES) % int(view.label.classes or 1)}
    with sampling(trainer.game, trainer.device):
        ours = view.show(SAMPLES, trainer.draw("grid"), label)
    used = [names[f"averaged_{key}" if parts.config.ema else key] for key in view.uses]
    with torch.no_grad():
        for network in used:
            network.eval()
        draw = names["seeded"]("grid", device=names["DEVICE"])
        theirs = names["samples"](SAMPLES, draw, *label.values()).cpu()
        for network in used:
            network.train()
    if not torch.equal(ours, theirs):
        raise CannotBeWritten("its samples would differ from the run's")


def _compare_losses(names: Mapping[str, Any], trainer: Trainer) -> None:
    found = [*itertools.islice(names["train"](), STEPS)]
    expected = [*itertools.islice(_losses(trainer), STEPS)]
    for step, (theirs, ours) in enumerate(zip(found, expected, strict=True), 1):
        if {key: theirs[key] for key in ours} != ours:
            raise CannotBeWritten(f"the file's losses differ from the run's at step {step}")


def _losses(trainer: Trainer) -> Iterator[dict[str, float]]:
    """The losses of each step of the run, of the moves that are made once a step."""
    once = [p.move.name for p in trainer.rounds.players if p.move.repeats == 1]
    for step in trainer:
        if step.metrics:
            keys = (f"{name}_loss" for name in once)
            yield {key: step.metrics[key] for key in keys if key in step.metrics}
