"""The discriminator has won: it tells all apart, and what the generator gets from it leads nowhere.

Being right does not suffice: while DCGAN learns digits well, its discriminator is right 98 times of
100. The generator must have stopped coming nearer, too.
"""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column, middle, trend
from ganzoo.diagnosis.remedy import Changes, comes_with, mended, penalised, slower
from ganzoo.registry.records import Paper

SURE = 0.95
"""Of real samples, and its complement of fakes: the least D(x) of a discriminator that has won.
In a balanced game it is 0.5 to 0.9."""
TOLD = 0.02
"""A loss without probabilities or negative values that is as small as this: all such losses are of
the order of 1 before anything is learnt, and 0 where all samples are told apart."""
SPENT = 0.05
"""Share of its largest value that is left of a gradient that has vanished."""
STILL = 0.9
"""Share of the distance that is left a third of the run later, above which none is being gone."""
BARELY = 0.5
"""Share of the distance at the start that is left: above it, the samples have barely set out."""
FAR = 0.2
"""Distance above which there would be a way to go: good runs end below 0.1."""
PAPER = Paper(
    "Towards Principled Methods for Training Generative Adversarial Networks",
    year=2017,
    arxiv="1701.04862",
)


def find(history: History) -> Finding | None:
    """Whether it has won."""
    distance = trend(history.health, "distance")
    sure = _sure(history)
    if not (history.matured and sure and distance):
        return None
    nearing = distance.ratio < STILL and distance.now < BARELY * distance.start
    if distance.now < FAR or nearing:
        return None
    evidence = (
        f"{sure}; the samples are at a distance of {distance.now:.2f} from the data "
        f"({distance.before:.2f} a third of the run ago, {distance.start:.2f} at the start)"
    )
    gradients = column(history.metrics, "generator_gradient")
    left = middle(between(history.metrics, 2 / 3, 1), "generator_gradient")
    if gradients and left < SPENT * max(gradients):
        evidence += f"; the generator's gradient has fallen from {max(gradients):.2g} to {left:.2g}"
    advice, changes = _advice(history)
    return Finding(
        "won",
        "the discriminator has won",
        evidence,
        "Real and generated samples lie on thin surfaces that hardly meet, so a discriminator can "
        "separate them perfectly. It is then flat around the samples: its gradient no longer says "
        "where the data is.",
        PAPER,
        advice,
        mended(history.record, changes),
    )


def _sure(history: History) -> str:
    """In which numbers the discriminator is always right; empty where it is not."""
    late = between(history.metrics, 2 / 3, 1)
    real, fake = middle(late, "D(x)"), middle(late, "D(G(z))")
    if real >= SURE and fake <= 1 - SURE:
        return f"D(x) is {real:.4f} and D(G(z)) is {fake:.4f}"
    if column(late, "D(x)"):
        return ""
    left = middle(late, "discriminator_loss")
    if left <= TOLD and min(column(history.metrics, "discriminator_loss")) >= 0:
        return f"the discriminator's loss has fallen to {left:.2g}"
    return ""


def _advice(history: History) -> tuple[str, Changes]:
    record = history.record
    if record.loss == "minimax":
        return (
            "let the generator maximise log D(G(z)) instead: its gradient does not vanish",
            {"--loss": "bce"},
        )
    if int(record.settings.get("trainer.critic_moves", 1)) > 1:
        return "let both move equally often", {"trainer.critic_moves": 1}
    if record.loss and not record.penalty:
        return (
            "keep the discriminator's slope small at the data by the penalty r1"
            + comes_with(record),
            penalised(record, "r1"),
        )
    return "take smaller steps", slower(record, 4)
