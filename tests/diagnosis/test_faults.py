"""Each fault on both sides of its thresholds, and what is too little to judge by."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import pytest
from histories import AWAY, EARLY, KNOWN, RECORD, ROUND, STUCK, SURE, Curve, found, history

from ganzoo.diagnosis import collapse, explosion, memorising, oscillation, won
from ganzoo.diagnosis.history import History


def test_a_healthy_history_is_left_alone() -> None:
    assert found(history()) == []


SCORES = {"score(x)": 1.0, "score(G(z))": -1.0, "D(x)": float("nan"), "D(G(z))": float("nan")}


@pytest.mark.parametrize(
    ("health", "metrics", "faulty"),
    [
        (AWAY, SURE, True),
        (AWAY, {**SURE, "D(x)": 0.94}, False),
        (AWAY, {**SURE, "D(G(z))": 0.06}, False),
        ({}, SURE, False),  # it is right, and the samples come nearer
        ({"distance": 0.3}, SURE, True),
        ({"distance": 0.15}, SURE, False),  # they are there already
        ({"distance": lambda t: 1.5 if t < 0.1 else 2.2 - 1.0 * t}, SURE, True),  # has gone away
        ({"distance": lambda t: 3.0 if t < 0.1 else 1.0 - 0.2 * t}, SURE, True),
        ({"distance": lambda t: 2.0 if t < 0.1 else 1.0 - 0.4 * t}, SURE, False),
        ({"distance": lambda t: 1.2 if t < 0.1 else 1.0 - 0.4 * t}, SURE, True),  # not far yet
        (AWAY, {**SCORES, "discriminator_loss": 0.015}, True),
        (AWAY, {**SCORES, "discriminator_loss": 0.03}, False),
        (AWAY, {**SCORES, "discriminator_loss": lambda t: 0.5 - t}, False),  # Wasserstein's
    ],
)
def test_won(health: Mapping[str, Curve], metrics: Mapping[str, Curve], faulty: bool) -> None:
    finding = won.find(history(health, metrics))
    assert bool(finding) == faulty
    if finding:
        assert finding.fault == "won"
        assert re.search(r"distance of the samples .* \d\.\d+ \(\d\.\d+ a third", finding.evidence)


def test_won_reports_a_vanished_gradient() -> None:
    def evidence(left: float) -> str:
        fallen: dict[str, Curve] = {"generator_gradient": lambda t: 2.0 if t < 0.2 else left}
        finding = won.find(history(AWAY, {**SURE, **fallen}))
        assert finding
        return finding.evidence

    assert "gradient has fallen from 2 to 0.09" in evidence(0.09)
    assert "gradient" not in evidence(0.12)


@pytest.mark.parametrize(
    ("health", "modes", "faulty"),
    [
        ({**STUCK, "diversity": 0.38}, 0, True),
        ({**STUCK, "diversity": 0.42}, 0, False),
        ({"diversity": 0.38}, 0, False),  # alike, but getting nearer to the data
        (
            {**STUCK, "diversity": lambda t: 0.05 if t < 0.3 else 0.9},
            0,
            False,
        ),  # it was, and got over it
        ({"modes": 3, "good": 0.9}, 8, True),
        ({"modes": 5, "good": 0.9}, 8, True),
        ({"modes": 6, "good": 0.9}, 8, False),
        ({"modes": 3, "good": 0.3}, 8, True),
        ({"modes": 3, "good": 0.2}, 8, False),  # not sharp enough to count
        ({"modes": lambda t: 3 if t < 0.95 else 7, "good": 0.9}, 8, False),
        ({"modes": 3, "good": 0.9}, 0, False),  # it is not known how many there are
    ],
)
def test_collapse(health: Mapping[str, Curve], modes: int, faulty: bool) -> None:
    finding = collapse.find(history(health, modes=modes))
    assert bool(finding) == faulty
    if finding:
        assert finding.fault == "collapse"
        assert ("of the 8 modes" in finding.evidence) == (modes > 0)


def test_a_collapse_within_each_class() -> None:
    """The samples of all classes together are as diverse as real ones."""

    def evidence(health: Mapping[str, Curve], ratio: Curve) -> str:
        finding = collapse.find(history(health, {"class-diversity.ratio": ratio}))
        return finding.evidence if finding else ""

    assert "the samples of each class differ from each other 0.10" in evidence(STUCK, 0.1)
    assert not evidence(STUCK, 0.6)
    assert not evidence(STUCK, lambda t: 0.05 if t < 0.3 else 0.9)
    assert not evidence({}, 0.1)  # the samples get nearer to the data
    assert "the samples differ" in evidence({**STUCK, "diversity": 0.1}, 0.1)


def test_a_run_that_is_getting_over_its_collapse_is_left_to_it() -> None:
    rising: dict[str, Curve] = {**STUCK, "diversity": lambda t: 0.35 * t}
    assert collapse.find(history(rising, total=3_000))
    assert not collapse.find(history(rising, total=4_400))
    assert collapse.find(history({**STUCK, "diversity": 0.3}, total=4_400))


@pytest.mark.parametrize(
    ("health", "faulty"),
    [
        (ROUND, True),
        ({**ROUND, "change": 0.7}, False),
        ({**ROUND, "diversity": 0.2, "change": 0.4}, True),
        ({**ROUND, "diversity": 0.1, "change": 0.2}, False),  # hardly any movement at all
        ({**ROUND, "change": lambda t: 0.9 if t > 0.7 else 0.3}, False),  # not yet for long
        ({**ROUND, "distance": 0.15}, True),
        ({**ROUND, "distance": 0.08}, False),  # it is there
        ({**ROUND, "distance": lambda t: 1 - 0.5 * t}, False),  # it gets there
        ({**ROUND, "distance": lambda t: 1 - 0.3 * t}, True),
    ],
)
def test_oscillation(health: Mapping[str, Curve], faulty: bool) -> None:
    finding = oscillation.find(history(health))
    assert bool(finding) == faulty
    if finding:
        assert finding.fault == "oscillation"
        assert "of the distance between real ones, but they are only 0." in finding.evidence


def gradients(curve: Curve) -> dict[str, Curve]:
    return {"discriminator_gradient": curve, "generator_gradient": curve}


@pytest.mark.parametrize(
    ("metrics", "faulty"),
    [
        (gradients(lambda t: 1.7 ** (10 * t)), True),
        (gradients(lambda t: 1.5 ** (10 * t)), False),
        (gradients(lambda t: 0.18 * 1.7 ** (10 * t)), True),
        (gradients(lambda t: 0.08 * 1.7 ** (10 * t)), False),  # large beside nothing
        (gradients(lambda t: 1.0 if t < 1 / 3 else 100.0 + 70 * t), False),  # has stopped
        ({"discriminator_gradient": lambda t: 1.7 ** (10 * t)}, False),  # DCGAN's
        ({"generator_gradient": lambda t: 1.7 ** (10 * t)}, False),
        ({"generator_gradient": 2_000.0}, True),
        ({"discriminator_loss": -2_000.0}, True),
        ({"discriminator_loss": -900.0}, False),
        ({"discriminator_loss": lambda t: 50 * t}, False),  # a loss may grow, a gradient not
        ({"discriminator_loss": lambda t: 1e6 if t < 0.1 else 1.0}, False),  # over
    ],
)
def test_explosion(metrics: Mapping[str, Curve], faulty: bool) -> None:
    finding = explosion.find(history(metrics=metrics))
    assert bool(finding) == faulty
    if finding:
        assert finding.fault == "explosion"
        assert re.search(r"the (gen|discrim)\w+'s \w+ is -?\d", finding.evidence)


def test_two_rows_are_no_explosion() -> None:
    huge: dict[str, Curve] = {"discriminator_loss": -2_000.0}
    assert not explosion.find(history(metrics=huge, until=300))
    assert explosion.find(history(metrics=huge, until=600))


def test_an_outburst_that_wrecked_a_run() -> None:
    outburst = {"discriminator_loss": lambda t: 1e6 if t < 0.1 else 1.0}
    finding = explosion.find(history({"distance": 1.8}, outburst))
    assert finding
    assert "was 1e+06 by step 50" in finding.evidence


def test_why_a_run_failed_is_the_evidence() -> None:
    finding = explosion.find(History(RECORD, error="generator_loss became nan by step 50"))
    assert finding
    assert finding.evidence == "generator_loss became nan by step 50"


@pytest.mark.parametrize(
    ("health", "faulty"),
    [
        (KNOWN, True),
        ({**KNOWN, "unseen": 1.75}, False),
        ({**KNOWN, "unseen": 1.25}, True),
        ({**KNOWN, "unseen": lambda t: -1.0 if t < 0.75 else 3.5}, False),  # they scatter
        ({**KNOWN, "fake": 4.0}, False),  # it tells nothing apart
        ({**KNOWN, "seen": 3.0, "unseen": 3.0, "fake": 3.0}, False),
    ],
)
def test_memorising(health: Mapping[str, Curve], faulty: bool) -> None:
    finding = memorising.find(history(health))
    assert bool(finding) == faulty
    if finding:
        assert finding.fault == "memorising"
        assert "after 39 passes" in finding.evidence


def test_nothing_is_memorised_after_a_few_passes() -> None:
    assert memorising.find(history(KNOWN, steps_per_epoch=400))
    assert not memorising.find(History(RECORD, history(KNOWN).health[-3:]))
    assert memorising.find(History(RECORD, history(KNOWN).health[-4:]))
    assert not memorising.find(history(KNOWN, steps_per_epoch=750))


# Too little


@pytest.mark.parametrize(("grids", "enough"), [(1, False), (4, False), (5, True)])
def test_a_few_grids_say_nothing(grids: int, enough: bool) -> None:
    metrics = history(EARLY, SURE).metrics
    health = [
        {"step": 3_000 * (i + 1) / grids, "diversity": 0.01, "distance": 1.5, "change": 1.0}
        for i in range(grids)
    ]
    assert bool(found(History(RECORD, health, metrics))) == enough


@pytest.mark.parametrize("column", ["diversity", "distance", "change", "seen", "D(x)", "step"])
def test_a_missing_column_is_no_reason_to_fail(column: str) -> None:
    faulty = [EARLY, ROUND, KNOWN, {"modes": 1, "good": 1.0}]
    for health, modes in itertools.product(faulty, (0, 8)):
        seen = history(health, SURE, modes=modes)
        if column != "step":
            for row in itertools.chain(seen.health, seen.metrics):
                row.pop(column, None)  # type: ignore[attr-defined]
        found(seen)
        found(History(seen.record, seen.health))
        found(History(seen.record, (), seen.metrics))
    assert found(History(RECORD)) == []
