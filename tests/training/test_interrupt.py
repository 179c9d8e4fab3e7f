"""Ctrl-C at any moment, on real processes; what a terminal shows, and what a file gets."""

from __future__ import annotations

import random
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, Forks, Ganzoo
from picture_folder import PERCEPTRON, pictures
from same_runs import assert_same, newest
from terminal import Terminal

from ganzoo.training.interrupts import uninterrupted

LONG = (*TINY, "--steps", "400", "--set", "sample_every=200")
ENDLESS = (*TINY, "--steps", "100000", "--set", "sample_every=200")
CHECKPOINT = Path("run/checkpoints/step-00000020.safetensors")


@pytest.fixture(scope="module")
def whole(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run as it is where nobody interrupts."""
    run = tmp_path_factory.mktemp("whole") / "run"
    _forks(*LONG, "--out", run).ok()
    return run


def status_of(forked: Forks, run: str = "run") -> dict[str, object]:
    (listed,) = forked("runs", "--json", run).ok().json
    return dict(listed)


def test_ctrl_c_keeps_what_was_learnt(ganzoo: Ganzoo, forked: Forks, whole: Path) -> None:
    process = ganzoo.start(*LONG, "--out", "run")
    process.until(CHECKPOINT.exists)
    process.signal(signal.SIGINT)
    result = process.wait()
    assert result.status == 130
    assert result.out == ""
    assert "Traceback" not in result.err
    lines = result.err.splitlines()
    told = re.search(r"Interrupted at step (\d+) of 400", result.err)
    assert told
    assert "  ganzoo train --resume run" in lines
    step = int(told[1])
    assert newest(Path("run")) == step, "no checkpoint of the last step"
    listed = status_of(forked)
    assert (listed["status"], listed["step"]) == ("interrupted", step)
    forked("sample", "run", "--out", "x.png").ok()
    resume = next(line for line in lines if "--resume" in line).split()
    forked(*resume[1:]).ok()
    assert status_of(forked)["status"] == "finished"
    assert_same(Path("run"), whole)


def test_ctrl_c_at_the_moment_from_which_it_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    install, done = signal.signal, []

    def pressed_then(number: signal.Signals, handler: Any) -> Any:
        monkeypatch.undo()
        former = install(number, handler)
        signal.raise_signal(signal.SIGINT)
        return former

    monkeypatch.setattr(signal, "signal", pressed_then)
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        done.append("the block")
    assert done == ["the block"]


def test_ctrl_c_again_and_again(forked: Forks, whole: Path) -> None:
    args: tuple[str, ...] = (*LONG, "--out", "run")
    rng = random.Random(3)
    for _ in range(6):
        had = newest(Path("run"))
        process = forked.start(*args)
        process.until(lambda had=had: newest(Path("run")) >= had + 10)  # type: ignore[misc]
        time.sleep(rng.uniform(0, 0.02))
        process.signal(signal.SIGINT)
        result = process.wait()
        assert result.status == 130, result
        assert "Traceback" not in result.err
        assert newest(Path("run")) == status_of(forked)["step"]
        args = ("train", "--resume", "run")
    forked(*args).ok()
    assert_same(Path("run"), whole)


def test_an_impatient_user(ganzoo: Ganzoo, forked: Forks) -> None:
    process = ganzoo.start(*LONG, "--out", "run")
    process.until(CHECKPOINT.exists)
    for _ in range(20):
        process.signal(signal.SIGINT)
        time.sleep(0.05)
        if process.ended():
            break
    result = process.wait()
    assert result.status == 130
    assert "Traceback" not in result.err
    assert status_of(forked)["status"] == "interrupted"
    forked("train", "--resume", "run").ok()


BEGUN = """
import signal
from pathlib import Path
install = signal.signal
def installed(number, handler):
    former = install(number, handler)
    if number == signal.SIGINT:
        signal.signal = install
        Path("begun").touch()
    return former
signal.signal = installed
"""
"""Makes a file once the process handles Ctrl-C. Before, Python itself ends with a traceback."""


def test_ctrl_c_while_it_starts(ganzoo: Ganzoo, forked: Forks) -> None:
    rng = random.Random(1)
    for turn in range(4):
        run = f"run{turn}"
        process = ganzoo.start(*ENDLESS, "--out", run, before=BEGUN)
        process.until(Path("begun").exists)
        Path("begun").unlink()
        time.sleep(rng.uniform(0, 2) * (turn > 0))
        process.signal(signal.SIGINT)
        result = process.wait()
        assert result.status == 130, result
        assert "Interrupted" in result.err
        assert "Traceback" not in result.err
        assert result.out == ""
        if Path(run, "run.json").exists():
            assert status_of(forked, run)["status"] == "interrupted"


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_ctrl_c_while_the_folder_is_made(forked: Forks, whole: Path, moment: str) -> None:
    press = f"""
import os, signal
was = os.{moment}
def press(*args, **kwargs):
    os.{moment} = was
    os.kill(os.getpid(), signal.SIGINT)
    return was(*args, **kwargs)
os.{moment} = press
"""
    result = forked(*LONG, "--out", "run", before=press)
    assert result.status == 130
    assert "Traceback" not in result.err
    assert "ganzoo train --resume run" in result.err
    assert status_of(forked)["status"] == "interrupted"
    forked("train", "--resume", "run").ok()
    assert_same(Path("run"), whole)


def test_ctrl_c_in_other_commands(forked: Forks, trained: Path) -> None:
    process = forked.start("sample", trained, "-n", "100000000", "--out", "x.npz")
    time.sleep(0.5)
    process.signal(signal.SIGINT)
    result = process.wait()
    assert result.status == 130
    assert "Interrupted." in result.err
    assert not Path("x.npz").exists()


def test_a_background_job_ignores_the_terminals_ctrl_c(forked: Forks) -> None:
    ignoring = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # as `sh -c 'x &'` does
    )
    process = forked.start(*LONG, "--out", "run", before=ignoring)
    process.until(CHECKPOINT.exists)
    process.signal(signal.SIGINT)
    assert process.wait().status == 0


def test_a_killed_run_is_listed_as_killed(forked: Forks) -> None:
    process = forked.start(*ENDLESS, "--out", "run")
    process.until(CHECKPOINT.exists)
    assert status_of(forked)["status"] == "running"
    process.signal(signal.SIGKILL)
    assert process.wait().status == -signal.SIGKILL
    assert status_of(forked)["status"] == "killed"


# What is shown


def plain(text: str) -> bool:
    """Whether it is lines of text and nothing else."""
    return not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


@pytest.mark.parametrize("run", ["afresh", "forked"])
def test_a_file_gets_plain_lines(ganzoo: Ganzoo, forked: Forks, run: str) -> None:
    result = (ganzoo if run == "afresh" else forked)(*TINY, "--steps", "20", "--out", "run").ok()
    assert plain(result.err)
    assert result.out == "run\n"
    assert "Training vanilla-mlp on ring with bce (seed 0): run" in result.err
    (last,) = (line for line in result.err.splitlines() if line.startswith("step 20/20"))
    for shown in ("epoch 1.00", " samples/s", "left", "discriminator loss", "generator loss"):
        assert shown in last
    assert re.search(r"D\(x\) 0\.\d+  D\(G\(z\)\) 0\.\d+", last)
    for shown in ("Finished 20 steps", "run/samples/step-00000020.png", "run/metrics.csv"):
        assert shown in result.err
    assert "ganzoo sample run" in result.err
    assert "ganzoo train --resume run --steps 40" in result.err


@pytest.mark.parametrize("option", ["--quiet", "-q"])
def test_quiet_says_nothing(forked: Forks, option: str) -> None:
    result = forked(*TINY, "--steps", "20", option, "--out", "run").ok()
    assert result.err == ""
    assert result.out == "run\n"


HIDDEN, VISIBLE = "\x1b[?25l", "\x1b[?25h"


def test_a_terminal_gets_a_live_display_and_its_cursor_back(forked: Forks) -> None:
    terminal = Terminal(forked, *ENDLESS, "--out", "run")
    terminal.until(r"generator loss 0\.\d+")
    for part in (HIDDEN, "epoch", "steps", " samples/s", "left", "D(x)", "D(G(z))", "━"):
        assert part in terminal.shown
    assert "step 5/" not in terminal.shown, "plain lines are for files"
    terminal.press(b"\x03")
    assert terminal.end() == 130
    assert terminal.shown.rfind(VISIBLE) > terminal.shown.rfind(HIDDEN)
    assert "Interrupted at step" in terminal.shown
    assert "ganzoo train --resume run" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert status_of(forked)["status"] == "interrupted"


def test_ctrl_c_reaches_the_processes_that_read_data_too(forked: Forks) -> None:
    before = pictures(Path("pictures"))
    folder = ("--dataset", "image-folder", "--set", "root=pictures", "--batch-size", "8")
    terminal = Terminal(forked, *PERCEPTRON, *folder, "--out", "run", before=before)
    terminal.until("generator loss")
    terminal.press(b"\x03")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert newest(Path("run")) == status_of(forked)["step"]
    assert status_of(forked)["status"] == "interrupted"


def test_a_failure_gives_the_cursor_back(forked: Forks) -> None:
    terminal = Terminal(forked, *LONG, "--out", "run", "--set", "lr=1e30")
    assert terminal.end() == 1
    assert "Start again with a smaller" in terminal.shown
    assert terminal.shown.rfind(VISIBLE) > terminal.shown.rfind(HIDDEN)


def test_no_display_where_none_is_wanted(forked: Forks) -> None:
    terminal = Terminal(forked, *TINY, "--steps", "20", "--quiet", "--out", "run")
    assert terminal.end() == 0
    assert terminal.shown == ""
