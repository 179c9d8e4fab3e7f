"""Streams that are closed, full or broken: every command ends as the rule in `streams` says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import TINY, Forks

from ganzoo.cli.streams import CannotWrite, _Stdout, _Stream

needs_linux = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
pytestmark = [needs_linux, pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")]

CLOSED = "Error: cannot write the output: it is closed\n"
FULL = "Error: cannot write the output: No space left on device\n"
LIKE = {
    ">&-": "os.close(1); sys.stdout = None",
    ">/dev/full": "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)",
    "| true": "r, w = os.pipe(); os.close(r); os.dup2(w, 1); os.close(w)",
    "2>&-": "os.close(2); sys.stderr = None",
    "2>/dev/full": "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)",
    "2> >(true)": "r, w = os.pipe(); os.close(r); os.dup2(w, 2); os.close(w)",
}
"""How a process becomes like one that a shell has started so."""


def like(*redirections: str) -> str:
    return "\n".join(["import os, sys", *(LIKE[each] for each in redirections)])


# From the very start, to the interpreter's end


@pytest.mark.parametrize(
    ("line", "status", "err"),
    [
        ("list >&-", 1, CLOSED),
        ("list --json >/dev/full", 1, FULL),
        ("--help >/dev/full", 1, FULL),
        ("info bce | head -1", 0, ""),
        ("list --json | true", 0, ""),
        ("--version | true", 0, ""),
        ("list --json 2>&-", 0, ""),
        ("nosuch 2>/dev/full", 2, ""),
        ("info nosuch 2>&1 >/dev/null | true", 2, ""),
        ("info nosuch >&- 2>&- <&-", 2, ""),
    ],
)
def test_a_shells_redirections(line: str, status: int, err: str) -> None:
    assert shell(line) == (status, err)


@pytest.mark.parametrize(
    ("how", "status"), [("| true", 0), (">&- 2>&- <&-", 0), ("2>&1 >/dev/full", 1)]
)
def test_a_run_is_trained_to_its_end_and_kept(how: str, status: int) -> None:
    line = " ".join((*TINY, "--steps", "4", "--out", "new", "--quiet", how))
    assert shell(line)[0] == status
    assert json.loads(Path("new/status.json").read_text()) == {"status": "finished", "step": 4}
    assert len(Path("new/metrics.csv").read_text().splitlines()) == 2


def shell(line: str) -> tuple[int, str]:
    """The status of ``ganzoo LINE`` and what is on stderr."""
    script = f"{sys.executable} -m ganzoo {line}\nexit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    return done.returncode, done.stderr


# All commands

DATA = (
    "--version", "--help", "train -h", "plugins list", "plugins show builtin", "list",
    "list losses --json", "info bce", "info bce --json", "runs .", "runs . --json", "reproduce",
    "diagnose trained --json", "evaluate trained --metric modes -n 500",
    "evaluate trained --metric modes -n 500 --json", "--show-completion bash",
)  # fmt: skip
NAMES = ("sample trained", "plugins new x --kind loss", "plugins new y --kind loss")
"""Commands that print the name of what they have written."""


@pytest.mark.parametrize("how", [">&-", ">/dev/full", "| true"])
def test_data_that_cannot_be_written(forked: Forks, trained: Path, how: str) -> None:
    status, told = {">&-": (1, CLOSED), ">/dev/full": (1, FULL), "| true": (0, "")}[how]
    for line in DATA:
        usual = forked(*line.split())
        result = forked(*line.split(), before=like(how))
        assert result.status == (usual.status or status), (line, result)
        assert result.err.endswith(told if not usual.status else ""), (line, result)
        assert result.err.count("\n") <= usual.err.count("\n") + 1, (line, result)
        assert result.out == ""


@pytest.mark.parametrize("how", [">&-", ">/dev/full", "| true"])
def test_the_name_of_what_was_written(forked: Forks, trained: Path, how: str) -> None:
    status, told = {">&-": (0, ""), ">/dev/full": (1, FULL), "| true": (0, "")}[how]
    for line in ("sample trained", "plugins new x --kind loss"):
        result = forked(*line.split(), before=like(how))
        assert result.status == status, (line, result)
        assert result.err.endswith(told)
        assert "rror" not in result.err.removesuffix(told), (line, result)
    assert len(list(trained.glob("sample-*.png"))) == 1
    assert Path("ganzoo-x").is_dir()


@pytest.mark.parametrize("how", ["2>&-", "2>/dev/full", "2> >(true)"])
def test_messages_that_cannot_be_written(forked: Forks, trained: Path, how: str) -> None:
    for line, status in {
        "list --json": 0, "info nosuch": 2, "nosuch": 2, "list --nosuch": 2, "runs nosuch": 0,
        "sample trained --step 7": 2, "diagnose trained": 0,
    }.items():  # fmt: skip
        usual = forked(*line.split())
        result = forked(*line.split(), before=like(how))
        assert (result.status, result.out, result.err) == (status, usual.out, ""), (line, usual)
    result = forked(*TINY, "--steps", "20", "--out", "new", before=like(how))
    assert (result.status, result.out, result.err) == (0, "new\n", "")


def test_a_file_is_never_mistaken_for_a_closed_stream(forked: Forks) -> None:
    before = like(">&-", "2>&-") + "\nos.close(0); sys.stdin = None"
    code = "\nimport atexit; atexit.register(lambda: [os.write(n, b'DIRT') for n in (2,)])"
    assert forked(*TINY, "--steps", "20", "--out", "new", before=before + code).status == 0
    assert not [p for p in Path("new").rglob("*") if p.is_file() and b"DIRT" in p.read_bytes()]
    assert os.fspath("new") in forked("runs", ".").ok().out


def test_a_sweep_ends_as_usual(forked: Forks) -> None:
    line = (*TINY, "--steps", "4", "--seeds", "0", "--out", "sweep")
    result = forked(*line, before=like("| true"))
    assert result.status == 0, result
    assert json.loads(Path("sweep/seed-0/status.json").read_text())["status"] == "finished"


# The lowest layer


def test_a_pipe_that_does_not_block_gets_everything() -> None:
    its, ours = os.pipe()
    os.set_blocking(ours, False)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.extend(iter(lambda: os.read(its, 4096), b"")))
    reader.start()
    assert _Stream(ours, None).write(b"x" * 1_000_000) == 1_000_000
    os.close(ours)
    reader.join(30)
    os.close(its)
    assert b"".join(read) == b"x" * 1_000_000


def test_only_stdout_raises_and_only_once() -> None:
    with open("/dev/full", "wb") as full:
        assert _Stream(full.fileno(), None).write(b"lost") == 4
        stdout = _Stdout(full.fileno(), None)
        with pytest.raises(CannotWrite, match="No space left") as caught:
            stdout.write(b"lost")
        assert stdout.write(b"lost, too") == 9
    assert not isinstance(caught.value, OSError)
    assert not caught.value.closed
    assert not caught.value.broken_pipe
