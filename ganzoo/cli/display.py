"""What `ganzoo train` shows while a model trains: a live display, plain lines or nothing."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from ganzoo.cli.console import err, redrawn, say
from ganzoo.cli.lines import Lines, Silent, spelt
from ganzoo.cli.pace import Pace
from ganzoo.registry.boundary import headline
from ganzoo.training.interrupts import uninterrupted

if TYPE_CHECKING:
    from ganzoo.cli.preview.panel import Panel
    from ganzoo.engine.events import Step
    from ganzoo.training.run import Training

logger = logging.getLogger("ganzoo")
T = TypeVar("T")

FRAME = 0.2
"""Seconds between changes of the live display, at least."""
SHARE = 0.02
"""The largest share of the time that drawing may take."""
LONGEST = 20.0
"""Seconds between changes, at most, even on a slow terminal."""
TEXT = 60
"""Columns of the text next to a bar."""


class Display(Protocol):
    """A context manager that receives every step."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def step(self, step: Step) -> None:
        """Take in a step that has ended."""
        ...


def display(training: Training, quiet: bool, preview: bool = True) -> Display:
    """The display that suits stderr. With ``preview``, a live display also has pictures."""
    if quiet:
        return Silent()
    record = training.record
    model, data = record.model, record.dataset
    parts = [*record.chosen("loss").values(), *record.chosen("penalty").values()]
    loss = f" with {' and '.join(parts)}" if parts else ""
    seed, folder = record.seed, training.run.path
    heading = f"Training {model} on {data}{loss} (seed {seed}): {folder}"
    say(heading)
    if not redrawn():
        return Lines()
    if not preview:
        return LiveDisplay(training, heading, None)
    from ganzoo.cli.preview.panel import Panel  # loaded only if something is drawn

    return LiveDisplay(training, heading, Panel(training))


class LiveDisplay:
    """Bars for the epoch and the whole run, speed, time left and metrics, below a preview.

    It draws between two steps and measures how long that takes. So drawing takes a small share of
    the time, even on a slow terminal or with large pictures.
    """

    def __init__(self, training: Training, heading: str, panel: Panel | None) -> None:
        self._heading = heading
        self._panel = panel
        self._pace = Pace()
        self._next = 0.0
        self._took = 0.0
        self._last: Step | None = None
        self._metrics: Mapping[str, float] = {}
        self._per_epoch = training.trainer.steps_per_epoch
        self._epochs = -(-training.total // self._per_epoch)
        self._bar = BarColumn()
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            self._bar,
            MofNCompleteColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[speed]}", markup=False),
            console=err,
        )
        self._epoch = self._bars.add_task("epoch", total=self._per_epoch, speed="")
        self._steps = self._bars.add_task("steps", total=training.total, speed="")
        self._blank = False
        self._width = err.width
        self._live = self._make_live()

    def _make_live(self) -> Live:
        return Live(console=err, auto_refresh=False, get_renderable=self._draw)

    def __enter__(self) -> Self:
        with uninterrupted():
            self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        with uninterrupted():  # the cursor comes back whichever key is pressed
            if self._last is not None:
                self._count(self._last, time.monotonic())
            self._fit()
            self._live.stop()

    def step(self, step: Step) -> None:
        """Take in a step, and redraw if it is time."""
        self._last = step
        self._metrics = {**self._metrics, **(step.metrics or {}), **(step.scores or {})}
        self._preview(lambda panel: panel.take(step))
        if time.monotonic() < self._next and step.step < step.total:
            return
        with uninterrupted():  # interrupts no sampling and no escape sequence
            self._preview(lambda panel: panel.look())
            began = time.monotonic()
            self._count(step, began)
            self._fit()
            with _at_once():
                self._live.refresh()
        now = time.monotonic()
        took = now - began
        # one slow frame does not count, such as the first picture or curve
        self._next = now + min(max(FRAME, min(took, self._took) / SHARE), LONGEST)
        self._took = took

    def _count(self, step: Step, now: float) -> None:
        """Set the bars to a step."""
        self._pace.mark(step, now)
        epoch, within = divmod(step.step, self._per_epoch)
        if step.step == step.total or (epoch and not within):
            epoch, within = epoch - (not within), within or self._per_epoch
        self._bars.update(
            self._epoch,
            description=f"epoch {epoch + 1}/{self._epochs}",
            completed=within,
            speed=f"{self._pace.samples_per_second:,.0f} samples/s",
        )
        left = f"{self._pace.left(step.total)} left"
        self._bars.update(self._steps, completed=step.step, speed=left)

    def _preview(self, do: Callable[[Panel], T]) -> T | None:
        """Use the preview. If it fails, the run continues without it."""
        if self._panel is None:
            return None
        try:
            return do(self._panel)
        except Exception as error:
            self._panel = None
            logger.warning("the preview failed and is off from now on (%s)", headline(error))
            return None

    def _fit(self) -> None:
        """Clear the screen after a resize that may have broken the lines."""
        width, before = err.width, self._width
        self._width = width
        if width < before:
            self._blank = True
            self._live.stop()
            self._blank = False
            err.clear()
            say(self._heading)
            self._live = self._make_live()
            self._live.start()

    def _draw(self) -> Group:
        if self._blank:
            return Group()
        width, height = err.size
        self._bar.bar_width = max(4, min(40, width - TEXT))
        below: list[RenderableType] = [self._bars.get_renderable()]
        below += _lines_of(self._metrics, width - 3)  # leaves room for the ^C that a terminal shows
        room = height - len(below) - 3  # one line is empty, one stays free
        above = self._preview(lambda panel: panel.drawn(err, width - 1, room))
        return Group(above, "", *below) if above else Group(*below)


def _lines_of(metrics: Mapping[str, float], width: int) -> list[Text]:
    """The metrics in lines. No metric is broken across lines."""
    lines: list[str] = []
    for name, value in metrics.items():
        metric = spelt({name: value})
        if lines and len(lines[-1]) + 2 + len(metric) <= width:
            lines[-1] += f"  {metric}"
        else:
            lines.append(metric[:width])
    return [Text(line, style="cyan", no_wrap=True) for line in lines]


@contextlib.contextmanager
def _at_once() -> Iterator[None]:
    """Send the output as one frame, so that a terminal with mode 2026 does not flicker.

    (Mode 2026, https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036)
    """
    if err.legacy_windows:  # it would print the sequences
        yield
        return
    err.file.write("\x1b[?2026h")
    try:
        yield
    finally:
        err.file.write("\x1b[?2026l")
        err.file.flush()
