"""The diagnosis: what is ill is found, what is healthy is left alone, nothing makes it fail."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, Forks, Ganzoo

import ganzoo as zoo
from ganzoo.cli.diagnose import told as spelt
from ganzoo.diagnosis import EARLY, ILLNESSES, collapse, explosion, memorising, oscillation, won
from ganzoo.diagnosis.history import History, read
from ganzoo.diagnosis.remedy import mended, penalised, slower, wasserstein
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord

RECORDED = Path(__file__).parent / "diagnosed"
"""Tables of real runs; ``python -m benchmarks.diagnosis tune --keep tests/diagnosis/diagnosed``."""

Curve = float | Callable[[float], float]
"""A column: a number, or a function of the share of the way."""

RECORD = RunRecord(
    model="vanilla-mlp",
    loss="bce",
    penalty=None,
    dataset="mnist-5k",
    settings={"trainer.seed": 0, "trainer.lr": 2e-4, "trainer.critic_moves": 1},
    asked=(),
    distributions={"model": "ganzoo-core"},
    versions={},
    fields={"image": zoo.Field(shape=(1, 28, 28), range=(-1, 1))},
    total=3_000,
    steps_per_epoch=77,
    extent=None,
    started="",
    command="ganzoo train vanilla-mlp --dataset mnist-5k --loss bce --set trainer.steps=3000",
)


def rows(columns: Mapping[str, Curve], every: int, until: int) -> list[dict[str, float]]:
    steps = range(every, until + 1, every)
    return [
        {"step": s, **{k: v(s / until) if callable(v) else v for k, v in columns.items()}}
        for s in steps
    ]


def history(
    health: Mapping[str, Curve] | None = None,
    metrics: Mapping[str, Curve] | None = None,
    *,
    until: int = 3_000,
    **changes: Any,
) -> History:
    """A healthy run's, but for what is given."""
    good: dict[str, Curve] = {
        "diversity": lambda t: 0.2 + 0.7 * t,
        "distance": lambda t: 1.5 - 1.4 * t,
        "change": 0.3,
        "seen": 2.0,
        "unseen": 1.9,
        "fake": -2.0,
    }
    moves: dict[str, Curve] = {
        "discriminator_loss": 0.8,
        "D(x)": 0.75,
        "D(G(z))": 0.25,
        "discriminator_gradient": 2.0,
        "generator_loss": 1.4,
        "generator_gradient": 3.0,
    }
    modes = changes.pop("modes", 0)
    error = changes.pop("error", "")
    return History(
        replace(RECORD, **changes),
        rows(good | dict(health or {}), 200, until),
        rows(moves | dict(metrics or {}), 50, until),
        error,
        modes,
    )


def found(told: History) -> list[str]:
    return [f.illness for illness in ILLNESSES if (f := illness.find(told))]


def test_a_healthy_history_is_left_alone() -> None:
    assert found(history()) == []


# Each illness, on both sides of its thresholds

SURE = {"D(x)": 0.99, "D(G(z))": 0.01, "discriminator_loss": 0.03}
AWAY: dict[str, Curve] = {"distance": 0.9}
TOLD = {"score(x)": 1.0, "score(G(z))": -1.0, "D(x)": float("nan"), "D(G(z))": float("nan")}


@pytest.mark.parametrize(
    ("health", "metrics", "ill"),
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
        (AWAY, {**TOLD, "discriminator_loss": 0.015}, True),
        (AWAY, {**TOLD, "discriminator_loss": 0.03}, False),
        (AWAY, {**TOLD, "discriminator_loss": lambda t: 0.5 - t}, False),  # Wasserstein's
    ],
)
def test_won(health: Mapping[str, Curve], metrics: Mapping[str, Curve], ill: bool) -> None:
    finding = won.find(history(health, metrics))
    assert bool(finding) == ill
    if finding:
        assert finding.illness == "won"
        assert re.search(r"distance of \d\.\d+ .*\(\d\.\d+ a third", finding.evidence)


def test_won_tells_of_a_vanished_gradient() -> None:
    def evidence(left: float) -> str:
        fallen: dict[str, Curve] = {"generator_gradient": lambda t: 2.0 if t < 0.2 else left}
        finding = won.find(history(AWAY, {**SURE, **fallen}))
        assert finding
        return finding.evidence

    assert "gradient has fallen from 2 to 0.09" in evidence(0.09)
    assert "gradient" not in evidence(0.12)


STUCK: dict[str, Curve] = {"distance": 0.5}


@pytest.mark.parametrize(
    ("health", "modes", "ill"),
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
def test_collapse(health: Mapping[str, Curve], modes: int, ill: bool) -> None:
    finding = collapse.find(history(health, modes=modes))
    assert bool(finding) == ill
    if finding:
        assert finding.illness == "collapse"
        assert ("of 8 modes" in finding.evidence) == (modes > 0)


def test_a_run_that_is_getting_over_its_collapse_is_left_to_it() -> None:
    rising: dict[str, Curve] = {**STUCK, "diversity": lambda t: 0.35 * t}
    assert collapse.find(history(rising, total=3_000))
    assert not collapse.find(history(rising, total=4_400))
    assert collapse.find(history({**STUCK, "diversity": 0.3}, total=4_400))


ROUND: dict[str, Curve] = {"diversity": 0.5, "change": 0.9, "distance": 0.6}


@pytest.mark.parametrize(
    ("health", "ill"),
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
def test_oscillation(health: Mapping[str, Curve], ill: bool) -> None:
    finding = oscillation.find(history(health))
    assert bool(finding) == ill
    if finding:
        assert finding.illness == "oscillation"
        assert "of the distance between real ones, but differ by 0." in finding.evidence


def gradients(curve: Curve) -> dict[str, Curve]:
    return {"discriminator_gradient": curve, "generator_gradient": curve}


@pytest.mark.parametrize(
    ("metrics", "ill"),
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
def test_explosion(metrics: Mapping[str, Curve], ill: bool) -> None:
    finding = explosion.find(history(metrics=metrics))
    assert bool(finding) == ill
    if finding:
        assert finding.illness == "explosion"
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


def test_what_a_run_failed_of_is_the_evidence() -> None:
    finding = explosion.find(History(RECORD, error="generator_loss became nan by step 50"))
    assert finding
    assert finding.evidence == "generator_loss became nan by step 50"


KNOWN: dict[str, Curve] = {"seen": 3.0, "unseen": 0.5, "fake": -2.0}


@pytest.mark.parametrize(
    ("health", "ill"),
    [
        (KNOWN, True),
        ({**KNOWN, "unseen": 1.75}, False),
        ({**KNOWN, "unseen": 1.25}, True),
        ({**KNOWN, "unseen": lambda t: -1.0 if t < 0.75 else 3.5}, False),  # they scatter
        ({**KNOWN, "fake": 4.0}, False),  # it tells nothing apart
        ({**KNOWN, "seen": 3.0, "unseen": 3.0, "fake": 3.0}, False),
    ],
)
def test_memorising(health: Mapping[str, Curve], ill: bool) -> None:
    finding = memorising.find(history(health))
    assert bool(finding) == ill
    if finding:
        assert finding.illness == "memorising"
        assert "after 39 passes" in finding.evidence


def test_nothing_is_known_by_heart_after_a_few_passes() -> None:
    assert memorising.find(history(KNOWN, steps_per_epoch=400))
    assert not memorising.find(History(RECORD, history(KNOWN).health[-3:]))
    assert memorising.find(History(RECORD, history(KNOWN).health[-4:]))
    assert not memorising.find(history(KNOWN, steps_per_epoch=750))


# Too early, too little

ILL: dict[str, Curve] = {"diversity": 0.01, "distance": 1.5, "change": 1.0}


def test_what_every_run_begins_with_is_no_illness() -> None:
    assert set(found(history(ILL, SURE))) == {"won", "collapse", "oscillation"}
    assert found(history(ILL, SURE, total=4_600)) == []  # not ripe
    assert set(found(history(ILL, SURE, total=100_000, until=10_000))) > {"won", "collapse"}
    assert "collapse" not in found(history(ILL, total=100_000, until=9_000))
    short = history(ILL).health[-12:]  # a grid every ten steps
    for length, told in ((140, False), (160, True)):
        health = [{**row, "step": length - 10 * i} for i, row in enumerate(reversed(short))]
        short_run = History(replace(RECORD, total=length), health[::-1])
        assert ("collapse" in found(short_run)) == told


@pytest.mark.parametrize(("grids", "told"), [(1, False), (4, False), (5, True)])
def test_a_few_grids_say_nothing(grids: int, told: bool) -> None:
    metrics = history(ILL, SURE).metrics
    health = [
        {"step": 3_000 * (i + 1) / grids, "diversity": 0.01, "distance": 1.5, "change": 1.0}
        for i in range(grids)
    ]
    assert bool(found(History(RECORD, health, metrics))) == told


@pytest.mark.parametrize("column", ["diversity", "distance", "change", "seen", "D(x)", "step"])
def test_a_missing_column_is_no_reason_to_fail(column: str) -> None:
    sick = [ILL, ROUND, KNOWN, {"modes": 1, "good": 1.0}]
    for health, modes in itertools.product(sick, (0, 8)):
        told = history(health, SURE, modes=modes)
        if column != "step":
            for row in itertools.chain(told.health, told.metrics):
                row.pop(column, None)  # type: ignore[attr-defined]
        found(told)
        found(History(told.record, told.health))
        found(History(told.record, (), told.metrics))
    assert found(History(RECORD)) == []


# Real runs


def recorded() -> Sequence[Path]:
    return sorted(RECORDED.iterdir())


def declared(path: Path) -> str:
    """``collapse-digits`` -> ``collapse``; ``healthy-...`` -> nothing."""
    word = path.name.partition("-")[0]
    return "" if word == "healthy" else word


def test_there_are_real_runs_of_each_illness_and_healthy_ones() -> None:
    words = [declared(path) for path in recorded()]
    assert set(words) == {"won", "collapse", "oscillation", "explosion", "memorising", ""}
    assert words.count("") >= 3


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.name)
def test_real_runs(path: Path) -> None:
    illnesses = [finding.illness for finding in zoo.diagnose(path)]
    assert declared(path) in illnesses if declared(path) else not illnesses


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.name)
def test_a_real_run_cut_short_anywhere(path: Path, tmp_path: Path) -> None:
    told = read(Run(path))
    for n in range(len(told.health)):
        last = told.health[n]["step"]
        early = replace(told, error="", health=told.health[: n + 1],
                        metrics=[row for row in told.metrics if row["step"] <= last])  # fmt: skip
        illnesses = set(found(early))
        if last < told.record.total * 0.6:
            assert illnesses <= {"explosion"}
        if not declared(path):
            assert not illnesses
    copy = Path(shutil.copytree(path, tmp_path / "run"))
    for table in ("health.csv", "metrics.csv"):
        whole = (copy / table).read_text()
        for cut in range(0, len(whole), max(1, len(whole) // 12)):
            (copy / table).write_text(whole[:cut])
            zoo.diagnose(copy)
        (copy / table).unlink()
        zoo.diagnose(copy)


def test_a_damaged_table_is_said_to_be(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(recorded()[0], tmp_path / "run"))
    (copy / "health.csv").write_text("step,diversity\n1\n2\n")
    with pytest.raises(zoo.BrokenFile, match=r"health\.csv"):
        zoo.diagnose(copy)


# What it advises

ADVISED = {
    "won": [{"loss": "minimax"}, {"loss": "bce"}, {"model": "dcgan"}, {"penalty": "r1"}],
    "collapse": [{}, {"model": "dcgan"}, {"dataset": "ring"}, {"loss": "wgan-gp"}],
    "oscillation": [{}, {"model": "dcgan"}, {"dataset": "ring"}, {"penalty": "r1"}],
    "explosion": [{}, {"loss": "wgan-gp"}, {"loss": "least-squares"}],
    "memorising": [{}, {"dataset.size": 200}],
}
SICK = {
    "won": history(AWAY, SURE),
    "collapse": history({**STUCK, "diversity": 0.1}),
    "oscillation": history(ROUND),
    "explosion": history(metrics={"discriminator_loss": 1e6}),
    "memorising": history(KNOWN),
}


def finding_of(illness: str, parts: Mapping[str, Any]) -> zoo.Finding:
    """The finding for a run of these parts."""
    names = {"model": "vanilla-mlp", "dataset": "mnist-5k", "loss": "bce", "penalty": None}
    names |= {k: v for k, v in parts.items() if "." not in k}
    own = {k: v for k, v in parts.items() if "." in k}
    options = [f"--{k} {names[k]}" for k in ("dataset", "loss", "penalty") if names[k]]
    sets = {"trainer.steps": 3000, "trainer.critic_moves": 2, "trainer.lr": 1e-3, **own}
    command = " ".join(
        [
            "ganzoo train",
            str(names["model"]),
            *options,
            *(f"--set {k}={v}" for k, v in sets.items()),
        ]
    )
    record = replace(
        RECORD, **names, asked=tuple(sets), command=command,
        extent=1.0 if names["dataset"] == "ring" else None,
        settings=RECORD.settings | sets | ({"model.norm": "batch"} if "dcgan" in command else {}),
    )  # fmt: skip
    told = replace(SICK[illness], record=record)
    (finding,) = (f for module in ILLNESSES if (f := module.find(told)) and f.illness == illness)
    return finding


CASES = [(illness, parts) for illness, all_parts in ADVISED.items() for parts in all_parts]


@pytest.mark.parametrize(("illness", "parts"), CASES)
def test_what_is_advised_can_be_trained(
    illness: str, parts: Mapping[str, Any], forked: Forks
) -> None:
    pytest.importorskip("ganzoo_wgan")
    finding = finding_of(illness, parts)
    words = shlex.split(finding.command)
    assert words[:2] == ["ganzoo", "train"]
    forked(*words[1:], "--dry-run", "--set", "threads=1").ok()


@pytest.mark.parametrize(("illness", "parts"), CASES)
def test_a_finding_is_whole(illness: str, parts: Mapping[str, Any]) -> None:
    finding = finding_of(illness, parts)
    assert finding.command != replace(RECORD).command
    assert re.search(r"\d", finding.evidence)
    assert finding.cause.count(". ") == 1, "two sentences"
    assert finding.cause.endswith(".")
    assert finding.paper.link.startswith("https://")
    assert not finding.advice.endswith(".")
    plain = json.loads(json.dumps(finding.plain()))
    assert plain["paper"]["year"] == finding.paper.year
    assert set(plain) == {
        "illness", "title", "evidence", "cause", "paper", "advice", "command",
    }  # fmt: skip


def test_a_changed_part_loses_its_settings() -> None:
    command = (
        "ganzoo train vanilla-mlp --dataset ring --loss wgan-gp --penalty gradient-penalty "
        "--observer tensorboard --set penalty.weight=0.1 --set trainer.lr=0.001 "
        "--set model.latent=2"
    )
    record = replace(RECORD, command=command)
    assert mended(record, {"--loss": "bce", "--penalty": None, "trainer.lr": 1e-4}) == (
        "ganzoo train vanilla-mlp --dataset ring --loss bce --observer tensorboard "
        "--set model.latent=2 --set trainer.lr=0.0001"
    )
    assert slower(RECORD, 4) == {"trainer.lr": pytest.approx(5e-5)}
    batch = replace(RECORD, settings={"model.norm": "batch"})
    assert penalised(batch, "r1") == {"--penalty": "r1", "model.norm": "layer"}
    assert "penalty.weight" in wasserstein(replace(RECORD, extent=1.0))
    assert "penalty.weight" not in wasserstein(RECORD)


def test_a_package_that_is_missing_is_named() -> None:
    bare = replace(SICK["oscillation"], record=RECORD)
    finding = oscillation.find(bare)
    assert finding
    assert "ganzoo-wgan" in finding.advice
    has = replace(RECORD, distributions={"loss": "ganzoo-wgan"})
    finding = oscillation.find(replace(bare, record=has))
    assert finding
    assert "ganzoo-wgan" not in finding.advice


# The commands


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
