"""The samples of several runs side by side, at the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ganzoo.registry.records import TYPED
from ganzoo.reporting.columns import Compared
from ganzoo.reporting.players import Player, Track, grid_of, looks, scatter, spaced, track

PICTURES = 100
"""Maximum number of grids in a page. Each run has at least two."""


def grids(compared: Sequence[Compared], most: int = PICTURES) -> Player | None:
    """Every run's samples at the steps that all runs have, first shown at the last of these.

    If the runs end at different steps or have no step in common, the slider ends with the last
    samples of each run.
    """
    kept = {c.name: sorted(c.shown.run.look_steps()) for c in compared}
    shown = [c for c in compared if looks(c.shown.run, kept[c.name][-1:])]
    if not shown:
        return None
    common = sorted(set.intersection(*(set(kept[c.name]) for c in shown)))
    steps = spaced(common, max(2, most // len(shown)))
    labels = [f"step {step:,}" for step in steps]
    moments = {c.name: list(steps) for c in shown}
    if any(kept[c.name][-1:] != common[-1:] for c in shown):
        labels.append("last of each run")
        for name, own in moments.items():
            own.append(kept[name][-1])
    at = len(steps) - 1 if any(steps) else len(labels) - 1  # at step 0 all samples are noise
    tracks = [_track(c, moments[c.name], at, _subtitle(c, compared)) for c in shown]
    return Player("grids", "step of training", labels, tracks, start=at)


def _track(c: Compared, steps: Sequence[int], at: int, subtitle: str) -> Track:
    # the nearest step replaces a damaged one
    seen = looks(c.shown.run, [*steps, *c.shown.run.look_steps()[:1]])
    own = [seen[min(seen, key=lambda s: abs(s - step))] for step in steps]
    about: dict[str, Any] = {"colour": c.colour}
    title = f"{c.title} · {subtitle}" if subtitle else c.title
    if own[-1].samples.field.is_image:
        made = track(title, [grid_of(look.samples) for look in own], **about)
    else:
        made = scatter(own, c.shown.run.real(), title, **about)
    return replace(made, picture=made.frames[at])


def _subtitle(c: Compared, compared: Sequence[Compared]) -> str:
    """The parts that differ between runs and are not in its name, and its status if unfinished."""
    differing = [p for p in TYPED if len({getattr(each.record, p) for each in compared}) > 1]
    names = [getattr(c.record, part) for part in differing]
    words = [name for name in names if name and name not in c.name]
    return ", ".join([*words, *([] if c.shown.status == "finished" else [c.shown.status])])
