"""``ganzoo diagnose``, and what a training says of itself."""

from __future__ import annotations

from pathlib import Path

from conftest import TINY, Forks, Ganzoo
from findings import finding_of
from recorded_runs import declared, recorded

import ganzoo as zoo
from ganzoo.cli.diagnose import told as spelt
from ganzoo.diagnosis import EARLY


def test_diagnose_says_why_and_what_to_try(ganzoo: Ganzoo) -> None:
    path = next(p for p in recorded() if declared(p) == "collapse")
    result = ganzoo("diagnose", path).ok()
    assert result.err == ""
    assert result.out.startswith(("Mode collapse: ", "Oscillation"))
    for word in ("Why:", "https://arxiv.org/abs/", "Try:", "    ganzoo train vanilla-mlp"):
        assert word in result.out
    told = ganzoo("diagnose", path, "--json").ok()
    assert [f["illness"] for f in told.json] == [f.illness for f in zoo.diagnose(path)]


def test_on_a_terminal_words_stay_whole_and_the_command_in_one_line() -> None:
    finding = finding_of("collapse", {})
    *prose, command = spelt(finding, 60).splitlines()
    assert command == f"    {finding.command}"
    assert len(command) > 60 >= max(map(len, prose))
    assert spelt(finding, 10_000).count("\n") == 3


def test_diagnose_of_a_healthy_run(forked: Forks, trained: Path) -> None:
    result = forked("diagnose", trained).ok()
    assert result.out == ""
    assert result.err == f"{EARLY} ({trained} at step 40 of 40).\n"
    assert forked("diagnose", trained, "--json").ok().json == []


def test_diagnose_of_no_run(forked: Forks) -> None:
    forked("diagnose", "nothing").refused(2, "no such run: nothing")


ALIKE = (
    *TINY, "--steps", "160", "--set", "sample_every=10", "--set", "lr=1e-9",
)  # fmt: skip
"""A run that stays as it begins, where all samples are nearly the same."""


def test_training_tells_of_an_illness_once(forked: Forks) -> None:
    result = forked(*ALIKE, "--steps", "200", "--out", "run").ok()
    assert result.out == "run\n"
    assert result.err.count("Mode collapse: the samples differ 0.") == 1
    assert result.err.index("Mode collapse") < result.err.index("Finished 200 steps")
    assert result.err.count("mode collapse; to try: ") == 1
    assert result.err.endswith("  ganzoo diagnose run\n")


def test_training_says_nothing_where_it_should_not(forked: Forks) -> None:
    result = forked(*ALIKE, "--quiet", "--out", "run").ok()
    assert (result.out, result.err) == ("run\n", "")
    assert zoo.diagnose("run")
    result = forked(*TINY, "--steps", "40", "--out", "short").ok()
    assert "What looks wrong" not in result.err
    assert "diagnose" not in result.err


def test_a_run_that_diverges_is_told_what_to_try(forked: Forks) -> None:
    result = forked(*TINY, "--steps", "40", "--set", "optimizer=sgd", "--set", "lr=1e30",
                  "--out", "run")  # fmt: skip
    assert result.status == 1
    assert result.err.index("Exploding numbers: ") < result.err.index("Error: ")
    assert [f.illness for f in zoo.diagnose("run")] == ["explosion"]


def test_a_diagnosis_that_fails_leaves_the_run_alone(forked: Forks) -> None:
    broken = "import ganzoo.diagnosis; ganzoo.diagnosis.diagnose = lambda run: 1 / 0"
    result = forked(*TINY, "--steps", "40", "--out", "run", before=broken).ok()
    assert result.err.count("no diagnosis from here on (ZeroDivisionError: division by zero)") == 1
