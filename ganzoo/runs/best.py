"""The best of a run's weights, which are kept in addition to the last ones.

One score at the evaluated steps selects them. Scores of the best weights alone look too good,
because the best of many steps is also the luckiest. So ganzoo shows the final ones, too.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from torch import Tensor

from ganzoo.errors import BrokenFile
from ganzoo.files import remove, shown
from ganzoo.registry.records import Score
from ganzoo.runs.folder import Run
from ganzoo.runs.reading import Count, fitted
from ganzoo.runs.tensors import read_tensors, write_tensors

logger = logging.getLogger("ganzoo")


class Best:
    """Keeps the weights with the best score so far.

    Only evaluations at multiples of ``every`` count. The extra one at the end of a run does not,
    because an extended run would not have it.
    """

    def __init__(self, run: Run, name: str, score: Score, every: int) -> None:
        self.run = run
        self.name = name
        self._sign = 1 if score.better == "higher" else -1
        self._every = every
        rows = run.metrics.numbers()
        earlier = {int(row["step"]): row.get(name, math.nan) for row in rows}
        counted = [self._worth(v) for step, v in earlier.items() if step % every == 0]
        if run.best.exists():
            try:
                if read_best(run)[0] not in earlier:  # from a later step, which will come again
                    remove(run.best)
            except BrokenFile as error:
                logger.warning("%s. The best weights from now on replace it", error)
                remove(run.best)
        # if the file is missing, the next weights are better
        self._worth_so_far = max(counted, default=-math.inf) if run.best.exists() else -math.inf

    def see(self, step: int, scores: Mapping[str, float], weights: Mapping[str, Tensor]) -> None:
        """Keep these weights, unless earlier ones were better. Of equal ones, keep the latest."""
        worth = self._worth(scores[self.name])
        if step % self._every == 0 and worth > -math.inf and worth >= self._worth_so_far:
            write_tensors(self.run.best, weights, {"step": step, self.name: scores[self.name]})
            self._worth_so_far = worth

    def _worth(self, value: float) -> float:
        return -math.inf if math.isnan(value) else self._sign * value


def read_best(run: Run) -> tuple[int, dict[str, Tensor]]:
    """The step of the best weights, and the weights.

    Raises:
        BrokenFile: The weights are missing or damaged.
    """
    weights, about = read_tensors(run.best)
    try:
        step: int = fitted(about.get("step"), Count)
    except ValueError as error:
        raise BrokenFile(f"{shown(run.best)} does not state its step") from error
    return step, weights


def best_step(run: Run) -> int | None:
    """The step of the best weights, or ``None`` if they are missing or damaged."""
    try:
        return read_best(run)[0]
    except BrokenFile:
        return None
