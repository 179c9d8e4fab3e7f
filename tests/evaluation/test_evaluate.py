"""``ganzoo evaluate`` and ``train --evaluate-every``: real runs, real files, clear messages."""

from __future__ import annotations

import json
import re
import shutil
from math import nan
from pathlib import Path
from textwrap import dedent

import pytest
import torch
from conftest import SMALL, TINY, Forks
from same_runs import assert_same

import ganzoo
from ganzoo.runs.best import Best, best_step
from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import read_tensors, write_tensors

METRICS = '''
"""Metrics that work, and metrics that fail."""
from dataclasses import dataclass
import ganzoo

def metric(name, **more):
    score = ganzoo.Score("width", "How far from the origin.", "higher")
    return ganzoo.Metric(name=name, summary="Tried out.", factory=f"tried:{name.capitalize()}",
                         scores=(score,), samples=200, **more)

@ganzoo.hookimpl
def ganzoo_metrics():
    yield metric("radius", least=50)
    yield metric("raising", unasked=False)
    yield metric("another", unasked=False)
    yield metric("leaving", unasked=False)
    yield metric("writing", unasked=False)
    yield metric("pictures")
    yield metric("broken")
    yield metric("failing")

@dataclass(frozen=True)
class Radius:
    """Mean distance from the origin."""
    factor: float = 1.0
    """Times this."""
    def against(self, data):
        return lambda samples: {"width": self.factor * float(samples.flatten(1).norm(dim=1).mean())}

@dataclass(frozen=True)
class Raising:
    """Fails on samples."""
    def against(self, data):
        return lambda samples: {"width": 1 / 0}

class Failing(Raising):
    """Fails in the same way, and also runs if it is not named."""

@dataclass(frozen=True)
class Another:
    """Gives another score than it declares."""
    def against(self, data):
        return lambda samples: {"height": 1.0}

@dataclass(frozen=True)
class Leaving:
    """Ends the process."""
    def against(self, data):
        return lambda samples: exit()

@dataclass(frozen=True)
class Writing:
    """Changes the samples."""
    def against(self, data):
        return lambda samples: {"width": float(samples.mul_(2).sum())}

@dataclass(frozen=True)
class Pictures:
    """For pictures alone."""
    def against(self, data):
        if not data.first.is_image:
            raise ganzoo.DoesNotFit("it measures pictures")
        return lambda samples: {"width": 0.0}

@dataclass(frozen=True)
class Broken:
    """Fails on data."""
    def against(self, data):
        raise ZeroDivisionError("no")
'''


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("metrics") / "tried.py"
    file.write_text(dedent(METRICS))
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, plugin: Path, _forks: Forks) -> Path:
    """A run of 60 steps, evaluated every 10."""
    run = tmp_path_factory.mktemp("evaluated") / "run"
    args = (*TINY, "--steps", "60", "--evaluate-every", "10", "--metric", "radius", "--out", run)
    _forks("--plugin", plugin, *args).ok()
    return run


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "run"))


def test_scores_are_columns_of_metrics_csv_where_they_are_due(run: Path) -> None:
    rows = ganzoo.load(run).run.metrics.rows()
    assert [int(row["step"]) for row in rows] == list(range(5, 61, 5))
    assert [row["radius.width"] != "" for row in rows] == [False, True] * 6


def test_the_best_weights_are_kept_beside_the_last(run: Path, forked: Forks, plugin: Path) -> None:
    rows = ganzoo.load(run).run.metrics.numbers()
    scores = {int(r["step"]): r["radius.width"] for r in rows if r["step"] % 10 == 0}
    best = max(scores, key=lambda step: (scores[step], step))
    trained = ganzoo.load(run, "best")
    assert trained.step == best
    assert json.dumps(scores[best]) in json.dumps(read_tensors(trained.run.best)[1])
    if best in trained.steps:
        same = ganzoo.load(run, best).sample(20).tensor
        assert torch.equal(trained.sample(20).tensor, same)
    found = forked("--plugin", plugin, "evaluate", run, "--metric", "radius", "--json").ok().json
    assert [each["step"] for each in found] == list(dict.fromkeys([60, best]))
    assert [each["best"] for each in found] == [step == best for step in dict.fromkeys([60, best])]


def test_a_run_stopped_and_resumed_ends_alike(run: Path, forked: Forks, plugin: Path) -> None:
    other = Path("other")
    args = (*TINY, "--evaluate-every", "10", "--metric", "radius", "--out", other)
    forked("--plugin", plugin, *args, "--steps", "37").ok()
    forked("--plugin", plugin, "train", "--resume", other, "--steps", "60").ok()
    assert_same(run, other)
    ours, theirs = (read_tensors(r / "checkpoints/best.safetensors") for r in (run, other))
    assert ours[1] == theirs[1]
    assert all(torch.equal(ours[0][name], theirs[0][name]) for name in ours[0])


def test_evaluation_changes_no_weight(run: Path, forked: Forks) -> None:
    plain = Path("plain")
    forked(*TINY, "--steps", "60", "--out", plain).ok()
    file = "checkpoints/step-00000060.safetensors"
    ours, theirs = (read_tensors(r / file)[0] for r in (run, plain))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_result_is_kept_with_its_protocol(run: Path, forked: Forks, plugin: Path) -> None:
    args = ("--plugin", plugin, "evaluate", run, "--metric", "radius", "--step", "40")
    for seed, factor in (("0", "1"), ("1", "1"), ("1", "2"), ("1", "2")):
        forked(*args, "--seed", seed, "--set", f"factor={factor}").ok()
    kept = json.loads((run / "evaluations.json").read_text())
    assert [(e["seed"], e["settings"]["metric.radius.factor"]) for e in kept] == [
        (0, 1.0), (1, 1.0), (1, 2.0),
    ]  # fmt: skip
    one, two = (each["scores"]["radius.width"] for each in kept[1:])
    assert two == pytest.approx(2 * one)
    samples = ganzoo.load(run, 40).sample(200, seed=1).tensor
    assert one == pytest.approx(float(samples.norm(dim=1).mean()))


def test_unasked_it_takes_what_fits_and_passes_over_what_is_broken(
    run: Path, forked: Forks, plugin: Path
) -> None:
    told = forked("--plugin", plugin, "evaluate", run, "--json").ok()
    metrics = {each["metric"] for each in told.json}
    assert "radius" in metrics
    assert not metrics & {"raising", "another", "pictures", "broken", "failing"}
    for name in ("broken", "failing"):
        assert f"metric {name} (tried.py:" in told.err


FAILING = '''
"""Metrics that fail on all samples, or only on those of the final weights."""
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_metrics():
    for name in ("never", "once"):
        score = ganzoo.Score("width", "How far from the origin.", "higher")
        yield ganzoo.Metric(name=name, summary="Tried out.", factory=f"failing:{name.capitalize()}",
                            scores=(score,), samples=200)

@dataclass(frozen=True)
class Never:
    """Fails."""
    def against(self, data):
        return lambda samples: {"width": 1 / 0}

@dataclass(frozen=True)
class Once:
    """Fails the first time."""
    def against(self, data):
        times = iter((0, 1))
        return lambda samples: {"width": 1 / next(times)}
'''


@pytest.mark.parametrize("modes", [True, False])
def test_unasked_ones_that_fail_on_samples(run: Path, forked: Forks, modes: bool) -> None:
    Path("failing.py").write_text(dedent(FAILING))
    if modes:  # next to one that does not
        best = read_tensors(run / "checkpoints/best.safetensors")[0]
        write_tensors(run / "checkpoints/best.safetensors", best, {"step": 50})
        out = forked("--plugin", "failing.py", "evaluate", run).ok().out
        assert re.search(r"once\.width +– +1 ", out), out
        assert "never.width" not in out
    else:
        args = ("evaluate", run, "-n", "99", "--step", "60")  # too few for `modes`
        forked("--plugin", "failing.py", *args).refused(1, "every metric failed")


def test_what_was_found_before_a_metric_failed_is_kept(
    run: Path, forked: Forks, plugin: Path
) -> None:
    args = ("evaluate", run, "--metric", "radius", "--metric", "raising", "--seed", "9")
    forked("--plugin", plugin, *args).refused(1, "metric raising (tried.py:")
    kept = json.loads((run / "evaluations.json").read_text())
    assert [(each["metric"], each["seed"]) for each in kept] == [("radius", 9)]


def test_a_metric_that_is_named_twice_scores_once(run: Path, forked: Forks, plugin: Path) -> None:
    args = ("--metric", "radius", "--metric", "tried.py/radius", "--step", "60", "--json")
    assert len(forked("--plugin", plugin, "evaluate", run, *args).ok().json) == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-n", "49", "--metric", "radius"), ("radius needs at least 50 samples", "not 49")),
        (("--metric", "pictures"), ("metric pictures does not fit", "it measures pictures")),
        (("--metric", "raising"), ("metric raising (tried.py:", "failed: ZeroDivisionError")),
        (("--metric", "another"), ("returned the scores height; it declares width",)),
        (("--metric", "radios"), ("unknown metric 'radios'", "radius")),
        (("--step", "41"), ("has no weights of step 41", "40")),
        (("--step", "worst"), ("--step worst: expected a number of steps, or best",)),
        (("-n", "0"), ("0 samples",)),
        (("--set", "metric.radius.factor=2"), ("--metric radius",)),
        (("--set", "dataset.sigma=2"), ("dataset.sigma belongs to the run",)),
        (("--step", "²"), ("expected a number of steps, or best",)),
        (("-n", "9" * 20), ("-n",)),
        (("--metric", "leaving"), ("metric leaving (tried.py:", "failed: SystemExit")),
        (("--metric", "writing"), ("metric writing (tried.py) changed its samples",)),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_one_clear_message(
    args: tuple[str, ...], words: tuple[str, ...], run: Path, forked: Forks, plugin: Path
) -> None:
    result = forked("--plugin", plugin, "evaluate", run, *args)
    result.refused(result.status, *words)
    assert result.status in (1, 2)


def test_damaged_weights(run: Path, forked: Forks) -> None:
    for file in (*run.glob("samples/*.safetensors"), *run.glob("checkpoints/*.safetensors")):
        file.write_bytes(file.read_bytes()[:-20])
    forked("evaluate", run).refused(1, "is truncated or not a safetensors file")


def test_samples_that_are_no_numbers(run: Path, forked: Forks, plugin: Path) -> None:
    file = run / "samples/step-00000060.safetensors"
    weights, about = read_tensors(file)
    broken = {name: torch.full_like(value, torch.nan) for name, value in weights.items()}
    write_tensors(file, broken, about)
    args = ("--plugin", plugin, "evaluate", run, "--metric", "radius", "--step", "60")
    forked(*args).refused(1, "200 of 200 samples have values that are not finite numbers")


def test_the_best_of_equals_is_the_latest(run: Path) -> None:
    tensors = {"w": torch.zeros(1)}
    folder = ganzoo.load(run).run
    folder.best.unlink()
    folder.metrics.path.write_text("step,m.s\n")
    best = Best(folder, "m.s", ganzoo.Score("s", "Tried.", "lower"), 10)
    for step, value in ((10, nan), (20, 3.0), (30, 2.0), (40, 2.0), (45, 1.0), (50, 4.0)):
        best.see(step, {"m.s": value}, tensors)
    assert best_step(folder) == 40  # 45 is not a multiple of 10


def test_weights_that_are_gone_are_not_the_best(run: Path) -> None:
    folder = Run(run)
    rows = [row for row in folder.metrics.rows() if int(row["step"]) <= 40]
    folder.metrics.cut(lambda step: step <= 40)
    assert len(folder.metrics.rows()) == len(rows)
    folder.best.unlink()  # of step 50, say, after which the process was killed
    best = Best(folder, "radius.width", ganzoo.Score("width", "Tried.", "higher"), 10)
    best.see(50, {"radius.width": 0.0}, {"w": torch.zeros(1)})
    assert best_step(folder) == 50


def test_where_no_score_decides_no_best_weights_are_kept_and_it_is_said(forked: Forks) -> None:
    args = ("--evaluate-every", "10", "--metric", "diversity", "--set", "log_every=10")
    told = forked(*SMALL, "--steps", "20", *args, "--out", "run").ok()
    assert "No best weights are kept, because the first score" in told.err
    forked("evaluate", "run", "--step", "best").refused(
        2, "keeps no best weights", "whose first score has no better"
    )


def test_damaged_best_weights_harm_nobody(run: Path, forked: Forks, plugin: Path) -> None:
    file = run / "checkpoints/best.safetensors"
    file.write_bytes(file.read_bytes()[:-9])
    args = ("--plugin", plugin, "evaluate", run, "--metric", "radius", "--json")
    found = forked(*args).ok()
    assert [each["step"] for each in found.json] == [60]
    assert "only the final weights are scored" in found.err
    compared = forked("--plugin", plugin, "compare", run, run, "--json").ok().json
    assert compared["runs"][0]["best"] == {}
    told = forked("--plugin", plugin, "train", "--resume", run, "--steps", "80").ok()
    assert "The best weights from now on replace it" in told.err
    assert best_step(Run(run)) in (70, 80)


def test_results_that_cannot_be_kept_are_told_before_the_work(run: Path, forked: Forks) -> None:
    (run / "evaluations.json").write_text('[{"metric": 3}]')
    forked("evaluate", run).refused(1, "evaluations.json is not a list of evaluations", "Delete it")


def test_no_best_weights(forked: Forks) -> None:
    forked(*TINY, "--steps", "5", "--out", "plain").ok()
    forked("evaluate", "plain", "--step", "best").refused(
        2, "keeps no best weights", "--evaluate-every"
    )


def test_a_metric_that_fails_under_way_does_not_end_the_run(forked: Forks, plugin: Path) -> None:
    args = ("--evaluate-every", "10", "--metric", "raising", "--out", "run")
    told = forked("--plugin", plugin, *TINY, "--steps", "20", *args).ok()
    assert "metric raising (tried.py:" in told.err
    rows = ganzoo.load("run").run.metrics.rows()
    assert [row["raising.width"] for row in rows] == ["", "nan", "", "nan"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--evaluate-every", "7"), ("evaluate_every is 7", "multiple of trainer.log_every")),
        (("--evaluate-every", "10", "--metric", "pictures"), ("metric pictures does not fit",)),
    ],
    ids=["not due", "does not fit"],
)  # fmt: skip
def test_training_that_cannot_be_evaluated(
    args: tuple[str, ...], words: tuple[str, ...], forked: Forks, plugin: Path
) -> None:
    forked("--plugin", plugin, *TINY, "--steps", "20", *args, "--out", "run").refused(2, *words)


def test_resume_refuses_other_metrics(run: Path, forked: Forks, plugin: Path) -> None:
    args = ("train", "--resume", run, "--steps", "80", "--metric", "raising")
    forked("--plugin", plugin, *args).refused(
        2, "metrics: the run has radius, and you requested raising"
    )


def test_in_python(forked: Forks) -> None:
    forked(*SMALL, "--steps", "20", "--out", "digits").ok()
    found = ganzoo.evaluate("digits", ["digits"], n=300, seed=3)
    assert [each.step for each in found] == [20]
    assert 0 <= found[0].scores["digits.precision"] <= 1
    with pytest.raises(ganzoo.DoesNotFit, match="metric modes does not fit this data"):
        ganzoo.evaluate("digits", ["modes"])
