"""A memorising discriminator: it knows the real pictures it trains on, not what real ones are like.

Held-out pictures show it: to a discriminator that has memorised its data they look like fakes. The
measure is Karras et al.'s (equation 1), with the held-out pictures' place between the two:

    (seen - unseen) / (seen - fake), 0 where it generalises and 1 where it has memorised

Few pictures are held out of few, and the discriminator changes from grid to grid. So the grids of
the last two thirds of the run are taken together.
"""

from __future__ import annotations

import math
from statistics import fmean

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column
from ganzoo.registry.records import Paper

MEMORISED = 0.3
"""The measure above which it has memorised them. It is 0.05 to 0.22 in runs whose discriminators
take nearly as many of thousands of other digits for real as of those that they were trained on."""
PASSES = 5.0
"""Over the data, before which nothing can be memorised."""
AGREE = 0.8
"""Share of the grids at which the held-out pictures must look less real."""
FEWEST = 4
NAMES = ("seen", "unseen", "fake")
PAPER = Paper(
    "Training Generative Adversarial Networks with Limited Data", year=2020, arxiv="2006.06676"
)


def find(history: History) -> Finding | None:
    """Whether it has memorised the data."""
    rows = [
        row
        for row in between(history.health, 1 / 3, 1)
        if all(math.isfinite(row.get(name, math.nan)) for name in NAMES)
    ]
    passes = history.step / history.record.steps_per_epoch
    if len(rows) < FEWEST or passes < PASSES:
        return None
    agree = sum(r["seen"] > r["unseen"] for r in rows) / len(rows)
    seen, unseen, fake = (fmean(column(rows, name)) for name in NAMES)
    if agree < AGREE or not seen > fake:
        return None
    if (memorised := (seen - unseen) / (seen - fake)) < MEMORISED:
        return None
    return Finding(
        "memorising",
        "the discriminator has memorised the data",
        f"after {passes:.0f} passes its mean output is {seen:.2f} on training pictures, "
        f"{unseen:.2f} on held-out ones and {fake:.2f} on samples, so "
        f"held-out pictures lie {memorised:.0%} of the way to the samples",
        "With few pictures it is easier to remember each one than to learn what they have in "
        "common. Its output then no longer says how to make samples more like the data.",
        PAPER,
        lasting=True,
    )
