"""``ganzoo train --dry-run``: what would be trained, and for how long."""

from __future__ import annotations

import itertools
import time

from rich.table import Table

from ganzoo.cli.console import add_row, make_table, out
from ganzoo.cli.display import duration
from ganzoo.engine.summary import Layer, watched
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.training.building import build
from ganzoo.training.plan import Plan

STEPS = 2


def dry_run(zoo: Registry, settled: Plan) -> None:
    """Build everything, do two steps, and print the networks, the settings and the time."""
    built = build(zoo, settled)
    trainer = built.trainer
    times = []
    with watched(trainer.game) as layers:
        for _ in itertools.islice(trainer, STEPS + 1):
            times.append(time.perf_counter())
    out.print(_networks(layers))
    out.print(_settings(built.plan))
    second = times[-1] - times[-2]  # the first step pays for starting up
    out.print(
        f"{trainer.total:,} steps of {second * 1000:.0f} ms: about "
        f"{duration(trainer.total * second)} "
        f"on {trainer.device}. Nothing was written.",
        soft_wrap=True,
    )


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
        if entry := settled.entry(part):
            add_row(table, part, entry.record.name, entry.plugin.distribution)
    for key, value in settled.values.items():
        add_row(table, key, "" if value.value is None else str(value.value), value.source)
    return table
