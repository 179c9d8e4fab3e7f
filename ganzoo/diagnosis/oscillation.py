"""Oscillation: the samples move about without coming nearer.

Samples of the same latents change while a run learns, too. But then each moves on its own account;
in an oscillation the generator goes round after the discriminator, and all of them move together,
further than they are apart.
"""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, trend
from ganzoo.diagnosis.remedy import Changes, comes_with, mended, penalised, slower
from ganzoo.registry.records import Paper

TOGETHER = 1.5
"""Change between two grids over diversity, above which the samples move as one: 1 is what samples
that were drawn anew would have."""
MOVING = 0.25
"""The least change: between two grids a good run's samples change by 0.1 to 0.8."""
STILL = 0.8
"""Share of the distance that is left a third of the run later, above which it led nowhere."""
FAR = 0.1
"""Distance above which there would be a way to go."""
PAPER = Paper(
    "Which Training Methods for GANs do actually Converge?", year=2018, arxiv="1801.04406"
)


def find(history: History) -> Finding | None:
    """Whether it goes round and round."""
    change = trend(history.health, "change")
    diversity = trend(history.health, "diversity")
    distance = trend(history.health, "distance")
    if not (history.matured and change and diversity and distance):
        return None
    for moved, apart in ((change.before, diversity.before), (change.now, diversity.now)):
        if moved < MOVING or moved < TOGETHER * apart:
            return None
    if distance.now < FAR or (distance.ratio < STILL and distance.now < distance.start):
        return None
    advice, changes = _advice(history)
    return Finding(
        "oscillation",
        "oscillation without progress",
        f"between two grids the samples move by {change.now:.2f} of the distance between real "
        f"ones, but differ by {diversity.now:.2f}: they move together; the distance to the data "
        f"stays ({distance.before:.2f} a third of the run ago, {distance.now:.2f} now)",
        "Each player answers the other's last move, and near the equilibrium such answers lead "
        "round it rather than to it. The discriminator stays steep at the data and pushes the "
        "samples away again wherever they are.",
        PAPER,
        advice,
        mended(history.record, changes),
    )


def _advice(history: History) -> tuple[str, Changes]:
    record = history.record
    if record.loss and not record.penalty and not record.loss.startswith("wgan"):
        return (
            "damp the game: the penalty r1 makes the discriminator flat at the data"
            + comes_with(record),
            penalised(record, "r1"),
        )
    return "take smaller steps", slower(record, 4)
