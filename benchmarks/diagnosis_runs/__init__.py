"""The runs that the diagnosis was made with and tested on, each with what it was declared to be.

A declaration comes from how a run was set up and, in set A, from looking at its grids and curves,
never from the diagnosis. Settings are such as a learner may choose. Set A tuned the thresholds.
Sets B and C have other models, data, losses and seeds. Set D has normal runs that are short.
"""

from __future__ import annotations

from benchmarks.diagnosis_runs.set_a import A
from benchmarks.diagnosis_runs.set_b import B
from benchmarks.diagnosis_runs.set_c import C
from benchmarks.diagnosis_runs.set_short import SHORT

SETS = {"tune": A, "tried": B, "hold": C, "short": SHORT}
KEPT = {
    "digits",
    "ring",
    "digits-minimax",
    "ring-no-penalty",
    "shapes-300-bce",
    "dcgan",
    "toy-ring",
    "digits-gp-short",
}
"""Those whose tables the tests read."""
