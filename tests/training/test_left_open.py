"""Trainings that a program begins and never closes: real interpreters, and how they exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from same_runs import assert_same

import ganzoo as zoo

BEGIN = """
import gc, os, sys, threading
import ganzoo

def begin(out):
    small = {"model.generator": (8,), "model.discriminator": (8,), "dataset.size": 320}
    settings = {"steps": 40, "batch_size": 16, "threads": 1, "sample_every": 20, **small}
    return ganzoo.train("vanilla-mlp", dataset="ring", settings=settings, out=out)

def advance(steps, to):
    while next(steps).step < to:
        pass
"""
LEFT = {
    "at the end of a script": """
first, second = iter(begin("run")), iter(begin("other"))
advance(first, 7)
advance(second, 3)
""",
    "by an error": """
for step in begin("run"):
    if step.step == 7:
        raise SystemExit(0)
""",
    "in a cycle": """
def leave():
    steps = iter(begin("run"))
    advance(steps, 7)
    cycle = [steps]
    cycle.append(cycle)
leave()
gc.collect()
assert '"interrupted"' in open("run/status.json").read()
""",
    "by a thread": """
steps = iter(begin("run"))
threading.Thread(target=advance, args=(steps, 7)).start()
""",
    "by a fork": """
steps = iter(begin("run"))
advance(steps, 3)
if os.fork() == 0:
    sys.exit()  # the training is its parent's
os.wait()
assert '"running"' in open("run/status.json").read()
advance(steps, 7)
""",
}


@pytest.mark.parametrize("how", LEFT)
def test_a_training_that_is_left_ends_as_if_it_had_been_stopped(how: str) -> None:
    script = Path("script.py")
    script.write_text(BEGIN + LEFT[how])
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for run, step in (("run", 7), ("other", 3)):
        if Path(run).exists():
            status = json.loads(Path(run, "status.json").read_text())
            assert (status["status"], status["step"]) == ("interrupted", step)
            assert zoo.load(run).step == step
    assert Path("other").exists() == ("end of a script" in how)


def test_it_resumes_exactly() -> None:
    script = Path("script.py")
    for lines in (LEFT["at the end of a script"], 'begin("whole").finish()\n'):
        script.write_text(BEGIN + lines)
        subprocess.run([sys.executable, script], check=True, timeout=120)
    zoo.train(resume="run").finish()
    assert_same(Path("run"), Path("whole"))
