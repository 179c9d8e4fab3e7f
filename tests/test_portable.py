"""What other systems lack is not needed: Windows' signals and encodings, tried on this one."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo, snapshot

import ganzoo as zoo
from ganzoo import errors, files

PACKAGE = Path(zoo.__file__).parent
CODE = [*PACKAGE.rglob("*.py"), *PACKAGE.parent.glob("plugins/*/ganzoo_*/**/*.py")]
BINARY = {"Image", "gzip", "os", "tarfile", "webbrowser"}
"""What has an ``open`` that reads no text."""
ABSENT = {
    "signal": [
        "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE",
        "SIGTSTP", "SIGWINCH", "SIGCONT", "SIGSTOP", "pthread_sigmask", "setitimer", "alarm",
    ],
    "os": [
        "fork", "forkpty", "killpg", "setsid", "getpgid",
        "sched_getaffinity", "getloadavg", "nice", "mkfifo", "chown", "openpty",
    ],
}  # fmt: skip
"""Names that Windows does not have."""
WITHOUT = f"""
import os, signal, subprocess, sys
import multiprocessing, platform, shutil, tempfile, uuid  # the library looks at its own system
for module, names in {ABSENT}.items():
    for name in names:
        if hasattr(sys.modules[module], name):
            delattr(sys.modules[module], name)
sys.modules.update(dict.fromkeys(["resource", "pty", "grp", "syslog"]))
"""


# Text


def unspoken(code: str) -> Iterator[int]:
    """The lines where text is read or written in whatever encoding the system prefers."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        options = {keyword.arg: getattr(keyword.value, "value", ...) for keyword in node.keywords}
        name = getattr(function, "attr", getattr(function, "id", ""))
        first = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
        wrong = {
            "read_text": not node.args,
            "write_text": True,
            "open": not any("b" in str(mode) for mode in first)
            and getattr(getattr(function, "value", None), "id", "") not in BINARY,
        }.get(name, options.get("text") is True)
        if wrong and "encoding" not in options:
            yield node.lineno


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("path.read_text()", True),
        ("path.read_text(encoding='utf-8')", False),
        ("dist.read_text('METADATA')", False),
        ("path.write_text(text)", True),
        ("path.open('a', newline='')", True),
        ("path.open('rb')", False),
        ("open(path, 'xb')", False),
        ("open(path)", True),
        ("Image.open(path)", False),
        ("subprocess.run(words, text=True)", True),
        ("subprocess.run(words, encoding='utf-8')", False),
    ],
)
def test_what_leaves_the_encoding_to_the_system_is_seen(code: str, wrong: bool) -> None:
    assert bool([*unspoken(code)]) == wrong


def test_every_text_has_its_encoding() -> None:
    assert len(CODE) > 150
    lines = {str(path): [*unspoken(path.read_text(encoding="utf-8"))] for path in CODE}
    assert not {path: found for path, found in lines.items() if found}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_pipe_that_lacks_a_letter_ends_no_command(forked: Forks, encoding: str) -> None:
    Path("greek.py").write_text(
        "import ganzoo\n"
        "@ganzoo.hookimpl\n"
        "def ganzoo_losses():\n"
        "    yield ganzoo.Loss(name='greek', summary='E[log σ(D)] → 0', factory='greek:Greek')\n"
        "class Greek: pass\n",
        encoding="utf-8",
    )
    code = f"import sys; sys.stdout.reconfigure(encoding={encoding!r}, errors='strict')"
    listed = forked("--plugin", "greek.py", "list", "losses", before=code).ok()
    assert "E[log ?(D)] ? 0" in listed.out


# Files


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a file that someone reads could not be replaced, as on Windows; forever from 9."""
    left, replace = [0], os.replace

    def replaced(source: Path, target: Path) -> None:
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "The process cannot access the file")
        replace(source, target)

    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(files, "PATIENCE", (0, 0, 0))
    return left


def test_a_file_that_is_being_read_is_replaced_later(tmp_path: Path, attempts: list[int]) -> None:
    attempts[0] = 3
    files.write_whole(tmp_path / "status.json", b"{}")
    assert snapshot(tmp_path) == {"status.json": b"{}"}


def test_but_not_for_ever(tmp_path: Path, attempts: list[int]) -> None:
    attempts[0] = 9
    with pytest.raises(errors.GanzooError, match="cannot access the file"):
        files.write_whole(tmp_path / "status.json", b"{}")
    assert snapshot(tmp_path) == {}


# Processes


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process that is started from here on, and each that it starts, lacks the names."""
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("without")
def test_training_a_sweep_and_sampling_do_without(ganzoo: Ganzoo) -> None:
    done = ganzoo(*TINY, "--steps", "20", "--seeds", "0-1", "--out", "many")
    assert "Finished 2 of 2 runs." in done.ok().err
    for command in ("runs", "evaluate many/seed-0", "compare many", "sample many/seed-1"):
        ganzoo(*command.split()).ok()
    for seed in (0, 1):
        status = json.loads(Path(f"many/seed-{seed}/status.json").read_bytes())
        assert status == {"status": "finished", "step": 20}


def test_where_there_is_a_break_key_it_is_ctrl_c(forked: Forks) -> None:
    """A sweep on Windows interrupts its runs by Ctrl-Break, which reaches a group of processes."""
    before = "import signal; signal.SIGBREAK = signal.SIGUSR1"
    process = forked.start(*TINY, "--steps", "100000", "--out", "run", before=before)
    process.until(lambda: Path("run/metrics.csv").exists())
    process.signal(signal.SIGUSR1)
    assert process.wait().status == 130
    assert json.loads(Path("run/status.json").read_bytes())["status"] == "interrupted"


SPAWN = """
import multiprocessing, pathlib, sys

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    from picture_folder import PERCEPTRON, pictures
    exec(pictures(pathlib.Path("pictures")))
    data = ("--dataset", "image-folder", "--set", "dataset.root=pictures", "--batch-size", "8")
    sys.argv = ["ganzoo", *PERCEPTRON, *data, "--steps", "10", "--set", "workers=1", "--out", "run"]
    from ganzoo.cli import main
    main()
"""


@pytest.mark.slow
def test_pictures_are_read_by_processes_that_are_not_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows and macOS start each process anew, and hand over what it is to do."""
    Path(tmp_path, "spawn.py").write_text(SPAWN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "training"))
    done = subprocess.run(
        [sys.executable, "spawn.py"], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "run\n"
