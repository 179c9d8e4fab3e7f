"""``python -m benchmarks [gpu|grids|memory|quality|speed|start|threads|watch]``: the parts named.

Without a name, it measures all of them but ``gpu``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console


class Part(StrEnum):
    """What can be measured."""

    gpu = "gpu"
    grids = "grids"
    start = "start"
    memory = "memory"
    quality = "quality"
    speed = "speed"
    threads = "threads"
    watch = "watch"


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="All but gpu by default.")] = None,
    blocks: Annotated[int, typer.Option(help="Blocks of training, pairs of starts.")] = 15,
    steps: Annotated[int, typer.Option(help="Steps in a block.")] = 1000,
    seeds: Annotated[int, typer.Option(help="Seeds of each kind of run whose quality counts.")] = 3,
    device: Annotated[str, typer.Option(help="Of gpu: cuda, or cpu to try the script.")] = "cuda",
) -> None:
    """Measure ganzoo next to what it is compared with. Needs the full MNIST."""
    console = Console(width=110)
    for part in parts or (part for part in Part if part is not Part.gpu):
        if part is Part.gpu:
            from benchmarks.gpu import gpu

            console.print(gpu(blocks, steps, device))
        elif part is Part.grids:
            from benchmarks.grids import grids

            console.print(grids(blocks))
        elif part is Part.speed:
            from benchmarks.speed import speed

            console.print(speed(blocks, steps))
        elif part is Part.start:
            from benchmarks.start import start

            console.print(start(blocks))
        elif part is Part.quality:
            from benchmarks.quality import quality

            console.print(quality(seeds))
        elif part is Part.threads:
            from benchmarks.threads import threads

            console.print(threads(blocks))
        elif part is Part.watch:
            from benchmarks.watching import watching

            console.print(watching(blocks, steps))
        else:
            from benchmarks.memory import memory

            console.print(memory(steps))


typer.run(main)
