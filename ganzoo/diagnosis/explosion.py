"""Explosion: losses or gradients grow by orders of magnitude, or are no longer numbers."""

from __future__ import annotations

import math

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column, middle, trend
from ganzoo.registry.records import Paper

GROWTH = 20.0
"""Size of a gradient in the last third of the run so far over that in the first, above which it
explodes. Both players' must: that of DCGAN's discriminator grows fortyfold by itself while all
goes well, since it is less and less sure."""
STILL = 2.0
"""The same over that in the second third: it goes on growing."""
SMALL = 10.0
"""Gradients below this may grow freely: they began near zero."""
HUGE = 1_000.0
"""A size that is too large in any case. Losses and the generator's gradient are of the order of 1
to 10, and a few hundred at most."""
GRADIENTS = ("discriminator_gradient", "generator_gradient")
SIZES = ("generator_gradient", "discriminator_loss")
ROWS = 4
PAPER = Paper(
    "On the Difficulty of Training Recurrent Neural Networks", year=2012, arxiv="1211.5063"
)


def find(history: History) -> Finding | None:
    """Whether something explodes, or has exploded."""
    evidence = history.error or " and ".join(_grown(history)) or _wrecked(history)
    if not evidence:
        return None
    return Finding(
        "explosion",
        "exploding numbers",
        evidence,
        "A step that is too large makes the slope steeper, and the next step larger. A Wasserstein "
        "loss without a bound on the discriminator's slope has no smallest value, so it grows for "
        "ever.",
        PAPER,
    )


def _grown(history: History) -> list[str]:
    sizes = {name: _thirds(history, name) for name in {*GRADIENTS, *SIZES}}
    growing = all(
        now > SMALL and now > GROWTH * early and now > STILL * before
        for early, before, now in (sizes[name] for name in GRADIENTS)
    )
    large = [name for name in SIZES if sizes[name][-1] > HUGE]
    return [
        f"{_spelt(name)} is {sizes[name][-1]:.2g}, after {sizes[name][0]:.2g} early on"
        for name in (GRADIENTS if growing else large)
    ]


def _thirds(history: History, name: str) -> list[float]:
    """Its size in each third of the run so far; NaN where there are too few rows to say."""
    thirds = [between(history.metrics, i / 3, (i + 1) / 3) for i in range(3)]
    enough = len(column(thirds[-1], name)) >= ROWS
    return [abs(middle(third, name)) if enough else math.nan for third in thirds]


def _wrecked(history: History) -> str:
    """Whether one outburst was enough: the samples are as far from the data as at the start."""
    distance = trend(history.health, "distance")
    if distance is None or distance.now < distance.start:
        return ""
    for name in SIZES:
        largest = max(history.metrics, key=lambda row: abs(row.get(name, 0.0)), default={})
        if (size := abs(largest.get(name, 0.0))) > HUGE:
            return (
                f"{_spelt(name)} was {size:.2g} by step {largest['step']:.0f}, and the samples are "
                f"further from the data ({distance.now:.2f}) than at the start "
                f"({distance.start:.2f})"
            )
    return ""


def _spelt(name: str) -> str:
    return f"the {name.replace('_', chr(39) + 's ')}"
