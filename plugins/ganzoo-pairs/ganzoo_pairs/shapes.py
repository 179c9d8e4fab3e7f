r"""Drawn scenes of one shape, with attributes that are known exactly.

Each scene has a circle, a square or a triangle, in red, green or blue, small or large, at a random
place on a grey background of random brightness. With ``kind=unpaired``, circles are the domain "a"
and squares are the domain "b", and a translator must change the shape and keep everything else. A
held-out circle and its partner share colour, size, place and background. With ``kind=labelled``,
each scene has its attributes as the "label", for StarGAN.

A pixel's share of the shape follows from its distance :math:`d` to the shape's border, which is
negative inside: :math:`\mathrm{clip}(1/2 - d, 0, 1)`. So borders are smooth. Circle and square have
the same height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Interval
from numpy.typing import NDArray

import ganzoo
from ganzoo_pairs.made import Pictures, picture, two_domains

SHAPES = ("circle", "square", "triangle")
COLOURS = {"red": (230, 60, 50), "green": (60, 180, 75), "blue": (60, 100, 230)}
NAMES = (*SHAPES, *COLOURS, "large")
SIDE = 32
RADII = (5.0, 9.0)
"""Half the height of a small and a large shape, in pixels."""


@dataclass(frozen=True)
class Shapes:
    """Colour pictures of 32 x 32 pixels with one shape."""

    kind: Literal["unpaired", "labelled"] = "unpaired"
    """Whether circles and squares are two domains, or all shapes have labels."""
    size: Annotated[int, Interval(ge=2, le=100_000)] = 4_000
    """Number of training pictures, of both domains together."""
    held_out: Annotated[int, Interval(ge=1, le=10_000)] = 200
    """Number of pictures that training never sees."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the scenes, independent of the seed of a run."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The circles "a" and the squares "b", or the scenes "image" with their "label"."""
        image = picture(3, SIDE)
        if self.kind == "unpaired":
            return two_domains({"a": image, "b": image}, None)
        return {"image": image, "label": ganzoo.Field((len(NAMES),), range=(0.0, 1.0), names=NAMES)}

    def load(self) -> ganzoo.Data:
        """The scenes for training and the held-out ones."""
        rng = np.random.default_rng(self.seed)
        if self.kind == "labelled":
            held_out, arrays = (
                {"image": scene.drawn(), "label": scene.label()}
                for scene in (Scenes.random(n, rng) for n in (self.held_out, self.size))
            )
            return ganzoo.Data(self.fields(), arrays, held_out=held_out)
        kept = Scenes.random(self.held_out, rng)
        a, b = (Scenes.random(n, rng) for n in (self.size // 2, self.size - self.size // 2))
        return ganzoo.Data(
            self.fields(),
            {"a": a.drawn("circle"), "b": b.drawn("square")},
            held_out={"a": kept.drawn("circle"), "b": kept.drawn("square")},
        )


@dataclass(frozen=True)
class Scenes:
    """What is in each of N scenes."""

    shape: NDArray[np.int64]
    """Index in `SHAPES`, (N,)."""
    colour: NDArray[np.int64]
    """Index in `COLOURS`, (N,)."""
    large: NDArray[np.int64]
    """0 or 1, (N,)."""
    place: NDArray[np.float64]
    """The shape's centre as a column and a row, (N, 2)."""
    paper: NDArray[np.int64]
    """Brightness of the background, (N,)."""

    @classmethod
    def random(cls, n: int, rng: np.random.Generator) -> Scenes:
        """N scenes, in which every combination is equally likely."""
        shape, colour, large = (rng.integers(k, size=n) for k in (3, 3, 2))
        margin = np.take(RADII, large)[:, None] + 1
        place = margin + rng.random((n, 2)) * (SIDE - 1 - 2 * margin)
        return cls(shape, colour, large, place, rng.integers(150, 250, size=n))

    def label(self) -> NDArray[np.uint8]:
        """The attributes, 0 or 1: (N, 7)."""
        one_of = [np.eye(3, dtype=np.uint8)[index] for index in (self.shape, self.colour)]
        return np.column_stack([*one_of, self.large.astype(np.uint8)])

    def drawn(self, shape: str | None = None) -> Pictures:
        """The pictures, (N, 3, 32, 32). With ``shape``, each shows this shape, not its own."""
        index = self.shape if shape is None else np.full_like(self.shape, SHAPES.index(shape))
        pixel = np.arange(SIDE)
        x = pixel[None, None, :] - self.place[:, 0, None, None]  # (N, 1, 32)
        y = pixel[None, :, None] - self.place[:, 1, None, None]  # (N, 32, 1)
        radius = np.take(RADII, self.large)[:, None, None]
        distance = np.choose(index[:, None, None], distances(x, y, radius))
        ink = np.clip(0.5 - distance, 0, 1)[:, None]  # (N, 1, 32, 32)
        colour = np.array([*COLOURS.values()])[self.colour][:, :, None, None]
        paper = self.paper[:, None, None, None]
        return np.round(paper + ink * (colour - paper)).astype(np.uint8)


def distances(
    x: NDArray[np.float64], y: NDArray[np.float64], radius: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """The distances to the border of each shape around the origin, in pixels. The triangle is
    equilateral and points up, with its corners on the circle."""
    circle = np.hypot(x, y) - radius
    square = np.maximum(np.abs(x), np.abs(y)) - radius
    sides = np.maximum(np.sqrt(0.75) * np.abs(x) - y / 2, y)
    return [circle, square, sides - radius / 2]
