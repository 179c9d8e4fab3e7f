"""Shows the progress of a sweep's runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from ganzoo.cli.console import err, redrawn, say
from ganzoo.cli.pace import Due
from ganzoo.sweeping.processes import Progress as Now
from ganzoo.sweeping.processes import Report
from ganzoo.training.interrupts import uninterrupted

Known = Mapping[Path, Now]


@contextlib.contextmanager
def shown(quiet: bool) -> Iterator[Report]:
    """The display of all runs that suits stderr."""
    if quiet:
        yield lambda _: None
    elif not redrawn():
        yield _Lines()
    else:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        bars = Progress(*columns, console=err, auto_refresh=False)
        with uninterrupted():
            bars.start()
        try:
            yield _Bars(bars)
        finally:
            with uninterrupted():
                bars.stop()


class _Lines:
    """Prints a line when a run starts or ends, and at times one about all runs."""

    def __init__(self) -> None:
        self._said: dict[Path, str] = {}
        self._line = ""
        self._due = Due()

    def __call__(self, known: Known) -> None:
        names = called(known)
        for path, now in known.items():
            if now.status != self._said.get(path, "waiting"):
                say(f"{names[path]} {now.status}")
                self._said[path] = now.status
        if self._due(_share(known)):
            at = [
                f"{names[path]} at step {now.step:,} of {now.total:,}"
                for path, now in known.items()
                if now.status == "running" and now.total
            ]
            line = "; ".join((f"{_done(known)} of {len(known)} finished", *at))
            if line != self._line:
                say(line)
            self._line = line


class _Bars:
    """A bar for each run in training, and one for all runs."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._all = bars.add_task("runs", total=None)
        self._tasks: dict[Path, TaskID] = {}

    def __call__(self, known: Known) -> None:
        with uninterrupted():  # interrupts no escape sequence
            self._bars.update(self._all, total=len(known), completed=_done(known))
            for path, now in known.items():
                going = now.status == "running"
                if going and path not in self._tasks:
                    self._tasks[path] = self._bars.add_task(called(known)[path], total=None)
                elif not going and path in self._tasks:
                    self._bars.remove_task(self._tasks.pop(path))
                if going:
                    self._bars.update(
                        self._tasks[path], total=now.total or None, completed=now.step
                    )
            self._bars.refresh()


def called(known: Known) -> Mapping[Path, str]:
    """A short name for each run: its folder's name, with the parent's if the names are alike."""
    alike = len({path.name for path in known}) < len(known)
    return {path: f"{path.parent.name}/{path.name}" if alike else path.name for path in known}


def _share(known: Known) -> float:
    """The finished share of all runs, as if all had the same length."""
    return sum(now.step / now.total for now in known.values() if now.total) / max(len(known), 1)


def _done(known: Known) -> int:
    return sum(now.status == "finished" for now in known.values())
