"""Tables whose content is damaged or hostile, and tables that are something else."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.runs.table import Table

WHOLE = "step,loss,modes.covered\n10,0.5,\n20,-1e-3,8\n30,nan,inf\n"
ROW = "10,0.5,"
WRONG = {
    "a superscript": "²,0.5,", "a superscript in a number": "10,²,",
    "many digits": "9" * 5_000 + ",0.5,",
    "nineteen digits": "1" * 19 + ",0.5,", "a negative step": "-1,0.5,", "half a step": "1.5,0.5,",
    "an endless step": "inf,0.5,", "no step": ",0.5,", "other digits": "١٠,0.5,",
    "grouped digits": "1_0,0.5,", "a grouped number": "10,1_000,", "a full-width digit": "１,0.5,",
    "a word": "10,low,", "hexadecimal": "10,0x1p3,", "fewer cells": "10,0.5",
    "more cells": "10,1,,2",
    "an empty row": "", "a quote": '10,"0.5', "a control character": "10,0.5\x1b,",
    "a null": "10,\0,",
    "a space": "1 0,0.5,", "a sign": "+1 0,0.5,",
}  # fmt: skip
"""Rows that no table has."""


@pytest.fixture
def table(tmp_path: Path) -> Table:
    (tmp_path / "metrics.csv").write_text(WHOLE, encoding="utf-8")
    return Table(tmp_path / "metrics.csv")


def test_a_whole_table(table: Table) -> None:
    rows = table.numbers()
    assert [row["step"] for row in rows] == [10, 20, 30]
    assert [row["loss"] for row in rows][:2] == [0.5, -1e-3]
    assert math.isnan(rows[0]["modes.covered"])
    assert math.isinf(rows[2]["modes.covered"])
    assert table.last_step() == 30


@pytest.mark.parametrize("what", WRONG)
def test_a_row_that_no_table_has(table: Table, what: str) -> None:
    table.path.write_text(WHOLE.replace(ROW, WRONG[what]), encoding="utf-8")
    for read in (table.rows, table.numbers, lambda: table.cut(bool)):
        with pytest.raises(BrokenFile, match=r"^metrics.csv is not a table of steps \(") as caught:
            read()
        assert len(str(caught.value).splitlines()) == 1
        assert len(str(caught.value)) < 200
    assert table.last_step() == 30
    table.path.write_text(WHOLE + WRONG[what] + "\n", encoding="utf-8")
    assert table.last_step() in (0, 10)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"a,b\n1,2\n", b"\n\n", b"step,step\n1,2\n", b"step\n\xe2\x80\xa8\n", b"\0\0"],
    ids=repr,
)  # fmt: skip
def test_what_is_no_table(table: Table, content: bytes) -> None:
    table.path.write_bytes(content + b"\n")
    with pytest.raises(BrokenFile, match=r"is not a table of steps \("):
        table.rows()


@pytest.mark.parametrize("at", range(0, len(WHOLE), 3))
def test_a_row_cut_short_is_left_out(table: Table, at: int) -> None:
    table.path.write_bytes(WHOLE.encode()[:at])
    whole = WHOLE[:at].count("\n")
    assert len(table.rows()) == max(0, whole - 1)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "device", "folder"):
        table = Table(tmp_path / name)
        for use in (table.rows, table.sync, lambda: table.append({"step": 1})):  # noqa: B023
            with pytest.raises(GanzooError, match=name):
                use()
        assert table.last_step() == 0


def test_nothing_is_added_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(WHOLE)
    (tmp_path / "link").symlink_to("mine")
    table = Table(tmp_path / "link")
    assert len(table.rows()) == 3
    with pytest.raises(GanzooError, match="it is a link to another file"):
        table.append(dict.fromkeys(("step", "loss", "modes.covered"), 1))
    table.cut(lambda step: step < 30)
    assert (tmp_path / "mine").read_text() == WHOLE
    assert [row["step"] for row in table.rows()] == ["10", "20"]


def test_the_working_directory_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(Path("here.csv"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    table.append({"step": 1})
    table.cut(lambda step: True)
    assert (tmp_path / "here.csv").read_text() == "step\n1\n"
    assert not list(Path().iterdir())
