"""What is wrong with the files of a run that a page can do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ganzoo.errors import BrokenFile
from ganzoo.runs.best import read_best
from ganzoo.runs.evaluations import read_evaluations
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import frames_in
from ganzoo.runs.look import read_look
from ganzoo.runs.status import UNKNOWN


def problems(run: Run) -> list[str]:
    """A message for each damaged file but ``run.json``. A missing file is not damaged."""
    found = [run.error] if run.status()[0] == UNKNOWN and run.error else []
    for read in _readers(run):
        try:
            read()
        except BrokenFile as error:
            found.append(str(error))
    return found


def _readers(run: Run) -> Iterator[Callable[[], object]]:
    record = run.record
    extent = record.extent
    yield from (table.numbers for table in (run.metrics, run.health, run.timings))
    yield partial(read_evaluations, run.evaluations)
    if run.best.exists():
        yield partial(read_best, run)
    if run.real_file.exists():
        yield partial(read_look, run.real_file, extent)
    for view in ("", *record.further):
        yield from (partial(run.look, step, view) for step in run.look_steps(view))
    yield from (partial(frames_in, run.frame(last), extent, ()) for last in run.frame_files())
