"""Mode collapse: the samples are nearly all the same, or whole kinds of data are missing."""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column, middle, trend
from ganzoo.registry.records import Paper

ALIKE = 0.4
"""Diversity below which samples are nearly all the same. Digits that are all one, or one of two,
have up to 0.36 because of noise and contrast. Good runs have 0.5 to 1."""
IN_CLASSES = "class-diversity.ratio"
"""The same within each class, if labelled data is evaluated with this metric during training."""
NEARING = 0.7
"""Ratio of the distance now to the distance a third of the run ago. Below it, the samples may be
alike for now, but they improve: so do those of a good run early on."""
LOST = 0.75
"""Share of the modes below which some are lost."""
SHARP = 0.25
"""Share of good samples from which modes can be counted. A generator whose samples are all a bit
off reaches few of them and has lost none."""
PAPER = Paper("Unrolled Generative Adversarial Networks", year=2016, arxiv="1611.02163")


def find(history: History) -> Finding | None:
    """Whether samples are alike, or modes lost."""
    evidence = _alike(history) or _lost(history)
    if not evidence:
        return None
    return Finding(
        "collapse",
        "mode collapse",
        evidence,
        "The discriminator judges samples one by one, so the generator's best answer is the one "
        "sample that it believes most. Nothing in the loss rewards variety.",
        PAPER,
    )


def _alike(history: History) -> str:
    distance = trend(history.health, "distance")
    if distance and distance.ratio < NEARING:
        return ""
    for who, rows, name in (
        ("the samples", history.health, "diversity"),
        ("the samples of each class", history.metrics, IN_CLASSES),
    ):
        diversity = trend(rows, name)
        if diversity is None:
            continue
        pace = (diversity.now - diversity.before) / (history.step / 3)
        if diversity.now + max(pace, 0) * (history.record.total - history.step) >= ALIKE:
            continue  # it is recovering
        return (
            f"{who} differ from each other {diversity.now:.2f} times as much as real ones do "
            f"({diversity.before:.2f} a third of the run ago), where a good run has 0.5 to 1"
        )
    return ""


def _lost(history: History) -> str:
    late = between(history.health, 2 / 3, 1)
    modes, good = column(late, "modes"), middle(late, "good")
    total = history.modes
    if not modes or not total or good < SHARP or max(modes) >= LOST * total:
        return ""
    return (
        f"the samples reach at most {max(modes):.0f} of the {total} modes of the data, and "
        f"{good:.0%} of them lie on a mode"
    )
