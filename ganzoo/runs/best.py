"""The best of a run's weights, kept beside the last ones.

Which are the best is said by one score, at the steps that are evaluated. Numbers of the best
weights alone are too good to be true: whoever picks the best of many moments has also picked the
luckiest. So they never stand without the final ones.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from torch import Tensor

from ganzoo.errors import BrokenFile
from ganzoo.registry.records import Score
from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import read_tensors, write_tensors

logger = logging.getLogger("ganzoo")


class Best:
    """Keeps the weights with the best score so far.

    ``every``: the interval of evaluation. What is evaluated besides, at the end of a run, does not
    count: a run that is then made longer has no such moment.
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
                if read_best(run)[0] not in earlier:  # of a later step, which will come again
                    run.best.unlink()
            except BrokenFile as error:
                logger.warning("%s; the best weights from here on take its place", error)
                run.best.unlink()
        # what is not there any more is no better than what comes
        self._worth_so_far = max(counted, default=-math.inf) if run.best.exists() else -math.inf

    def see(self, step: int, scores: Mapping[str, float], weights: Mapping[str, Tensor]) -> None:
        """Keep these weights, if none before were better: of equals, the last have learnt most."""
        worth = self._worth(scores[self.name])
        if step % self._every == 0 and worth > -math.inf and worth >= self._worth_so_far:
            write_tensors(self.run.best, weights, {"step": step, self.name: scores[self.name]})
            self._worth_so_far = worth

    def _worth(self, value: float) -> float:
        return -math.inf if math.isnan(value) else self._sign * value


def read_best(run: Run) -> tuple[int, dict[str, Tensor]]:
    """The step of the best weights, and the weights.

    Raises:
        BrokenFile: there are none, or they are damaged.
    """
    weights, about = read_tensors(run.best)
    try:
        return int(about["step"]), weights
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenFile(f"{run.best} does not say which step it is of") from error


def best_step(run: Run) -> int | None:
    """The step of the best weights; ``None`` where there are none, or they are damaged."""
    try:
        return read_best(run)[0]
    except BrokenFile:
        return None
