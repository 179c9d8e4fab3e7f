"""The samples of several runs side by side, at the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ganzoo.registry.records import TYPED
from ganzoo.reporting.columns import Compared
from ganzoo.reporting.players import Player, Track, grid_of, looks, scatter, spaced, track

PICTURES = 100
"""Grids of all runs together that a page has at most, or two of each run where there are many."""


def grids(compared: Sequence[Compared], most: int = PICTURES) -> Player | None:
    """Every run's samples at the steps that all have, shown at the last of these.

    Where the runs end at different steps, or have no step in common, the slider ends with the last
    samples of each.
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
        labels.append("the last of each")
        for name, own in moments.items():
            own.append(kept[name][-1])
    at = len(steps) - 1 if any(steps) else len(labels) - 1  # at step 0 all samples are noise
    tracks = [_track(c, moments[c.name], at, _subtitle(c, compared)) for c in shown]
    return Player("grids", "step of training", labels, tracks, start=at)


def _track(c: Compared, steps: Sequence[int], at: int, subtitle: str) -> Track:
    # a damaged one is left out: the nearest takes its place
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
    """Which parts tell it from the others, unless its name says so, and whether it is finished."""
    differing = [p for p in TYPED if len({getattr(each.record, p) for each in compared}) > 1]
    names = [getattr(c.record, part) for part in differing]
    words = [name for name in names if name and name not in c.name]
    return ", ".join([*words, *([] if c.shown.status == "finished" else [c.shown.status])])
