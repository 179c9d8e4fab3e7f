"""A memorising discriminator: it knows the real pictures it trains on, not what real ones are like.

Held-out pictures tell: to a discriminator that has learnt by heart they look like fakes. The
measure is Karras et al.'s (equation 1), with the held-out pictures' place between the two:

    (seen - unseen) / (seen - fake), 0 where it generalises and 1 where it knows by heart

Few pictures are held out of few, and at each grid the discriminator is another: so the grids of two
thirds of the way are taken together.
"""

from __future__ import annotations

import math
from statistics import fmean

from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, between, column
from ganzoo.diagnosis.remedy import Changes, mended
from ganzoo.registry.records import Paper

BY_HEART = 0.3
"""Above which it knows them by heart: 0.05 to 0.22 in runs whose discriminators take nearly as many
of thousands of other digits for real as of those that they were trained on."""
PASSES = 5.0
"""Over the data, before which nothing can be known by heart."""
AGREE = 0.8
"""Share of the grids at which what was not seen must look less real."""
FEWEST = 4
NAMES = ("seen", "unseen", "fake")
PAPER = Paper(
    "Training Generative Adversarial Networks with Limited Data", year=2020, arxiv="2006.06676"
)


def find(history: History) -> Finding | None:
    """Whether it knows by heart."""
    rows = [
        row
        for row in between(history.health, 1 / 3, 1)
        if all(math.isfinite(row.get(name, math.nan)) for name in NAMES)
    ]
    passes = history.step / history.record.steps_per_epoch
    if not history.matured or len(rows) < FEWEST or passes < PASSES:
        return None
    agree = sum(r["seen"] > r["unseen"] for r in rows) / len(rows)
    seen, unseen, fake = (fmean(column(rows, name)) for name in NAMES)
    if agree < AGREE or not seen > fake or (known := (seen - unseen) / (seen - fake)) < BY_HEART:
        return None
    advice, changes = _advice(history)
    return Finding(
        "memorising",
        "the discriminator knows the data by heart",
        f"after {passes:.0f} passes over the data its mean output was {seen:.2f} on pictures that "
        f"it trains on, {unseen:.2f} on real ones that it does not, {fake:.2f} on samples: "
        f"{known:.0%} of the way from the one to the other",
        "With few pictures it is easier to remember each than to learn what they have in common. "
        "Its verdict on samples then no longer says how to make them more like the data, only that "
        "they are none of it.",
        PAPER,
        advice,
        mended(history.record, changes),
    )


def _advice(history: History) -> tuple[str, Changes]:
    record = history.record
    if record.dataset == "mnist-5k" and "dataset.size" in record.asked:
        return "give it more pictures", {"dataset.size": None}
    return "stop earlier, while it still generalises", _shorter(history)


def _shorter(history: History) -> Changes:
    return {"trainer.epochs": None, "trainer.steps": max(1, history.step // 2)}
