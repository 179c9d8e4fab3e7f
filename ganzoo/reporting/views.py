"""What each view of a model needs, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ganzoo.engine.view import View
from ganzoo.errors import listed
from ganzoo.pictures.samples import Samples
from ganzoo.pictures.shades import FAKE
from ganzoo.registry.field import Field
from ganzoo.reporting import planes
from ganzoo.reporting.pictures import uri
from ganzoo.reporting.players import Still, extent_of, grid_of
from ganzoo.runs.look import Look
from ganzoo.training.trained import Trained

FEW = 10
"""Names of classes that the page lists."""


@dataclass(frozen=True)
class ShownView:
    """A row of the table of views."""

    name: str
    needs: str
    labels: str
    makes: str
    grid: Still | None = None
    """Samples of a further view, if the run has kept no grids of it. The page shows the others at
    its beginning."""


def shown_views(trained: Trained) -> Sequence[ShownView]:
    """The rows, or none if the only view needs neither inputs nor a label."""
    views = list(trained.views.values())
    if len(views) == 1 and not views[0].needs and views[0].label is None:
        return ()
    return [_row(trained, view, first=i == 0) for i, view in enumerate(views)]


def _row(trained: Trained, view: View, *, first: bool) -> ShownView:
    labels = label_words(view.label) if view.label else "none"
    makes = view.field(trained.record.fields)
    shown = first or trained.run.look_steps(view.name)
    grid = None if shown else _grid(view.name, trained.sample(view=view.name))
    return ShownView(view.name, listed(view.needs) or "nothing", labels, makes, grid)


def label_words(field: Field) -> str:
    """The labels that can be requested."""
    names = ", ".join(field.names[:FEW]) + ", ..." * (len(field.names) > FEW)
    if field.classes is not None:
        return names or f"0 to {field.classes - 1}"
    if field.shape:
        return f"{field.shape[0]} attributes{f' ({names})' if names else ''}"
    low, high = field.range or (0, 1)
    return f"{low:g} to {high:g}"


def _grid(name: str, samples: Samples) -> Still | None:
    if samples.field.is_image:
        picture = grid_of(samples)
        return Still(name, uri(picture), *picture.size)
    if samples.field.is_point:
        extent = extent_of([Look(samples)])
        picture = planes.dots(samples.arrays()["points"], extent, FAKE, 1.8)
        return Still(name, uri(picture), *picture.size, smooth=True, axis=planes.axis(extent))
    return None
