"""What a grid costs by view, next to a grid without views.

A process draws the grid of a run in both ways, in turns. Without views, the game draws a block of
128 samples, of which 64 are kept. ganzoo drew all grids so before games had views. A class grid has
a class a column.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from rich.table import Table
from torch import Tensor

from benchmarks.interval import median
from ganzoo.engine.random import Draw
from ganzoo.engine.sampling import block_size, sampling
from ganzoo.engine.trainer import Trainer
from ganzoo.registry.boundary import Guard

MODELS = {
    "vanilla-mlp": "no label",
    "dcgan": "no label",
    "cgan": "a class a column",
    "acgan": "a class a column",
}
PAIRS = 10
"""Pairs in a block. Their sum counts, so that a pause of the machine counts less."""


def grids(blocks: int) -> Table:
    """The table; ``blocks`` pairs of sums."""
    table = Table(title=f"A grid by view: {blocks} pairs of blocks, median [95 %]")
    for column in ("model", "grid", "ms without views", "ms by view", "times without views"):
        table.add_column(column)
    for model, what in MODELS.items():
        without, by_view = _measured(model, blocks)
        ratios = [view / plain for view, plain in zip(by_view, without, strict=True)]
        each = (median([1000 * s / PAIRS for s in seconds]) for seconds in (without, by_view))
        table.add_row(model, what, *each, median(ratios))
    return table


def _measured(model: str, blocks: int) -> tuple[list[float], list[float]]:
    """Seconds of each block, without views and by view."""
    import ganzoo

    settings = {"steps": 1, "device": "cpu", "threads": 1}
    with tempfile.TemporaryDirectory() as folder:
        training = ganzoo.train(
            model, dataset="mnist-5k", settings=settings, out=Path(folder) / "run", report=False
        )
        trainer, guard = training.trainer, training.plan.boundary("model")
        calls: list[Callable[[], Tensor]] = [lambda: _before(trainer, guard), trainer.draw_grid]
        seconds: tuple[list[float], list[float]] = ([], [])
        for call in calls:
            call()
        for _ in range(blocks):
            sums = [0.0, 0.0]
            for turn in range(PAIRS):
                for i in (0, 1) if turn % 2 else (1, 0):  # neither always comes first
                    begin = time.perf_counter()
                    calls[i]()
                    sums[i] += time.perf_counter() - begin
            for total, one in zip(seconds, sums, strict=True):
                total.append(one)
    return seconds


def _before(trainer: Trainer, guard: Guard) -> Tensor:
    """The samples of a grid of pictures as ganzoo drew them before there were views, with each
    class in turn."""
    average, draw = trainer.rounds.average, trainer.draw("grid")
    with average.in_place(trainer.game), sampling(trainer.game, trainer.device):
        return guard(_first_of_a_block, trainer, draw)


def _first_of_a_block(trainer: Trainer, draw: Draw) -> Tensor:
    view, field = trainer.view, trainer.feed.fields[trainer.view.field(trainer.feed.fields)]
    n, size, given = field.enough, block_size(field), {}
    samples = torch.empty((n, *field.shape))
    if view.label is not None and view.label.classes:
        given["label"] = torch.arange(size) % view.label.classes
    samples[:] = view.show(size, draw, given).float().cpu()[:n]
    return samples
