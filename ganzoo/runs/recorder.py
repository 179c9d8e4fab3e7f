"""Writes the steps of a training to the run's folder, and reads the state to resume from."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from ganzoo.engine.events import Frame, State, Step
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import shown
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import Field
from ganzoo.runs.best import Best
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import Frames
from ganzoo.runs.health import health
from ganzoo.runs.inputs import Inputs
from ganzoo.runs.look import Look, squared
from ganzoo.runs.reading import FINITE, Count, damaged, fitted
from ganzoo.runs.table import Table
from ganzoo.runs.tensors import read_plain, read_tensors, write_tensors

logger = logging.getLogger("ganzoo")


class Recorder:
    """Writes each `Step`'s metrics, grid and state."""

    def __init__(
        self,
        run: Run,
        field: Field,
        extent: float | None,
        scored: Sequence[str] = (),
        best: Best | None = None,
    ) -> None:
        """``scored`` has the names of the scores, which only some rows have."""
        self.run = run
        self._scored = scored
        self._best = best
        self._field = field
        self._extent = extent
        self._seconds = _seconds(run.timings)
        self._frames = Frames(run, field)
        self._real = run.real()
        self._record = run.record
        self._inputs = Inputs(run)
        self._before = _last_look(run)
        self._since: tuple[float, int] | None = None

    def record(self, step: Step) -> None:
        """Write the rows and the grid that are due at this step."""
        now = time.perf_counter()
        if self._since is not None:  # shifted, so that scoring does not count
            self._since = (self._since[0] + step.scoring, self._since[1])
        if self._since is None:
            self._since = (now, step.seen)
        if step.metrics is not None:
            if taken := {*self._scored} & set(step.metrics):
                raise GanzooError(f"a move logs {taken.pop()!r}, the name of a metric's score")
            row: dict[str, float | None] = {"step": step.step, "epoch": round(step.epoch, 4)}
            row |= step.metrics
            row |= step.scores or dict.fromkeys(self._scored)  # empty if it is not due
            self.run.metrics.append(row)
            self._time(step, now, *self._since)
        if step.samples is not None:
            samples = Samples(step.samples, self._field, self._extent, step.columns)
            samples = self._inputs.around(samples)
            self._look(step.step, samples, dict(step.verdicts or {}))
        for name, grid in step.further.items():
            self._look_at(name, step.step, grid)
        if step.frame is not None:
            self._frames.add(step.step, step.frame)
        if step.weights is not None and step.samples is not None:
            write_tensors(self.run.grid(step.step, ".safetensors"), step.weights, {})
        if step.weights is not None and step.scores is not None and self._best is not None:
            self._best.see(step.step, step.scores, step.weights)

    def _look(self, step: int, samples: Samples, verdicts: dict[str, Tensor]) -> None:
        if samples.drawable:
            samples.save(self.run.grid(step))
        surface = verdicts.pop("surface", None)
        look = Look(samples, None if surface is None else squared(surface))
        self.run.write_look(step, look)
        if self._real is not None:
            about = health(samples, self._real, self._before, verdicts if surface is None else {})
            self.run.health.append({"step": step, **about})
        self._before = samples

    def _look_at(self, name: str, step: int, grid: Frame) -> None:
        """Write the grid of a view after the first."""
        view = self._record.views[name]
        field = self._record.fields[view.makes]
        samples = Samples(grid.samples, field, view.extent, grid.columns)
        self._inputs.around(samples, view.needs, view.target).save(self.run.grid(step, view=name))
        self.run.write_look(step, Look(samples), name)

    def keep(self, step: int, state: State) -> None:
        """Write a checkpoint, after everything that it depends on."""
        self.run.metrics.sync()
        self.run.timings.sync()
        self.run.health.sync()
        self.keep_frames()
        write_tensors(self.run.checkpoint(step), state.tensors, state.plain)
        self.run.prune()

    def keep_frames(self) -> None:
        """Write the frames since the last checkpoint."""
        self._frames.write()

    def _time(self, step: Step, now: float, then: float, seen: int) -> None:
        self._seconds += now - then
        rate = (step.seen - seen) / max(now - then, 1e-9)
        seconds = round(self._seconds, 3)
        self.run.timings.append(
            {"step": step.step, "seconds": seconds, "samples_per_second": round(rate, 1)}
        )
        self._since = (now, step.seen)


def _seconds(timings: Table) -> float:
    """Duration of the run so far, from the last row."""
    try:
        return sum(float(row["seconds"]) for row in timings.rows()[-1:])
    except (KeyError, ValueError) as error:
        raise BrokenFile(f"{shown(timings.path)} is not a table of timings ({error})") from error


def _last_look(run: Run) -> Samples | None:
    """The samples of the last row of the health table, or ``None`` if they are damaged."""
    steps = [int(row["step"]) for row in run.health.rows()]
    with suppress(BrokenFile):
        return run.look(steps[-1]).samples if steps else None
    return None


@dataclass(frozen=True)
class _Plain:
    """The plain values of a checkpoint."""

    __pydantic_config__ = FINITE

    step: Count
    drawn: Count
    counts: dict[str, Count]
    optimizers: dict[str, dict[str, Any]]


def _check(plain: Mapping[str, Any], step: int, path: Path) -> None:
    """Check that the file is a checkpoint of this step, and not another file of a run."""
    try:
        found: _Plain = fitted(plain, _Plain)
        if found.step != step:
            raise ValueError(f"step is {found.step}")
    except ValueError as error:
        raise damaged(path, f"a checkpoint of step {step}", error) from error


def newest_state(run: Run) -> State | None:
    """The newest intact checkpoint, or ``None`` if the run has none yet.

    Raises:
        BrokenFile: All checkpoints are damaged.
    """
    problems: list[BrokenFile] = []
    for step in run.checkpoint_steps():
        try:
            tensors, plain = read_tensors(run.checkpoint(step))
            _check(plain, step, run.checkpoint(step))
        except BrokenFile as error:
            problems.append(error)
        else:
            for problem in problems:
                logger.warning("%s; going back to the checkpoint of step %d", problem, step)
            return State(tensors, plain)
    if problems:
        raise BrokenFile(f"{problems[0]}; {run.path} has no other intact checkpoint")
    return None


def reads_done(run: Run) -> bool:
    """Whether a checkpoint says that the run reads `Draw.done`, and so depends on its length."""
    for step in run.checkpoint_steps():
        with suppress(BrokenFile):
            return bool(read_plain(run.checkpoint(step)).get("reads_done"))
    return False
