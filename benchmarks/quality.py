"""What a minute of training buys: presets and defaults on MNIST, by the metric ``digits``.

Every run trains for at most a minute, as a person would wait for it, and ends earlier where its
preset is shorter. The clock starts with the first step: loading PyTorch and the data are left out.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from pathlib import Path

from rich.table import Table

import ganzoo

MINUTE = 60.0
RUNS = (
    ("vanilla-mlp", "quick"),
    ("dcgan", "quick"),
    ("vanilla-mlp", None),
    ("dcgan", None),
)
"""Models, each with a preset or its defaults."""
SCORES = ("frechet", "precision", "recall", "balance")


def quality(seeds: int) -> Table:
    """The table; ``seeds`` runs of each kind, seeds 0, 1, 2, ..."""
    table = Table(title=f"Quality: at most {MINUTE:.0f} s on MNIST, 10,000 samples")
    for column in ("run", "seed", "steps", "seconds", *SCORES):
        table.add_column(column)
    for model, preset in RUNS:
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                row = _trained(model, preset, seed, Path(folder) / "run")
            table.add_row(f"{model} {preset or ''}", str(seed), *row)
        table.add_section()
    return table


def _trained(model: str, preset: str | None, seed: int, folder: Path) -> list[str]:
    """Steps, seconds and scores of a run."""
    run = ganzoo.train(model, preset=preset, dataset="mnist", settings={"seed": seed}, out=folder)
    begin = time.perf_counter()
    with closing(iter(run)) as steps_taken:  # closing writes a checkpoint
        for step in steps_taken:
            steps, seconds = step.step, time.perf_counter() - begin
            if seconds > MINUTE:
                break
    found = ganzoo.evaluate(folder, ["digits"])[0].scores
    return [f"{steps:,}", f"{seconds:.0f}", *(f"{found[f'digits.{s}']:.3g}" for s in SCORES)]
