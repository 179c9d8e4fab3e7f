"""What the page's sliders move through: a few pictures that change together.

A `Track` is one picture over time, a `Still` stands beside it. Every track of a `Player` has a
picture for each label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL.Image import Image

from ganzoo.errors import BrokenFile
from ganzoo.pictures.samples import Samples
from ganzoo.reporting import planes
from ganzoo.reporting.pictures import sheet, uri
from ganzoo.runs.folder import Run
from ganzoo.runs.look import Look

MOST = 50
"""Pictures of the training that a page has at most."""
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


@dataclass(frozen=True)
class Track(Still):
    """A picture for each label."""

    frames: Sequence[str] = ()
    under: str = ""
    """The address of what lies under all of them."""
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


def spaced(items: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


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


def learning(run: Run, *, probability: bool) -> Player | None:
    """The whole training by its grids; ``None`` where it has none that can be drawn."""
    seen, real = looks(run, spaced(sorted(run.look_steps()), MOST)), run.real()
    if not seen:
        return None
    labels = [f"step {step:,}" for step in seen]
    if next(iter(seen.values())).samples.field.is_image:
        shown = _affordable(seen)
        labels = [f"step {step:,}" for step in shown]
        grid = track("Generated", [grid_of(look.samples) for look in shown.values()])
        stills = [_still("Real", grid_of(real.samples))] if real else []
        return Player("learning", "step of training", labels, [grid], stills)
    return Player("learning", "step of training", labels, _planes(seen, real, probability))


def grid_of(samples: Samples) -> Image:
    """As many of the pictures as show what there is to see."""
    return sheet(samples.arrays()["images"][: samples.field.enough])


def scatter(
    seen: Sequence[Look], real: Look | None, title: str, colour: str = "", **about: object
) -> Track:
    """Samples over the real centres, in the colour that tells this run from others."""
    extent = extent_of([*seen, *([real] if real else [])])
    under = planes.dots(real.samples.arrays()["points"], extent, "#8b909a") if real else None
    drawn = colour or planes.FAKE
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
    over = planes.overlay(real.modes if real else None, extent)
    tracks = [scatter(every, real, "Samples, over the real ones in grey")]
    surfaces = [look.surface for look in every if look.surface is not None]
    if len(surfaces) == len(every):
        drawn = [planes.verdict(surface, probability=probability) for surface in surfaces]
        tracks.append(
            track(
                "What the discriminator says",
                [picture for picture, _ in drawn],
                overlay=over,
                smooth=True,
                ends=[ends for _, ends in drawn],
                scale="probability of being real" if probability else "score",
            )
        )
    thick = [planes.density(look.samples.arrays()["points"], extent) for look in every]
    tracks.append(track("The generator’s density", thick, overlay=over, smooth=True))
    return tracks


def _still(title: str, picture: Image) -> Still:
    return Still(title, uri(picture), *picture.size)


def _affordable(seen: dict[int, Look]) -> dict[int, Look]:
    """Fewer of them where they are so large that the page would be too."""
    size = len(uri(grid_of(list(seen.values())[-1].samples)))
    kept = spaced(list(seen), max(2, LARGEST // size))
    return {step: seen[step] for step in kept}
