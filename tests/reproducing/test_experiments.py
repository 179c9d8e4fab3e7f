"""Experiment files: ganzoo's own, mistakes in one, and the page that is made from scores."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Forks
from small_experiment import MINE

import ganzoo as zoo
from ganzoo.errors import UsageError
from ganzoo.registry.records import Metric
from ganzoo.registry.registry import registry
from ganzoo.registry.settings import Override
from ganzoo.reporting.spread import Spread
from ganzoo.reproducing import experiment, kept, page
from ganzoo.reproducing.result import Result
from ganzoo.reproducing.scoring import Scored
from ganzoo.training.plan import Request, plan


@pytest.mark.parametrize(
    ("change", "args", "words"),
    [
        (None, ("ring-9",), ("unknown experiment 'ring-9'", "ring-8")),
        (None, ("nowhere.toml",), ("nowhere.toml", "No such file")),
        (None, ("mine.toml", "--scale", "2"), ("--scale 2.0", "at most 1")),
        (None, ("mine.toml", "--system", "Large"), ("--system Large", "Small GAN")),
        (('title = "A small ring"', "title = 3"), ("mine.toml",), ("title", "string")),
        (("samples = 200", "sample = 200"), ("mine.toml",), ("sample: Unexpected",)),
        (("samples = 200", "samples ="), ("mine.toml",), ("is not TOML",)),
        (('source = "own"', 'source = "other"'), ("mine.toml",), ("no source is called 'other'",)),
        (("modes.covered\", title", "modes.coverd\", title"), ("mine.toml",), ("coverd",)),
        (("samples = 200", "samples = 20"), ("mine.toml",), ("needs at least 100",)),
        (("seeds = 10", "seeds = 0"), ("mine.toml",), ("seeds is 0",)),
        (('"trainer.threads" = 1', '"trainer.seed" = 1'), ("mine.toml",),
         ("seed cannot be a setting",)),
        (None, ("mine.toml", "--write", "no/page.md"), ("--write no/page.md: there is no folder",)),
        (None, ("mine.toml", "--write", "page"), ("--write page: expected", "page.md")),
        (("steps = 400", 'steps = 400\nneeds = ["ganzoo-nothing"]'), ("mine.toml",),
         ("needs ganzoo-nothing", "pip install -e plugins/ganzoo-nothing")),
        (None, ("mine.toml", "--score-only"), ("has no finished run of mine",)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and value else "",
)  # fmt: skip
def test_mistakes(
    change: tuple[str, str] | None, args: tuple[str, ...], words: tuple[str, ...], forked: Forks
) -> None:
    Path("mine.toml").write_text(MINE.replace(*change) if change else MINE)
    result = forked("reproduce", *args)
    result.refused(2, *words)


def test_what_is_wrong_with_a_later_experiment_is_told_before_the_first_is_trained(
    forked: Forks,
) -> None:
    Path("mine.toml").write_text(MINE)
    Path("later.toml").write_text(
        MINE.replace("steps = 400", 'steps = 400\nneeds = ["ganzoo-nothing"]')
    )
    args = ("mine.toml", "later.toml", "--scale", "0.1", "--seeds", "0")
    forked("reproduce", *args).refused(2, "later needs ganzoo-nothing")
    assert not Path("runs").exists()


def test_runs_that_fail_are_told_with_the_reason(forked: Forks) -> None:
    sick = '[settings]\n"trainer.lr" = 1e30\n'
    Path("mine.toml").write_text(MINE.replace("[settings]\n", sick))
    args = ("mine.toml", "--scale", "0.1", "--seeds", "0")
    result = forked("reproduce", *args)
    result.refused(1, "1 of 1 runs did not finish", "seed-0 failed: ", "became nan")


@pytest.mark.parametrize("name", experiment.names())
def test_those_that_come_with_it_can_be_made(name: str) -> None:
    one, known = experiment.read(name), registry()
    metric = known.find(Metric, one.metric).record
    assert isinstance(metric, Metric)
    assert {column.score for column in one.columns} <= {metric.qualified(s) for s in metric.scores}
    assert one.samples == metric.samples
    for system in one.systems:
        settings = {**one.settings, **system.settings, "trainer.steps": one.scaled(0.01)}
        overrides = tuple(Override(key, value, name) for key, value in settings.items())
        request = Request(
            system.model, system.loss, system.penalty, one.dataset, overrides=overrides
        )
        for group in ("model", "loss", "penalty", "dataset", "trainer"):
            plan(known, request).make(group)
        for reported in system.reported:
            assert set(reported.scores) <= {column.score for column in one.columns}


def test_without_a_name_it_lists_them(forked: Forks) -> None:
    printed = forked("reproduce").ok().out
    assert all(name in printed for name in experiment.names())
    told = forked("reproduce", "--json").ok().json
    assert [each["name"] for each in told] == experiment.names()


def run_that_scored(covered: float, seed: int = 0) -> Scored:
    scores = {"modes.covered": covered, "modes.good": 0.9}
    begun, versions = "2026-01-01T00:00:00", {"torch": "2"}
    return Scored(seed, scores, scores, 1, 40, 3600.0, begun, versions, "4 cores of Other", "c1")


def test_an_asterisk_where_ours_is_more_than_two_standard_errors_off(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE)
    one = replace(experiment.read(str(tmp_path / "mine.toml")), tried=("More steps.",))
    system = one.systems[0]
    for covered, far in (((7.5, 7.9, 8.3), False), ((6.0, 6.2, 6.4), True)):
        result = Result(one, {"Small GAN": [run_that_scored(c) for c in covered]})
        assert result.far(system, "modes.covered", "own") is far
        text = page.section(result, ["ganzoo reproduce"])
        assert (f"{Spread.over(covered).mean:.1f} ± 0.1\\*" in text) is far
        assert ("Small GAN, modes: ours" in text) is far
        assert "More steps." in text


def test_a_score_that_is_no_number_is_neither_lost_nor_left_out(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE)
    one = experiment.read(str(tmp_path / "mine.toml"))
    runs = {"Small GAN": [run_that_scored(covered, i) for i, covered in enumerate((8.0, math.inf))]}
    result = Result(one, runs)
    assert result.ours(one.systems[0], "modes.covered").mean == math.inf
    assert "| ours, final | inf |" in page.section(result, ["ganzoo reproduce"])
    kept.write(tmp_path / "mine.json", one, runs)
    assert "Infinity" not in (tmp_path / "mine.json").read_text()
    assert kept.read(tmp_path / "mine.json", one) == runs


def test_a_system_that_was_not_trained_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        MINE + '[[systems]]\nname = "Other"\nmodel = "vanilla-mlp"\n'
    )
    one = experiment.read(str(tmp_path / "mine.toml"))
    result = Result(one, {"Small GAN": [run_that_scored(8)]})
    text = page.section(result, ["ganzoo reproduce"])
    assert "Other: not trained." in text
    assert "- 1 run instead of 10." in text

    both = {"Small GAN": [run_that_scored(8)], "Other": [run_that_scored(8, s) for s in range(10)]}
    text = page.section(Result(one, both), ["ganzoo reproduce"])
    assert "- Small GAN: 1 run instead of 10." in text
    assert "- 40 steps instead of 400 (0.1 of the protocol)." in text


def test_names_must_differ(tmp_path: Path) -> None:
    system = MINE.partition("[[systems]]")[2].partition("[[systems.reported]]")[0]
    (tmp_path / "mine.toml").write_text(f"{MINE}\n[[systems]]{system}")
    with pytest.raises(UsageError, match="systems of different names"):
        experiment.read(str(tmp_path / "mine.toml"))


def test_metrics_are_public() -> None:
    assert {"modes", "digits"} <= {metric.name for metric in zoo.metrics()}
