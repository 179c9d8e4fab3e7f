"""``ganzoo compare``: the table in the terminal, its JSON, and the page."""

from __future__ import annotations

import fcntl
import importlib
import io
import json
import math
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TINY, Forks
from rich.console import Console

import ganzoo as zoo
from ganzoo.reporting import charts, columns
from ganzoo.reporting.comparison import Comparison
from ganzoo.reporting.curves import COLOURS, palette
from ganzoo.reporting.rows import marked
from ganzoo.reporting.spread import Spread
from ganzoo.runs.evaluations import Evaluation, keep_evaluations
from ganzoo.runs.folder import Run

command = importlib.import_module("ganzoo.cli.compare")


@pytest.fixture
def other(forked: Forks, trained: Path) -> Path:
    """A longer run than ``trained``, with another loss and learning rate."""
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
    (page,) = Path().glob("*.html")
    assert f"Wrote a page with samples and curves: {page}" in done.err
    assert str(page).startswith("compare-trained-vs-other-")


def test_each_comparison_has_a_page_of_its_own(forked: Forks, trained: Path) -> None:
    for copy in ("a/x", "b/x"):
        shutil.copytree(trained, copy)
    pages = [
        forked("compare", *runs, "--json").ok().json["page"]
        for runs in (("a/x", "trained"), ("b/x", "trained"), ("a/x", "b/x"), ("b/x", "trained"))
    ]
    assert pages[1] == pages[3]
    assert len(set(pages)) == 3
    assert {str(page) for page in Path().glob("*.html")} == set(pages)


def test_runs_that_were_made_alike(forked: Forks, trained: Path) -> None:
    shutil.copytree(trained, "copy")
    out = forked("compare", "trained", "copy", "--out", "page.html").ok().out
    assert rows(out)["settings"] == ["the same", "the same"]
    assert "*" not in out, "none is better than the other"
    assert "All settings are the same." in Path("page.html").read_text()
    assert [str(page) for page in Path().glob("*.html")] == ["page.html"]


def test_for_programs(forked: Forks, other: Path) -> None:
    done = forked("compare", "trained", "other", "--json").ok()
    assert done.err == ""
    one, two = done.json["runs"]
    assert (one["run"], one["name"], one["loss"]) == ("trained", "trained", "bce")
    assert (two["run"], two["name"], two["loss"]) == ("other", "other", "minimax")
    assert done.json["differences"]["loss"] == ["bce", "minimax"]
    last = (other / "metrics.csv").read_text().splitlines()[-1].split(",")
    assert two["final"]["discriminator_loss"] == float(last[2])
    assert two["step"] == two["total"] == 60
    assert two["seconds"] > 0
    assert Path(done.json["page"]).exists()


def test_runs_of_other_kinds(forked: Forks, trained: Path, pictures: Path) -> None:
    """Points, pictures, and a run that has only begun."""
    shutil.copytree(trained, "begun")
    for path in Path("begun").iterdir():
        if path.name != "run.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = forked("compare", "trained", "pictures", "begun", "--json", "--out", "x.html").ok()
    assert done.json["differences"]["dataset"] == ["ring", "mnist-5k", "ring"]
    assert done.json["runs"][2]["final"] == {}
    assert "modes" not in done.json["runs"][1]["final"]
    assert "distance" not in done.json["marks"], "distances to different data were compared"
    held = samples_of(Path("x.html"))
    assert len(held["tracks"]) == 2
    assert {len(track) for track in held["tracks"].values()} == {len(held["labels"])}
    assert held["labels"] == ["step 0", "step 20", "step 40", "last of each run"]


def samples_of(page: Path) -> Any:
    """What the slider of a page moves through."""
    text = page.read_text()
    found = re.search(r'<script type="application/json">({"labels".*?)</script>', text)
    assert found
    return json.loads(found[1])


def test_samples_are_of_the_same_step(forked: Forks, other: Path, trained: Path) -> None:
    """Runs with different grids and lengths: the common steps, and then the last of each run."""
    for step in (0, 20):
        Run(other).grid(step, ".look.safetensors").unlink()
    forked("compare", "trained", "other", "--out", "page.html").ok()
    held = samples_of(Path("page.html"))
    assert held["labels"] == ["step 40", "last of each run"]
    assert re.search('<input type="range" min="0" max="1" value="0"', Path("page.html").read_text())
    one, two = held["tracks"].values()
    assert one[0] == one[1]
    assert two[0] != two[1]
    Run(other).grid(40, ".look.safetensors").unlink()
    forked("compare", "trained", "other", "--out", "page.html").ok()
    assert samples_of(Path("page.html"))["labels"] == ["last of each run"]


def test_any_number_of_runs(forked: Forks, trained: Path) -> None:
    names = [f"run{i}" for i in range(14)]
    for name in names:
        shutil.copytree(trained, name)
    lines = forked("compare", *names).ok().out.splitlines()
    heads = [line.split()[1:] for line in lines if line.startswith(" run ")]
    assert [name for head in heads for name in head] == names
    assert max(map(len, lines)) <= 100
    assert len([line for line in lines if line.startswith(" status ")]) == len(heads)
    compared = columns.gather([Run(Path(name)) for name in names], [])
    assert [c.name for c in compared] == names
    assert len({c.colour for c in compared}) == 14
    forked("compare", "run0").refused(2, "cannot compare 1 run; expected two or more, or a sweep")
    forked("compare", "run0", "nothing").refused(2, "no such run: nothing")


def test_colours_are_told_apart() -> None:
    for n in (2, 14, 40):
        colours = palette(n)
        assert len(set(colours)) == n
        assert colours[:10] == list(COLOURS)[:n]
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in palette(20)])
    apart = np.abs(rgb[:, None] - rgb[None]).sum(axis=2) + 1000 * np.eye(20)
    assert apart.min() > 40


def test_names_tell_runs_apart() -> None:
    paths = [Path(path) for path in ("a/x", "b/x", "y", "a/x", "c/a/z")]
    assert columns.called(paths) == ["a/x", "b/x", "y", "a/x (2)", "z"]
    assert columns.called([Path("one/seed-0"), Path("two/seed-0")]) == ["one/seed-0", "two/seed-0"]


def test_the_best_and_what_is_within_noise() -> None:
    alone = [Spread(3), Spread(5), Spread(4), Spread(math.nan)]
    assert marked(alone, "higher") == ["", "best", "", ""]
    assert marked(alone, "lower") == ["best", "", "", ""]
    assert marked([Spread(3), Spread(3), Spread(2)], "higher") == ["best", "best", ""]
    assert marked([Spread(3), Spread(3)], "higher") == ["", ""]
    assert marked([Spread(3), Spread(math.nan)], "higher") == ["", ""]
    # two standard errors of the difference: 2 * hypot(0.3, 0.4) is 1
    sure = [Spread(5, 0.3), Spread(4.01, 0.4), Spread(3.99, 0.4), Spread(4.5)]
    assert marked(sure, "higher") == ["best", "within noise", "", "within noise"]


def test_a_run_that_was_scored_several_times_knows_its_noise(
    forked: Forks, other: Path, trained: Path
) -> None:
    for run, values in ((trained, (6, 7, 5)), (other, (7, 7.5, 8))):
        common = {
            "metric": "modes", "plugin": "p", "settings": {}, "samples": 2500, "best": False,
            "dataset": "ring", "versions": {}, "seconds": 1.0, "step": max(Run(run).look_steps()),
        }  # fmt: skip
        keep_evaluations(
            Run(run).evaluations,
            [
                Evaluation(**common, seed=seed, scores={"modes.covered": value})
                for seed, value in enumerate(values)
            ],
        )
    marks = forked("compare", "trained", "other", "--json").ok().json["marks"]
    # the standard deviations are 1 and 0.5, so that 2.2 is the most that may be noise
    covered = "modes.covered (2,500 samples of seed {})"
    assert marks[covered.format(0)] == {"trained": "within noise", "other": "best"}
    assert marks[covered.format(2)] == {"other": "best"}
    out = forked("compare", "trained", "other").ok().out
    assert rows(out)[covered.format(0)] == ["6 ~", "7 *"]
    assert "~ within noise: differs from the best by less than 2 standard errors" in out


def test_in_python(other: Path, trained: Path) -> None:
    compared = zoo.compare("trained", Path("other"))
    assert [row["name"] for row in compared.rows] == ["trained", "other"]
    assert [row["loss"] for row in compared.rows] == ["bce", "minimax"]
    assert all(isinstance(row["distance"], float) for row in compared.rows)
    assert json.loads(json.dumps(compared.rows)) == compared.rows
    table = rows(repr(compared))
    assert table["run"] == ["trained", "other"]
    (best,) = compared.best["distance"]
    distances = {row["name"]: row["distance"] for row in compared.rows}
    assert best == min(distances, key=lambda name: distances[name])
    html = compared._repr_html_()
    assert html.count("<img") == 4  # the samples of each over the real ones
    assert html.count("<script") == 0
    assert "minimax" in html
    assert compared.save("page.html") == Path("page.html")
    assert compared.save() in Path().glob("compare-trained-vs-other-*.html")
    assert zoo.compare(zoo.load("trained"), "other").rows == compared.rows
    with pytest.raises(zoo.UsageError, match="expected two or more"):
        zoo.compare("trained")


def test_nothing_told_is_not_nothing_wrong(forked: Forks, trained: Path) -> None:
    shutil.copytree(trained, "broken")
    Path("broken/metrics.csv").write_text("a,b\n1,2\n")
    Path("broken/status.json").write_text('{"status": "running", "step": 0}')
    table = rows(forked("compare", "trained", "broken", "--out", "page.html").ok().out)
    assert table["findings"] == ["not judged", "not judged"]
    assert table["steps"] == ["40", "40"]
    text = Path("page.html").read_text()
    assert "It is too early to judge" in text
    assert "The run cannot be diagnosed: broken/metrics.csv is not a table of steps" in text


def test_no_number_is_broken(trained: Path) -> None:
    names = [Path(shutil.copytree(trained, f"run-with-a-long-name-{i}")) for i in range(7)]
    for i, name in enumerate(names):
        text = (name / "metrics.csv").read_text().splitlines()
        last = text[-1].split(",")
        last[2] = f"{1 + i}.23e-4"
        (name / "metrics.csv").write_text("\n".join([*text[:-1], ",".join(last)]) + "\n")
    compared = Comparison([Run(Path(name)) for name in names])
    for width in (60, 80, 120):
        console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
        command.show(compared, console)
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
