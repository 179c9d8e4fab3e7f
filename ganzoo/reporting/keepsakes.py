"""A run's pictures to share: ``training.gif``, also for further views, and ``curves.png``."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ganzoo.files import write_whole
from ganzoo.pictures.animation import captioned, enlarged, gif
from ganzoo.pictures.plane import HIGH, plane, shares
from ganzoo.pictures.shades import FAKE, REAL
from ganzoo.reporting.charts import charts, numbers
from ganzoo.reporting.curves import GREY, Chart
from ganzoo.reporting.players import extent_of, grid_of, moments
from ganzoo.runs.folder import Run
from ganzoo.runs.look import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

SECONDS = 0.1
"""Duration of a frame."""


def write_animation(run: Run) -> None:
    """Write ``training.gif``, the samples of fixed latents over the whole training.

    A view after the first has its own, ``training-VIEW.gif``.

    Raises:
        GanzooError: it cannot be written.
    """
    for view in ("", *run.record.further):
        _write_animation(run, view)


def _write_animation(run: Run, view: str) -> None:
    seen, real = moments(run, view), None if view else run.real()
    probability = "D(x)" in numbers(run.metrics)
    extent = extent_of([*seen.values(), *([real] if real else [])]) if seen else 0.0
    frames = []
    for step, look in seen.items():
        caption = f"step {step:,}"
        if look.samples.field.is_image:
            frames.append(captioned(enlarged(grid_of(look.samples)), caption))
        else:
            frames.append(_plane(look, real, extent, caption, probability))
    if len(frames) > 1:
        name = f"training-{view}.gif" if view else "training.gif"
        write_whole(run.folder / name, gif(frames, SECONDS))


def _plane(look: Look, real: Look | None, extent: float, caption: str, probability: bool) -> Image:
    """Generated points over real ones, over the discriminator's output on the plane."""
    surface = look.surface
    drawn = plane(
        look.samples.arrays()["points"],
        extent,
        real=real.samples.arrays()["points"] if real else None,
        surface=None if surface is None else shares(surface, probability=probability),
    )
    marks = [(FAKE, "generated"), *([(REAL, "real")] if real else [])]
    if surface is not None:
        marks.append((HIGH, "high D(x)" if probability else "high score"))
    return captioned(drawn, caption, marks, light=True)


def write_curves(run: Run) -> None:
    """Write ``curves.png``, the figures of the report as one picture.

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
    write_whole(run.folder / "curves.png", file.getvalue())


def _figure(size: tuple[float, float]) -> Figure:
    """An empty figure without a backend, which saving to a file does not need."""
    with _without_backend():
        from matplotlib.figure import Figure
    return Figure(figsize=size, layout="constrained")


@contextmanager
def _without_backend() -> Iterator[None]:
    """Lets matplotlib be imported even if the backend in MPLBACKEND is not installed.

    A notebook sets MPLBACKEND, and `!ganzoo` inherits it, perhaps into an environment without that
    backend. Other code in this process still draws with it.
    """
    backend = None if "matplotlib" in sys.modules else os.environ.pop("MPLBACKEND", None)
    yield
    if backend is not None:
        os.environ["MPLBACKEND"] = backend
        with suppress(ValueError):
            sys.modules["matplotlib"].rcParams["backend"] = backend


def _plot(chart: Chart, ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    if chart.level is not None:
        ax.axhline(chart.level, color=GREY, linestyle="dashed", linewidth=1)
    for line in chart.lines:
        ax.plot(chart.steps, line.values, color=line.colour, linewidth=1.2, label=line.name)
    ax.set_title(chart.title, loc="left", fontsize=10)
    ax.set_xlabel("step", fontsize=8)
    ax.set_yscale("log" if chart.log else "linear")
    if chart.whole:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylim(*chart.counts)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    if len(chart.lines) > 1:
        ax.legend(fontsize=8, frameon=False)
