"""What the page's sliders move through: a few pictures that change together.

A `Track` is one picture over time, a `Still` stands beside it. Every track of a `Player` has a
picture for each label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL.Image import Image

from ganzoo.engine.frames import frame_steps
from ganzoo.errors import BrokenFile
from ganzoo.pictures.samples import Samples
from ganzoo.pictures.shades import FAKE, REAL
from ganzoo.reporting import planes
from ganzoo.reporting.pictures import sheet, uri
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import read_frames
from ganzoo.runs.look import Look

MOST = 60
"""Moments of the training that a page or an animation has at most."""
LARGEST = 2_500_000
"""Characters that a track may take: a run with large pictures shows fewer of them."""


@dataclass(frozen=True)
class Still:
    """A picture that stays as it is."""

    title: str
    picture: str
    """Its address, or empty for a drawing alone."""
    width: int
    """Pixels of the picture; the page shows it larger."""
    height: int
    overlay: str = ""
    """SVG that is drawn over it: it comes from `planes`, which writes nothing but numbers."""
    smooth: bool = False
    """Whether it is smoothed where it is enlarged, for what is no picture made of pixels."""
    axis: Sequence[planes.Tick] = ()
    """The labels of both axes, of a plane."""


@dataclass(frozen=True)
class Track(Still):
    """A picture for each label."""

    frames: Sequence[str] = ()
    under: str = ""
    """The address of what lies under all of them."""
    backdrop: Sequence[str] = ()
    """What lies under that, a picture for each label."""
    keys: Sequence[tuple[str, str]] = ()
    """Its legend: colours, and what each stands for."""
    ends: Sequence[Sequence[str]] = ()
    """What the two ends of its scale mean, for each label."""
    scale: str = ""
    """What the scale is of."""
    colour: str = ""
    """The mark of what it shows, where the page tells things apart by colour."""


@dataclass(frozen=True)
class Player:
    """Tracks that one slider moves."""

    id: str
    what: str
    """What the slider moves through."""
    labels: Sequence[str]
    tracks: Sequence[Track]
    stills: Sequence[Still] = ()
    pace: int = 160
    """Milliseconds that a picture stays when they play."""
    start: int | None = None
    """Which label is shown at first; ``None``: the last."""

    @property
    def at(self) -> int:
        """The label that is shown at first."""
        return len(self.labels) - 1 if self.start is None else self.start

    @property
    def frames(self) -> dict[str, Sequence[str]]:
        """The addresses of each track's pictures, and of what lies under them, by number."""
        found: dict[str, Sequence[str]] = {}
        for i, track in enumerate(self.tracks):
            found[f"{i}"] = track.frames
            if track.backdrop:
                found[f"{i}-back"] = track.backdrop
        return found


def spaced(items: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def paced(steps: Sequence[int], most: int) -> list[int]:
    """At most so many of a training's steps, with the first and the last: those nearest to the
    squares of evenly spaced numbers, so that the early ones lie closer together."""
    if len(steps) <= most:
        return list(steps)
    squares = (steps[-1] * (i / (most - 1)) ** 2 for i in range(most))
    return sorted({min(steps, key=lambda step: abs(step - square)) for square in squares})


def track(title: str, pictures: Sequence[Image], **about: object) -> Track:
    """A track of pictures of one size."""
    frames = [uri(picture) for picture in pictures]
    width, height = pictures[-1].size
    return Track(title, frames[-1], width, height, frames=frames, **about)  # type: ignore[arg-type]


def looks(run: Run, steps: Iterable[int]) -> dict[int, Look]:
    """What the run kept of the samples at these steps; what is damaged is left out."""
    found = {}
    for step in dict.fromkeys(steps):
        try:
            look = run.look(step)
        except BrokenFile:
            continue
        if look.samples.drawable:
            found[step] = look
    return found


def moments(run: Run) -> dict[int, Look]:
    """What slider and animation show: the run's frames, or its grids where there are more of them.

    A run of an earlier version has no frames, and one that was resumed since has none of its start.
    """
    last, grids = max(run.frame_files(), default=None), spaced(sorted(run.look_steps()), MOST)
    if last is not None:
        kept = [step for step in frame_steps(run.record.total) if step <= last]
        seen = read_frames(run, paced(kept, MOST))
        if 0 in seen and len(seen) >= len(grids):
            return seen
    return looks(run, grids)


def learning(run: Run, *, probability: bool) -> Player | None:
    """The whole training; ``None`` where it has nothing that can be drawn."""
    seen, real = moments(run), run.real()
    if not seen:
        return None
    if next(iter(seen.values())).samples.field.is_image:
        seen = _affordable(seen)
        n = max(len(look.samples) for look in seen.values())
        tracks = [track("Generated", [grid_of(look.samples) for look in seen.values()])]
        stills = [_still("Real", grid_of(real.samples[:n]))] if real else []
    else:
        tracks, stills = _planes(seen, real, probability), []
    labels = [f"step {step:,}" for step in seen]
    return Player("learning", "step of training", labels, tracks, stills, pace=110)


def last_grid(run: Run) -> list[Still]:
    """All pictures of the last grid, and as many real ones; nothing of other samples."""
    seen, real = looks(run, run.look_steps()[:1]), run.real()
    stills = []
    for step, look in seen.items():
        if look.samples.field.is_image:
            drawn = look.samples[: look.samples.field.enough]
            stills.append(_still(f"{len(drawn)} generated, step {step:,}", grid_of(drawn)))
            if real:
                shown = real.samples[: len(drawn)]
                stills.append(_still(f"{len(shown)} real", grid_of(shown)))
    return stills


def grid_of(samples: Samples) -> Image:
    """As many of the pictures as show what there is to see."""
    return sheet(samples.arrays()["images"][: samples.field.enough])


def scatter(
    seen: Sequence[Look], real: Look | None, title: str, colour: str = "", **about: object
) -> Track:
    """Samples over the real centres, in the colour that tells this run from others."""
    extent = extent_of([*seen, *([real] if real else [])])
    under = planes.dots(real.samples.arrays()["points"], extent, "#8b909a") if real else None
    drawn = colour or FAKE
    pictures = [planes.dots(look.samples.arrays()["points"], extent, drawn) for look in seen]
    over = planes.overlay(real.modes if real else None, extent)
    below = uri(under) if under else ""
    about |= {"overlay": over, "under": below, "smooth": True, "colour": colour}
    return track(title, pictures, **about)


def extent_of(seen: Sequence[Look]) -> float:
    """Half the side of the square that shows them."""
    known = [look.samples.extent for look in seen if look.samples.extent]
    return known[0] if known else max(float(look.samples.tensor.abs().max()) for look in seen) * 1.1


def _planes(seen: dict[int, Look], real: Look | None, probability: bool) -> list[Track]:
    every = list(seen.values())
    extent = extent_of([*every, *([real] if real else [])])
    axis, over = planes.axis(extent), planes.overlay(real.modes if real else None, extent)
    points = [look.samples.arrays()["points"] for look in every]
    under = planes.dots(real.samples.arrays()["points"], extent, REAL, 1.0) if real else None
    surfaces = [look.surface for look in every if look.surface is not None]
    asked = len(surfaces) == len(every)
    verdicts = [planes.verdict(s, probability=probability) for s in surfaces] if asked else []
    samples = track(
        "Samples",
        [planes.dots(some, extent, FAKE, 1.8) for some in points],
        under=uri(under) if under else "",
        backdrop=[uri(picture) for picture, _ in verdicts],
        ends=[ends for _, ends in verdicts],
        scale=planes.scale(probability=probability),
        keys=[(FAKE, "generated"), *([(REAL, "real")] if real else [])],
        axis=axis,
        smooth=True,
    )
    thick = [planes.density(some, extent) for some in points]
    density = track("Density of the generated samples", thick, overlay=over, axis=axis, smooth=True)
    return [samples, density]


def _still(title: str, picture: Image) -> Still:
    return Still(title, uri(picture), *picture.size)


def _affordable(seen: dict[int, Look]) -> dict[int, Look]:
    """Fewer of them where they are so large that the page would be too."""
    size = len(uri(grid_of(list(seen.values())[-1].samples)))
    kept = spaced(list(seen), max(2, LARGEST // size))
    return {step: seen[step] for step in kept}
