"""What a run leaves to show around: ``training.gif`` and ``curves.png``."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ganzoo.files import write_whole
from ganzoo.pictures.animation import captioned, gif
from ganzoo.pictures.samples import Samples
from ganzoo.reporting.charts import charts
from ganzoo.reporting.curves import GREY, Chart
from ganzoo.reporting.players import MOST, grid_of, looks, spaced
from ganzoo.runs.folder import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image


def write_film(run: Run) -> None:
    """``training.gif``: the samples of the same latents through the whole training.

    Raises:
        GanzooError: it cannot be written.
    """
    seen = looks(run, spaced(sorted(run.look_steps()), MOST))
    frames = [captioned(_frame(look.samples), f"step {step:,}") for step, look in seen.items()]
    if len(frames) > 1:
        write_whole(run.path / "training.gif", gif(frames))


def _frame(samples: Samples) -> Image:
    # pictures as they are: enlarged, the film would be four times as large
    return grid_of(samples) if samples.field.is_image else samples.picture()


def write_curves(run: Run) -> None:
    """``curves.png``: the figures of the report as one picture.

    Raises:
        GanzooError: it cannot be written.
    """
    drawn = charts(run)
    if not drawn:
        return
    rows = -(-len(drawn) // 2)
    figure = _figure((11, 2.6 * rows))
    for i, chart in enumerate(drawn):
        _plot(chart, figure.add_subplot(rows, 2, i + 1))
    file = io.BytesIO()
    figure.savefig(file, dpi=110)
    write_whole(run.path / "curves.png", file.getvalue())


def _figure(size: tuple[float, float]) -> Figure:
    """An empty figure, which needs no backend to be written into a file."""
    with _without_backend():
        from matplotlib.figure import Figure
    return Figure(figsize=size, layout="constrained")


@contextmanager
def _without_backend() -> Iterator[None]:
    """Where matplotlib can be imported whatever MPLBACKEND says.

    A notebook's, which `!ganzoo` inherits, may not be installed here. What others draw in this
    process still goes where it says.
    """
    backend = None if "matplotlib" in sys.modules else os.environ.pop("MPLBACKEND", None)
    yield
    if backend is not None:
        os.environ["MPLBACKEND"] = backend
        with suppress(ValueError):
            sys.modules["matplotlib"].rcParams["backend"] = backend


def _plot(chart: Chart, ax: Axes) -> None:
    if chart.level is not None:
        ax.axhline(chart.level, color=GREY, linestyle="dashed", linewidth=1)
    for line in chart.lines:
        ax.plot(chart.steps, line.values, color=line.colour, linewidth=1.2, label=line.name)
    ax.set_title(chart.title, loc="left", fontsize=10)
    ax.set_xlabel("step", fontsize=8)
    ax.set_yscale("log" if chart.log else "linear")
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    if len(chart.lines) > 1:
        ax.legend(fontsize=8, frameon=False)
