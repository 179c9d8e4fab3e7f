"""What a section of a page consists of: texts, tables, pictures and line charts.

A text is a plain `str`. These values hold what a plugin gives, and `ganzoo.reporting.layout` checks
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from ganzoo.pictures.samples import Samples


@dataclass(frozen=True, eq=False)
class Table:
    """A table of texts and numbers."""

    columns: Sequence[str]
    """The heads of the columns."""
    rows: Sequence[Sequence[str | float | None]]
    """The cells of each row. A number is shown with four significant digits, and ``None`` as a
    dash."""
    title: str = ""
    """The text above it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, or samples as a grid. Samples of other shapes have no picture."""

    shown: Image | Samples
    """A picture of Pillow's, or samples."""
    title: str = ""
    """The text above it, which a screen reader also reads."""
    columns: int | None = None
    """The number of samples in a row of the grid. ``None`` makes it almost square."""


@dataclass(frozen=True, eq=False)
class LineChart:
    """Lines over one axis. The pointer shows their values."""

    x: Sequence[float]
    """The values on the horizontal axis, in ascending order."""
    lines: Mapping[str, Sequence[float]]
    """Name -> a value for each ``x``, or NaN if there is none."""
    title: str = ""
    """The text above it."""
    hint: str = ""
    """One or more sentences about how to read it."""
    axis: str = "step"
    """What ``x`` is."""
    log: bool = False
    """Whether the vertical axis is logarithmic."""


Piece = str | Table | Picture | LineChart
