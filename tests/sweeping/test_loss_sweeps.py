"""``ganzoo train --loss a,b``: a run for each loss in one folder, and their comparison."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import TINY, Forks, snapshot

from ganzoo.errors import BrokenFile
from ganzoo.reporting.columns import gather
from ganzoo.runs.finding import all_runs
from ganzoo.runs.folder import Run
from ganzoo.sweeping.folder import Sweep, find_sweep

SHORT = (*TINY, "--steps", "20")
PLUGIN = """
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(
        name="other", summary="For another output.", factory="ganzoo.builtin.bce:BCE",
        input="score",
    )

@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(
        name="scorer", summary="Its output is a probability.", output="probability",
        factory="ganzoo.builtin.vanilla_mlp:VanillaMLP", dataset="ring", loss="bce",
    )
"""


def swept(folder: str, trained: Path, losses: str = "bce,minimax", seeds: str = "0") -> Sweep:
    """A sweep over losses whose runs are copies of one run, so that nothing is trained."""
    there = Sweep(Path(folder))
    record = {"model": "a/vanilla-mlp", "dataset": "a/ring", "observers": [], "asked": []}
    ks = [int(k) for k in seeds.split(",")]
    there.write({"losses": losses.split(","), "seeds": ks, "request": {}, **record})
    for part in there.parts():
        part.write({"seeds": ks, "request": {}, **record})
        for k in ks:
            shutil.copytree(trained, part.run(k).path)
    return there


@pytest.mark.slow
def test_a_run_of_each_loss_and_their_comparison(forked: Forks) -> None:
    asked = (*SHORT, "--loss", "bce,minimax", "--jobs", "2", "--out", "all")
    done = forked(*asked).ok()
    assert done.out == "all\n"
    assert "Training vanilla-mlp on ring (2 losses, seeds 0): all" in done.err
    for name in ("bce", "minimax"):
        run = Run(Path("all") / name / "seed-0")
        assert run.status() == ("finished", 20)
        assert run.record.loss == name
    (head,) = (line.split() for line in done.err.splitlines() if line.startswith(" run "))
    assert head == ["run", "bce", "minimax"]

    before = snapshot(Path("all"))
    forked(*asked, "--quiet").ok()
    assert snapshot(Path("all")) == before, "what is finished was begun again"
    more = forked(*SHORT, "--loss", "minimax,bce", "--seeds", "0-1", "--out", "all").ok()
    assert len(all_runs(Path("all"))) == 4
    assert "±" in more.err
    columns = gather([Sweep(Path("all"))], [])
    assert [(c.name, len(c.runs)) for c in columns] == [("bce", 2), ("minimax", 2)]


@pytest.mark.slow
def test_each_run_is_the_one_that_its_loss_alone_gives(forked: Forks) -> None:
    """Each run has its loss's settings. wgan has another optimizer and learning rate."""
    forked(*SHORT, "--loss", "bce,wgan", "--out", "all").ok()
    forked(*SHORT, "--loss", "wgan", "--out", "alone").ok()
    one, two = (Run(Path(path)).metrics.path.read_bytes() for path in ("all/wgan/seed-0", "alone"))
    assert one == two


def test_losses_that_do_not_fit_are_left_out_and_named(forked: Forks) -> None:
    Path("mine.py").write_text(PLUGIN)
    plugin = ("--plugin", "mine.py", *SHORT)
    done = forked(*plugin, "--loss", "bce,other", "--dry-run").ok()
    assert "Left out: loss other does not fit vanilla-mlp: it takes score" in done.err
    assert "/bce/seed-0" in done.out
    assert "other" not in done.out
    forked("--plugin", "mine.py", "train", "scorer", "--loss", "all").refused(
        2, "does not fit scorer"
    )
    every = forked(*plugin, "--loss", "all", "--dry-run").ok()
    assert "Left out: loss other" in every.err
    for name in ("bce", "minimax", "wgan-gp", "hinge"):
        assert f"/{name}/seed-0" in every.out
    assert not Path("runs").exists()


def test_mistakes(forked: Forks, trained: Path) -> None:
    forked(*SHORT, "--loss", "bce,minmax").refused(2, "unknown loss 'minmax'", "minimax")
    forked(*SHORT, "--loss", "bce,minimax,bce").refused(2, "names bce twice")
    forked(*SHORT, "--loss", "bce,ganzoo-core/bce").refused(2, "names bce twice")
    forked(*SHORT, "--loss", "bce,").refused(2, "expected names such as bce,minimax, or all")
    forked(*SHORT, "--loss", "all", "--seeds", "0-1", "--seed", "3").refused(2, "leave out --seed")
    forked(*SHORT, "--loss", "all", "--out", trained).refused(2, "holds a single run")
    assert not Path("runs").exists()
    swept("all", trained)
    forked("train", "--resume", "all", "--loss", "all").refused(
        2, "leave out all options except --jobs"
    )
    forked("train", "--config", "all/sweep.json").refused(
        2, "is a sweep over losses", "all/bce/sweep.json"
    )
    there = Sweep(Path("all"))
    request = {"model": "vanilla-mlp", "loss": "several", "settings": {"trainer.lr": 0.1}}
    there.write({**there.read(), "request": request})
    forked("train", "vanilla-mlp", "--loss", "bce,minimax", "--out", "all").refused(
        2, "all is a sweep with other settings", "trainer.lr: the sweep has 0.1"
    )
    forked("train", "vanilla-mlp", "--seeds", "0-1", "--out", "all").refused(
        2, "loss: the sweep has several"
    )
    there.write({**there.read(), "losses": ["../elsewhere"]})
    with pytest.raises(BrokenFile, match=r"losses\.0 is"):
        there.parts()


def test_what_would_run(forked: Forks) -> None:
    asked = ("--loss", "bce,minimax", "--seeds", "0-1", "--out", "all", "--dry-run")
    lines = [" ".join(line.split()) for line in forked(*SHORT, *asked).ok().out.splitlines()]
    begun = [line.split()[0] for line in lines if " new " in line]
    # the first seed of every loss comes first, so losses can be compared early
    assert begun == [f"all/{loss}/seed-{k}" for k in (0, 1) for loss in ("bce", "minimax")]
    begins = "ganzoo train --config all/minimax/sweep.json --seed 1 --out all/minimax/seed-1"
    assert f"all/minimax/seed-1 new {begins}" in lines
    assert not Path("all").exists()


def test_what_is_finished_stays_and_is_compared(forked: Forks, trained: Path) -> None:
    swept("all", trained, seeds="0,1")
    before = snapshot(Path("all"))
    done = forked("train", "--resume", "all").ok()
    assert done.out == "all\n"
    assert "Finished 4 of 4 runs." in done.err
    assert " run " in done.err
    assert snapshot(Path("all")) == before
    assert "The page" not in done.err, "no page was wanted"
    done = forked("train", "--resume", "all", GANZOO_NO_REPORT="").ok()
    assert "Wrote a page with samples and curves: all/compare.html" in done.err
    page = Path("all/compare.html").read_text()
    done = forked("train", "--resume", "all", "--quiet", GANZOO_NO_REPORT="").ok()
    assert (done.out, done.err) == ("all\n", "")
    assert Path("all/compare.html").read_text() == page


def test_a_column_for_each_loss(forked: Forks, trained: Path) -> None:
    there = swept("all", trained)
    shutil.rmtree(there.parts()[1].run(0).path)
    done = forked("compare", "all", "trained", "--json").ok().json
    assert [run["name"] for run in done["runs"]] == ["bce", "trained"], "minimax has not begun"
    shutil.copytree("all", "again")
    shutil.copytree(trained, "all/minimax/seed-0")
    done = forked("compare", "all", "again", "--json").ok().json
    assert [run["name"] for run in done["runs"]] == ["all/bce", "minimax", "again/bce"]
    assert forked("compare", "all", "--json").ok().json["page"] == "all/compare.html"
    assert json.loads(Path("all/sweep.json").read_text())["losses"] == ["bce", "minimax"]
    found = find_sweep("all/bce")
    assert found
    assert [run.path for run in found.runs()] == [Path("all/bce/seed-0")]
