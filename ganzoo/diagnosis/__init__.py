"""What is wrong with a run, in plain words: read from its folder, nothing is computed anew.

An illness is a file here, with its thresholds, the cause and what to try. Thresholds were set on
one set of runs and held against another: ``docs/diagnosis.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.diagnosis import collapse, explosion, memorising, oscillation, won
from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import History, read

if TYPE_CHECKING:
    from ganzoo.runs.folder import Run

__all__ = ["EARLY", "Finding", "diagnose", "examine"]

ILLNESSES = (explosion, won, collapse, oscillation, memorising)
"""The gravest first."""
EARLY = "It is too early to tell: that takes six grids, --set sample_every=... makes more"
"""Where neither an illness was found nor enough to say that there is none."""


def diagnose(run: Run) -> list[Finding]:
    """What is wrong with a run, as far as it has come; mostly nothing.

    Raises:
        BrokenFile: ``run.json`` or a table is damaged.
    """
    return examine(read(run))


def examine(history: History) -> list[Finding]:
    """The same of what has been read."""
    return [finding for illness in ILLNESSES if (finding := illness.find(history))]
