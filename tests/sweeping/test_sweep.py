"""``ganzoo train --seeds``: real processes, stopped and resumed, and their common progress."""

from __future__ import annotations

import importlib
import json
import math
import re
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks, Ganzoo, snapshot
from same_runs import assert_same, newest
from terminal import Terminal

from ganzoo.errors import BrokenFile, UsageError
from ganzoo.reporting import charts
from ganzoo.reporting.interactive import item
from ganzoo.reporting.spread import Spread
from ganzoo.runs.evaluations import Evaluation, keep_evaluations
from ganzoo.runs.finding import all_runs
from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import write_tensors
from ganzoo.sweeping.folder import Sweep, find_sweep, seeds_of, spelt_seeds
from ganzoo.sweeping.processes import Progress, progress, sweep

processes = importlib.import_module("ganzoo.sweeping.processes")
LONG = (*TINY, "--steps", "1000", "--set", "sample_every=500")
SICK = """
import sys
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="sick", summary="Of seed 1, no number.", factory="sick:Sick")

@dataclass(frozen=True)
class Sick:
    def discriminator(self, real, fake):
        return (fake - real).mean() * (float("nan") if "seed-1" in " ".join(sys.argv) else 1)

    def generator(self, fake):
        return -fake.mean()
"""


def begun(folder: Path, seeds: str, source: Path) -> Sweep:
    """A sweep whose runs are copies of one run, as if it had trained them."""
    there = Sweep(folder)
    record = {"model": "a/vanilla-mlp", "dataset": "a/ring", "observers": [], "asked": []}
    there.write({"seeds": seeds_of(seeds), "request": {}, **record})
    for seed in seeds_of(seeds):
        shutil.copytree(source, there.run(seed).path)
    return there


@pytest.mark.slow
def test_a_sweep_that_is_stopped_ends_as_one_never_stopped(forked: Forks) -> None:
    """Two at a time. One fails without affecting the other, which is interrupted and resumed."""
    Path("sick.py").write_text(SICK)
    sick = ("--plugin", "sick.py", *LONG, "--loss", "sick")
    process = forked.start(*sick, "--seeds", "0-1", "--jobs", "2", "--out", "all")
    well, ill = Run(Path("all/seed-0")), Run(Path("all/seed-1"))
    process.until(lambda: well.metrics.last_step() >= 20, 120)
    process.signal(signal.SIGINT)
    result = process.wait()
    assert (result.status, result.out) == (130, "")
    assert "Traceback" not in result.err
    assert "Interrupted: 0 of 2 runs have finished. To continue:" in result.err
    again = "  ganzoo --plugin sick.py train --resume all --jobs 2"
    assert again in result.err.splitlines()
    assert progress(well).status == "interrupted"
    assert newest(well.path) == progress(well).step < 1000

    resumed = forked(*sick, "--seeds", "0-1", "--jobs", "2", "--out", "all")
    assert resumed.status == 1
    assert resumed.out == "all\n"
    assert "Traceback" not in resumed.err
    for line in ("seed-1 running", "seed-1 failed", "seed-0 finished", "Finished 1 of 2 runs."):
        assert line in resumed.err.splitlines()
    assert "Error: 1 of 2 runs did not finish:" in resumed.err
    assert re.search(r"^  seed-1 failed: discriminator_loss became nan by", resumed.err, re.M)
    assert (progress(well).status, progress(ill).status) == ("finished", "failed")
    forked(*sick, "--seed", "0", "--out", "alone").ok()
    assert_same(well.path, Path("alone"))


def test_what_is_finished_stays(forked: Forks, trained: Path) -> None:
    begun(Path("all"), "0-2", trained)
    before = snapshot(Path("all"))
    result = forked("train", "--resume", "all", "-q").ok()
    assert (result.out, result.err) == ("all\n", "")
    assert snapshot(Path("all")) == before


def test_what_would_run(forked: Forks, trained: Path) -> None:
    there = begun(Path("all"), "0,7", trained)
    there.run(7).write_status("interrupted", 20)
    before = snapshot(Path("all"))
    request = {"model": "vanilla-mlp", "dataset": "ring", "settings": {}}
    there.write({**there.read(), "request": request, "seeds": [0, 7, 8]})
    before = snapshot(Path("all"))
    args = ("train", "vanilla-mlp", "--dataset", "ring", "--seeds", "0,7-8", "--out", "all")
    lines = forked(*args, "--dry-run").ok().out.splitlines()
    shown = [" ".join(line.split()) for line in lines]
    assert "all/seed-0 finished" in shown
    assert "all/seed-7 continues at step 20 of 40 ganzoo train --resume all/seed-7" in shown
    begins = "ganzoo train --config all/sweep.json --seed 8 --out all/seed-8"
    assert f"all/seed-8 new {begins}" in shown
    assert snapshot(Path("all")) == before


def test_clear_errors(forked: Forks, trained: Path) -> None:
    forked(*TINY, "--seeds", "0-1", "--seed", "3").refused(2, "leave out --seed")
    forked(*TINY, "--seeds", "0-1", "--set", "trainer.seed=3").refused(2, "leave out --seed")
    forked(*TINY, "--jobs", "2").refused(2, "--jobs is for several runs at a time")
    forked(*TINY, "--seeds", "0-1", "--out", trained).refused(2, "holds a single run")
    forked("train", "--resume", trained, "--seeds", "0").refused(2, "trained: it is not a sweep")
    forked(*TINY, "--seeds", "9-1").refused(2, "such as 0-9 or 0,3,7-9")
    forked(*TINY, "--seeds", "0-1", "--set", "dataset.size=0").refused(2, "dataset.size is 0")
    assert not Path("runs").exists()
    Path("other").mkdir()
    Path("other/mine.txt").touch()
    forked(*TINY, "--seeds", "0-1", "--out", "other").refused(2, "is not empty")


def test_other_settings_are_refused(forked: Forks, trained: Path) -> None:
    there = begun(Path("all"), "0", trained)
    asked = {"model": "vanilla-mlp", "dataset": "ring", "settings": {"trainer.lr": 0.1}}
    there.write({**there.read(), "request": asked})
    result = forked("train", "vanilla-mlp", "--dataset", "ring", "--seeds", "0-1", "--out", "all")
    result.refused(2, "all is a sweep with other settings:", "trainer.lr: the sweep has 0.1")
    forked("train", "vanilla-mlp", "--resume", "all").refused(
        2, "leave out all options except --jobs"
    )
    forked("train", "--resume", "all", "--seeds", "0-9").refused(
        2, "leave out all options except --jobs"
    )
    with Run(there.run(0).path).locked():
        there.run(0).write_status("running", 20)
        forked("train", "--resume", "all").refused(2, "another process is training all/seed-0")
    there.file.write_text("{}")
    forked("train", "--resume", "all").refused(1, "not the record of a sweep")


def test_a_terminal_gets_a_bar_for_each(forked: Forks, trained: Path) -> None:
    """The cursor comes back too. (The runs are finished, so no process starts.)"""
    begun(Path("all"), "0-2", trained)
    terminal = Terminal(forked, "train", "--resume", "all")
    assert terminal.end() == 0
    assert "Training vanilla-mlp on ring (seeds 0-2): all" in terminal.shown
    assert terminal.shown.rfind("\x1b[?25h") > terminal.shown.rfind("\x1b[?25l") >= 0


def test_seeds_as_they_are_typed() -> None:
    assert seeds_of("0-3") == [0, 1, 2, 3]
    assert seeds_of("7-9, 0,3,8") == [0, 3, 7, 8, 9]
    assert spelt_seeds([9, 0, 3, 7, 8]) == "0,3,7-9"
    for wrong in ("", "a", "-1", "3-1", "1,,2", "1-2-3", "0-100000", "1.5", "²"):
        with pytest.raises(UsageError):
            seeds_of(wrong)


# The core, where what it begins is no training


FAKE = """
import os, shutil, signal, sys, time
from pathlib import Path

words = sys.argv[1:]
path = Path(words[words.index("--resume" if "--resume" in words else "--out") + 1])
going = Path("going", path.name)
if "bad" in words:
    sys.exit("one\\nError: two")
try:
    shutil.copytree("trained", path, dirs_exist_ok=True)
    going.parent.mkdir(exist_ok=True)
    going.write_text(" ".join(words))
    with Path("most").open("a") as most:
        most.write(f"{len(list(Path('going').iterdir()))} ")
    time.sleep(60 if "slow" in words else 0.3)
except KeyboardInterrupt:
    (path / "status.json").write_text('{"status": "interrupted", "step": 10}')
    sys.exit(130)
going.rename(f"went-{path.name}")
"""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace ``python -m ganzoo``, only for the processes of a sweep."""
    Path("fake/ganzoo").mkdir(parents=True)
    Path("fake/ganzoo/__init__.py").touch()
    Path("fake/ganzoo/__main__.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", str(Path("fake").resolve()))
    monkeypatch.setattr(processes, "POLL", 0.01)


@pytest.mark.usefixtures("fake", "trained")
def test_so_many_at_a_time() -> None:
    said: list[Mapping[Path, Progress]] = []
    names = [Path(f"some/where/{i}") for i in range(5)]
    commands = {path: ["vanilla-mlp", "--seed", "7"] for path in names}
    ended = sweep(commands, 2, lambda now: said.append(dict(now)), ["--observer", "x"])
    assert ended == dict.fromkeys(names, Progress("finished", 40, 40))
    most = Path("most").read_text().split()
    assert len(most) == 5
    assert set(most) == {"1", "2"}
    words = Path("went-0").read_text()
    assert words.startswith("train vanilla-mlp --seed 7 --out some/where/0 --observer x")
    assert {now[names[4]].status for now in said} == {"waiting", "running", "finished"}
    assert said[-1] == ended
    assert sweep(commands) == ended
    assert len(Path("most").read_text().split()) == 5, "what is finished was begun again"


@pytest.mark.usefixtures("fake")
def test_unfinished_ones_go_on_and_failed_ones_say_why(trained: Path) -> None:
    Run(Path(shutil.copytree(trained, "stopped"))).write_status("interrupted", 20)
    ended = sweep({Path("bad"): ["bad"], Path("stopped"): ["m"]}, common=["--no-report"])
    assert ended[Path("bad")] == Progress("failed", error="two")
    assert ended[Path("stopped")].status == "finished"
    words = Path("went-stopped").read_text()
    assert words == "train --resume stopped --no-report --quiet --no-preview"


@pytest.mark.usefixtures("fake")
def test_a_damaged_run_is_left_to_its_own_process(trained: Path) -> None:
    shutil.copytree(trained, "broken")
    Path("broken/run.json").write_text("{")
    Run(Path("broken")).write_status("interrupted", 20)
    said: list[Progress] = []
    ended = sweep({Path("broken"): ["m"]}, report=lambda now: said.extend(now.values()))
    assert said[0] == Progress("running", 40, 0)
    assert ended[Path("broken")].status == "finished"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("fake")
def test_whatever_ends_a_sweep_no_process_is_left(
    ganzoo: Ganzoo, trained: Path, number: signal.Signals
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("these tests were started so that the signal is ignored, as by nohup")
    there = begun(Path("all"), "0-1", trained)
    there.write({**there.read(), "observers": ["slow"]})
    for seed in (0, 1):
        there.run(seed).write_status("interrupted", 20)
    away = "import os; os.environ['PYTHONPATH'], own = '', os.environ['PYTHONPATH']"
    back = "import ganzoo.cli.app; os.environ['PYTHONPATH'] = own"
    root = Path(processes.__file__).parents[2]
    before = f"import sys; sys.path.insert(0, {str(root)!r}); {away}; {back}"
    process = ganzoo.start("train", "--resume", "all", "--jobs", "2", before=before)
    process.until(lambda: all(Path(f"going/seed-{seed}").exists() for seed in (0, 1)))
    process.signal(number)
    assert process.wait(20).status == 130
    for seed in (0, 1):
        assert there.run(seed).status() == ("interrupted", 10)


# What is said of all together


def test_mean_and_standard_error(forked: Forks, trained: Path) -> None:
    """Compare with numpy on known tables. Unfinished runs do not count."""
    there = begun(Path("all"), "0-3", trained)
    values = [0.25, 0.75, 0.5, 9.0]
    for run, value in zip(there.runs(), values, strict=True):
        lines = run.metrics.path.read_text().splitlines()
        at = lines[0].split(",").index("generator_loss")
        cells = [line.split(",") for line in lines[1:]]
        rows = [",".join([*row[:at], str(value * int(row[0])), *row[at + 1 :]]) for row in cells]
        run.metrics.path.write_text("\n".join([lines[0], *rows]) + "\n")
    there.run(3).write_status("interrupted", 20)
    done = forked("compare", "all", "trained", "--json").ok().json
    swept, alone = done["runs"]
    final = 40 * np.array(values[:3])
    assert swept["final"]["generator_loss"] == pytest.approx(final.mean(), rel=1e-12)
    error = final.std(ddof=1) / np.sqrt(3)
    assert swept["standard_error"]["generator_loss"] == pytest.approx(error, rel=1e-12)
    assert (swept["status"], swept["finished"]) == ("3 finished, 1 interrupted", 3)
    assert [run["run"] for run in swept["runs"]] == [f"all/seed-{k}" for k in range(4)]
    assert alone["run"] == "trained"
    assert "standard_error" not in alone

    text = " ".join(forked("compare", "all").ok().out.split())
    assert "generator loss 20.0 ± 5.8" in text
    assert "finished runs 3" in text
    assert "status 3 finished, 1 interrupted" in text
    page = Path("all/compare.html").read_text()
    assert "</span> all/seed-0" in page
    assert "20.0 ± 5.8" in page

    runs = [there.run(seed) for seed in range(3)]
    drawn = charts.overlaid({"A": runs, "B": [Run(trained)]}, {"A": "#000000", "B": "#ffffff"})
    (chart,) = (c for c in drawn if c.title == "Generator loss")
    mean, single = chart.lines
    assert mean.band is not None
    expected = np.outer(chart.steps, values[:3])
    np.testing.assert_allclose(mean.values, expected.mean(axis=1))
    half = expected.std(axis=1, ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(mean.band, [mean.values - half, mean.values + half])
    assert single.band is None
    assert '"low0"' in json.dumps(item(chart))

    broken = there.run(0).metrics.path
    *rows, last = broken.read_text().splitlines()
    broken.write_text("\n".join([*rows, last.replace("10.0", "nan", 1)]) + "\n")
    text = " ".join(forked("compare", "all").ok().out.split())
    assert "generator loss 25.0 ± 5.0 (2 of 3 runs)" in text
    swept = forked("compare", "all", "--json").ok().json["runs"][0]
    assert swept["counted"]["generator_loss"] == 2
    assert swept["counted"]["discriminator_loss"] == 3


def test_best_next_to_final(forked: Forks, trained: Path) -> None:
    there = begun(Path("all"), "0-1", trained)
    for run, (then, last) in zip(there.runs(), [(8, 3), (6, 5)], strict=True):
        lines = run.metrics.path.read_text().splitlines()
        scores = {"20": then, "40": last}
        rows = [f"{line},{scores.get(line.partition(',')[0], '')}" for line in lines[1:]]
        run.metrics.path.write_text("\n".join([f"{lines[0]},modes.covered", *rows]) + "\n")
        write_tensors(run.best, {}, {"step": 20})
        common = {
            "metric": "modes", "plugin": "p", "settings": {}, "samples": 2500, "seed": 0,
            "dataset": "ring", "versions": {}, "seconds": 1.0,
        }  # fmt: skip
        keep_evaluations(
            run.evaluations,
            [
                Evaluation(**common, step=20, best=True, scores={"modes.covered": then - 1.0}),
                Evaluation(**common, step=40, best=False, scores={"modes.covered": last - 1.0}),
            ],
        )
    text = [" ".join(line.split()) for line in forked("compare", "all").ok().out.splitlines()]
    assert "modes.covered 4.0 ± 1.0" in text
    assert "modes.covered, best weights 7.0 ± 1.0" in text
    assert "modes.covered (2,500 samples of seed 0) 3.0 ± 1.0" in text
    assert "modes.covered (2,500 samples of seed 0), best weights 6.0 ± 1.0" in text


def test_one_value_has_no_error() -> None:
    assert str(Spread.over([0.5])) == "0.5"
    assert str(Spread.over([])) == "–"
    assert str(Spread.over([0.5, math.nan])) == "0.5"
    assert str(Spread.over([1, 1, 1])) == "1 ± 0"
    assert str(Spread.over([0.98712, 0.98911])) == "0.9881 ± 0.0010"
    assert str(Spread.over([1e-9, 3e-9])) == "2.00e-09 ± 1.00e-09"
    assert Spread.over([1, 2, 6]) == Spread(3, pytest.approx((7 / 3) ** 0.5), 3)  # by hand
    assert Spread.over([1, 2, 4]).error == pytest.approx(np.std([1, 2, 4], ddof=1) / 3**0.5)


def test_how_far_apart_two_means_are() -> None:
    assert Spread(3, 0.3).apart(Spread(4, 0.4)) == pytest.approx(2.0)
    assert Spread(3, 0.3).apart(Spread(4)) == pytest.approx(1 / 0.3)
    assert math.isnan(Spread(3).apart(Spread(4, 0.4)))  # one run has no spread to judge by
    assert Spread(3, 0).apart(Spread(3, 0)) == 0
    assert Spread(3, 0).apart(Spread(4, 0)) == math.inf


def test_runs_of_sweeps_are_found(forked: Forks, trained: Path) -> None:
    Path("runs").mkdir()
    begun(Path("runs/all"), "0-1", trained)
    shutil.copytree(trained, "runs/deep/er/one")
    listed = {run["run"] for run in forked("runs", "--json").ok().json}
    assert listed == {"runs/all/seed-0", "runs/all/seed-1", "runs/deep/er/one"}
    assert len(all_runs()) == 3
    swept = find_sweep("all")
    assert swept
    assert swept.path == Path("runs/all")
    assert find_sweep("runs/all/seed-0") is None
    forked("compare", "all", "all/seed-0").ok()
    swept.write({**swept.read(), "seeds": []})
    with pytest.raises(BrokenFile, match="seeds"):
        swept.read()
