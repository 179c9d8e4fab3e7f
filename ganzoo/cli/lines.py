"""A run's progress in a file, a pipe or a notebook: at most about thirty plain lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from ganzoo.cli.console import say
from ganzoo.cli.pace import Due, Pace

if TYPE_CHECKING:
    from ganzoo.engine.events import Step


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def step(self, step: Step) -> None:
        """Shows nothing."""


class Lines(Silent):
    """Prints a plain line when one is due (see `Due`), and one at the end."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._due = Due()
        self._metrics: Mapping[str, float] = {}

    def step(self, step: Step) -> None:
        """Print a line if one is due."""
        self._metrics = {**self._metrics, **(step.metrics or {}), **(step.scores or {})}
        due = self._due(step.step / step.total) or step.step == step.total
        if due or not self._pace.begun:
            self._pace.mark(step, time.monotonic())
        if due:
            speed, left = self._pace.samples_per_second, self._pace.left(step.total)
            say(
                f"step {step.step:,}/{step.total:,}  epoch {step.epoch:.2f}  "
                f"{speed:,.0f} samples/s  {left} left  {spelt(self._metrics)}".rstrip()
            )


def spelt(metrics: Mapping[str, float]) -> str:
    """Metrics in a line: ``generator loss 0.693  D(x) 0.512``."""
    return "  ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in metrics.items())
