"""Commands on runs whose files are damaged or no files: one line, and never for ever."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TINY, Forks, Result, device, folder, pipe

import ganzoo as zoo
from ganzoo.runs.folder import Run

OWN = (*TINY, "--set", "evaluate_every=20", "--metric", "modes", "--steps", "40")
FILES = (
    "run.json", "status.json", "metrics.csv", "health.csv", "timings.csv", "evaluations.json",
    ".lock", "samples/real.safetensors", "samples/step-00000040.safetensors",
    "samples/step-00000040.look.safetensors", "checkpoints/step-00000040.safetensors",
    "checkpoints/best.safetensors", "frames/step-00000040.safetensors",
)  # fmt: skip
QUICK = (
    ("runs", "."), ("diagnose", "run"), ("sample", "run", "--out", "x.png"),
    ("train", "--resume", "run", "--steps", "45"),
)  # fmt: skip
UNREAD = (
    "evaluations.json", "samples/real.safetensors", "samples/step-00000040.look.safetensors",
    "frames/step-00000040.safetensors",
)  # fmt: skip
"""Files that the quick commands do without."""
LONG = (("report", "run"), ("compare", "run", "whole"), ("evaluate", "run", "-n", "300"))


@pytest.fixture(scope="module")
def _scored(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("scored") / "run"
    own = {"GANZOO_OFFLINE": "1", "GANZOO_NO_REPORT": "1"}
    _forks(*OWN, "--out", run, **own).ok()
    _forks("evaluate", run, "-n", "300", **own).ok()
    return run


@pytest.fixture
def run(_scored: Path, tmp_path: Path) -> Path:
    """A copy of a run that has every file."""
    return Path(shutil.copytree(_scored, tmp_path / "run"))


def survives(result: Result) -> Result:
    """It ended by itself, with a result or with one message."""
    assert result.status in (0, 1, 2), result
    assert "Traceback" not in result.err + result.out, result
    assert len(re.findall("^Error:", result.err, re.M)) == (result.status > 0), result
    return result


def garbage(path: Path) -> None:
    path.write_bytes(b"\xff\x00\x1b[31m" * 50)


def empty(path: Path) -> None:
    path.touch()


@pytest.mark.slow
@pytest.mark.parametrize("make", [pipe, device, folder, garbage, empty], ids=lambda m: m.__name__)
@pytest.mark.parametrize("name", FILES)
def test_no_command_waits_or_fails_without_a_word(
    forked: Forks, run: Path, name: str, make: Callable[[Path], None]
) -> None:
    shutil.copytree(run, "whole")
    if name == ".lock":
        Run(run).write_status("running", 20)
    (run / name).unlink(missing_ok=True)
    make(run / name)
    for command in (*LONG, *QUICK):
        survives(forked.start(*command).wait(60))


@pytest.mark.parametrize("name", FILES)
def test_a_pipe_ends_at_once(forked: Forks, run: Path, name: str) -> None:
    if name == ".lock":
        Run(run).write_status("running", 20)
    (run / name).unlink(missing_ok=True)
    os.mkfifo(run / name)
    said = [survives(forked.start(*command).wait(60)).err for command in QUICK]
    if name not in UNREAD:
        assert any(f"run/{name} is" in text and "not a file" in text for text in said), said


def test_an_endless_device(forked: Forks, run: Path) -> None:
    (run / "status.json").unlink()
    (run / "status.json").symlink_to("/dev/zero")
    (listed,) = forked("runs", "--json", ".").ok().json
    assert listed["status"] == "unknown"
    assert listed["problem"] == "run/status.json is a device, not a file"


# One damaged run among others

DAMAGE = {
    "status.json": ('{"status": "finished", "step": 1e400}', "[" * 100_000, "{", '{"status": 5}',
                    '{"status": "\\ud800", "step": 3}', '{"status": "\\u001b[31mred", "step": 3}',
                    '{"status": "finished", "step": -1}', '{"status": "finished", "step": true}'),
    "run.json": ("[" * 100_000, "{}", '{"format": 2}', "null", '{"format": 1e400}', '"\\ud800"'),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_run_hides_no_other(forked: Forks, trained: Path, name: str) -> None:
    for i in range(len(DAMAGE[name])):
        shutil.copytree(trained, f"many/{i}")
        Path(f"many/{i}", name).write_text(DAMAGE[name][i])
    shutil.copytree(trained, "many/whole")
    shown = forked("runs", "many", "--json").ok()
    listed = {row["run"]: row for row in shown.json}
    assert len(listed) == len(DAMAGE[name]) + 1
    assert listed.pop("many/whole")["problem"] is None
    for path, row in listed.items():
        assert row["status"] == ("damaged" if name == "run.json" else "unknown")
        assert f"{path}/{name} " in row["problem"]
        assert row["problem"] in shown.err
    lines = forked("runs", "many").ok().out.splitlines()
    assert sum(" unknown " in line or " damaged " in line for line in lines) == len(listed)


def test_a_comparison_leaves_a_damaged_run_out(forked: Forks, trained: Path) -> None:
    for name in ("one", "two", "three"):
        shutil.copytree(trained, name)
    Path("two/run.json").write_text('{"format": 2}')
    compared = forked("compare", "one", "two", "three", "--json").ok()
    problem = "two/run.json is not a run's record, or is damaged (it has no 'model')"
    assert [run["name"] for run in compared.json["runs"]] == ["one", "three"]
    assert compared.json["problems"] == [problem]
    assert f"{problem}. This run is left out." in compared.err
    forked("compare", "one", "two").refused(1, problem)


def test_pages_list_damaged_files(forked: Forks, run: Path) -> None:
    for name in ("one", "two", "three"):
        shutil.copytree(run, name)
    forked("report", "one").ok()
    assert "Damaged files" not in Path("one/report.html").read_text()
    Path("two/run.json").write_text("[]")
    damaged = (
        "health.csv", "evaluations.json", "checkpoints/best.safetensors",
        "samples/real.safetensors", "samples/step-00000020.look.safetensors",
        "frames/step-00000020.safetensors",
    )  # fmt: skip
    for name in damaged:
        Path("three", name).write_text("\u202e<b>\n")
    compared = forked("compare", "one", "two", "three", "--out", "page.html", "--json").ok()
    problems = compared.json["problems"]
    assert [problem.partition(" ")[0] for problem in problems] == [
        "two/run.json", *(f"three/{name}" for name in damaged)
    ]  # fmt: skip
    forked("report", "three").ok()
    pages = {path: items(Path(path)) for path in ("page.html", "three/report.html")}
    assert pages["page.html"][0] == f"{problems[0]}. This run is left out."
    assert pages["page.html"][1:] == pages["three/report.html"] == [f"{p}." for p in problems[1:]]
    for complaint in pages["page.html"]:
        assert complaint in compared.err
    shown = repr(zoo.compare("one", "two", "three"))
    assert shown.endswith("\n".join(pages["page.html"]))


def items(page: Path) -> list[str]:
    """The list of damaged files in a page."""
    section = page.read_text().partition('<section id="damaged"')[2].partition("</section>")[0]
    return [html.unescape(text) for text in re.findall("<li>(.*?)</li>", section)]


@pytest.mark.parametrize("part", ["all/bce/seed-0/run.json", "all/bce/sweep.json"])
def test_so_does_a_comparison_of_a_sweep(forked: Forks, trained: Path, part: str) -> None:
    common = {"model": "a/m", "dataset": "a/d", "observers": [], "metrics": [], "asked": []}
    for where, more in (
        ("all", {"losses": ["bce", "minimax"]}),
        ("all/bce", {}),
        ("all/minimax", {}),
    ):
        Path(where).mkdir()
        for seed in (0, 1) if where != "all" else ():
            shutil.copytree(trained, f"{where}/seed-{seed}")
        content = {"seeds": [0, 1], "request": {}, **common, **more}
        Path(where, "sweep.json").write_text(json.dumps(content))
    Path(part).write_text("[]")
    compared = forked("compare", "all", "--json").ok()
    runs = {swept["name"]: len(swept["runs"]) for swept in compared.json["runs"]}
    assert runs == ({"bce": 1, "minimax": 2} if "seed-0" in part else {"minimax": 2})
    (problem,) = compared.json["problems"]
    assert problem.startswith(f"{part} is not ")
    assert len(forked("runs", "all", "--json").ok().json) == 4


# The faults of the trial, one by one


def test_a_record_says_what_is_wrong(forked: Forks, trained: Path) -> None:
    record = json.loads((trained / "run.json").read_bytes())
    for name, value, words in (
        ("extent", "-1", "extent is -1"), ("extent", "1e400", "extent is inf"),
        ("command", "null", "command is None"), ("metrics", "[1]", "metrics.0 is 1"),
        ("settings", '{"trainer.seed": 1e400}', "seed is inf"), ("commit", '"\\ud800"', "JSON"),
        ("fields", '{"point": {"shape": [1e400]}}', "fields.point.shape.0 is inf"),
    ):  # fmt: skip
        text = json.dumps({**record, name: "HERE"}).replace('"HERE"', value)
        (trained / "run.json").write_text(text)
        for args in (("report",), ("sample",), ("train", "--resume"), ("diagnose",)):
            refused = forked(*args, trained)
            refused.refused(1, "run.json is not a run's record, or is damaged (", words)
            assert len(refused.err.splitlines()) == 1


def test_a_table_says_what_is_wrong(forked: Forks, trained: Path) -> None:
    for table in ("metrics.csv", "health.csv"):
        whole = (trained / table).read_text()
        for step in ("²", "9" * 5_000):
            (trained / table).write_text(re.sub(r"(?m)^40,", f"{step},", whole))
            for args in (("diagnose",), ("train", "--steps", "60", "--resume")):
                forked(*args, trained).refused(1, f"trained/{table} is not a table of steps (")
            forked("report", trained, "--out", "page.html").ok()
            said = " ".join(Path("page.html").read_text().split())
            assert f"cannot be diagnosed: trained/{table} is not a table of steps" in said
        (trained / table).write_text(whole)


def test_another_kind_of_file_in_place_of_a_file(forked: Forks, run: Path) -> None:
    """Each has a right sum, but means something else."""
    kinds = [name for name in FILES if name.endswith(".safetensors")]
    contents = {name: (run / name).read_bytes() for name in kinds}
    for name in kinds:
        for other in kinds:
            (run / name).write_bytes(contents[other])
            for command in (("sample", "run", "--out", "x.png"), ("diagnose", "run")):
                survives(forked(*command))
            (run / name).write_bytes(contents[name])
