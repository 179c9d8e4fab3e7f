"""What a training run tells those who listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from ganzoo.registry.records import Field


@dataclass(frozen=True)
class State:
    """Everything that training goes on from: tensors by name, and plain JSON values."""

    tensors: Mapping[str, Tensor]
    plain: Mapping[str, Any]


@dataclass(frozen=True)
class Started:
    """Training begins, at the start or again."""

    run: Path
    """The run's folder."""
    step: int
    """Steps already done."""
    total: int
    """Steps in the whole run."""
    settings: Mapping[str, Any]
    """What was chosen (``"model"``, ``"loss"``, ...), and resolved settings by qualified key."""
    field: Field
    """What is learnt."""
    extent: float | None = None
    """Half the side of the square that points are plotted in: see `Samples`."""


@dataclass(frozen=True)
class Frame:
    """What a run's animation shows of one moment."""

    samples: Tensor
    """(m, \\*shape) on the CPU: few samples, from the same latents each time."""
    surface: Tensor | None = None
    """(S * S,) on the CPU, of points: the discriminator's raw outputs on the plane that plots
    show."""


@dataclass(frozen=True)
class Step:
    """One round of moves is done; step 0 is the untrained game."""

    step: int
    total: int
    epoch: float
    """Passes over the data so far."""
    seen: int
    """Real samples seen so far."""
    metrics: Mapping[str, float] | None = None
    """Means since the last time, at the logging interval."""
    samples: Tensor | None = None
    """(n, \\*shape) on the CPU from the same latents each time, at the sampling interval."""
    verdicts: Mapping[str, Tensor] | None = None
    """(n,) on the CPU by the trainer's probes, with the samples: the discriminator's raw outputs on
    them, and on the samples as ``"fake"``."""
    scores: Mapping[str, float] | None = None
    """What the run's metrics say, as ``"modes.covered"``, at the interval of evaluation."""
    scoring: float = 0.0
    """Seconds that took: no part of the training's."""
    frame: Frame | None = None
    """At the moments that an animation shows: see `ganzoo.engine.frames`."""
    weights: Mapping[str, Tensor] | None = None
    """What made the samples, or was scored: the sampling modules' weights."""
    state: Callable[[], State] | None = None
    """Gives the state to keep, at the checkpoint interval."""

    def __repr__(self) -> str:
        told = {**(self.metrics or {}), **(self.scores or {})}
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in told.items())
        return f"<Step {self.step:,} of {self.total:,}{': ' if told else ''}{numbers}>"


@dataclass(frozen=True)
class Ended:
    """Training ends."""

    run: Path
    step: int
    status: Literal["finished", "interrupted", "failed"]


Event = Started | Step | Ended
