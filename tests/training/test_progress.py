"""Training from Python shows one bar where someone sees it, and needs no loop."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyte
import pytest
from same_runs import assert_same

import ganzoo
from ganzoo.training.progress import Bar

TINY: dict[str, Any] = {
    "steps": 40, "batch_size": 16, "threads": 1, "log_every": 5, "checkpoint_every": 10,
    "sample_every": 20, "samples": 16, "model.latent": 2, "model.generator": [8],
    "model.discriminator": [8], "dataset.size": 320,
}  # fmt: skip


def run(out: str, **more: Any) -> ganzoo.Training:
    return ganzoo.train("vanilla-mlp", dataset="ring", settings=TINY, out=out, **more)


class Terminal(io.StringIO):
    """What a terminal shows of what is written into it."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        screen = pyte.Screen(140, 40)
        pyte.Stream(screen).feed(self.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in screen.display if line.strip()]


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


@contextlib.contextmanager
def terminal() -> Iterator[Terminal]:
    """stdout and stderr are a terminal."""
    shown = Terminal()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        yield shown


def test_a_terminal_gets_one_bar() -> None:
    with terminal() as shown:
        list(run("run"))
    (bar,) = shown.lines
    assert bar.startswith("vanilla-mlp on ring: 100%|")
    for part in ("40/40", "step/s", "discriminator 1.", "generator 0."):
        assert part in bar


def test_a_run_that_goes_on_does_so_in_its_bar() -> None:
    list(run("run"))
    with terminal() as shown:
        list(ganzoo.train(resume="run", settings={"steps": 60}))
    assert "| 40/60 " in shown.getvalue().replace("\r", "\n").splitlines()[1]
    assert "| 60/60 " in shown.lines[0]


def test_its_text_has_no_control_characters() -> None:
    events: list[ganzoo.Event] = []
    list(run("run", observers=[events.append]))
    bar = Bar()
    with terminal() as shown:
        for event in events:
            if isinstance(event, ganzoo.Step) and event.metrics:
                event = replace(event, metrics={"odd\x1b]0;t\x07\u202e_loss": 1.0})
            bar(event)
    assert r"odd\x1b]0;t\x07\u202e 1.000" in shown.lines[0]


def test_log_messages_have_no_control_characters(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("ganzoo").warning("%s is no picture", "a\x1b[31m.png")
    assert caplog.messages == [r"a\x1b[31m.png is no picture"]


def test_what_a_loop_prints_does_not_run_into_the_bar() -> None:
    with terminal() as shown:
        for step in run("run"):
            if step.metrics:
                print("step", step.step)
    *printed, bar = shown.lines
    assert printed == [f"step {n}" for n in range(5, 41, 5)]
    assert "40/40" in bar


def test_a_loop_that_is_left_leaves_the_bar_where_it_was() -> None:
    with terminal() as shown:
        for step in run("run"):
            if step.step == 17:
                break
    (bar,) = shown.lines
    assert "| 17/40 " in bar
    assert shown.getvalue().endswith("\n")


def test_no_bar_where_none_is_wanted() -> None:
    with terminal() as shown:
        list(run("run", progress=False))
    assert shown.getvalue() == ""


def test_no_bar_in_a_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with terminal() as shown:
        list(run("run"))
    assert shown.getvalue() == ""


def test_no_bar_in_a_file(capfd: pytest.CaptureFixture[str]) -> None:
    list(run("run"))
    assert capfd.readouterr() == ("", "")


def test_a_bar_changes_nothing() -> None:
    with terminal():
        list(run("watched"))
    list(run("alone"))
    assert_same(Path("watched"), Path("alone"))


# Without a loop


def test_finish_trains_to_the_end() -> None:
    trained = run("run").finish()
    assert isinstance(trained, ganzoo.Trained)
    assert trained.step == 40
    assert Path("run/status.json").read_text() == '{"status": "finished", "step": 40}\n'
    assert (trained.sample(9).tensor == ganzoo.load("run").sample(9).tensor).all()


def test_finish_goes_on_from_a_loop_that_was_left() -> None:
    training = run("run")
    for step in training:
        if step.step == 17:
            break
    assert Path("run/status.json").read_text() == '{"status": "interrupted", "step": 17}\n'
    assert training.finish().step == 40
    run("whole").finish()
    assert_same(Path("run"), Path("whole"))


def test_finish_after_the_end_trains_no_more() -> None:
    training = run("run")
    list(training)
    written = Path("run/run.json").stat().st_mtime_ns
    assert training.finish().step == 40
    assert Path("run/run.json").stat().st_mtime_ns == written
