"""Many runs, each a process of its own, so many at a time.

Each is what a person would type: ``ganzoo train ... --out FOLDER``, or ``--resume FOLDER`` where it
was begun before. So whatever holds for one run holds for one of many: its bits follow from its
settings, it can be stopped at any moment, and what ends one leaves the others alone.
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
from ganzoo.registry.registry import found
from ganzoo.runs.folder import Run
from ganzoo.training.interrupts import uninterrupted

POLL = 0.1
"""Seconds between two looks at the processes."""
INTERRUPTED = (130, -signal.SIGINT)


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    status: str
    """``waiting``, or one of `Run.status`."""
    step: int = 0
    total: int = 0
    """0 where it has not begun."""
    error: str = ""
    """Why it failed."""


Report = Callable[[Mapping[Path, Progress]], None]


def sweep(
    commands: Mapping[Path, Sequence[str]],
    jobs: int = 1,
    report: Report = lambda _: None,
    common: Sequence[str] = (),
) -> dict[Path, Progress]:
    """Make all runs: those that are finished stay, those that were stopped go on.

    ``commands`` has, for each run's folder, what begins it: the arguments of ``ganzoo train`` but
    ``--out``. Those in ``common`` are given to a run that goes on, too. ``report`` hears again and
    again how far all are. Ctrl-C is passed on: each running one writes its checkpoint and ends.

    Raises:
        UsageError: another process trains one of them.
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
                    with uninterrupted():  # a process that began is known
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


def progress(run: Run) -> Progress:
    """How far a run is that no process of ours makes."""
    if not run.exists:
        return Progress("waiting")
    status, step = run.status()
    return Progress(status, step, _total(run), run.error or "")


def _total(run: Run) -> int:
    with suppress(BrokenFile):  # its own process will say so
        return run.record.total
    return 0


class _Child:
    """A process that makes a run."""

    def __init__(self, run: Run, begin: Sequence[str], common: Sequence[str]) -> None:
        self._run = run
        self._total = 0
        files = [p.origin for p in found().plugins if isinstance(p.origin, Path)]
        plugins = [word for file in files for word in ("--plugin", str(file))]
        path = str(run.path)
        which = ("--resume", path) if run.exists else (*begin, "--out", path)
        words = ("train", *which, *common, "--quiet", "--no-preview")
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as it runs
        self._process = subprocess.Popen(
            [sys.executable, *_safely(), "-m", "ganzoo", *plugins, *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            process_group=0,  # a terminal's Ctrl-C comes through us, and once
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: the same
        )  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether nobody has seen its end yet; `progress`, `interrupt` and `wait` look for it."""
        return self._process.returncode is None

    def progress(self) -> Progress:
        """How far it is; at the end, how it ended."""
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
        return replace(now, status="failed", error=last or f"it ended with status {code}")

    def interrupt(self) -> None:
        """Press Ctrl-C; where we ignore it, so does it, and it must be ended otherwise."""
        if sys.platform == "win32":
            self._process.send_signal(signal.CTRL_BREAK_EVENT)  # `ganzoo.cli.main` knows it
            return
        ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        self._process.send_signal(signal.SIGTERM if ignored else signal.SIGINT)

    def wait(self) -> None:
        """Wait for its end."""
        self._process.wait()
        self._said.close()


def _safely() -> list[str]:
    """``-m`` would find modules in the folder that we are in: only where we found ours there."""
    return [] if sys.path[0] in ("", os.getcwd()) else ["-P"]


def _stop(children: Sequence[_Child]) -> None:
    """Interrupt all that run, and wait: each writes a checkpoint. Another Ctrl-C is passed on."""
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
    """Whatever asks us to end (a closed terminal, a batch system), no process is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asking = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    numbers = [n for n in asking if signal.getsignal(n) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
