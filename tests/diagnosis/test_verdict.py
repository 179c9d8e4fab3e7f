"""When a run is judged, and what is said of one that cannot be judged yet."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import pytest
from conftest import TINY, Forks
from histories import AWAY, EARLY, KNOWN, RECORD, SURE, found, history, signs

import ganzoo as zoo
from ganzoo.diagnosis import Diagnosis
from ganzoo.diagnosis.diagnosis import examine
from ganzoo.diagnosis.history import History

VANISHED = {**SURE, "generator_gradient": lambda t: 2.0 if t < 0.2 else 0.01}
ASKED = ("trainer.steps",)


def diagnosis(seen: History) -> Diagnosis:
    return examine(seen, "runs/1")


def settings(**changes: Any) -> Mapping[str, Any]:
    return {**RECORD.settings, **{f"trainer.{k}": v for k, v in changes.items()}}


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ({"asked": ASKED, "total": 2_000, "until": 2_000}, False),
        ({"asked": ASKED, "total": 5_000, "until": 5_000}, False),
        ({"asked": ASKED, "total": 6_000, "until": 6_000}, True),
        ({"asked": ("trainer.epochs",), "total": 2_000, "until": 2_000}, False),
        # five times the rate needs a fifth of the steps
        ({"asked": ASKED, "settings": settings(lr=1e-3), "total": 1_000, "until": 1_000}, False),
        ({"asked": ASKED, "settings": settings(lr=1e-3), "total": 1_200, "until": 1_200}, True),
        ({"asked": ASKED, "settings": settings(lr=0.0), "total": 6_000, "until": 6_000}, False),
        # a moving average lags by a ninth of the steps so far, and by 1 / (1 - ema) at most
        ({"asked": ASKED, "settings": settings(ema=0.9999), "total": 6_700, "until": 6_700}, False),
        ({"asked": ASKED, "settings": settings(ema=0.9999), "total": 6_800, "until": 6_800}, True),
        ({"asked": ASKED, "settings": settings(ema=0.99), "total": 6_000, "until": 6_000}, False),
        ({"asked": ASKED, "settings": settings(ema=0.99), "total": 6_100, "until": 6_100}, True),
        # points need fewer
        ({"asked": ASKED, "extent": 2.0, "total": 2_000, "until": 2_000}, False),
        ({"asked": ASKED, "extent": 2.0, "total": 2_500, "until": 2_500}, True),
        # the length that the model came with is long enough
        ({"total": 2_000, "until": 2_000}, True),
        ({"total": 3_000, "until": 2_000}, True),
        ({"total": 3_000, "until": 1_800}, False),
        # most of the planned run must be done, or many steps
        ({"asked": ASKED, "total": 12_000, "until": 7_000}, False),
        ({"asked": ASKED, "total": 12_000, "until": 8_000}, True),
        ({"asked": ASKED, "total": 100_000, "until": 10_000}, True),
    ],
)
def test_samples_that_are_alike_count_once_the_run_is_long_enough(
    changes: Mapping[str, Any], judged: bool
) -> None:
    seen = history(EARLY, SURE, **changes)
    assert {"won", "collapse"} <= set(found(seen) + signs(seen))
    assert bool(found(seen)) == judged
    assert bool(signs(seen)) != judged


def test_faults_that_more_training_does_not_mend_count_in_a_short_run() -> None:
    short: dict[str, Any] = {"asked": ASKED, "total": 1_000, "until": 1_000}
    assert found(history(KNOWN, steps_per_epoch=10, **short)) == ["memorising"]
    assert found(history(AWAY, VANISHED, **short)) == ["won"]
    assert found(history(AWAY, SURE, **short)) == []
    assert found(history(metrics={"discriminator_loss": 1e6}, **short)) == ["explosion"]


def test_a_healthy_run_gets_one_sentence() -> None:
    healthy = diagnosis(history())
    assert healthy.verdict == "Nothing looks wrong."
    assert (healthy.judged, healthy.command) == (True, "")
    # so does a short run whose samples are good
    assert diagnosis(history(asked=ASKED, total=1_500, until=1_500)) == healthy


def test_a_run_that_was_stopped_is_unfinished() -> None:
    stopped = diagnosis(history(until=2_400))
    assert stopped.verdict == (
        "The run is unfinished, at step 2,400 of 3,000. So far, nothing looks wrong."
    )
    assert stopped.command == "ganzoo train --resume runs/1"
    early = diagnosis(history(EARLY, until=1_000))
    assert early.verdict == (
        "The run is unfinished, at step 1,000 of 3,000. It is too early to judge. So far, the "
        "samples differ from each other 0.01 times as much as real ones do (0.01 a third of the "
        "run ago), where a good run has 0.5 to 1. Many good runs begin like this."
    )
    assert early.command == "ganzoo train --resume runs/1"


def test_a_short_run_is_told_how_long_it_takes() -> None:
    short = diagnosis(history(EARLY, asked=ASKED, total=1_000, until=1_000))
    assert short.findings == []
    assert short.verdict.startswith(
        "It is too early to judge: a run like this may need 6,000 steps. So far, the samples differ"
    )
    assert short.command == "ganzoo train --resume runs/1 --steps 6000"
    sparse = diagnosis(history(until=3_000, settings=settings(sample_every=1_500)).__class__(
        RECORD, health=history().health[:2], metrics=history().metrics
    ))  # fmt: skip
    assert sparse.verdict == "It is too early to judge: that takes 6 grids, and this run has 2."


def test_a_run_with_a_schedule_cannot_be_made_longer() -> None:
    linear = settings(schedule="linear")
    short = diagnosis(history(EARLY, asked=ASKED, total=1_000, until=1_000, settings=linear))
    words = shlex.split(short.command)
    assert words[:3] == ["ganzoo", "train", "vanilla-mlp"]
    assert "trainer.steps=6000" in words


def test_training_on_as_suggested_leads_to_a_judgement(forked: Forks) -> None:
    short = (*TINY, "--set", "lr=1e-3", "--steps", "100", "--out", "run")
    forked(*short).ok()
    said = forked("diagnose", "run").ok()
    assert said.out == ""
    command = said.err.splitlines()[-1].strip()
    assert command == "ganzoo train --resume run --steps 500"
    forked(*shlex.split(command)[1:], "--quiet").ok()
    said = forked("diagnose", "run").ok()
    assert "too early" not in said.err
    assert zoo.diagnose("run") or "Nothing looks wrong" in said.err
