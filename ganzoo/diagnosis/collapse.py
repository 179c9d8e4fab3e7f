"""Mode collapse: the samples are all nearly the same, or whole kinds of data are missing."""

from __future__ import annotations

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import LONG, History, between, column, middle, trend
from ganzoo.diagnosis.remedy import Changes, comes_with, mended, slower, wasserstein
from ganzoo.registry.records import Paper

ALIKE = 0.4
"""Diversity below which samples are all nearly the same: digits that are all one, or one of two,
have up to 0.36 by noise and contrast; good runs have 0.5 to 1."""
NEARING = 0.7
"""Share of the distance that is left a third of the run later, below which the samples may be alike
for now, but get somewhere: so it is early in a run that will be good."""
LOST = 0.75
"""Share of the modes below which some are lost."""
SHARP = 0.25
"""Share of good samples from which modes can be counted: a generator whose samples are all a bit
off reaches few of them and has lost none."""
UNROLLED = Paper("Unrolled Generative Adversarial Networks", year=2016, arxiv="1611.02163")


def find(history: History) -> Finding | None:
    """Whether samples are alike, or modes lost."""
    if not history.matured:
        return None
    evidence = _alike(history) or _lost(history)
    if not evidence:
        return None
    advice, changes = _advice(history)
    return Finding(
        "collapse",
        "mode collapse",
        evidence,
        "The discriminator judges samples one by one, so the generator's best answer to it is the "
        "one sample that it believes most. Nothing in the game asks that different latents give "
        "different samples.",
        UNROLLED,
        advice,
        mended(history.record, changes),
    )


def _alike(history: History) -> str:
    diversity, distance = (trend(history.health, name) for name in ("diversity", "distance"))
    if diversity is None or (distance and distance.ratio < NEARING):
        return ""
    pace = (diversity.now - diversity.before) / (history.step / 3)
    if diversity.now + max(pace, 0) * (history.record.total - history.step) >= ALIKE:
        return ""  # it is getting over it
    return (
        f"the samples differ {diversity.now:.2f} times as much as real ones do "
        f"({diversity.before:.2f} a third of the run ago); 1 would be as varied as the data"
    )


def _lost(history: History) -> str:
    late = between(history.health, 2 / 3, 1)
    modes, good = column(late, "modes"), middle(late, "good")
    total = history.modes
    if not modes or not total or good < SHARP or max(modes) >= LOST * total:
        return ""
    return (
        f"of {total} modes at most {max(modes):.0f} had a sample lately, though "
        f"{good:.0%} of the samples are good ones"
    )


def _advice(history: History) -> tuple[str, Changes]:
    record = history.record
    if record.loss is None or record.loss.startswith("wgan"):
        return "take smaller steps", slower(record, 4)
    patience = (
        "" if history.modes or history.step >= LONG else "give it more time; if it stays so, "
    )
    return (
        f"{patience}replace the verdict by a distance, which samples of all kinds must make "
        f"smaller together: WGAN with a gradient penalty{comes_with(record)}",
        wasserstein(record),
    )
