"""``ganzoo report`` and a run's page: what it shows, and what it does not need."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import games
import pytest
from conftest import SMALL, TINY, Forks, snapshot
from page_parser import Page

import ganzoo as zoo
from ganzoo.diagnosis import Finding
from ganzoo.engine.frames import frame_steps
from ganzoo.registry.records import Paper
from ganzoo.registry.registry import registry
from ganzoo.reporting.charts import charts, numbers, overlaid
from ganzoo.reporting.page import render
from ganzoo.runs.folder import Run

# The command


def test_it_prints_the_pages_path_and_nothing_else(forked: Forks, trained: Path) -> None:
    done = forked("report", "trained").ok()
    assert done.out == "trained/report.html\n"
    assert done.err == ""
    assert Path("trained/report.html").read_text().startswith("<!doctype html>")
    assert (trained / "training.gif").exists()
    assert (trained / "curves.png").exists()


def test_a_page_elsewhere_is_all_that_is_written(trained: Path) -> None:
    """The run may be in a folder that cannot be written."""
    before = snapshot(trained)
    assert zoo.report("trained", "mine.html") == Path("mine.html")
    assert Path("mine.html").read_text().startswith("<!doctype html>")
    assert snapshot(trained) == before


def test_it_is_opened_in_the_browser(forked: Forks, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "open.py").write_text(
        "import sys, pathlib; pathlib.Path('opened').write_text(sys.argv[1])"
    )
    browser = f"{sys.executable} {tmp_path / 'open.py'} %s"
    done = forked("report", "trained", "--open", "--out", "deep/page.html", BROWSER=browser).ok()
    assert done.out == "deep/page.html\n"
    assert Path("opened").read_text() == Path("deep/page.html").resolve().as_uri()


def test_what_cannot_be_reported(forked: Forks, trained: Path) -> None:
    forked("report", "nothing").refused(2, "no such run: nothing does not exist")
    (trained / "run.json").write_text("{")
    forked("report", "trained").refused(1, "run.json", "damaged")


def test_a_page_that_cannot_be_written(forked: Forks, trained: Path) -> None:
    Path("file").touch()
    forked("report", "trained", "--out", "file/page.html").refused(1, "cannot write")


# At the end of a run


def test_a_run_ends_with_its_page(forked: Forks) -> None:
    args = (*TINY, "--steps", "20", "--out")
    done = forked(*args, "one", GANZOO_NO_REPORT="0").ok()
    assert Path("one/report.html").exists()
    assert "one/report.html" in done.err
    assert done.out == "one\n"
    for i, (flags, value) in enumerate((((), "1"), (("--no-report",), "0"))):
        done = forked(*args, f"without{i}", *flags, GANZOO_NO_REPORT=value).ok()
        assert not Path(f"without{i}/report.html").exists()
        assert "report.html" not in done.err


def test_a_page_that_fails_fails_no_run(forked: Forks) -> None:
    breaks = "import ganzoo.reporting.single as s\ns.charts = lambda run: 1 / 0"
    args = (*TINY, "--steps", "20", "--out", "run")
    done = forked(*args, before=breaks, GANZOO_NO_REPORT="0").ok()
    (line,) = (line for line in done.err.splitlines() if "no report" in line)
    assert "ZeroDivisionError" in line
    assert "to try again, use `ganzoo report run`" in line
    assert done.out == "run\n"
    assert forked("report", "run").ok()


# What is in it


def test_what_the_page_tells(forked: Forks, pictures: Path) -> None:
    forked("report", "pictures").ok()
    page = Page(pictures / "report.html")
    record = json.loads((pictures / "run.json").read_text())
    for words in (
        "vanilla-mlp on mnist-5k", "finished", "Generative Adversarial Nets (2014)",
        record["command"], "CPU, 1 thread", "Steps 60", "Seed 0",
        "trainer.lr 0.0002 Learning rate.", "dataset.size 200",
        f"torch {record['versions']['torch']}",
        "generator layer kind output parameters", "1 × 28 × 28",
        "Losses", "Gradient norms", "Diversity", "Interpolation between latents",
        "60 steps in",
    ):  # fmt: skip
        assert words in page.words, words
    assert {"href": "https://arxiv.org/abs/1406.2661", "rel": "noreferrer"} in page.all("a")
    asked = page.words.index("dataset.size"), page.words.index("trainer.lr")
    assert asked[0] < asked[1]  # the requested ones come first
    layers = sum(int(n.replace(",", "")) for n in re.findall(r"total ([\d,]+)", page.words))
    trained = zoo.load("pictures")
    assert layers == sum(p.numel() for p in trained.game.parameters())


@pytest.mark.parametrize("kind", ["pictures", "trained"])
def test_the_page_is_good_html_for_those_who_cannot_see(
    forked: Forks, request: pytest.FixtureRequest, kind: str
) -> None:
    run = request.getfixturevalue(kind)
    forked("report", kind).ok()
    page = Page(run / "report.html")
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.all("img")
    assert all("alt" in image for image in page.all("img"))
    assert all(control.get("aria-label") for control in page.all("input"))
    assert all(figure["aria-label"] for tag, figure in page.tags if figure.get("role") == "img")
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"]) for a in page.all("a")}
    assert {link[1:] for link in targets if link.startswith("#")} <= set(ids)


def test_findings_are_shown_in_full() -> None:
    paper = Paper("A paper", 2018, "1801.04406")
    finding = Finding("fault", "a fault", "it is 5", "because", paper, "do so", "ganzoo train x")
    environment = render.__globals__["_environment"]()
    told = str(environment.get_template("parts.html").module.finding(finding))
    assert "ganzoo train x" in re.sub("<[^>]+>", "", told)
    for words in ("A fault", "It is 5.", "Because.", "A paper", "do so.",
                  'href="https://arxiv.org/abs/1801.04406"'):  # fmt: skip
        assert words in told
    without = replace(finding, advice="", command="")
    assert "What to try" not in str(environment.get_template("parts.html").module.finding(without))


def test_a_run_that_failed_says_of_what(forked: Forks, trained: Path) -> None:
    said = {"status": "failed", "step": 30, "error": "generator_loss became nan by step 30"}
    (trained / "status.json").write_text(json.dumps(said))
    for path in ("metrics.csv", "health.csv", "frames/step-00000040.safetensors"):
        (trained / path).unlink()
    (trained / "samples/step-00000040.look.safetensors").unlink()
    forked("report", "trained").ok()
    words = Page(trained / "report.html").words
    assert "The run failed. generator_loss became nan by step 30" in words
    assert "Steps 30 of 40" in words


def test_a_killed_run_came_as_far_as_its_curves(forked: Forks, trained: Path) -> None:
    record = json.loads((trained / "run.json").read_text())
    (trained / "run.json").write_text(json.dumps({**record, "total": 1_000}))
    (trained / "status.json").write_text('{"status": "running", "step": 0}')
    forked("report", "trained").ok()
    words = Page(trained / "report.html").words
    assert "killed" in words
    assert "Steps 40 of 1,000" in words


def test_too_early_is_not_nothing_wrong(forked: Forks, trained: Path) -> None:
    forked("report", "trained").ok()
    words = Page(trained / "report.html").words
    assert "too early to judge" in words
    assert "ganzoo train --resume trained --steps 2500" in words
    assert "Nothing looks wrong" not in words


def test_pictures_come_first_and_numbers_last(forked: Forks, trained: Path) -> None:
    forked("report", "trained").ok()
    page = Page(trained / "report.html")
    ids = [attrs["id"] for tag, attrs in page.tags if tag == "section"]
    assert ids == ["samples", "curves", "diagnosis", "interpolation", "run", "networks", "settings"]
    broken = """
import ganzoo.reporting.facts as facts
from ganzoo.diagnosis import Diagnosis, Finding
from ganzoo.registry.records import Paper
from ganzoo.registry.registry import registry
finding = Finding("a", "b", "c", "d", Paper("e", 2018, "1801.04406"), "f", "g")
facts.diagnose = lambda run: Diagnosis([finding], [], True, "")
"""
    forked("report", "trained", before=broken).ok()
    page = Page(trained / "report.html")
    ids = [attrs["id"] for tag, attrs in page.tags if tag == "section"]
    assert ids[:3] == ["samples", "diagnosis", "curves"]  # faults come early in the page


# What it does without


THREE = """
import ganzoo, numpy as np, torch
from dataclasses import dataclass
from torch import nn

@dataclass(frozen=True)
class Three:
    def fields(self):
        return {"v": ganzoo.Field((3,))}

    def load(self):
        x = np.random.default_rng(0).standard_normal((200, 3)).astype(np.float32)
        return ganzoo.Data(self.fields(), arrays={"v": x})

class Game(ganzoo.TwoPlayer):
    def generator_loss(self, batch, draw):
        loss, said = super().generator_loss(batch, draw)
        logged = {name: loss.detach() for name in ("fake", "distance", "a.b", "a-b")}
        return loss, {**said, **logged}

@dataclass(frozen=True)
class Model:
    def build(self, data, loss):
        return Game(nn.Linear(2, 3), nn.Linear(3, 1), loss, latent=2)

@ganzoo.hookimpl
def ganzoo_models():
    return [ganzoo.Model(name="three", factory="three:Model", summary="logs much")]

@ganzoo.hookimpl
def ganzoo_datasets():
    return [ganzoo.Dataset(name="three", factory="three:Three", summary="three numbers")]
"""


def test_numbers_that_are_neither_pictures_nor_points(forked: Forks) -> None:
    """And a model's own metrics, named as others are."""
    Path("three.py").write_text(THREE)
    forked(
        "--plugin", "three.py", "train", "three", "--dataset", "three", "--steps", "20", "--set",
        "threads=1", "--set", "log_every=5", "--set", "sample_every=10", "--out", "run",
    ).ok()  # fmt: skip
    forked("--plugin", "three.py", "report", "run").ok()
    page = Page(Path("run/report.html"))
    assert "Interpolation" not in page.words
    assert not [tag for tag in page.all("section") if tag.get("id") == "interpolation"]
    run = Run(Path("run"))
    drawn = charts(run)
    logged = [*numbers(run.metrics), *numbers(run.health)]
    assert logged.count("distance") == 2
    distances = [line.values for chart in drawn for line in chart.lines if line.name == "distance"]
    assert [len(values) for values in distances] == [4, 3]
    assert len({chart.id for chart in drawn}) == len(drawn)
    twice = overlaid({"A": [run], "B": [run]}, {"A": "#000000", "B": "#ffffff"})
    assert len([chart for chart in twice if chart.title == "Distance to the data"]) == 2
    assert len({chart.id for chart in twice}) == len(twice)


def test_a_page_of_a_translator_has_no_interpolation(forked: Forks) -> None:
    """There are no latents between which it could interpolate."""
    zoo.register(games)
    try:
        zoo.train("cycle", settings={"steps": 4, "threads": 1}, out="run").finish()
        zoo.report("run")
    finally:
        registry().plugins.pop()
    page = Page(Path("run/report.html"))
    assert "Networks" in page.words
    assert "nterpolat" not in page.words
    assert not [a for a in page.all("a") if a.get("href") == "#interpolation"]


def test_without_the_models_plugin_there_is_less(forked: Forks, trained: Path) -> None:
    record = json.loads((trained / "run.json").read_text())
    record["distributions"]["model"] = "ganzoo-gone"
    record["model"] = "gone-gan"
    (trained / "run.json").write_text(json.dumps(record))
    forked("report", "trained").ok()
    page = Page(trained / "report.html")
    assert "ganzoo-gone is not installed here or is broken" in page.words
    assert "The networks cannot be shown: " in page.words
    assert "The interpolation cannot be shown:" in page.words
    assert len([a for a in page.all("div") if a.get("class") == "chart"]) >= 7
    assert page.all("input")


def test_a_plugin_that_is_broken_breaks_no_page(forked: Forks, trained: Path) -> None:
    breaks = (
        "import ganzoo.builtin.vanilla_mlp as m\n"
        "def build(*_): print('noise'); raise ZeroDivisionError('broken on purpose')\n"
        "m.VanillaMLP.build = build"
    )
    done = forked("report", "trained", before=breaks).ok()
    assert done.out == "trained/report.html\n"
    words = Page(trained / "report.html").words
    assert "The networks cannot be shown: model vanilla-mlp" in words
    assert "failed: ZeroDivisionError: broken on purpose" in words


def test_damaged_files_are_left_out(forked: Forks, trained: Path) -> None:
    Run(trained).frame(20).write_bytes(b"damaged")
    (trained / "metrics.csv").write_text("a,b\n1,2\n")
    (trained / "health.csv").unlink()
    (trained / "timings.csv").unlink()
    forked("report", "trained").ok()
    text = (trained / "report.html").read_text()
    assert "The run cannot be diagnosed: trained/metrics.csv is not a table of steps" in text
    labels = re.search(r'{"labels": (\[.*?\])', text)
    assert labels
    shown = [step for step in frame_steps(40) if not 9 < step <= 20]
    assert json.loads(labels[1]) == [f"step {step}" for step in shown]
    assert 'class="chart"' not in text


def test_a_run_that_has_only_begun(forked: Forks, trained: Path) -> None:
    for path in trained.iterdir():
        if path.name != "run.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    forked("report", "trained").ok()
    words = Page(trained / "report.html").words
    assert "killed" in words
    assert "no weights yet" in words


def test_digits_without_a_dataset_plugin(forked: Forks) -> None:
    """Nothing that the page shows of the training needs the dataset's plugin."""
    forked(*SMALL, "--steps", "20", "--out", "run").ok()
    record = json.loads(Path("run/run.json").read_text())
    record["distributions"]["dataset"], record["dataset"] = "ganzoo-gone", "gone"
    Path("run/run.json").write_text(json.dumps(record))
    forked("report", "run").ok()
    words = Page(Path("run/report.html")).words
    assert "vanilla-mlp on gone" in words
    assert "1 × 28 × 28" in words
    assert "Eight interpolations" in words
    assert os.path.getsize("run/report.html") > 1_300_000
