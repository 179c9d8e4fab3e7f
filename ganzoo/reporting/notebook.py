"""A comparison in a notebook: samples side by side, and the table."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, FileSystemLoader

from ganzoo.reporting.columns import Compared
from ganzoo.reporting.grids import grids
from ganzoo.reporting.page import TEMPLATES
from ganzoo.reporting.rows import differences, outcomes


def fragment(
    compared: Sequence[Compared], complaints: Sequence[str] = (), view: str | None = None
) -> str:
    """A piece of HTML without scripts. ``complaints`` are sentences about damaged files."""
    shown = grids(compared, view, most=1)
    environment = Environment(autoescape=True, trim_blocks=True, loader=FileSystemLoader(TEMPLATES))
    template = environment.get_template("notebook.html")
    return template.render(
        compared=compared,
        complaints=complaints,
        shown=shown,
        label=shown.labels[shown.at] if shown else "",
        rows=[*differences(compared), *outcomes(compared)],
    )
