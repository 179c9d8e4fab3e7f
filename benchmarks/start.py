"""How long `ganzoo` takes to start.

The commands that train nothing are compared with a Typer app that prints an empty table. `ganzoo
list` with broken plugins, twelve kinds of them four times, is compared with as many healthy ones.
"""

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
HEALTHY = """
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="toy-{i}", summary="Toy number {i}.", factory="toy_{i}_loss:Toy")
"""
YIELD = "    yield ganzoo.Loss("
BROKEN = (
    "import nosuch_module",
    "def f(:",
    "raise SystemExit(3)",
    "class Own(BaseException):\n    def __str__(self): 1 / 0\nraise Own",
    HEALTHY.replace("losses", "losss"),
    HEALTHY.replace("losses()", "losses(more)"),
    HEALTHY.replace(YIELD, "    1 / 0\n" + YIELD),
    HEALTHY + "    1 / 0\n",
    HEALTHY.replace("toy-", "Toy "),
    HEALTHY.replace("yield ganzoo.Loss", "yield dict"),
    HEALTHY + YIELD + 'name="toy-{i}", summary="Twice.", factory="toy_{i}_loss:Toy")\n',
    HEALTHY.replace("_loss:Toy", "_nosuch:Toy"),
) * 4
"""Import (4 ways), unknown hook, register, call (3 ways), record (2 ways) and reference."""
GANZOO = [sys.executable, "-m", "ganzoo"]
LIST = [*GANZOO, "list"]


def start(runs: int) -> Table:
    """The table, from ``runs`` rounds of each comparison."""
    table = Table(title=f"Start: {runs} rounds, median [95 %]")
    for column in ("command", "ms", "times the section's first"):
        table.add_column(column)
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder, "empty_app.py")
        app.write_text(EMPTY_APP)
        empty = [sys.executable, str(app)]
        more = _install(Path(folder, "healthy"), (HEALTHY,) * PLUGINS)
        commands = {
            "empty Typer app": (empty, ""),
            "empty Typer app --help": ([*empty, "--help"], ""),
            "ganzoo list": (LIST, ""),
            f"ganzoo list, {PLUGINS} more plugins": (LIST, more),
            "ganzoo --version": ([*GANZOO, "--version"], ""),
            "ganzoo --help": ([*GANZOO, "--help"], ""),
            "ganzoo info vanilla-mlp": ([*GANZOO, "info", "vanilla-mlp"], ""),
        }
        _compare(table, commands, runs)
        table.add_section()
        as_many = _install(Path(folder, "as_many"), (HEALTHY,) * len(BROKEN))
        broken = _install(Path(folder, "broken"), BROKEN)
        commands = {
            f"ganzoo list, {len(BROKEN)} plugins": (LIST, as_many),
            f"ganzoo list, {len(BROKEN)} broken ones": (LIST, broken),
        }
        _compare(table, commands, runs)
    return table


def _compare(table: Table, commands: dict[str, tuple[list[str], str]], runs: int) -> None:
    """Add a row for each command, started in turn, with its ratio to the first."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, (command, path) in commands.items():
            environment = {**os.environ, "PYTHONPATH": path}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who installs a package compiles it
            begin = time.perf_counter()
            done = subprocess.run(command, env=environment, check=True, capture_output=True)
            if turn:  # the first compiles the plugins
                seconds[name].append(time.perf_counter() - begin)
            if path:
                said = done.stdout.count(b"Toy number") + done.stderr.count(b"plugins show toy-")
                assert said == len(list(Path(path).glob("*.dist-info"))), done
    base = next(iter(seconds.values()))
    for name, ours in seconds.items():
        ratios = [o / b for o, b in zip(ours, base, strict=True)]
        times = "1" if ours is base else median(ratios)
        table.add_row(name, median([1000 * s for s in ours]), times)


def _install(folder: Path, plugins: tuple[str, ...]) -> str:
    """Put plugins where Python finds them as installed distributions."""
    for i, code in enumerate(plugins):
        info = folder / f"ganzoo_toy_{i}-1.0.dist-info"
        info.mkdir(parents=True)
        Path(folder, f"toy_{i}.py").write_text(code.replace("{i}", str(i)))
        Path(folder, f"toy_{i}_loss.py").touch()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: ganzoo-toy-{i}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[ganzoo]\ntoy-{i} = toy_{i}\n")
    return str(folder)
