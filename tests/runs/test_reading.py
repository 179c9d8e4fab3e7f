"""Damaged and hostile files of a run: each is read as it should be, or refused in one line."""

from __future__ import annotations

import json
import os
import shlex
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import device, folder, pipe
from poisons import garbled, poisoned

from ganzoo import diagnosis
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import open_file, read_whole, write_whole
from ganzoo.registry.records import Field
from ganzoo.runs.evaluations import Evaluation, read_evaluations
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord
from ganzoo.runs.status import Status, read_status
from ganzoo.sweeping.folder import Sweep
from ganzoo.training.config import read_config
from ganzoo.training.plan import Request

RECORD: dict[str, Any] = {
    "model": "vanilla-mlp", "loss": "bce", "penalty": None, "dataset": "ring",
    "settings": {"trainer.seed": 0, "trainer.lr": 2e-4, "trainer.sample_every": 20,
                 "trainer.threads": 1, "model.generator": [8]},
    "asked": ["trainer.lr"], "distributions": {"model": "ganzoo-core"},
    "versions": {"torch": "2.14"}, "fields": {"point": {"shape": [2], "dtype": "float32",
                                                        "range": [-1.0, 1.0], "classes": 3}},
    "total": 40, "steps_per_epoch": 20, "extent": 1.25, "started": "2026-11-27T19:24:37",
    "command": "ganzoo train vanilla-mlp --set lr=0.0002", "preset": None, "metrics": ["modes"],
    "hardware": "a CPU", "commit": "commit 1", "format": 2,
}  # fmt: skip
STATUS: dict[str, Any] = {"status": "failed", "step": 40, "error": "too steep"}
EVALUATION: dict[str, Any] = {
    "metric": "modes", "plugin": "ganzoo-core 0.1", "settings": {"metric.modes.sigmas": 3.0},
    "step": 40, "best": True, "samples": 2500, "seed": 0, "dataset": "ring",
    "versions": {"torch": "2.14"}, "scores": {"modes.covered": 8, "modes.good": "nan"},
    "seconds": 0.1, "yardsticks": {"real": {"modes.covered": 8.0}},
}  # fmt: skip
SWEEP: dict[str, Any] = {
    "seeds": [0, 1], "request": {"model": "a", "settings": {"lr": 1}}, "model": "a/b",
    "loss": None, "penalty": None, "dataset": "a/c", "preset": None, "observers": ["o"],
    "metrics": [], "asked": ["trainer.lr"], "settings": {"trainer.lr": 0.1},
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of which only the record is there."""
    (tmp_path / "run").mkdir()
    write_whole(tmp_path / "run/run.json", json.dumps(RECORD).encode())
    return Run(Path("run"))


def use_record(run: Run) -> None:
    """All that reads the record without a plugin."""
    record = run.record
    history = diagnosis.history.read(run)
    assert history.needed >= 0
    assert record.seed >= 0
    assert shlex.split(record.command) is not None
    assert diagnosis.command.changed(record, {"trainer.lr": 1})
    assert all(isinstance(field, Field) for field in record.fields.values())


def use_status(run: Run) -> None:
    status, step = run.status()
    assert status in ("finished", "interrupted", "failed", "killed", "unknown")
    assert 0 <= step < 2**63
    assert (run.error or "").isprintable() or status != "unknown"
    (run.error or "").encode()
    read_status(run.folder / "status.json")


def use_evaluations(run: Run) -> None:
    for evaluation in read_evaluations(run.evaluations):
        assert isinstance(evaluation, Evaluation)
        assert evaluation.protocol
        assert evaluation.row()
        json.dumps(evaluation.plain()).encode()


def use_sweep(run: Run) -> None:
    sweep = Sweep(run.path)
    content = sweep.read()
    assert set(content["asked"]) <= set(content["settings"])
    assert {part.path.parent for part in sweep.parts()} <= {run.path, run.path.parent}
    assert all(each.path.parent for each in sweep.runs())
    read_config(sweep.file, Request())


FILES: dict[str, tuple[Any, Callable[[Run], None]]] = {
    "run.json": (RECORD, use_record),
    "status.json": (STATUS, use_status),
    "evaluations.json": ([EVALUATION], use_evaluations),
    "sweep.json": (SWEEP, use_sweep),
}


def contents(value: Any) -> Iterator[tuple[str, bytes]]:
    yield from poisoned(value)
    yield from garbled(json.dumps(value).encode())


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_used_or_refused_in_one_line(run: Run, name: str) -> None:
    value, use = FILES[name]
    file = run.folder / name
    file.write_bytes(json.dumps(value).encode())
    use(run)
    refused = 0
    for what, content in contents(value):
        file.write_bytes(content)
        said = outcome(use, run, what)
        if said is not None:
            refused += 1
            assert name in said, what
            assert len(said.splitlines()) == 1, what
            assert len(said) < 400, what
    assert refused > 300


def outcome(use: Callable[[Run], None], run: Run, what: str) -> str | None:
    """The message of a refusal. Anything else that is raised is a fault."""
    try:
        use(run)
    except GanzooError as error:
        return str(error)
    except BaseException as error:
        pytest.fail(f"{what}: {type(error).__name__}: {error}")
    return None


CASES: dict[str, tuple[str, str]] = {
    "an extent": ('"extent": -1', "(extent is -1)"),
    "an endless extent": ('"extent": 1e400', "(extent is inf)"),
    "no extent": ('"extent": NaN', "(extent is nan)"),
    "no command": ('"command": null', "(command is None)"),
    "half a command": ('"command": "a \'b"', '(command is "a \'b")'),
    "metrics": ('"metrics": [1]', "(metrics.0 is 1)"),
    "a total": ('"total": true', "(total is True)"),
    "a long total": (f'"total": "{"x" * 99}"', f"(total is '{'x' * 59}...)"),
    "a shape": ('"fields": {"x": {"shape": [1e400]}}', "(fields.x.shape.0 is inf)"),
    "a type": ('"fields": {"x": {"shape": [2], "dtype": "nn"}}', "(fields.x is {'shape': [2]"),
    "a seed": ('"settings": {"trainer.seed": 1e400}', "the trainer, seed is inf)"),
    "no seed": ('"settings": {}', "the trainer, it has no 'seed')"),
    "a surrogate": ('"commit": "\\ud800"', "(Invalid JSON: "),
    "another key": ('"more": 1', "(it has an unknown 'more')"),
    "depth": ('"settings": ' + "[" * 100_000, "recursion limit exceeded"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_reason_names_the_place(run: Run, case: str) -> None:
    text, words = CASES[case]
    content = json.dumps({k: v for k, v in RECORD.items() if k != text.split('"')[1]})
    run.record_file.write_text(f"{content[:-1]}, {text}}}")
    with pytest.raises(BrokenFile) as caught:
        _ = run.record
    assert str(caught.value).startswith("run/run.json is not a run's record, or is damaged (")
    assert words in str(caught.value)


def test_a_run_without_a_status_was_killed_before_its_first_step(run: Run) -> None:
    assert read_status(run.folder / "status.json") == Status("running", 0)
    assert run.status() == ("killed", 0)


def test_what_could_not_be_read_again_is_not_written(run: Run) -> None:
    before = run.record_file.read_bytes()
    record = run.record
    for name, value in (("commit", "\ud800"), ("extent", float("nan"))):
        changed = RunRecord(**{**vars(record), name: value})
        with pytest.raises(GanzooError, match="could not be read again"):
            changed.write(run.record_file)
    assert run.record_file.read_bytes() == before
    run.write_status("failed", 3, "a name with \ud800")
    assert run.status() == ("failed", 3)
    assert run.error == "a name with \\ud800"


# Things that are no files


def endpoint(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(path.name)
    os.chdir(here)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


THINGS = (pipe, device, folder, endpoint, loop)


@pytest.mark.parametrize("make", THINGS, ids=lambda make: make.__name__)
def test_only_a_regular_file_is_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "file"
    make(path)
    kind = {"pipe": "is a pipe, not", "device": "is a device, not", "folder": "is a folder, not"}
    with pytest.raises(BrokenFile, match=kind.get(make.__name__, "cannot read file")):
        open_file(path)


def test_what_is_missing_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "file", 10)
    (tmp_path / "file").write_bytes(bytes(11))
    with pytest.raises(BrokenFile, match=r"file is too large \(11 bytes; expected at most 10\)"):
        read_whole(tmp_path / "file", 10)
    assert read_whole(tmp_path / "file", 11) == bytes(11)
    os.truncate(tmp_path / "file", 2**40)
    with pytest.raises(BrokenFile, match="is too large"):
        read_whole(tmp_path / "file", 2**30)
    if (endless := Path("/proc/self/status")).exists():  # a file whose size is not known before
        assert len(read_whole(endless, 10**6)) > 100
        with pytest.raises(BrokenFile, match="is too large"):
            read_whole(endless, 100)
    (tmp_path / "link").symlink_to("file")
    os.truncate(tmp_path / "file", 3)
    assert read_whole(tmp_path / "link", 3) == bytes(3)  # reading through a link harms nobody
