"""The diagnosis on real runs, whole, cut short and damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from histories import found
from recorded_runs import declared, recorded

import ganzoo as zoo
from ganzoo.diagnosis import diagnose
from ganzoo.diagnosis.history import read
from ganzoo.runs.folder import Run


def test_there_are_real_runs_of_each_fault_and_healthy_ones() -> None:
    words = [declared(path) for path in recorded()]
    assert set(words) == {"won", "collapse", "oscillation", "explosion", "memorising", ""}
    assert words.count("") >= 3


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.name)
def test_real_runs(path: Path) -> None:
    diagnosis = diagnose(Run(path))
    faults = [finding.fault for finding in diagnosis.findings]
    assert faults == [finding.fault for finding in zoo.diagnose(path)]
    so_far = faults + [sign.fault for sign in diagnosis.signs]
    assert declared(path) in so_far if declared(path) else not so_far
    assert bool(diagnosis.command) == (not diagnosis.judged)


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.name)
def test_a_real_run_cut_short_anywhere(path: Path, tmp_path: Path) -> None:
    whole = read(Run(path))
    for n in range(len(whole.health)):
        last = whole.health[n]["step"]
        early = replace(whole, error="", health=whole.health[: n + 1],
                        metrics=[row for row in whole.metrics if row["step"] <= last])  # fmt: skip
        faults = set(found(early))
        if last < whole.record.total * 0.6:
            assert faults <= {"explosion"}
        if not declared(path):
            assert not faults
    copy = Path(shutil.copytree(path, tmp_path / "run"))
    for table in ("health.csv", "metrics.csv"):
        text = (copy / table).read_text()
        for cut in range(0, len(text), max(1, len(text) // 12)):
            (copy / table).write_text(text[:cut])
            zoo.diagnose(copy)
        (copy / table).unlink()
        zoo.diagnose(copy)


def test_a_damaged_table_is_reported(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(recorded()[0], tmp_path / "run"))
    (copy / "health.csv").write_text("step,diversity\n1\n2\n")
    with pytest.raises(zoo.BrokenFile, match=r"health\.csv"):
        zoo.diagnose(copy)
