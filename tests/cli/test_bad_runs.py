"""Runs that cannot be resumed or sampled as was requested, or whose record is damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TINY, Forks, snapshot

# Resuming and sampling

RESUMED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "another rate": (("--set", "lr=1"), ("trainer.lr: the run has 0.0002, and you requested 1.0",)),
    "another seed": (("--seed", "4"), ("trainer.seed: the run has 0, and you requested 4",)),
    "several": (
        ("--seed", "4", "--batch-size", "8"),
        ("trainer.seed: the run has 0", "trainer.batch_size: the run has 16, and you requested 8"),
    ),
    "another loss": (("--loss", "minimax"), ("loss: the run has bce, and you requested minimax",)),
    "other data": (("--dataset", "grid"), ("dataset: the run has ring, and you requested grid",)),
    "a penalty": (("--penalty", "r1"), ("penalty: the run has none, and you requested r1",)),
    "a shorter length": (("--steps", "10"), ("a run of 40 steps", "extended", "shortened to 10")),
}


@pytest.mark.parametrize("case", RESUMED)
def test_resuming_with_other_settings(forked: Forks, trained: Path, case: str) -> None:
    args, words = RESUMED[case]
    before = snapshot(trained)
    refused = forked("train", "--resume", trained, *args).refused(2, *words)
    if "shorter" not in case:
        assert "cannot resume" in refused.err
        assert "--config" in refused.err
    assert snapshot(trained) == before


def test_resuming_with_the_same_settings_by_name(forked: Forks, trained: Path) -> None:
    metrics = (trained / "metrics.csv").read_bytes()
    same = ("ganzoo-core/vanilla-mlp", "--penalty", "none", "--seed", "0", "--loss", "bce")
    forked("train", *same, "--resume", trained).ok()
    assert (trained / "metrics.csv").read_bytes() == metrics


def test_a_schedule_fixes_the_length(forked: Forks) -> None:
    made = forked(*TINY, "--steps", "10", "--set", "schedule=linear", "--out", "run").ok()
    assert "--steps" not in made.err  # it offers nothing that it cannot do
    before = snapshot(Path("run"))
    args = ("train", "--resume", "run", "--steps", "20")
    forked(*args).refused(2, "cannot be extended", "schedule", "10 steps")
    assert snapshot(Path("run")) == before


SAMPLED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "none": (("-n", "0"), ("0 samples", "at least 1")),
    "a seed": (("--seed", "-1"), ("seed -1", "0 or more")),
    "an ending": (("--out", "x.jpg"), ("x.jpg", ".png or .npz")),
    "no ending": (("--out", "x"), (".png or .npz",)),
    "a step": (("--step", "7"), ("no weights of step 7", "the nearest are 0, 20, 40")),
    "words": (("-n", "many"), ("integer",)),
}


@pytest.mark.parametrize("case", SAMPLED)
def test_sampling(forked: Forks, trained: Path, tmp_path: Path, case: str) -> None:
    args, words = SAMPLED[case]
    before = snapshot(tmp_path)
    forked("sample", trained, *args).refused(2, *words)
    assert snapshot(tmp_path) == before


def test_sampling_to_where_nothing_can_be_written(forked: Forks, trained: Path) -> None:
    Path("folder.png").mkdir()
    Path("file").write_text("mine")
    for out in (Path("folder.png"), Path("file/x.png")):
        refused = forked("sample", trained, "--out", out)
        refused.refused(1, "cannot write", out.name, str(out.parent))
    forked("sample", trained, "--out", "x" * 300 + ".png").refused(2, "--out", "too long")
    assert Path("file").read_text() == "mine"


def test_a_run_without_weights(forked: Forks, trained: Path) -> None:
    shutil.rmtree(trained / "checkpoints")
    shutil.rmtree(trained / "samples")
    forked("sample", trained).refused(2, "has no weights yet")


# Records of runs


def _edited(**changes: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), **changes}).encode()


RECORDS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "not a run's record"),
    "truncated": (lambda content: content[:-30], "not a run's record"),
    "binary": (lambda _: b"\xff\xfe\x00", "not a run's record"),
    "a list": (lambda _: b"[]", "(it is [])"),
    "foreign": (lambda _: b'{"name": "other", "format": 2}', "it has no 'model'"),
    "of a newer format": (_edited(format=3), "has format 3; this version of ganzoo reads 2"),
    "with no settings": (_edited(settings=[]), "settings is []"),
    "with a wrong total": (_edited(total="x"), "total is 'x'"),
    "with no fields": (_edited(fields={}), "fields is {}"),
    "with wrong fields": (_edited(fields={"point": {"shape": ["x"]}}), "not a run's record"),
    "with a wrong extent": (_edited(extent="x"), "extent is 'x'"),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_damaged_record(forked: Forks, trained: Path, case: str) -> None:
    damage, words = RECORDS[case]
    record = trained / "run.json"
    record.write_bytes(damage(record.read_bytes()))
    before = snapshot(trained)
    for args in (("train", "--resume", trained), ("sample", trained)):
        forked(*args).refused(1, "run.json", words)
    listed = forked("runs", "--json", trained).ok()  # the others must still be shown
    (row,) = listed.json
    assert row["status"] == "damaged"
    assert words in row["problem"]
    assert words in listed.err
    assert snapshot(trained) == before


def test_a_missing_record(forked: Forks, trained: Path) -> None:
    (trained / "run.json").unlink()
    for args in (("train", "--resume", trained), ("sample", trained)):
        forked(*args).refused(2, "no such run", "no run.json")
