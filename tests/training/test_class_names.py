"""A run records the names of its classes, and goes on whether or not it has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from own_data import paint, resume, train

import ganzoo
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.runs.folder import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANZOO_NO_REPORT", "1")
    for i in range(20):
        paint(tmp_path / "pics" / ("daisy" if i % 2 else "tulip") / f"{i}.png", i)
    return train(tmp_path / "pics", tmp_path / "run", steps=4)


def change_label(run: Path, **changes: object) -> None:
    record = json.loads((run / "run.json").read_text())
    label = record["fields"]["label"]
    label.update(changes)
    for key in [key for key, value in label.items() if value is None and key in changes]:
        del label[key]
    (run / "run.json").write_text(json.dumps(record))


def test_they_are_recorded(run: Path) -> None:
    assert Run(run).record.fields["label"].names == ("daisy", "tulip")
    assert ganzoo.load(run).record.fields["label"].names == ("daisy", "tulip")


@pytest.mark.parametrize("names", [None, ["rose", "tulip"]], ids=["none", "others"])
def test_a_run_without_them_or_with_others_goes_on(run: Path, names: list[str] | None) -> None:
    change_label(run, names=names, domain=None)
    resume(run, steps=6)
    assert Run(run).status() == ("finished", 6)


def test_a_run_with_other_classes_does_not(run: Path) -> None:
    change_label(run, names=None, classes=3)
    with pytest.raises(UsageError, match="its data has changed since it began"):
        resume(run, steps=6)


@pytest.mark.parametrize("names", [["daisy"], ["daisy", "daisy"], ["daisy", 2], "ab", None])
def test_wrong_ones_in_the_file_are_one_line(run: Path, names: object) -> None:
    change_label(run, names=names, **({"domain": 3} if names is None else {}))
    with pytest.raises(
        BrokenFile, match=r"run.json is not a run's record, or is damaged \("
    ) as told:
        ganzoo.load(run)
    assert len(str(told.value).splitlines()) == 1
