"""Training speed: ganzoo next to the common tutorial loop and the fastest loops by hand.

All of them train vanilla-mlp on the full MNIST at batch 128 in one process, in turns of a block of
steps each, so that a machine that changes its mind changes it for all of them. ganzoo logs, samples
and writes checkpoints as it always does.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.table import Table

import ganzoo
from benchmarks import derived, handwritten, tutorial
from benchmarks.boundary import STEPS, boundary
from benchmarks.interval import median

WARM_UP = 100
"""Steps of each loop that are not counted."""


def speed(blocks: int, steps: int) -> Table:
    """The table; ``blocks`` turns of ``steps`` steps."""
    with tempfile.TemporaryDirectory() as folder:
        training = ganzoo.train(
            "vanilla-mlp",
            dataset="mnist",
            settings={"steps": WARM_UP + blocks * steps + STEPS},
            out=Path(folder) / "run",
            progress=False,
            report=False,
        )
        root = ganzoo.data_folder()
        loops: dict[str, Iterator[object]] = {
            "tutorial": tutorial.train(root),
            "by hand": handwritten.train(root),
            "by hand, without autograd": derived.train(root),
            "ganzoo": iter(training),
        }
        for loop in loops.values():
            _run(loop, WARM_UP)
        seconds: dict[str, list[float]] = {name: [] for name in loops}
        for _ in range(blocks):
            for name, loop in loops.items():
                seconds[name].append(_run(loop, steps))
        own = 1000 * statistics.median(seconds["ganzoo"]) / steps
        guarded = boundary(training, loops["ganzoo"], own)
        del loops  # ganzoo's closes its run before the folder goes
    table = Table(title=f"Training speed: {blocks} blocks of {steps:,} steps, median [95 %]")
    table.caption = guarded
    for column in ("loop", "ms a step", "times the tutorial's speed", "times by hand"):
        table.add_column(column)
    for name, times in seconds.items():
        to_tutorial = [t / o for t, o in zip(seconds["tutorial"], times, strict=True)]
        to_hand = [h / o for h, o in zip(seconds["by hand"], times, strict=True)]
        per_step = [1000 * t / steps for t in times]
        table.add_row(name, median(per_step), median(to_tutorial), median(to_hand))
    return table


def _run(loop: Iterator[object], steps: int) -> float:
    start = time.perf_counter()
    for _ in islice(loop, steps):
        pass
    return time.perf_counter() - start
