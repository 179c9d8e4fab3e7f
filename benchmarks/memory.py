"""Memory: the peak of a run on the full MNIST, next to the loop by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from rich.table import Table

BY_HAND = """
from itertools import islice
import ganzoo
from benchmarks import handwritten
for _ in islice(handwritten.train(ganzoo.data_folder()), {steps}):
    pass
"""


def memory(steps: int) -> Table:
    """The table, after ``steps`` steps of each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        train = ["train", "vanilla-mlp", "--dataset", "mnist", "--steps", str(steps)]
        commands = {
            "by hand": [sys.executable, "-c", BY_HAND.format(steps=steps)],
            "ganzoo train": [sys.executable, "-m", "ganzoo", *train, "--out", f"{folder}/run"],
        }
        peaks = {name: _peak(command) for name, command in commands.items()}
    table = Table(title=f"Memory: peak of {steps:,} steps")
    for column in ("loop", "MiB", "times the loop by hand"):
        table.add_column(column)
    for name, peak in peaks.items():
        table.add_row(name, f"{peak:.0f}", f"{peak / peaks['by hand']:.3f}")
    return table


def _peak(command: list[str]) -> float:
    """The largest resident size of the command's process, MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return usage.ru_maxrss / 1024
