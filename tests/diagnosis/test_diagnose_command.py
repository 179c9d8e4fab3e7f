"""``ganzoo diagnose``, and what a training reports of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo
from histories import AWAY, SURE, history
from recorded_runs import declared, recorded

import ganzoo as zoo
from ganzoo.cli.diagnose import spelt
from ganzoo.diagnosis import Finding
from ganzoo.diagnosis.diagnosis import examine


def recorded_run(fault: str) -> Path:
    return next(path for path in recorded() if declared(path) == fault)


def test_diagnose_says_why_and_what_to_try(ganzoo: Ganzoo) -> None:
    path = recorded_run("won")
    result = ganzoo("diagnose", path).ok()
    assert result.err == ""
    assert result.out.startswith("The discriminator has won: D(x) is 0.99")
    for word in ("Why:", "https://arxiv.org/abs/", "Try:", "    ganzoo train vanilla-mlp"):
        assert word in result.out
    listed = ganzoo("diagnose", path, "--json").ok()
    assert listed.json == [finding.plain() for finding in zoo.diagnose(path)]
    assert set(listed.json[0]) == {
        "fault", "title", "evidence", "cause", "paper", "advice", "command",
    }  # fmt: skip


def test_on_a_terminal_words_stay_whole_and_the_command_in_one_line() -> None:
    (finding,) = examine(history(AWAY, {**SURE}, loss="minimax"), "runs/1").findings[:1]
    *prose, command = spelt(finding, 60).splitlines()
    assert command == f"    {finding.command}"
    assert len(command) > 60 >= max(map(len, prose))
    assert spelt(finding, 10_000).count("\n") == 3


def test_without_a_tested_remedy_nothing_is_offered() -> None:
    (finding,) = examine(history(error="it became nan"), "runs/1").findings
    bare = Finding(finding.fault, finding.title, finding.evidence, finding.cause, finding.paper)
    assert spelt(bare, 10_000).count("\n") == 1
    assert "Try" not in spelt(bare, 80)


def test_diagnose_of_a_short_run(forked: Forks, trained: Path) -> None:
    result = forked("diagnose", trained).ok()
    assert result.out == ""
    assert result.err == (
        f"{trained}: It is too early to judge: a run like this may need 2,500 steps.\n"
        f"To continue training:\n  ganzoo train --resume {trained} --steps 2500\n"
    )
    assert forked("diagnose", trained, "--json").ok().json == []


def test_diagnose_of_a_healthy_run(forked: Forks) -> None:
    path = recorded_run("")
    result = forked("diagnose", path).ok()
    assert (result.out, result.err) == ("", f"{path}: Nothing looks wrong.\n")


def test_diagnose_of_no_run(forked: Forks) -> None:
    forked("diagnose", "nothing").refused(2, "no such run: nothing")


STUCK = (
    *TINY, "--steps", "200", "--set", "sample_every=10", "--set", "optimizer=sgd",
    "--set", "lr=1",
)  # fmt: skip
"""A run that is long enough for its learning rate."""


IDLE = "import ganzoo.builtin.bce as b; b.BCE.generator = lambda self, fake: fake.sum() * 0"
"""A loss from which the generator learns nothing."""


def test_training_reports_a_fault_once(forked: Forks) -> None:
    result = forked(*STUCK, "--out", "run", before=IDLE).ok()
    assert result.out == "run\n"
    assert result.err.count("Mode collapse: the samples differ from each other 0.") == 1
    assert result.err.index("Mode collapse") < result.err.index("Finished 200 steps")
    assert result.err.count("  mode collapse") == 1
    assert result.err.endswith("  ganzoo diagnose run\n")


def test_training_says_nothing_where_it_should_not(forked: Forks) -> None:
    result = forked(*STUCK, "--quiet", "--out", "run", before=IDLE).ok()
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
    assert [f.fault for f in zoo.diagnose("run")] == ["explosion"]


@pytest.mark.parametrize(
    ("status", "explodes"),
    [
        ('{"status": "failed", "step": 20, "error": "generator_loss became nan by step 20"}', True),
        ('{"status": "failed", "step": 20, "error": "score(x) became -inf by step 20"}', True),
        ('{"status": "failed", "step": 2, "error": "weights g.0 are not finite at step 2"}', True),
        ('{"status": "failed", "step": 20, "error": "No space left on device"}', False),
        ('{"status": "failed", "step": 20, "error": "loss odd (odd.py:3) failed: x"}', False),
        ('{"status": "failed", "step": 20}', False),
        ("damaged", False),
    ],
)
def test_only_numbers_that_are_not_finite_explode(
    forked: Forks, trained: Path, status: str, explodes: bool
) -> None:
    (trained / "status.json").write_text(status + "\n")
    findings = forked("diagnose", trained, "--json").ok().json
    assert [found["fault"] for found in findings] == ["explosion"] * explodes


def test_a_diagnosis_that_fails_leaves_the_run_alone(forked: Forks) -> None:
    broken = "import ganzoo.diagnosis; ganzoo.diagnosis.diagnose = lambda run: 1 / 0"
    result = forked(*TINY, "--steps", "40", "--out", "run", before=broken).ok()
    assert (
        result.err.count(
            "the diagnosis failed and is off from now on (ZeroDivisionError: division by zero)"
        )
        == 1
    )
