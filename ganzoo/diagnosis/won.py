"""The discriminator has won: it separates all samples from the data, and the generator is stuck.

A discriminator that is always right is not a fault by itself. While DCGAN learns digits well, its
discriminator is right 98 times of 100. The generator must have stopped improving, too.
"""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column, middle, trend
from ganzoo.registry.records import Paper

SURE = 0.95
"""The least D(x) of a discriminator that has won; D(G(z)) is below the complement. In a balanced
game D(x) is 0.5 to 0.9."""
SEPARATED = 0.02
"""The largest discriminator loss, for a loss without probabilities or negative values. Such losses
are of the order of 1 before anything is learnt, and 0 where all samples are recognised."""
SPENT = 0.05
"""Share of its largest value that is left of a gradient that has vanished."""
STILL = 0.9
"""Ratio of the distance now to the distance a third of the run ago, above which it stands still."""
BARELY = 0.5
"""Share of the first distance that is left: above it, the samples have barely improved."""
FAR = 0.2
"""Distance above which there is something left to learn: good runs end below 0.1."""
PAPER = Paper(
    "Towards Principled Methods for Training Generative Adversarial Networks",
    year=2017,
    arxiv="1701.04862",
)


def find(history: History) -> Finding | None:
    """Whether it has won."""
    distance = trend(history.health, "distance")
    sure = _sure(history)
    if not (sure and distance):
        return None
    improving = distance.ratio < STILL and distance.now < BARELY * distance.start
    if distance.now < FAR or improving:
        return None
    evidence = (
        f"{sure}, while the distance of the samples from the data is {distance.now:.2f} "
        f"({distance.before:.2f} a third of the run ago, {distance.start:.2f} at the start)"
    )
    gradients = column(history.metrics, "generator_gradient")
    left = middle(between(history.metrics, 2 / 3, 1), "generator_gradient")
    vanished = bool(gradients) and left < SPENT * max(gradients)
    if vanished:
        evidence += (
            f", and the generator's gradient has fallen from {max(gradients):.2g} to {left:.2g}"
        )
    return Finding(
        "won",
        "the discriminator has won",
        evidence,
        "A discriminator that separates the samples from the data perfectly is flat around the "
        "samples. Its gradient no longer tells the generator how to improve.",
        PAPER,
        lasting=vanished,
    )


def _sure(history: History) -> str:
    """By which numbers the discriminator is always right; empty where it is not."""
    late = between(history.metrics, 2 / 3, 1)
    real, fake = middle(late, "D(x)"), middle(late, "D(G(z))")
    if real >= SURE and fake <= 1 - SURE:
        return f"D(x) is {real:.4f} and D(G(z)) is {fake:.4f}"
    if column(late, "D(x)"):
        return ""
    left = middle(late, "discriminator_loss")
    if left <= SEPARATED and min(column(history.metrics, "discriminator_loss")) >= 0:
        return f"the discriminator's loss has fallen to {left:.2g}"
    return ""
