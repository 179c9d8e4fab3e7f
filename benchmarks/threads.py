"""How threads wait for each other: ganzoo's choice next to others, when idle and when busy.

Every measurement is a process of its own, since OpenMP reads its settings when it is loaded. Busy
means that one more process computes without a pause. An idle machine's times are compared with the
best way of waiting, a busy machine's with training on a single thread.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from rich.table import Table

from benchmarks.interval import median
from ganzoo.engine.openmp import OF_THE_USER, SPINS

RUNS = {"vanilla-mlp": 240, "dcgan": 40}
"""Models and the steps that each process trains them for, on mnist-5k."""
ONE = "one thread"
WAYS: dict[str, dict[str, str]] = {
    "ganzoo's short spin": {},
    "OpenMP's long spin": {SPINS: "300000"},
    "sleep at once": {"OMP_WAIT_POLICY": "passive"},
    ONE: {},
}
SPIN = "while True: pass"


def threads(rounds: int) -> Table:
    """The table; ``rounds`` processes of each kind."""
    table = Table(title=f"Threads: {rounds} rounds on {os.cpu_count()} cores, median [95 %]")
    for column in ("model", "waiting", "ms, idle", "times the best", "ms, busy", f"times {ONE}"):
        table.add_column(column)
    for model, steps in RUNS.items():
        idle = _measured(model, steps, rounds)
        with _busy():
            busy = _measured(model, steps, rounds)
        best = min(idle.values(), key=statistics.median)
        for way in WAYS:
            to_best = [a / b for a, b in zip(idle[way], best, strict=True)]
            to_one = [a / b for a, b in zip(busy[way], busy[ONE], strict=True)]
            row = (median(idle[way]), median(to_best), median(busy[way]), median(to_one))
            table.add_row(model, way, *row)
        table.add_section()
    return table


def _measured(model: str, steps: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds a step of each way of waiting, measured in turn."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, environment in WAYS.items():
            clean = {k: v for k, v in os.environ.items() if k not in OF_THE_USER}
            code = f"from benchmarks.threads import timed; timed{(model, steps, int(way == ONE))!r}"
            done = subprocess.run(
                [sys.executable, "-c", code],
                env={**clean, **environment},
                check=True,
                capture_output=True,
                text=True,
            )
            found[way].append(float(done.stdout))
    return found


@contextmanager
def _busy() -> Iterator[None]:
    """Within, one core has something else to do."""
    with subprocess.Popen([sys.executable, "-c", SPIN]) as other:
        try:
            yield
        finally:
            other.kill()


def timed(model: str, steps: int, threads: int) -> None:
    """Train, and print a step's milliseconds: the median of the last two thirds."""
    import ganzoo

    settings = {"steps": steps, "threads": threads}
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(model, dataset="mnist-5k", settings=settings, out=Path(folder) / "run")
        marks = [time.perf_counter() for _ in run]
    print(1000 * statistics.median(b - a for a, b in pairwise(marks[steps // 3 :])))
