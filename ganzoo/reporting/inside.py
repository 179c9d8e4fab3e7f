"""What only the model itself can show: its layers, its views, and interpolations.

All of them need the model's plugin. If it is missing or broken, the page says so and shows the
rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ganzoo.engine.sampling import MOST_COLUMNS, sampling
from ganzoo.engine.summary import Layer, watched
from ganzoo.engine.view import Label, View, label_values
from ganzoo.errors import GanzooError
from ganzoo.pictures.samples import Samples
from ganzoo.registry.boundary import headline
from ganzoo.registry.records import Field
from ganzoo.registry.registry import Registry
from ganzoo.reporting import planes
from ganzoo.reporting.pictures import sheet
from ganzoo.reporting.players import Player, Still, extent_of, track
from ganzoo.reporting.views import ShownView, shown_views
from ganzoo.runs.folder import Run
from ganzoo.training.loading import load
from ganzoo.training.trained import Trained

INTERPOLATIONS = 8
"""Number of interpolations, each between two latents."""
FRAMES = 24
"""Pictures in an interpolation of pictures."""
NUMBERS = {1: "One", 2: "Two", 8: "Eight", 10: "Ten"}
POINTS = 64
"""Points along an interpolation in the plane."""


@dataclass(frozen=True)
class Network:
    """A module of the game with its layers."""

    name: str
    layers: Sequence[Layer]

    @property
    def parameters(self) -> int:
        """The number of its parameters."""
        return sum(layer.parameters for layer in self.layers)


@dataclass
class Inside:
    """What the model showed, and why the rest is missing."""

    networks: Sequence[Network] = ()
    interpolation: Player | Still | None = None
    """``None`` if the model has none to show: it translates, or its samples have no picture."""
    interpolations: str = "eight"
    """Their number in words."""
    labelled: bool = False
    """Whether each keeps a label of its own."""
    between_classes: Player | Still | None = None
    """``None`` if the first view mixes no classes."""
    views: Sequence[ShownView] = ()
    """Empty if there is only one, which needs nothing."""
    missing: dict[str, str] = field(default_factory=dict)
    """``networks``, ``interpolation``, ``between_classes`` or ``views`` -> why it is missing."""


def inside(run: Run, zoo: Registry) -> Inside:
    """What the model can show. If it raises an error, the page shows the error's first line."""
    found = Inside()
    try:
        trained = load(zoo, run.folder)
    except Exception as error:  # a plugin's code may fail in any way
        why = _why(error)
        found.missing = {"networks": why, "interpolation": why}
        return found
    try:
        found.networks = _networks(trained, run)
    except Exception as error:
        found.missing["networks"] = _why(error)
    if trained.view.label is not None:
        found.labelled, n = True, len(_labels(trained.view))
        found.interpolations = NUMBERS.get(n, str(n)).lower()
    try:
        found.interpolation = _interpolation(trained, run)
    except Exception as error:
        found.missing["interpolation"] = _why(error)
    try:
        found.between_classes = _between_classes(trained, run)
    except Exception as error:
        found.missing["between_classes"] = _why(error)
    try:
        found.views = shown_views(trained)
    except Exception as error:
        found.missing["views"] = _why(error)
    return found


def _why(error: Exception) -> str:
    said = str(error).splitlines() if isinstance(error, GanzooError) else []
    return said[0] if said else headline(error)


def _networks(trained: Trained, run: Run) -> list[Network]:
    """The layers, with the shape of each layer's output for one sample."""
    game, real = trained.game, run.real()
    with watched(game) as layers:
        trained.sample(1)
        if real is not None:
            learnt = trained.view.field(trained.record.fields)
            batch = _batch(trained.record.fields, learnt, real.samples.tensor)
            draw = trained.draw(0, "report")
            with sampling(game, draw.device):
                trained.guard(game.verdict, batch, draw)
    networks: dict[str, list[Layer]] = {}
    for layer in layers:
        networks.setdefault(layer.name.partition(".")[0] or "game", []).append(layer)
    return [Network(name, own) for name, own in networks.items()]


def _batch(fields: Mapping[str, Field], learnt: str, real: Tensor) -> dict[str, Tensor]:
    """Real samples as a batch. Fields that the run does not keep, such as labels, are zero."""
    n = min(len(real), 16)
    return {
        name: real[:n]
        if name == learnt
        else torch.zeros((n, *f.shape), dtype=torch.int64 if f.classes else torch.float32)
        for name, f in fields.items()
    }


def _interpolation(trained: Trained, run: Run) -> Player | Still | None:
    """From latent to latent. With labels, each one keeps its own, and all have the same latents."""
    if trained.view.needs:
        return None
    if trained.view.label is None:

        def between(i: int, frames: int) -> Samples:
            return trained.walk(i, i + 1, frames)

        return _moving(trained, run, "interpolation", between, INTERPOLATIONS)
    labels = _labels(trained.view)

    def of_label(i: int, frames: int) -> Samples:
        return trained.walk(0, 1, frames, labels[i])

    return _moving(trained, run, "interpolation", of_label, len(labels))


def _labels(view: View) -> list[Label]:
    """The labels that the columns of a grid have."""
    values: list[Label] = [] if view.label is None else label_values(view.label).tolist()
    return values[:MOST_COLUMNS]


def _between_classes(trained: Trained, run: Run) -> Player | Still | None:
    """From each class to the next, with the same latent."""
    view = trained.view
    classes = view.label.classes if view.label and view.mixes_labels else None
    if view.needs or not classes:
        return None

    def between(i: int, frames: int) -> Samples:
        return trained.walk_labels(i, (i + 1) % classes, frames)

    return _moving(trained, run, "classes", between, min(classes, MOST_COLUMNS))


def _moving(
    trained: Trained, run: Run, id: str, between: Callable[[int, int], Samples], n: int
) -> Player | Still | None:
    """``n`` interpolations, each from ``between(i, frames)``."""
    learnt = trained.field
    if learnt.is_point:
        paths = [between(i, POINTS).arrays()["points"] for i in range(n)]
        real = run.real()
        seen = [look for look in (real,) if look]
        extent = extent_of(seen) if seen else float(np.abs(paths).max()) * 1.1
        lines = planes.overlay(real.modes if real else None, extent)
        drawn = lines + planes.trails(paths, extent)
        return Still("", "", 1, 1, overlay=drawn, axis=planes.axis(extent))
    if not learnt.is_image:
        return None
    series = [between(i, FRAMES).arrays()["images"] for i in range(n)]
    frames = [sheet(np.stack(moment), -(-n // 2)) for moment in zip(*series, strict=True)]
    labels = [f"{i / (FRAMES - 1):.0%} of the way" for i in range(FRAMES)]
    number = NUMBERS.get(n, str(n))
    alone = track(f"{number} interpolation{'s' * (n > 1)}", frames)
    return Player(id, "share of the interpolation", labels, [alone], pace=110)
