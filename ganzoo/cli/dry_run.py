"""``ganzoo train --dry-run``: the networks, the settings and the time of a run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from itertools import pairwise

import torch
from rich.table import Table

from ganzoo.cli.apart import apart
from ganzoo.cli.console import add_row, make_table, out
from ganzoo.cli.pace import duration
from ganzoo.engine.events import Step
from ganzoo.engine.openmp import waiting
from ganzoo.engine.summary import Layer, watched
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.training.building import build
from ganzoo.training.plan import Plan

TRIAL = 2.0
"""Seconds of steps that are timed, after the first."""
FEWEST = 2
"""Steps that are timed, at least."""


def dry_run(zoo: Registry, settled: Plan) -> None:
    """Build everything, train briefly, and print the networks, settings and expected time."""
    with apart():
        built = build(zoo, settled)
        trainer = built.trainer
        with watched(trainer.game) as layers:
            second = _seconds_a_step(built.steps())
    out.print(_networks(layers))
    out.print(_settings(built.plan))
    if trainer.rounds.captured:
        out.print("Each step is replayed as one CUDA graph.")
    out.print(
        f"{trainer.total:,} steps of {second * 1000:.1f} ms: about "
        f"{duration(trainer.total * second)} on {_where(trainer.device)}. Nothing was written.",
        soft_wrap=True,
    )


def _seconds_a_step(steps: Iterable[Step]) -> float:
    """The median of a short trial."""
    marks = [time.perf_counter()]
    for _ in steps:
        marks.append(time.perf_counter())
        if len(marks) > FEWEST + 1 and marks[-1] - marks[1] > TRIAL:
            break
    seconds = [after - before for before, after in pairwise(marks)]
    return statistics.median(seconds[1:] or seconds)  # the first step includes the start-up


def _where(device: torch.device) -> str:
    """The device. For a CPU, also the threads and how they wait for each other."""
    if device.type != "cpu":
        return str(device)
    threads = torch.get_num_threads()
    how = f", which wait by {waiting()}" if threads > 1 and waiting() else ""
    return f"the CPU with {threads} thread{'s' * (threads > 1)}{how}"


def _networks(layers: list[Layer]) -> Table:
    table = make_table("layer", "kind", "output shape", "parameters", title="Networks")
    table.columns[-1].justify = "right"
    for layer in layers:
        shape = "" if layer.shape is None else " x ".join(("B", *map(str, layer.shape)))
        add_row(table, layer.name, layer.kind, shape, f"{layer.parameters:,}")
    add_row(table, "total", "", "", f"{sum(layer.parameters for layer in layers):,}")
    return table


def _settings(settled: Plan) -> Table:
    table = make_table("key", "value", "from", title="Settings")
    if settled.preset:
        add_row(table, "preset", settled.preset.name, settled.model.plugin.distribution)
    for part in PARTS:
        for group, entry in settled.chosen(part).items():
            add_row(table, group, entry.record.name, entry.plugin.distribution)
    for key, value in settled.values.items():
        add_row(table, key, "" if value.value is None else str(value.value), value.source)
    return table
