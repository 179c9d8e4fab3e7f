"""Oscillation: the samples move about without improving.

Samples of the same latents change while a run learns, too. But then each moves on its own. In an
oscillation the generator chases the discriminator, and all samples move together, further than
they are apart.
"""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, trend
from ganzoo.registry.records import Paper

TOGETHER = 1.5
"""Change between two grids over diversity, above which the samples move as one: 1 is what fresh
samples would have."""
MOVING = 0.25
"""The least change: between two grids a good run's samples change by 0.1 to 0.8."""
STILL = 0.8
"""Ratio of the distance now to the distance a third of the run ago, above which it stands still."""
FAR = 0.1
"""Distance above which there is something left to learn."""
PAPER = Paper(
    "Which Training Methods for GANs do actually Converge?", year=2018, arxiv="1801.04406"
)


def find(history: History) -> Finding | None:
    """Whether it oscillates."""
    change = trend(history.health, "change")
    diversity = trend(history.health, "diversity")
    distance = trend(history.health, "distance")
    if not (change and diversity and distance):
        return None
    for moved, apart in ((change.before, diversity.before), (change.now, diversity.now)):
        if moved < MOVING or moved < TOGETHER * apart:
            return None
    if distance.now < FAR or (distance.ratio < STILL and distance.now < distance.start):
        return None
    return Finding(
        "oscillation",
        "oscillation without progress",
        f"the samples move by {change.now:.2f} of the distance between real ones, but they are "
        f"only {diversity.now:.2f} apart, and their distance from the data was "
        f"{distance.before:.2f} a third of the run ago and is {distance.now:.2f} now",
        "Each player answers the other's last move, and near the equilibrium such answers lead "
        "around it. The discriminator stays steep at the data and pushes the samples away "
        "wherever they are.",
        PAPER,
    )
