"""Start: `ganzoo list` with 50 plugins installed, beside a Typer app that prints an empty table."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.table import Table

from benchmarks.interval import median

PLUGINS = 50
EMPTY_APP = """
import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()

@app.command()
def show() -> None:
    Console().print(Table())

app()
"""
PLUGIN = """
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="toy-{i}", summary="Toy number {i}.", factory="toy_{i}_loss:Toy")
"""


def start(runs: int) -> Table:
    """The table, from ``runs`` pairs."""
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder))
        app = Path(folder, "empty_app.py")
        app.write_text(EMPTY_APP)
        environment = {**os.environ, "PYTHONPATH": folder}
        commands = {
            "empty Typer app": [sys.executable, str(app)],
            f"ganzoo list, {PLUGINS} plugins": [sys.executable, "-m", "ganzoo", "list"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(runs + 1):
            for name, command in commands.items():
                begin = time.perf_counter()
                done = subprocess.run(command, env=environment, check=True, capture_output=True)
                if turn:  # the first compiles the plugins
                    seconds[name].append(time.perf_counter() - begin)
        assert done.stdout.count(b"Toy number") == PLUGINS
    (base, empty), (name, ours) = seconds.items()
    table = Table(title=f"Start: {runs} pairs, median [95 %]")
    for column in ("command", "ms", "times the empty app's"):
        table.add_column(column)
    table.add_row(base, median([1000 * s for s in empty]), "1")
    ratios = [o / e for o, e in zip(ours, empty, strict=True)]
    table.add_row(name, median([1000 * s for s in ours]), median(ratios))
    return table


def _install(folder: Path) -> None:
    """Put plugins where Python finds them as installed distributions."""
    for i in range(PLUGINS):
        Path(folder, f"toy_{i}.py").write_text(PLUGIN.format(i=i))
        info = folder / f"ganzoo_toy_{i}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: ganzoo-toy-{i}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[ganzoo]\ntoy-{i} = toy_{i}\n")
