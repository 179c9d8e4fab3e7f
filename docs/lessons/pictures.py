"""The lessons' strips: a few moments of a run, so that one sees it move.

``python docs/lessons/pictures.py RUN OUT.png STEP...`` takes at each step the weights that the run
kept nearest to it. A run on points gives one square a moment, from left to right, over the real
points in grey. A run on pictures gives one row a moment, from top to bottom, each column from the
same latent.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

import ganzoo

COLUMNS = 12
SIDE = 192
GAP = 2


def strip_of_points(moments: list[ganzoo.Trained], real: ganzoo.Samples) -> Image.Image:
    """One plot a moment, (SIDE, SIDE) each, from left to right."""
    strip = Image.new("RGB", (len(moments) * (SIDE + GAP) - GAP, SIDE), "black")
    there = real.picture().convert("L").point(lambda shade: 255 if shade > 250 else 200)
    for i, moment in enumerate(moments):
        plot = ImageChops.multiply(moment.sample(seed=0).picture(), there.convert("RGB"))
        strip.paste(plot.resize((SIDE, SIDE), Image.Resampling.BOX), (i * (SIDE + GAP), 0))
    return strip.quantize(64)


def rows_of_pictures(moments: list[ganzoo.Trained]) -> Image.Image:
    """One row of samples a moment, twice their size, from top to bottom."""

    def row(moment: ganzoo.Trained) -> NDArray[np.uint8]:
        images = moment.sample(COLUMNS, seed=0).arrays()["images"][:, 0]  # (COLUMNS, H, W)
        around = np.pad(images, ((0, 0), (0, GAP // 2), (0, GAP // 2)), constant_values=48)
        return np.concatenate(list(around), axis=1)  # (H', COLUMNS * W')

    grid = Image.fromarray(np.concatenate([row(moment) for moment in moments]))
    return grid.resize((2 * grid.width, 2 * grid.height), Image.Resampling.NEAREST).quantize(16)


def main(run: str, out: str, *steps: str) -> None:
    kept = sorted(ganzoo.load(run).steps)
    nearest = [min(kept, key=lambda k: abs(k - int(step))) for step in steps]
    moments = [ganzoo.load(run, step) for step in nearest]
    real = moments[0].run.real()
    assert real is not None
    points = real.samples.field.is_point
    strip = strip_of_points(moments, real.samples) if points else rows_of_pictures(moments)
    strip.save(out, optimize=True)
    print(f"{out}: steps {', '.join(map(str, nearest))}")


main(*sys.argv[1:])
