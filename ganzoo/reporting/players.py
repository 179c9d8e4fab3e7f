"""The page's players: pictures that change together when a slider moves.

A `Track` is a picture that changes over time, and a `Still` next to it does not. Every track of a
`Player` has a picture for each label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from PIL.Image import Image

from ganzoo.engine.frames import frame_steps
from ganzoo.errors import BrokenFile
from ganzoo.pictures.samples import Samples
from ganzoo.pictures.shades import FAKE, REAL
from ganzoo.reporting import planes
from ganzoo.reporting.pictures import sheet, uri
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import read_frames
from ganzoo.runs.inputs import Inputs
from ganzoo.runs.look import Look

MOST = 60
"""Maximum number of steps that a page or an animation shows."""
LARGEST = 2_500_000
"""Maximum size of a track in characters. A run with large pictures shows fewer of them."""


@dataclass(frozen=True)
class Still:
    """A picture that does not change."""

    title: str
    picture: str
    """Its data URI, or empty for a drawing without a picture."""
    width: int
    """Width of the picture in pixels, before the page enlarges it."""
    height: int
    overlay: str = ""
    """SVG that is drawn over it. It is not escaped, because `planes` puts only numbers into it."""
    smooth: bool = False
    """Whether the page smooths it when it enlarges it. Sampled pictures stay pixelated."""
    axis: Sequence[planes.Tick] = ()
    """The labels of both axes, if it shows the plane."""
    alt: str = ""
    """What a screen reader says. By default, the title and "samples"."""


@dataclass(frozen=True)
class Track(Still):
    """A picture for each label."""

    frames: Sequence[str] = ()
    under: str = ""
    """The data URI of a picture under all frames."""
    backdrop: Sequence[str] = ()
    """A picture for each label at the very bottom, under ``under``."""
    keys: Sequence[tuple[str, str]] = ()
    """Its legend: colours and their meanings."""
    ends: Sequence[Sequence[str]] = ()
    """For each label, the labels of the two ends of its scale."""
    scale: str = ""
    """What the scale measures."""
    colour: str = ""
    """The colour of the run, in a comparison."""


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
    """Milliseconds for which each picture is shown when it plays."""
    start: int | None = None
    """Index of the label that is shown first, or ``None`` for the last label."""

    @property
    def at(self) -> int:
        """Index of the label that is shown first."""
        return len(self.labels) - 1 if self.start is None else self.start

    @property
    def frames(self) -> dict[str, Sequence[str]]:
        """The data URIs of each track's pictures and backdrops, by the track's number."""
        found: dict[str, Sequence[str]] = {}
        for i, track in enumerate(self.tracks):
            found[f"{i}"] = track.frames
            if track.backdrop:
                found[f"{i}-back"] = track.backdrop
        return found


def spaced(items: Sequence[int], most: int) -> list[int]:
    """At most ``most`` items at even distances, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def paced(steps: Sequence[int], most: int) -> list[int]:
    """At most ``most`` steps of a training, with the first and the last.

    They are nearest to the squares of evenly spaced numbers, so early steps lie closer together.
    """
    if len(steps) <= most:
        return list(steps)
    squares = (steps[-1] * (i / (most - 1)) ** 2 for i in range(most))
    return sorted({min(steps, key=lambda step: abs(step - square)) for square in squares})


def track(title: str, pictures: Sequence[Image], **about: object) -> Track:
    """A track of pictures that have the same size."""
    frames = [uri(picture) for picture in pictures]
    width, height = pictures[-1].size
    return Track(title, frames[-1], width, height, frames=frames, **about)  # type: ignore[arg-type]


def looks(run: Run, steps: Iterable[int], view: str = "") -> dict[int, Look]:
    """The run's samples at these steps. Damaged files are left out.

    ``view`` is a view after the first.
    """
    found = {}
    for step in dict.fromkeys(steps):
        try:
            look = run.look(step, view)
        except BrokenFile:
            continue
        if look.samples.drawable:
            found[step] = look
    return _with_inputs(run, found, view)


def _with_inputs(run: Run, seen: dict[int, Look], view: str = "") -> dict[int, Look]:
    """The samples with the inputs that they were made from, if these are there."""
    inputs, about = Inputs(run), run.record.views[view] if view else None
    names = (about.needs, about.target) if about else ()
    with suppress(BrokenFile):
        return {
            step: replace(look, samples=inputs.around(look.samples, *names))
            for step, look in seen.items()
        }
    return seen


def moments(run: Run, view: str = "") -> dict[int, Look]:
    """The samples that the slider and the animation show.

    These are the run's frames, or its grids if there are more of them. A run of an earlier version
    has no frames, and if it was resumed since, it has none of its first steps. A view after the
    first has grids only.
    """
    if view:
        return looks(run, spaced(sorted(run.look_steps(view)), MOST), view)
    last, grids = max(run.frame_files(), default=None), spaced(sorted(run.look_steps()), MOST)
    if last is not None:
        kept = [step for step in frame_steps(run.record.total) if step <= last]
        seen = _with_inputs(run, read_frames(run, paced(kept, MOST)))
        if 0 in seen and len(seen) >= len(grids):
            return seen
    return looks(run, grids)


def learning(run: Run, *, probability: bool, view: str = "") -> Player | None:
    """A player for the whole training, or ``None`` if nothing can be drawn.

    Only the first view has real samples to show next to its own.
    """
    seen, real = moments(run, view), None if view else run.real()
    if not seen:
        return None
    if next(iter(seen.values())).samples.field.is_image:
        seen = _affordable(seen)
        n = max(len(look.samples) for look in seen.values())
        tracks = [track(view or "Generated", [grid_of(look.samples) for look in seen.values()])]
        stills = [_still("Real", grid_of(real.samples[:n]))] if real else []
    else:
        tracks, stills = _planes(seen, real, probability), []
    labels = [f"step {step:,}" for step in seen]
    name = f"learning-{view}" if view else "learning"
    return Player(name, "step of training", labels, tracks, stills, pace=110)


def last_grid(run: Run) -> list[Still]:
    """All pictures of the last grid and as many real ones. Other samples have none."""
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
    """A grid of as many pictures as are enough to judge them."""
    return sheet(*samples[: samples.field.enough].tiles())


def scatter(
    seen: Sequence[Look], real: Look | None, title: str, colour: str = "", **about: object
) -> Track:
    """Samples over real points and centres, in the run's colour."""
    extent = extent_of([*seen, *([real] if real else [])])
    under = planes.dots(real.samples.arrays()["points"], extent, "#8b909a") if real else None
    drawn = colour or FAKE
    pictures = [planes.dots(look.samples.arrays()["points"], extent, drawn) for look in seen]
    over = planes.overlay(real.modes if real else None, extent)
    below = uri(under) if under else ""
    return track(title, pictures, overlay=over, under=below, smooth=True, colour=colour, **about)


def extent_of(seen: Sequence[Look]) -> float:
    """Half the side of the square that contains the samples."""
    known = [look.samples.extent for look in seen if look.samples.extent]
    return known[0] if known else max(float(look.samples.tensor.abs().max()) for look in seen) * 1.1


def _planes(seen: dict[int, Look], real: Look | None, probability: bool) -> list[Track]:
    every = list(seen.values())
    extent = extent_of([*every, *([real] if real else [])])
    axis, over = planes.axis(extent), planes.overlay(real.modes if real else None, extent)
    points = [look.samples.arrays()["points"] for look in every]
    under = planes.dots(real.samples.arrays()["points"], extent, REAL, 1.0) if real else None
    surfaces = [look.surface for look in every if look.surface is not None]
    complete = len(surfaces) == len(every)
    verdicts = [planes.verdict(s, probability=probability) for s in surfaces] if complete else []
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
    """Fewer samples if their pictures would make the page too large."""
    size = len(uri(grid_of(list(seen.values())[-1].samples)))
    kept = spaced(list(seen), max(2, LARGEST // size))
    return {step: seen[step] for step in kept}
