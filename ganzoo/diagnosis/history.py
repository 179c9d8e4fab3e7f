"""What a run has shown so far: its tables as rows of numbers, and whether they are enough."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from ganzoo.runs.centres import number_of_centres
from ganzoo.runs.record import RunRecord
from ganzoo.runs.recorder import reads_done

if TYPE_CHECKING:
    from ganzoo.runs.folder import Run

Rows = Sequence[Mapping[str, float]]

FEWEST = 2
"""Rows in each of the two thirds that are compared."""
GRIDS = 6
"""Grids after the first that give as many, however they are spread over the thirds."""
RIPE = 2 / 3
"""Share of its planned length before which a run is not judged."""
PICTURES, POINTS = 1.2, 0.5
"""How far weights must have been able to move, as steps times learning rate, before a run is
judged. Adam and RMSprop move a weight by about the learning rate in a step. On MNIST, vanilla-mlp's
samples begin to differ at 1.2, which is 6,000 steps at its rate of 2e-4. Until then it looks like a
run that has collapsed. Points take less. Good runs cover their modes by 0.2 to 0.3."""
SHORTEST, LONG = 150, 10_000
"""Steps before which no run is judged, and after which any run is, whatever its learning rate."""

DIVERGED = re.compile(
    r".+ became (nan|inf|-inf) by step [0-9]+|weights .+ are not finite at step [0-9]+"
)
"""What a run says that ended with `Diverged`. Other errors, such as a full disk, say nothing about
training."""


@dataclass(frozen=True)
class History:
    """All that a diagnosis looks at. Any of it may be missing: the run may have just begun, or its
    game may have no discriminator to ask."""

    record: RunRecord
    health: Rows = field(default_factory=list)
    """Of `ganzoo.runs.health`, a row a grid."""
    metrics: Rows = field(default_factory=list)
    """Means over the logging interval."""
    error: str = ""
    """What ended a run whose numbers were no longer finite."""
    modes: int = 0
    """How many the data has, where they are known."""
    reads_done: bool = False
    """Whether its training uses the share of the run that is done, so that it cannot go on."""

    @property
    def step(self) -> int:
        """How far the run has come."""
        return int(max((t[-1]["step"] for t in (self.health, self.metrics) if t), default=0))

    @property
    def needed(self) -> int:
        """Steps after which such a run can be judged.

        That is two thirds of a length that came with the model, since its author chose it. Samples
        of a moving average show what the weights were some steps ago, so they need that many more.
        """
        far = PICTURES if self.record.extent is None else POINTS
        rate = float(self.record.settings.get("trainer.lr", 0))
        steps = min(math.ceil(far / rate), LONG) if rate else LONG
        if decay := float(self.record.settings.get("trainer.ema", 0)):
            # it lags by 1 / (1 - decay) steps, and by no more than a ninth of those so far
            steps = math.ceil(min(steps + 1 / (1 - decay), (9 * steps + 10) / 8))
        if not {"trainer.steps", "trainer.epochs"} & {*self.record.asked}:
            steps = min(steps, math.ceil(RIPE * self.record.total))
        return max(steps, SHORTEST)

    @property
    def ripe(self) -> bool:
        """Whether most of what was planned is done."""
        return self.step >= max(SHORTEST, min(RIPE * self.record.total, LONG))

    @property
    def enough(self) -> bool:
        """Whether the run has had the time to leave behind what every run begins with."""
        return self.ripe and self.step >= self.needed

    @property
    def telling(self) -> bool:
        """Whether there are enough rows to say that nothing is wrong."""
        return trend(self.health, "distance") is not None


def read(run: Run) -> History:
    """The history in a run's folder.

    Raises:
        BrokenFile: ``run.json`` or a table is damaged.
    """
    health, metrics = run.health.numbers(), run.metrics.numbers()
    modes = number_of_centres(run.real_file)
    error = run.error or ""
    diverged = error if DIVERGED.fullmatch(error) else ""
    return History(run.record, health, metrics, diverged, modes, reads_done(run))


def column(rows: Rows, name: str) -> list[float]:
    """The values that are there."""
    return [v for row in rows if math.isfinite(v := row.get(name, math.nan))]


def between(rows: Rows, begin: float, end: float) -> Rows:
    """The rows of a part of the run so far: ``between(rows, 0.5, 1)`` is the second half."""
    last = rows[-1]["step"] if rows else 0.0
    return [row for row in rows if begin * last < row["step"] <= end * last]


def middle(rows: Rows, name: str) -> float:
    """A column's median, for which one wild row does not count; NaN where it is not there."""
    values = column(rows, name)
    return median(values) if values else math.nan


@dataclass(frozen=True)
class Trend:
    """A column's medians over the second and the last third of the run so far."""

    start: float
    """The first value."""
    before: float
    now: float

    @property
    def ratio(self) -> float:
        """Below 1: it falls."""
        return self.now / self.before if self.before else math.inf


def trend(rows: Rows, name: str) -> Trend | None:
    """How a column moves; ``None`` while there are too few rows to say."""
    before, now = between(rows, 1 / 3, 2 / 3), between(rows, 2 / 3, 1)
    if min(len(column(before, name)), len(column(now, name))) < FEWEST:
        return None
    return Trend(column(rows, name)[0], middle(before, name), middle(now, name))
