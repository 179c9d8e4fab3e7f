"""Options that are given twice, of which one would win silently, and settings of other metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TINY, Forks


@pytest.mark.parametrize(
    "words",
    [
        ("--dataset", "ring", "--dataset", "grid"),
        ("--loss", "bce", "--loss=minimax"),
        ("--seed", "1", "--seed", "1"),
        ("--steps", "5", "--out", "a", "--out=b"),
        ("--preset", "quick", "--preset", "paper"),
        ("--config", "a.toml", "--config", "b.toml"),
    ],
    ids=" ".join,
)
def test_one_value_is_given_once(forked: Forks, words: tuple[str, ...]) -> None:
    forked(*TINY, *words).refused(2, "is given twice")
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("sample", "run", "--seed", "1", "--seed", "2"),
        ("sample", "run", "--interpolate", "1", "2", "--interpolate", "3", "4"),
        ("evaluate", "run", "-n", "5", "-n", "6"),
        ("report", "run", "--out", "a.html", "--out", "b.html"),
        ("plugins", "new", "mine", "--kind", "loss", "--kind", "model"),
    ],
    ids=" ".join,
)
def test_so_it_is_in_other_commands(forked: Forks, words: tuple[str, ...]) -> None:
    forked(*words).refused(2, "is given twice")


def test_what_may_repeat_may(forked: Forks) -> None:
    args = ("--set", "lr=1", "--set", "lr=0.5", "-q", "-q", "--steps", "2", "--out", "run")
    forked(*TINY, *args).ok()
    assert '"trainer.lr": 0.5' in Path("run/run.json").read_text()


@pytest.mark.parametrize("setting", ["batch_size=4", "trainer.batch_size=4"])
def test_an_option_and_a_setting_do_not_contradict(forked: Forks, setting: str) -> None:
    forked(*TINY, "--set", setting).refused(2, "--batch-size", "trainer.batch_size is set twice")
    forked(*TINY, "--set", "batch_size=16", "--dry-run").ok()


@pytest.mark.parametrize(
    ("words", "sources"),
    [
        (("--epochs", "3", "--steps", "2"), "--epochs and --steps"),
        (("--steps", "2", "--set", "epochs=3"), "--steps and --set"),
        (("--epochs", "3", "--set", "trainer.steps=2"), "--epochs and --set"),
        (("--config", "both.toml"), "both.toml"),
        (("--config", "other.toml"), "other.toml"),
    ],
    ids=str,
)
def test_the_length_is_in_epochs_or_in_steps(
    forked: Forks, words: tuple[str, ...], sources: str
) -> None:
    Path("both.toml").write_text("[settings]\ntrainer.epochs = 3\ntrainer.steps = 2\n")
    Path("other.toml").write_text("[settings]\nsteps = 2\nepochs = 3\n")
    told = f"{sources}: epochs and steps both set the length of the run. Give only one"
    forked(*TINY, *words, "--dry-run").refused(2, told)


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "epochs=3", "--set", "steps=2"),  # of several --set, the last counts
        ("--config", "long.toml", "--steps", "2"),
    ],
    ids=" ".join,
)
def test_a_length_replaces_an_earlier_one(forked: Forks, words: tuple[str, ...]) -> None:
    Path("long.toml").write_text("[settings]\nepochs = 3\n")
    forked(*TINY, *words, "--out", "run", "-q").ok()
    assert '"total": 2,' in Path("run/run.json").read_text()


def test_a_recorded_length_counts_and_can_be_replaced(forked: Forks) -> None:
    forked(*TINY, "--epochs", "1", "--out", "run", "-q").ok()
    for words, total in (((), 20), (("--steps", "2"), 2)):
        out = f"again-{total}"
        forked("train", "--config", "run/run.json", *words, "--out", out, "-q").ok()
        assert f'"total": {total},' in Path(out, "run.json").read_text()


TOML = """
model = "vanilla-mlp"
dataset = "ring"
metrics = {metrics}
[settings]
trainer.evaluate_every = 50
metric.modes.sigmas = 2
"""


def test_settings_of_a_metric_that_is_not_requested(forked: Forks) -> None:
    Path("own.toml").write_text(TOML.format(metrics="[]"))
    config = ("train", "--config", "own.toml", "--dry-run")
    forked(*config).refused(2, "own.toml", "metric.modes.sigmas also needs --metric modes")
    forked(*config, "--metric", "neighbours").refused(2, "also needs --metric modes")
    forked(*config, "--metric", "modes").ok()
    Path("own.toml").write_text(TOML.format(metrics='["modes"]'))
    forked(*config).ok()
    replaced = forked(*config, "--metric", "neighbours")  # and the settings of the file's metric
    replaced.refused(2, "metric neighbours does not fit this data")
