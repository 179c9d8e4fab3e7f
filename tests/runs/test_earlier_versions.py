"""Runs that earlier versions made can still be used.

``runs_of_earlier_versions/format-2`` was made by commit 09860b7e09 with the command in its
``run.json``; its pictures and its checkpoint half-way were left out. The numbers expected here are
those that the same commit gave, of samples the first two of 64.
"""

import shutil
from pathlib import Path

import pytest
import torch

import ganzoo

RUNS = Path(__file__).parents[1] / "runs_of_earlier_versions"


@pytest.fixture
def run(tmp_path):
    return Path(shutil.copytree(RUNS / "format-2", tmp_path / "run"))


@pytest.mark.parametrize("step", [None, "best"])
def test_it_samples_what_it_sampled(run, step):
    sampled = ganzoo.load(run, step).sample(2, seed=1).tensor
    expected = [[-0.53240919, -0.17177050], [-0.39722919, -0.13719474]]
    torch.testing.assert_close(sampled, torch.tensor(expected), rtol=1e-4, atol=1e-5)


def test_it_is_evaluated_reported_and_diagnosed(run):
    [evaluation] = ganzoo.evaluate(run, n=500)
    assert evaluation.step == 40
    assert evaluation.scores["modes.covered"] == 0
    assert "vanilla-mlp" in ganzoo.report(run).read_text()
    assert ganzoo.diagnose(run) == []


@pytest.mark.filterwarnings("ignore:The run was made with")
def test_it_goes_on(run):
    steps = [step.step for step in ganzoo.train(resume=run, settings={"steps": 60})]
    assert (steps[0], steps[-1]) == (41, 60)
    assert ganzoo.load(run).step == 60


def test_views_that_an_old_run_does_not_have(run, forked):
    forked("sample", run, "--view", "samples", "--out", "a.png").ok()
    forked("sample", run, "--out", "b.png").ok()
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    forked("sample", run, "--view", "other").refused(2, "no view 'other'; it has samples")
    forked("sample", run, "--label", "7").refused(2, "takes no label")
    forked("sample", run, "--input", "a.png").refused(2, "takes no inputs")
