"""The curves of a run: the losses of both players, and the discriminator's outputs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from rich.text import Text
from uniplot import plot_to_string

COLOURS = ((76, 155, 232), (232, 137, 76), (112, 184, 96), (196, 120, 208))
"""Colours of the discriminator's and generator's curves, then of real and fake samples."""
AXES = "grey50"
VERDICTS = ("D(x)", "D(G(z))", "score(x)", "score(G(z))")
MOST = 2_000
"""Rows kept. If there are more, pairs of neighbours are averaged."""
TALL = 12
"""Lines of a plot, at most."""
SMALL = 3
"""Lines of a plot, at least."""


class Curves:
    """Rows of metrics, and plots of them."""

    def __init__(self) -> None:
        self._rows: list[list[float]] = []
        self._names: tuple[str, ...] = ()

    def add(self, step: int, metrics: Mapping[str, float]) -> None:
        """Add a row."""
        self._names = self._names or tuple(n for n in metrics if _is_loss(n) or n in VERDICTS)
        self._rows.append([step, *(metrics.get(name, np.nan) for name in self._names)])
        if len(self._rows) > MOST:
            pairs = np.array(self._rows[: MOST // 2 * 2]).reshape(-1, 2, len(self._names) + 1)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # a pair may have no value
                means = np.nanmean(pairs, axis=1)
            self._rows = [*means.tolist(), *self._rows[MOST // 2 * 2 :]]

    @property
    def good(self) -> str:
        """A line that describes the curves of a good run."""
        if "D(x)" in self._names:
            return "Good: D(x) and D(G(z)) near 0.5, and both losses steady."
        if "score(x)" in self._names:
            return "Good: score(x) and score(G(z)) approach each other, and the losses stay small."
        return "Good: both losses stay steady. Neither has to fall."

    def lines(self, width: int, height: int) -> list[Text]:
        """The plots, one below the other, in at most these columns and lines."""
        losses = [name for name in self._names if _is_loss(name)][: len(COLOURS)]
        verdicts = [name for name in self._names if name in VERDICTS]
        plots = [names for names in (losses, verdicts) if names]
        if (height - 1) // max(len(plots), 1) < SMALL + 3:
            plots = plots[:1]
        if not plots or len(self._rows) < 2:
            return [Text(" No curves yet.", AXES)]
        tall = min((height - 1) // len(plots) - 3, TALL)
        if tall < SMALL or width < 16:
            return []
        table = np.array(self._rows)
        x = table[:, 0]
        values = [[table[:, 1 + self._names.index(n)] for n in names] for names in plots]
        ranges = [_range(names, curves) for names, curves in zip(plots, values, strict=True)]
        labels = [[f" {bound:.3g}" for bound in bounds] for bounds in ranges]
        wide = width - 2 - max(len(text) for pair in labels for text in pair)
        lines: list[Text] = []
        for names, curves, bounds, (low, high) in zip(plots, values, ranges, labels, strict=True):
            canvas = plot_to_string(
                xs=[x] * len(curves), ys=curves, lines=True, color=list(COLOURS[: len(curves)]),
                width=wide, height=tall, y_min=bounds[0], y_max=bounds[1], x_min=x[0], x_max=x[-1],
                character_set="braille", x_labels=False, y_labels=False, x_gridlines=[],
                y_gridlines=[],
            )  # fmt: skip
            rows = [Text.from_ansi(line, style=AXES) for line in canvas.splitlines()]
            rows[1].append(high)
            rows[tall].append(low)
            lines += [_title(names, width), *rows]
        first, last = f" {x[0]:,.0f}", f"{x[-1]:,.0f} steps"
        lines.append(Text(first + last.rjust(wide + 1 - len(first)), AXES))
        for line in lines:
            line.rstrip()
            line.truncate(width)
        return lines


def _is_loss(name: str) -> bool:
    return name.endswith("_loss")


def _title(names: list[str], width: int) -> Text:
    """A legend: the names in the colours of their curves, with strokes if there is room."""
    title = Text("loss " if _is_loss(names[0]) else "")
    words = [name.removesuffix("_loss").replace("_", " ") for name in names]
    stroke = "━ " if len(title) + sum(len(word) + 3 for word in words) <= width + 1 else ""
    for word, (r, g, b) in zip(words, COLOURS, strict=False):
        title.append(f"{stroke}{word}", f"rgb({r},{g},{b})").append(" ")
    return title


def _range(names: list[str], curves: list[np.ndarray]) -> tuple[float, float]:
    """The range of the vertical axis. For probabilities, it is 0 to 1."""
    if names[0].startswith("D("):
        return 0.0, 1.0
    low, high = float(np.nanmin(curves)), float(np.nanmax(curves))
    return (low, high) if low < high else (low - 1, high + 1)
