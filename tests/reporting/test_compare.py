"""``ganzoo compare``: the table on the terminal, the same for programs, and the page."""

from __future__ import annotations

import fcntl
import importlib
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks
from rich.console import Console

from ganzoo.reporting import charts, columns
from ganzoo.runs.folder import Run

command = importlib.import_module("ganzoo.cli.compare")


@pytest.fixture
def other(forked: Forks, trained: Path) -> Path:
    """A run beside ``trained`` with another loss and learning rate, and longer."""
    forked(*TINY, "--loss", "minimax", "--set", "lr=0.01", "--steps", "60", "--out", "other").ok()
    return Path("other")


def rows(text: str) -> dict[str, list[str]]:
    """A table's rows by their first cell."""
    split = (re.split(r"\s{2,}", line.strip()) for line in text.splitlines())
    return {cells[0]: cells[1:] for cells in split if len(cells) > 1}


def test_the_differences_come_first(forked: Forks, other: Path) -> None:
    done = forked("compare", "trained", "other").ok()
    table = rows(done.out)
    names = list(table)
    assert table["run"] == ["trained", "other"]
    assert table["loss"] == ["bce", "minimax"]
    assert table["trainer.lr"] == ["0.0002", "0.01"]
    assert table["trainer.steps"] == ["40", "60"]
    assert "total steps" not in table  # it follows
    assert {"model", "dataset", "dataset.size", "python"}.isdisjoint(names)
    assert names.index("trainer.lr") < names.index("status") < names.index("diversity")
    assert table["status"] == ["finished", "finished"]
    for name in ("discriminator loss", "diversity", "distance", "modes", "good", "samples/s"):
        assert len(table[name]) == 2
    assert "compare.html" in done.err
    assert Path("compare.html").exists()


def test_runs_that_were_made_alike(forked: Forks, trained: Path) -> None:
    shutil.copytree(trained, "copy")
    out = forked("compare", "trained", "copy", "--out", "page.html").ok().out
    assert rows(out)["settings"] == ["the same", "the same"]
    assert "Nowhere: they were made with the same settings." in Path("page.html").read_text()
    assert not Path("compare.html").exists()


def test_for_programs(forked: Forks, other: Path) -> None:
    done = forked("compare", "trained", "other", "--json").ok()
    assert done.err == ""
    one, two = done.json["runs"]
    assert (one["run"], one["label"], one["loss"]) == ("trained", "A", "bce")
    assert (two["run"], two["label"], two["loss"]) == ("other", "B", "minimax")
    assert done.json["differences"]["loss"] == ["bce", "minimax"]
    last = (other / "metrics.csv").read_text().splitlines()[-1].split(",")
    assert two["final"]["discriminator_loss"] == float(last[2])
    assert two["step"] == two["total"] == 60
    assert two["seconds"] > 0
    assert done.json["page"] == "compare.html"


def test_runs_of_other_kinds(forked: Forks, trained: Path, pictures: Path) -> None:
    """Points beside pictures, and one that has only begun."""
    shutil.copytree(trained, "begun")
    for path in Path("begun").iterdir():
        if path.name != "run.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = forked("compare", "trained", "pictures", "begun", "--json").ok()
    assert done.json["differences"]["dataset"] == ["ring", "mnist-5k", "ring"]
    assert done.json["runs"][2]["final"] == {}
    assert "modes" not in done.json["runs"][1]["final"]
    text = Path("compare.html").read_text()
    held = json.loads(
        re.search(r'<script type="application/json">({"labels".*?)</script>', text)[1]
    )  # type: ignore[index]
    assert len(held["tracks"]) == 2
    assert {len(track) for track in held["tracks"]} == {len(held["labels"])}
    assert (held["labels"][0], held["labels"][-1]) == ("0% of the run", "100% of the run")


def test_ten_runs_and_no_more(forked: Forks, trained: Path) -> None:
    names = [f"run{i}" for i in range(11)]
    for name in names:
        shutil.copytree(trained, name)
    out = forked("compare", *names[:10]).ok().out
    assert len(rows(out)["status"]) == 10
    compared = columns.gather([Run(Path(name)) for name in names[:10]])
    assert len({c.colour for c in compared}) == len({c.label for c in compared}) == 10
    forked("compare", *names).refused(2, "runs to compare: 11; expected 2 to 10")
    forked("compare", "run0").refused(2, "runs to compare: 1; expected 2 to 10")
    forked("compare", "run0", "nothing").refused(2, "no such run: nothing")


def test_nothing_told_is_not_nothing_wrong(forked: Forks, trained: Path) -> None:
    shutil.copytree(trained, "broken")
    Path("broken/metrics.csv").write_text("a,b\n1,2\n")
    Path("broken/status.json").write_text('{"status": "running", "step": 0}')
    table = rows(forked("compare", "trained", "broken").ok().out)
    assert table["findings"] == ["cannot tell", "cannot tell"]
    assert table["steps"] == ["40", "40"]
    text = Path("compare.html").read_text()
    assert "It is too early to tell" in text
    assert "It cannot be told: broken/metrics.csv is not a table of steps" in text


def test_no_number_is_broken(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [Path(shutil.copytree(trained, f"run-with-a-long-name-{i}")) for i in range(7)]
    for i, name in enumerate(names):
        text = (name / "metrics.csv").read_text().splitlines()
        last = text[-1].split(",")
        last[2] = f"{1 + i}.23e-4"
        (name / "metrics.csv").write_text("\n".join([*text[:-1], ",".join(last)]) + "\n")
    compared = columns.gather([Run(Path(name)) for name in names])
    for width in (60, 80, 120):
        console = Console(width=width, file=io.StringIO())
        monkeypatch.setattr(command, "out", console)
        command._show(compared)
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert max(map(len, shown.splitlines())) <= width
        assert all(f"{1 + i}.23e-04" in shown for i in range(7))


def test_the_curves_of_each_run_are_at_its_own_steps(other: Path, trained: Path) -> None:
    runs = {"A": [Run(trained)], "B": [Run(other)]}
    drawn = charts.overlaid(runs, {"A": "#000000", "B": "#ffffff"})
    (chart,) = (c for c in drawn if c.title == "Generator loss")
    for line, (run,) in zip(chart.lines, runs.values(), strict=True):
        table = run.metrics.rows()
        at = {int(s): v for s, v in zip(chart.steps, line.values, strict=True) if np.isfinite(v)}
        assert at == {int(r["step"]): float(r["generator_loss"]) for r in table}


def test_the_table_fits_a_terminal_of_80_columns(forked: Forks, other: Path, trained: Path) -> None:
    shutil.copytree(trained, "a-run-with-a-rather-long-name-20250131-121314")
    names = ["trained", "other", "a-run-with-a-rather-long-name-20250131-121314"]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    command = [sys.executable, "-m", "ganzoo", "compare", *names]
    with subprocess.Popen(
        command, stdout=slave, stderr=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(slave)
        text = b""
        try:
            while part := os.read(master, 4096):
                text += part
        except OSError:
            pass  # the other end is closed
        os.close(master)
    assert process.returncode == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text.decode())
    assert max(len(line.rstrip("\r")) for line in plain.split("\n")) <= 80
    table = rows(plain)
    losses = {"trained": "bce", "other": "minimax", names[-1]: "bce"}
    assert table["loss"] == [losses[name] for name in names]
    assert table["discriminator loss"]
    assert table["status"] == ["finished"] * 3
