"""What watching costs: the live display with its preview, next to ``--quiet``.

A process whose stderr is a terminal of 120 by 40 characters trains the same model twice, in turns
of a block of steps each: once shown, once quiet. Whoever holds the terminal's other end reads all
that is drawn, as a terminal does. A block should last seconds, to have its share of samples.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

from rich.table import Table

from benchmarks.interval import median
from ganzoo.training.run import Training

WARM_UP = 100
"""Steps of each that are not counted."""
RUNS = {
    "vanilla-mlp on digits": ("vanilla-mlp", "mnist-5k"),
    "vanilla-mlp on the ring": ("vanilla-mlp", "ring"),
    "dcgan on digits": ("dcgan", "mnist-5k"),
}
SHORTER = {"dcgan": 10}
"""Steps of these models take so many times as long: their blocks are shorter."""


def watching(blocks: int, steps: int) -> Table:
    """The table; ``blocks`` pairs of ``steps`` steps."""
    table = Table(title=f"Watching: {blocks} pairs of blocks, median [95 %]")
    for column in ("run", "steps in a block", "ms a step, --quiet", "ms, watched", "times --quiet"):
        table.add_column(column)
    for name, (model, dataset) in RUNS.items():
        each = steps // SHORTER.get(model, 1)
        seconds = _measured(model, dataset, blocks, each)
        ratios = [w / q for w, q in zip(seconds["watched"], seconds["quiet"], strict=True)]
        per_step = {k: median([1000 * s / each for s in times]) for k, times in seconds.items()}
        table.add_row(name, f"{each:,}", per_step["quiet"], per_step["watched"], median(ratios))
    return table


def _measured(model: str, dataset: str, blocks: int, steps: int) -> dict[str, list[float]]:
    """Seconds of each block, from a process in a terminal."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
    what = (model, dataset, blocks, steps)
    code = f"from benchmarks.watching import turns; turns{what!r}"
    colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | colours
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=its, env=environment
    ) as process:
        os.close(its)
        drawn = b""
        while process.poll() is None:
            if select.select([own], [], [], 0.1)[0]:
                try:
                    drawn = drawn[-100_000:] + os.read(own, 65536)
                except OSError:  # the other end is closed
                    break
        assert process.stdout
        said = process.stdout.read()
    os.close(own)
    if process.returncode:
        raise RuntimeError(drawn.decode(errors="replace"))
    assert "▄".encode() in drawn, "nothing was drawn"
    seconds: dict[str, list[float]] = json.loads(said)
    return seconds


def turns(model: str, dataset: str, blocks: int, steps: int) -> None:
    """Both trainings, a block of each in turn; prints the seconds."""
    from ganzoo.registry.registry import registry
    from ganzoo.registry.settings import Override
    from ganzoo.training import run as training
    from ganzoo.training.plan import Request, plan

    total = Override("trainer.steps", WARM_UP + blocks * steps, "benchmark")
    settled = plan(registry(), Request(model, dataset=dataset, overrides=(total,)))
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        loops: dict[str, Iterator[None]] = {}
        for name in ("quiet", "watched"):
            run = training.start(registry(), settled, Path(folder) / name)
            loops[name] = stack.enter_context(closing(_shown(run, quiet=name == "quiet")))
            _timed(loops[name], WARM_UP)
        for turn in range(blocks):
            for name in sorted(loops, reverse=bool(turn % 2)):  # neither always comes first
                seconds.setdefault(name, []).append(_timed(loops[name], steps))
    print(json.dumps(seconds))


def _shown(run: Training, *, quiet: bool) -> Generator[None, None, None]:
    from ganzoo.cli.display import display

    with display(run, quiet) as show:
        for step in run:
            show.step(step)
            yield


def _timed(loop: Iterator[None], steps: int) -> float:
    begin = time.perf_counter()
    for _ in islice(loop, steps):
        pass
    return time.perf_counter() - begin
