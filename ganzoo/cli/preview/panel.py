"""The preview of a run: samples from the same latents, and the curves next to them.

The views of a model that has several take turns.
"""

from __future__ import annotations

import time
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text

from ganzoo.cli.preview.coverage import Coverage
from ganzoo.cli.preview.curves import AXES, Curves
from ganzoo.cli.preview.pixels import Line, drawn, half_blocks, joined
from ganzoo.pictures.samples import Samples
from ganzoo.runs.inputs import Inputs

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.engine.events import Step
    from ganzoo.engine.view import View
    from ganzoo.registry.records import Field
    from ganzoo.training.run import Training

EVERY = 2.0
"""Seconds between samples that are made only for the preview, at least."""
SHARE = 0.01
"""The largest share of the time that these samples may take."""
NARROW = 56
"""Columns that the curves need."""
WIDEST = 64
"""The most columns of the curves."""
LEAST = 6
"""Lines that the preview needs."""
ROOMY = 10
"""Lines that the preview needs to also say what is good."""
BETWEEN = 2


class Panel:
    """Draws a run. Its samples have their own random state, so it does not change the run."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._trainer = training.trainer
        views = [self._trainer.view, *self._trainer.further]
        self._views = [view for view in views if self._field(view).drawable]
        self._turn = 0
        self._curves = Curves()
        self._samples: Samples | None = None
        self._title = self._covered = ""
        self._step = -1
        self._next = 0.0
        self._drawn: tuple[object, Segments | None] | None = None

    def take(self, step: Step) -> None:
        """Take in a step's metrics and samples."""
        if self._step < 0:
            self._begin(step.step)
        self._step = step.step
        if step.metrics is not None:
            self._curves.add(step.step, step.metrics)
            self._drawn = None
        if step.samples is not None and self._views:
            began = time.monotonic()
            further = step.further.get(self._view.name)
            self._show(further.samples if further else step.samples)
            self._rest(began)

    def look(self) -> None:
        """Sample again if it is time, which takes a small share of the time."""
        began = time.monotonic()
        if began < self._next or not self._views:
            return
        self._turn += 1
        self._show(self._trainer.draw_grid(self._view))
        self._rest(began)

    def _rest(self, began: float) -> None:
        """Wait until what began then is a small share of the time."""
        now = time.monotonic()
        self._next = now + max(EVERY, (now - began) / SHARE)

    def drawn(self, console: Console, width: int, height: int) -> Segments | None:
        """The preview in at most ``height`` lines of at most ``width`` columns, or ``None``."""
        room = (width, height)
        if self._drawn is None or self._drawn[0] != room:
            lines = self._lines(console, width, height)
            self._drawn = room, joined(lines) if lines else None
        return self._drawn[1]

    def _begin(self, step: int) -> None:
        run = self._training.run
        for row in run.metrics.numbers():
            if row["step"] < step:  # the curves of a resumed run continue
                self._curves.add(int(row["step"]), row)
        real = run.real()
        self._centres = real.modes.centres if real and real.modes else None
        self._inputs = Inputs(run)
        self._coverage = Coverage(self._training.data)

    @property
    def _view(self) -> View:
        """The view whose turn it is."""
        return self._views[self._turn % len(self._views)]

    def _field(self, view: View) -> Field:
        fields = self._training.record.fields
        return fields[view.field(fields)]

    def _show(self, tensor: Tensor) -> None:
        """Show a grid of the view whose turn it is."""
        view, record = self._view, self._training.record
        field, first = self._field(view), view is self._trainer.view
        tensor = tensor.nan_to_num(0, 0, 0) if field.is_image else tensor
        extent, columns = record.views[view.name].extent, self._trainer.grid_of(view).columns
        samples = Samples(tensor, field, extent, columns)
        self._samples = self._inputs.around(samples, view.needs, view.target(record.fields))
        name = "samples" if len(self._views) == 1 else view.name
        self._title = f"{name} at step {self._step:,}"
        self._covered = self._coverage.of(tensor.cpu()) if first else ""
        self._drawn = None

    def _lines(self, console: Console, width: int, height: int) -> list[Line]:
        words = self._words(width) if height >= ROOMY else []
        lines = self._seen(console, width, height - len(words))
        return [*lines, *(_line(console, text) for text in words)] if lines else lines

    def _words(self, width: int) -> list[Text]:
        """What the samples cover and what is good, in one line or two."""
        covered = f"The samples show {self._covered}." if self._covered else ""
        said = [text for text in (covered, self._curves.good) if text]
        if len(" ".join(said)) <= width:
            said = [" ".join(said)]
        return [Text(text, AXES) for text in said if len(text) <= width]

    def _seen(self, console: Console, width: int, height: int) -> list[Line]:
        """Samples next to curves, in at most ``height`` lines."""
        if height < LEAST:
            return []
        pictures: list[Line] = []
        wide = width >= NARROW
        if self._samples is not None:
            columns = int(width * 0.56) if wide else width
            pixels = drawn(self._samples, columns, height - 1, self._centres)
            if pixels is not None:
                title = Text(self._title, AXES)
                title.truncate(width)
                pictures = [_line(console, title), *half_blocks(pixels, console)]
        if not wide and pictures:
            return pictures
        taken = max(map(Segment.get_line_length, pictures), default=-BETWEEN)
        left = min(width - taken - BETWEEN, WIDEST)
        curves = [_line(console, text) for text in self._curves.lines(left, height)]
        nothing: Line = []
        return [
            [*Segment.adjust_line_length(picture, taken + BETWEEN), *curve] if curve else picture
            for picture, curve in zip_longest(pictures, curves, fillvalue=nothing)
        ]


def _line(console: Console, text: Text) -> Line:
    """A text as one line. It is not wrapped, even if the terminal has just become narrower."""
    return [segment for segment in text.render(console) if segment.text]
