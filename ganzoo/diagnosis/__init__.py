"""What is wrong with a run, in plain words: read from its folder without further computation.

Each fault is a file here, with its thresholds and its cause. ``remedy.py`` says what to try.
``history.py`` says when there is enough to judge. Thresholds were set on one set of runs and
tested on another: ``docs/diagnosis.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.diagnosis.diagnosis import Diagnosis, examine
from ganzoo.diagnosis.finding import Finding
from ganzoo.diagnosis.history import read

if TYPE_CHECKING:
    from ganzoo.runs.folder import Run

__all__ = ["Diagnosis", "Finding", "diagnose"]


def diagnose(run: Run) -> Diagnosis:
    """What is wrong with a run, as far as it has come; mostly nothing.

    Raises:
        BrokenFile: ``run.json`` or a table is damaged.
    """
    return examine(read(run), str(run.path))
