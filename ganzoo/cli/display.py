"""What a person sees while a model trains: a live display, plain lines, or nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from ganzoo.cli.console import err, say

if TYPE_CHECKING:
    from ganzoo.engine.events import Step
    from ganzoo.training import Training

FRAME = 0.1
"""Seconds between changes of the live display."""
WINDOW = 30.0
"""Seconds over which the pace is taken."""
LINE = 5.0
"""Seconds between plain lines."""


class Display(Protocol):
    """A context that is told of every step."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def step(self, step: Step) -> None:
        """A round is done."""
        ...


def display(training: Training, quiet: bool) -> Display:
    """The display that suits where stderr goes."""
    if quiet:
        return Silent()
    model, data = training.record.model, training.record.dataset
    parts = [p for p in (training.record.loss, training.record.penalty) if p]
    loss = f" with {' and '.join(parts)}" if parts else ""
    say(f"Training {model} on {data}{loss} (seed {training.record.seed}): {training.run.path}")
    if err.is_terminal and not err.is_dumb_terminal:
        return LiveDisplay(training)
    return Lines(training)


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def step(self, step: Step) -> None:
        """Shows nothing."""


class Pace:
    """How fast it goes, over the last seconds, and how long it will take."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int, int]] = []

    def mark(self, step: Step, now: float) -> None:
        """Take in where we are."""
        recent = [mark for mark in self._marks if now - mark[0] < WINDOW]
        self._marks = [*(recent or self._marks[-1:]), (now, step.step, step.seen)]

    @property
    def samples_per_second(self) -> float:
        """Real samples seen a second."""
        (then, _, before), (now, _, after) = self._marks[0], self._marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def left(self, total: int) -> str:
        """The time that is left, as a person reads it."""
        (then, before, _), (now, step, _) = self._marks[0], self._marks[-1]
        if step == before:
            return "?"
        return duration((total - step) * (now - then) / (step - before))


def duration(seconds: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _spelt(metrics: Mapping[str, float]) -> str:
    return "  ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in metrics.items())


class Lines(Silent):
    """A plain line every few seconds, for a file or a pipe."""

    def __init__(self, training: Training) -> None:
        self._pace = Pace()
        self._next = 0.0
        self._metrics: Mapping[str, float] = {}

    def step(self, step: Step) -> None:
        """Print a line when it is time, and at the end."""
        self._metrics = step.metrics or self._metrics
        now = time.monotonic()
        if now < self._next and step.step < step.total:
            return
        self._next = now + LINE
        self._pace.mark(step, now)
        speed = f"{self._pace.samples_per_second:,.0f} img/s  {self._pace.left(step.total)} left"
        say(
            f"step {step.step:,}/{step.total:,}  epoch {step.epoch:.2f}  {speed}  "
            f"{_spelt(self._metrics)}".rstrip()
        )


class LiveDisplay:
    """Bars for the epoch and the whole run, speed, time left and the metrics."""

    def __init__(self, training: Training) -> None:
        self._pace = Pace()
        self._next = 0.0
        self._metrics: Mapping[str, float] = {}
        self._per_epoch = training.trainer.steps_per_epoch
        self._epochs = -(-training.total // self._per_epoch)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[speed]}"),
            console=err,
        )
        self._epoch = self._bars.add_task("epoch", total=self._per_epoch, speed="")
        self._steps = self._bars.add_task("steps", total=training.total, speed="")
        self._live = Live(console=err, refresh_per_second=1 / FRAME, get_renderable=self._draw)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def step(self, step: Step) -> None:
        """Take it in, and show it if it is time."""
        self._metrics = step.metrics or self._metrics
        now = time.monotonic()
        if now < self._next and step.step < step.total:
            return
        self._next = now + FRAME
        self._pace.mark(step, now)
        epoch, within = divmod(step.step, self._per_epoch)
        if step.step == step.total or (epoch and not within):
            epoch, within = epoch - (not within), within or self._per_epoch
        self._bars.update(
            self._epoch,
            description=f"epoch {epoch + 1}/{self._epochs}",
            completed=within,
            speed=f"{self._pace.samples_per_second:,.0f} img/s",
        )
        left = f"{self._pace.left(step.total)} left"
        self._bars.update(self._steps, completed=step.step, speed=left)

    def _draw(self) -> Group:
        return Group(self._bars.get_renderable(), Text(_spelt(self._metrics), style="cyan"))
