"""Curves that bokeh draws in the browser. The pointer shows their values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bokeh
import numpy as np
from bokeh.embed import json_item
from bokeh.models import (
    BasicTicker,
    BasicTickFormatter,
    ColumnDataSource,
    CrosshairTool,
    FixedTicker,
    HoverTool,
    PlainText,
    Range1d,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure
from markupsafe import Markup, escape
from numpy.typing import NDArray

from ganzoo.reporting.curves import GREY, Chart, Line, Values, thinned


def item(chart: Chart) -> Any:
    """A chart as bokeh's JSON."""
    return json_item(_figure(chart))


def script() -> Markup:
    """Bokeh's script from its wheel, with its licence at the top."""
    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return Markup(path.read_text(encoding="utf-8"))


def _figure(chart: Chart) -> Any:
    kept = thinned([line.values for line in chart.lines])
    data = {"step": chart.steps[kept]}
    data |= {f"y{i}": line.values[kept].astype("float32") for i, line in enumerate(chart.lines)}
    middle = np.nan_to_num(np.nanmean(np.stack(_filled(chart.lines, kept)), axis=0), nan=1.0)
    for i, line in enumerate(chart.lines):
        for end, values in zip(("low", "high"), line.band or (), strict=False):
            data[f"{end}{i}"] = values[kept].astype("float32")
    data["middle"] = middle.astype("float32")
    source = ColumnDataSource(data)
    plot: Any = figure(
        name=chart.id,
        height=245,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        y_axis_type="log" if chart.log else "linear",
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border_left=46,
        min_border_right=14,
    )
    if chart.level is not None:
        plot.add_layout(
            Span(location=chart.level, dimension="width", line_color=GREY, line_dash="dashed")
        )
    shown: list[Any] = []
    for i, line in enumerate(chart.lines):
        drawn: dict[str, Any] = {"source": source, "name": line.name}
        shown.append(plot.line("step", f"y{i}", line_color=line.colour, line_width=1.8, **drawn))
        if line.band is not None:
            filled = drawn | {"fill_color": line.colour, "fill_alpha": 0.22}
            shown.append(plot.varea("step", y1=f"low{i}", y2=f"high{i}", **filled))
        if len(kept) <= 60:
            plot.scatter("step", f"y{i}", size=4, fill_color=line.colour, line_color=None, **drawn)
    # hiding a curve fits the axis to the curves that are left
    plot.y_range.update(renderers=shown, only_visible=True)
    # the tooltip follows this invisible line, which has a value at every step
    held = plot.line("step", "middle", source=source, line_alpha=0)
    plot.add_tools(
        HoverTool(renderers=[held], mode="vline", tooltips=_tooltip(chart)),
        CrosshairTool(dimensions="height", line_color=GREY, line_alpha=0.6),
    )
    plot.xaxis.formatter = BasicTickFormatter(use_scientific=False)
    apart = 1 if _whole(chart) else 0
    plot.xaxis.ticker = BasicTicker(desired_num_ticks=5, min_interval=apart)
    plot.xaxis.axis_label = PlainText(text=chart.axis)  # bokeh reads formulas in a str
    plot.xaxis.axis_label_standoff = 2
    if chart.log:
        plot.yaxis.ticker = plot.ygrid.ticker = FixedTicker(ticks=_decades(chart.lines))
    else:
        plot.yaxis.ticker = plot.ygrid.ticker = BasicTicker(desired_num_ticks=5)
    plot.yaxis.formatter = BasicTickFormatter(power_limit_low=-4)
    if chart.whole:
        plot.yaxis.ticker = plot.ygrid.ticker = BasicTicker(desired_num_ticks=5, min_interval=1)
        plot.y_range = Range1d(start=chart.counts[0], end=chart.counts[1])
    for axis in plot.axis:
        axis.axis_line_color = None
        axis.major_tick_line_color = None
        axis.minor_tick_line_color = None
        axis.major_label_text_font_size = axis.axis_label_text_font_size = "12px"
        axis.axis_label_text_font_style = "normal"
    plot.grid.grid_line_color = GREY
    plot.grid.grid_line_alpha = 0.22
    plot.xgrid.grid_line_color = None
    return plot


def _decades(lines: Sequence[Line]) -> list[float]:
    """The labels of a logarithmic axis, about six at most."""
    values = np.concatenate([line.values[np.isfinite(line.values)] for line in lines])
    low, high = (math.log10(float(v)) for v in (values.min(), values.max()))
    steps = (1, 1.5, 2, 3, 5, 7) if high - low < 1 else (1, 2, 5) if high - low < 2 else (1,)
    apart = max(1, round((high - low) / 6))
    powers = range(math.floor(low), math.ceil(high) + 1, apart)
    return [step * 10.0**power for power in powers for step in steps]


def _filled(lines: Sequence[Line], kept: NDArray[np.int64]) -> list[Values]:
    """The curves, with 1 at steps where no curve has a value."""
    columns = [np.where(np.isfinite(line.values), line.values, np.nan)[kept] for line in lines]
    blank = np.isnan(np.stack(columns)).all(axis=0)
    return [np.where(blank, 1.0, column) for column in columns]


def _whole(chart: Chart) -> bool:
    """Whether the horizontal axis has whole numbers only."""
    return bool((chart.steps == chart.steps.round()).all())


def _tooltip(chart: Chart) -> str:
    rows = Markup("").join(
        Markup(
            '<div><span style="color:{}">●</span> {}&ensp;'
            '<b style="float:right;font-variant-numeric:tabular-nums">@y{}</b></div>'
        ).format(line.colour, _literal(line.name), i)
        for i, line in enumerate(chart.lines)
    )
    return Markup(
        '<div class="ganzoo-tip" style="margin:-5px;padding:8px 11px;background:#1d2026;'
        'color:#eceae6;font:13px/1.5 system-ui,sans-serif">'
        '<div style="color:#b6bac2">{} @step{{{}}}</div>{}</div>'
    ).format(_literal(chart.axis), "0,0" if _whole(chart) else "0,0.[0000]", rows)


def _literal(text: str) -> Markup:
    """Text without meaning as markup or as one of bokeh's @names."""
    plain = str(escape(text))
    for sign in "@$%":
        plain = plain.replace(sign, f"&#{ord(sign)};")
    return Markup(plain)
