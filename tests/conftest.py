"""What all tests share: a folder and an environment of their own, and the command line."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("emulator", "same_runs", "terminal")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # in a background job Ctrl-C is ignored, by what it starts, too: tests that press it need it
    signal.signal(signal.SIGINT, signal.default_int_handler)

TINY = (
    "train", "vanilla-mlp", "--dataset", "ring", "--batch-size", "16",
    "--set", "model.latent=2", "--set", "model.generator=8", "--set", "model.discriminator=8",
    "--set", "dataset.size=320", "--set", "samples=16",
    "--set", "threads=1", "--set", "log_every=5", "--set", "sample_every=20",
    "--set", "checkpoint_every=10",
)  # fmt: skip
"""Arguments of the smallest run that has everything: epochs of 20 steps."""
SMALL = (
    "train", "vanilla-mlp", "--dataset", "mnist-5k", "--batch-size", "16",
    "--set", "model.generator=8", "--set", "model.discriminator=8", "--set", "dataset.size=200",
    "--set", "threads=1", "--set", "log_every=5", "--set", "sample_every=20",
)  # fmt: skip
"""The same of digits."""


@pytest.fixture(scope="session")
def data_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that all tests share, those of other workers too."""
    base = tmp_path_factory.getbasetemp()
    cache = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "data"
    cache.mkdir(exist_ok=True)
    return cache


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, data_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write in their own folder and use no network and no settings of the user's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_DATA", str(data_cache))
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    monkeypatch.setenv("GANZOO_NO_REPORT", "1")  # it takes as long as all of a tiny run
    for name in (
        "GANZOO_PLUGINS", "GANZOO_DISABLE_PLUGINS", "GANZOO_STRICT_PLUGINS",
        "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "CI", "JPY_PARENT_PID", "MPLBACKEND",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Result:
    """What a process left behind."""

    status: int
    out: str
    err: str

    def ok(self) -> Result:
        """It succeeded."""
        assert self.status == 0, self
        assert "Traceback" not in self.err, self
        return self

    def refused(self, status: int, *words: str) -> Result:
        """It ended with one message that has all these words, and gave no data."""
        assert self.status == status, self
        assert "Traceback" not in self.err + self.out, self
        assert self.out == "", self
        assert len(re.findall("^(Error:|╭─ Error)", self.err, re.MULTILINE)) == 1, self
        missing = [word for word in words if word not in " ".join(self.err.split())]
        assert not missing, (missing, self)
        return self

    @property
    def json(self) -> Any:
        """What it printed for a program."""
        return json.loads(self.out)


class Process:
    """A running command."""

    def __init__(self, pid: int, files: Path, wait: Callable[[float], int | None]) -> None:
        self.pid = pid
        self._files = files
        self._wait = wait

    def wait(self, seconds: float = 120) -> Result:
        """Its result; it is killed, and the test fails, where it takes longer."""
        status = self._wait(seconds)
        if status is None:
            self.signal(signal.SIGKILL)
            self._wait(10)
            pytest.fail(f"still running after {seconds} s: {self.read('err')}")
        return Result(status, self.read("out"), self.read("err"))

    def read(self, stream: str) -> str:
        """What it has written to ``out`` or ``err`` so far."""
        raw = self._files.with_suffix(f".{stream}").read_bytes()
        return raw.decode(errors="surrogateescape")  # with \r as it is

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def ended(self) -> bool:
        """Whether it is no more."""
        return self._wait(0) is not None

    def until(self, happened: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something that the process will do."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline or self.ended():
                pytest.fail(f"waited in vain: {self.read('err')}")
            time.sleep(0.002)


class Ganzoo:
    """The command line, each time in a new process: ``ganzoo("list", "--json", NAME="value")``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0

    def __call__(self, *args: str | Path, before: str = "", **env: str) -> Result:
        return self.start(*args, before=before, **env).wait()

    def start(self, *args: str | Path, before: str = "", **env: str) -> Process:
        """Begin. ``before`` is Python that runs first."""
        self._started += 1
        files = self._folder / str(self._started)
        for stream in ("out", "err"):
            files.with_suffix(f".{stream}").touch()
        return self._start([str(a) for a in args], {**os.environ, **env}, files, before)

    def _start(self, args: list[str], env: dict[str, str], files: Path, before: str) -> Process:
        code = f"{before}\nfrom ganzoo.cli import main\nmain()"
        how = ["-c", code] if before else ["-m", "ganzoo"]
        with files.with_suffix(".out").open("w") as out, files.with_suffix(".err").open("w") as err:
            process = subprocess.Popen(
                [sys.executable, *how, *args],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, start_new_session=True,
            )  # fmt: skip

        def wait(seconds: float) -> int | None:
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None

        return Process(process.pid, files, wait)


class Forks(Ganzoo):
    """The same from a process that has imported torch already; see ``cli/forking.py``.

    ``STDERR`` in the environment names a file, or terminal, for its messages.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with (folder / "log").open("w") as log:
            self._server = subprocess.Popen(
                [sys.executable, Path(__file__).parent / "cli" / "forking.py"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip
        self._pipes = self._server.stdin, self._server.stdout
        assert self._line() == "ready"

    def close(self) -> None:
        """End the process."""
        for pipe in self._pipes:
            assert pipe
            pipe.close()
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:  # some process still holds its end of the pipe open
            self._server.kill()
            self._server.wait(30)

    def _line(self) -> str:
        assert self._pipes[1]
        return self._pipes[1].readline().strip()

    def _ask(self, **request: object) -> Any:
        assert self._pipes[0]
        self._pipes[0].write(json.dumps(request) + "\n")
        self._pipes[0].flush()
        return json.loads(self._line())

    def _start(self, args: list[str], env: dict[str, str], files: Path, before: str) -> Process:
        out, err = (str(files.with_suffix(f".{stream}")) for stream in ("out", "err"))
        err = env.pop("STDERR", err)
        pid = self._ask(args=args, cwd=os.getcwd(), env=env, out=out, err=err, before=before)
        status: list[int] = []

        def wait(seconds: float) -> int | None:
            if not status and (answer := self._ask(pid=pid, seconds=seconds)) is not None:
                status.append(answer)
            return status[0] if status else None

        return Process(pid, files, wait)


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """All there is in a folder, with what is in it; locks are no content."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.name != ".lock"
    }


@pytest.fixture
def ganzoo(tmp_path_factory: pytest.TempPathFactory) -> Ganzoo:
    """``python -m ganzoo``, from the very start."""
    return Ganzoo(tmp_path_factory.mktemp("ganzoo"))


@pytest.fixture(scope="session")
def _forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    forks = Forks(tmp_path_factory.mktemp("forks"))
    yield forks
    forks.close()


@pytest.fixture
def forked(_forks: Forks) -> Forks:
    """The command line in a process of its own, without waiting for torch."""
    return _forks


@pytest.fixture(scope="session")
def _trained(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("trained") / "run"
    own = {"GANZOO_OFFLINE": "1", "GANZOO_NO_REPORT": "1"}
    _forks(*TINY, "--steps", "40", "--out", run, **own).ok()
    return run


@pytest.fixture(scope="session")
def _pictures(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("pictures") / "run"
    own = {"GANZOO_OFFLINE": "1", "GANZOO_NO_REPORT": "1"}
    _forks(*SMALL, "--steps", "60", "--out", run, **own).ok()
    return run


@pytest.fixture
def pictures(_pictures: Path, tmp_path: Path) -> Path:
    """A copy of a finished run of 60 steps on digits."""
    return Path(shutil.copytree(_pictures, tmp_path / "pictures"))


@pytest.fixture
def trained(_trained: Path, tmp_path: Path) -> Path:
    """A copy of a finished run of 40 steps."""
    return Path(shutil.copytree(_trained, tmp_path / "trained"))


@pytest.fixture(scope="session")
def _fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    build = ["-m", "build", "--wheel", "--outdir", folder, Path(__file__).parent.parent]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=True)
    (wheel,) = folder.glob("ganzoo_core-*.whl")
    pip = folder / "venv" / "bin" / "pip"
    subprocess.run([pip, "install", "--quiet", wheel], check=True, cwd=folder)
    return pip.parent


@pytest.fixture
def fresh(_fresh: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs a program of an environment that has the wheel, in the test's folder: its output.

    Making it takes minutes: for slow tests, which share it.
    """
    # no PYTHONPATH and another folder: nothing of the checkout is in reach
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def run(program: str, *args: str | Path) -> str:
        command = [_fresh / program, *args]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-9000:]}{done.stderr[-3000:]}"
        return done.stdout

    return run


@pytest.fixture
def infogan() -> Iterator[None]:
    """The conditional game of `tests/games`, which mixes labels, in the registry."""
    import games

    import ganzoo
    from ganzoo.registry.registry import registry

    ganzoo.register(games)
    added = registry().plugins[-1]
    yield
    registry().plugins.remove(added)


def process_state() -> list[object]:
    """What a plugin must leave as it was: torch's settings and the working directory."""
    import torch

    return [
        torch.zeros(()).dtype, torch.zeros(()).device, torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(), torch.are_deterministic_algorithms_enabled(),
        torch.is_autocast_enabled("cpu"), torch.get_num_threads(), os.getcwd(),
    ]  # fmt: skip


def pipe(path: Path) -> None:
    """Make a pipe in place of a file."""
    os.mkfifo(path)


def device(path: Path) -> None:
    """Make a link to a device without end in place of a file."""
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    """Make a folder in place of a file."""
    path.mkdir()
