"""The samples of several runs side by side, at the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ganzoo.errors import UsageError, listed
from ganzoo.registry.records import TYPED
from ganzoo.reporting.columns import Compared, Ended
from ganzoo.reporting.players import Player, Track, grid_of, looks, scatter, spaced, track

PICTURES = 100
"""Maximum number of grids in a page. Each run has at least two."""


def grids(
    compared: Sequence[Compared], view: str | None = None, most: int = PICTURES
) -> Player | None:
    """Every run's samples at the steps that all runs have, first shown at the last of these.

    If the runs end at different steps or have no step in common, the slider ends with the last
    samples of each run.

    Args:
        compared: The runs.
        view: The name of a view that all runs have. By default, it is the first of each.
        most: The most pictures.
    """
    of = {c.name: further(c.shown, view) for c in compared}
    kept = {c.name: sorted(c.shown.run.look_steps(of[c.name])) for c in compared}
    shown = [c for c in compared if looks(c.shown.run, kept[c.name][-1:], of[c.name])]
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
    tracks = [_track(c, of[c.name], moments[c.name], at, _subtitle(c, compared)) for c in shown]
    return Player("grids", "step of training", labels, tracks, start=at)


def further(shown: Ended, view: str | None) -> str:
    """The name of the view, or an empty text if it is the run's first.

    Raises:
        UsageError: The run has no grids of this view.
    """
    if view is None or view == next(iter(shown.record.views), None):
        return ""
    if not (view in shown.record.further and shown.run.look_steps(view)):
        has = [name for name in shown.record.further if shown.run.look_steps(name)]
        names = listed([*list(shown.record.views)[:1], *has]) or "its first view only"
        raise UsageError(f"{shown.run.path} has no grids of the view {view!r}; it has {names}")
    return view


def _track(c: Compared, view: str, steps: Sequence[int], at: int, subtitle: str) -> Track:
    # the nearest step replaces a damaged one
    run = c.shown.run
    seen = looks(run, [*steps, *run.look_steps(view)[:1]], view)
    own = [seen[min(seen, key=lambda s: abs(s - step))] for step in steps]
    about: dict[str, Any] = {"colour": c.colour}
    title = f"{c.title} · {subtitle}" if subtitle else c.title
    if own[-1].samples.field.is_image:
        made = track(title, [grid_of(look.samples) for look in own], **about)
    else:
        made = scatter(own, None if view else run.real(), title, **about)
    return replace(made, picture=made.frames[at])


def _subtitle(c: Compared, compared: Sequence[Compared]) -> str:
    """The parts that differ between runs and are not in its name, and its status if unfinished."""
    differing = [p for p in TYPED if len({getattr(each.record, p) for each in compared}) > 1]
    names = [getattr(c.record, part) for part in differing]
    words = [name for name in names if name and name not in c.name]
    return ", ".join([*words, *([] if c.shown.status == "finished" else [c.shown.status])])
