"""Trains many runs, each in its own process, with a limit on how many at a time.

Each process runs ``ganzoo train ... --out FOLDER``, or ``--resume FOLDER`` if the run has started
before. So a run of a sweep behaves like any other run. Its settings determine its exact results, it
can be stopped at any moment, and its failure does not affect the others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import shown
from ganzoo.prose.commands import shell_command
from ganzoo.registry.registry import found
from ganzoo.runs.folder import Run
from ganzoo.sweeping import parent
from ganzoo.training.interrupts import uninterrupted

POLL = 0.1
"""Seconds between two polls of the processes."""
INTERRUPTED = (130, -signal.SIGINT)


@dataclass(frozen=True)
class Progress:
    """The progress of a run."""

    status: str
    """``waiting``, or one of `Run.status`."""
    step: int = 0
    total: int = 0
    """0 if the run has not started."""
    error: str = ""
    """Why it failed."""


Report = Callable[[Mapping[Path, Progress]], None]


def sweep(
    commands: Mapping[Path, Sequence[str]],
    jobs: int = 1,
    report: Report = lambda _: None,
    common: Sequence[str] = (),
) -> dict[Path, Progress]:
    """Train all runs. Finished runs stay as they are, and stopped ones continue.

    ``commands`` has, for each run's folder, the arguments of ``ganzoo train`` that start it,
    without ``--out``. Resumed runs also get the arguments in ``common``. ``report`` is called
    repeatedly with the progress of all runs. Ctrl-C is passed on, and each process writes a
    checkpoint and ends.

    Raises:
        UsageError: another process is training one of them.
    """
    known = {path: progress(Run(path)) for path in commands}
    if busy := [path for path, now in known.items() if now.status == "running"]:
        raise UsageError(f"another process is training {busy[0]}")
    queue = [path for path, now in known.items() if now.status != "finished"]
    known |= {path: replace(known[path], status="waiting") for path in queue}
    children: dict[Path, _Child] = {}
    with _ended_as_by_ctrl_c():
        try:
            while queue or children:
                while queue and len(children) < jobs:
                    with uninterrupted():  # a started process must be in the table
                        path = queue.pop(0)
                        children[path] = _Child(Run(path), commands[path], common)
                known |= {path: child.progress() for path, child in children.items()}
                children = {path: child for path, child in children.items() if child.runs}
                report(known)
                if len(children) >= min(jobs, len(queue) + 1):
                    time.sleep(POLL)
        finally:
            _stop(list(children.values()))
    return known


def with_plugins(*words: object) -> str:
    """A command to print, with the plugin files of this process."""
    return shell_command(*words, plugins=map(shown, found().files))


def progress(run: Run) -> Progress:
    """The progress of a run that no process of this sweep trains."""
    if not run.exists:
        return Progress("waiting")
    status, step = run.status()
    return Progress(status, step, _total(run), run.error or "")


def _total(run: Run) -> int:
    with suppress(BrokenFile):  # its own process will report it
        return run.record.total
    return 0


class _Child:
    """A process that trains a run."""

    def __init__(self, run: Run, begin: Sequence[str], common: Sequence[str]) -> None:
        self._run = run
        self._total = 0
        plugins = [word for file in found().files for word in ("--plugin", str(file))]
        path = str(run.path)
        which = ("--resume", path) if run.begun else (*begin, "--out", path)
        words = ("train", *which, *common, "--quiet", "--no-preview")
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- open while the process runs
        self._process = subprocess.Popen(
            [sys.executable, *_safely(), "-m", "ganzoo", *plugins, *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said,
            env=parent.named({**os.environ, "PYTHONIOENCODING": "utf-8"}),
            process_group=0,  # this process passes Ctrl-C on, so that it arrives once
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: the same
        )  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether the process may still run. `progress`, `interrupt` and `wait` notice its end."""
        return self._process.returncode is None

    def progress(self) -> Progress:
        """The progress of its run, and how it ended."""
        code = self._process.poll()
        if code is None:
            if not self._total and self._run.exists:
                self._total = _total(self._run)
            return Progress("running", self._run.metrics.last_step(), self._total)
        with self._said:
            self._said.seek(0)
            text = self._said.read().decode("utf-8", errors="replace").strip()
        now = progress(self._run)
        if code in (0, *INTERRUPTED) or (code < 0 and now.status == "killed"):
            return now
        last = text.rpartition("Error: ")[2] if "Error: " in text else text[-500:]
        return replace(now, status="failed", error=last or f"the process ended with status {code}")

    def interrupt(self) -> None:
        """Send Ctrl-C, or SIGTERM if this process, and so its child, ignores Ctrl-C."""
        if sys.platform == "win32":
            self._process.send_signal(signal.CTRL_BREAK_EVENT)  # `ganzoo.cli.main` handles it
            return
        ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        self._process.send_signal(signal.SIGTERM if ignored else signal.SIGINT)

    def wait(self) -> None:
        """Wait for the process to end."""
        self._process.wait()
        self._said.close()


def _safely() -> list[str]:
    """``-P`` unless ganzoo came from the current folder, where ``-m`` would look for modules."""
    return [] if sys.path[0] in ("", os.getcwd()) else ["-P"]


def _stop(children: Sequence[_Child]) -> None:
    """Interrupt all processes and wait, as each writes a checkpoint. Pass on another Ctrl-C."""
    while left := [child for child in children if child.runs]:
        for child in left:
            child.interrupt()
        try:
            for child in left:
                child.wait()
        except KeyboardInterrupt:
            continue


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Leave no process behind when a closed terminal or a batch system ends this one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ending = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    numbers = [n for n in ending if signal.getsignal(n) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
