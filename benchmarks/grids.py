"""What a grid costs by view, next to samples that are drawn without views.

A process draws the grid of a run and as many samples by hand, in turns. By hand means one call of
the game for a block of 128 samples, of which 64 are kept, with the weights' average in place. Grids
of a run were drawn so before there were views. A class grid has a class a column.
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
from ganzoo.engine.sampling import block_size, sampling
from ganzoo.engine.trainer import Trainer

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
    for column in ("model", "grid", "ms by hand", "ms by view", "times by hand"):
        table.add_column(column)
    for model, what in MODELS.items():
        by_hand, by_view = _measured(model, blocks)
        ratios = [view / hand for view, hand in zip(by_view, by_hand, strict=True)]
        each = (median([1000 * s / PAIRS for s in seconds]) for seconds in (by_hand, by_view))
        table.add_row(model, what, *each, median(ratios))
    return table


def _measured(model: str, blocks: int) -> tuple[list[float], list[float]]:
    """Seconds of each block by hand and by view."""
    import ganzoo

    settings = {"steps": 1, "device": "cpu", "threads": 1}
    with tempfile.TemporaryDirectory() as folder:
        training = ganzoo.train(
            model, dataset="mnist-5k", settings=settings, out=Path(folder) / "run", report=False
        )
        trainer = training.trainer
        calls: list[Callable[[], Tensor]] = [lambda: _by_hand(trainer), trainer.draw_grid]
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


def _by_hand(trainer: Trainer) -> Tensor:
    """As many samples as a grid of pictures has, each class in turn."""
    view, field = trainer.view, trainer.feed.fields[trainer.view.field(trainer.feed.fields)]
    n = block_size(field)
    given = {}
    if view.label is not None and view.label.classes:
        given["label"] = torch.arange(n) % view.label.classes
    with trainer.rounds.average.in_place(trainer.game), sampling(trainer.game, trainer.device):
        return view.show(n, trainer.draw("grid"), given)[: field.enough].float().cpu()
