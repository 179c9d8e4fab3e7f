"""A sweep that is killed: its runs end, each with a checkpoint."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TINY, Ganzoo
from same_runs import newest

from ganzoo.runs.folder import Run
from ganzoo.sweeping import parent

ENDLESS = (*TINY, "--steps", "1000000", "--set", "checkpoint_every=100000")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows gives an orphan no other parent")
@pytest.mark.parametrize("how", ["killed", "stopped first", "in the background"])
def test_the_runs_of_a_killed_sweep_end(ganzoo: Ganzoo, how: str) -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    before = ignored if how == "in the background" else ""
    args = ("--seeds", "0-1", "--jobs", "2", "--out", "all")
    process = ganzoo.start(*ENDLESS, *args, before=before)
    runs = [Run(Path(f"all/seed-{seed}")) for seed in (0, 1)]
    process.until(lambda: all(run.metrics.last_step() >= 20 for run in runs), 120)
    if how == "stopped first":
        process.signal(signal.SIGSTOP)
        at = [run.metrics.last_step() for run in runs]
        process.until(lambda: all(run.metrics.last_step() > n for run, n in zip(runs, at)))  # noqa: B905
    process.signal(signal.SIGKILL)
    assert process.wait().status == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while any(run.status()[0] == "running" for run in runs):
        assert time.monotonic() < deadline, "they go on"
        time.sleep(0.1)
    for run in runs:
        status, step = run.status()
        assert status == "interrupted"
        assert newest(run.path) == step >= 20


def test_a_run_without_a_sweep_has_no_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(parent.NAME, raising=False)
    assert not parent.watched()()


def test_only_another_parent_means_that_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(parent.NAME, str(os.getppid()))
    gone = parent.watched()
    assert parent.NAME not in os.environ
    assert not gone()
    for number in (1, 4242):  # in a container, it may be another than the first process
        monkeypatch.setattr(os, "getppid", lambda number=number: number)
        assert gone()


def test_a_child_knows_its_parent() -> None:
    code = "import json, os; print(json.dumps([os.environ['GANZOO_PARENT'], os.getppid()]))"
    environment = parent.named(dict(os.environ))
    said = subprocess.check_output([sys.executable, "-c", code], env=environment)
    name, number = json.loads(said)
    assert name == str(number) == str(os.getpid())
