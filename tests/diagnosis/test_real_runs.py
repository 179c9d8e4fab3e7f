"""The diagnosis on real runs, whole, cut short and damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from histories import found
from recorded_runs import declared, recorded

import ganzoo as zoo
from ganzoo.diagnosis.history import read
from ganzoo.runs.folder import Run


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
