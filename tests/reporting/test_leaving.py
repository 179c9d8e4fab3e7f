"""A run that is trained from Python writes the same pages as the command line."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Ganzoo

import ganzoo as zoo
from ganzoo.errors import Diverged
from ganzoo.reporting import leaving

LEFT = {"report.html", "curves.png", "training.gif"}
TINY: dict[str, Any] = {
    "steps": 20, "batch_size": 16, "threads": 1, "log_every": 5, "sample_every": 10,
    "model.generator": [8], "model.discriminator": [8], "dataset.size": 320,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANZOO_NO_REPORT")
    leaving._warn.cache_clear()


def train(out: str, lr: float = 1e-3, **more: Any) -> zoo.Training:
    settings = {**TINY, "lr": lr}
    return zoo.train("vanilla-mlp", dataset="ring", settings=settings, out=out, **more)


def left(run: str) -> set[str]:
    return LEFT & {path.name for path in Path(run).iterdir()}


def test_a_finished_run_leaves_all() -> None:
    train("run").finish()
    assert left("run") == LEFT
    assert "finished" in Path("run/report.html").read_text()


def test_a_run_that_is_stopped_leaves_nothing_until_it_ends() -> None:
    for step in train("run"):
        if step.step == 10:
            break
    assert left("run") == set()
    list(zoo.train(resume="run"))
    assert left("run") == LEFT


def test_a_run_that_diverges_shows_how() -> None:
    with pytest.raises(Diverged):
        train("run", lr=1e30).finish()
    assert "report.html" in left("run")


@pytest.mark.parametrize("value", ["1", "true", "0"])
def test_the_environment_can_do_without(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("GANZOO_NO_REPORT", value)
    assert leaving.wanted() == (value == "0")


def test_so_can_who_trains() -> None:
    train("run", report=False).finish()
    assert left("run") == set()


def test_without_the_extra_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "bokeh", None)
    with caplog.at_level(logging.WARNING, "ganzoo"):
        train("one").finish()
        train("two").finish()
    assert left("one") == left("two") == {"training.gif"}
    (said,) = caplog.messages
    assert said.startswith("bokeh must be installed for report.html and curves.png: ")


def test_a_page_that_fails_fails_no_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ganzoo.reporting.single.charts", lambda run: 1 / 0)
    with caplog.at_level(logging.WARNING, "ganzoo"):
        assert train("run").finish().step == 20
    (said,) = caplog.messages
    assert "ZeroDivisionError" in said
    assert said.endswith("to try again, use `ganzoo report run`")


def test_a_backend_that_is_inherited_is_no_matter(ganzoo: Ganzoo, trained: Path) -> None:
    ganzoo("report", trained, MPLBACKEND="nosuch").ok()
    assert left(str(trained)) == LEFT
