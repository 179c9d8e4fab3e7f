"""The events of a training run, which observers receive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from ganzoo.registry.records import Field


@dataclass(frozen=True)
class State:
    """Everything that training continues from: tensors by name, and plain JSON values."""

    tensors: Mapping[str, Tensor]
    plain: Mapping[str, Any]

    def under(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with ``prefix``, by the rest of their names."""
        return {k.removeprefix(prefix): v for k, v in self.tensors.items() if k.startswith(prefix)}


@dataclass(frozen=True)
class Started:
    """A training begins or resumes."""

    run: Path
    """The run's folder, as an absolute path."""
    step: int
    """Steps already done."""
    total: int
    """Steps in the whole run."""
    settings: Mapping[str, Any]
    """The chosen parts (``"model"``, ``"loss"``, ...), and all settings by qualified key."""
    field: Field
    """The field that the game generates."""
    extent: float | None = None
    """Half the side of the square that plots of points show. See `Samples`."""


@dataclass(frozen=True)
class Frame:
    """Samples of one moment: a frame of a run's animation, or the grid of a further view."""

    samples: Tensor
    """Samples from the same latents each time, (m, \\*shape) on the CPU."""
    columns: int | None = None
    """Their columns, if they are in such an order. See `Samples`."""
    surface: Tensor | None = None
    """For points, the discriminator's raw outputs on the plane that plots show, (S * S,) on the
    CPU."""


@dataclass(frozen=True)
class Step:
    """The end of a round of moves. Step 0 is the untrained game."""

    step: int
    total: int
    epoch: float
    """Passes over the data so far."""
    seen: int
    """Real samples seen so far."""
    metrics: Mapping[str, float] | None = None
    """Means since the last row, at the logging interval."""
    samples: Tensor | None = None
    """Samples from the same latents each time, (n, \\*shape) on the CPU, at their interval."""
    columns: int | None = None
    """Their columns, if they are in such an order. See `Samples`."""
    further: Mapping[str, Frame] = field(default_factory=dict)
    """The grids of the views after the first by name, with those of the first. A view whose
    samples have no picture has none."""
    verdicts: Mapping[str, Tensor] | None = None
    """The discriminator's raw outputs at the sampling interval, (n,) on the CPU: on each of the
    trainer's probes by name, and on the samples as ``"fake"``."""
    scores: Mapping[str, float] | None = None
    """Scores from the run's metrics, such as ``"modes.covered"``, at the evaluation interval."""
    scoring: float = 0.0
    """Seconds that the scores took. The time of training does not include them."""
    frame: Frame | None = None
    """A frame, at the steps that the animation shows. See `ganzoo.engine.frames`."""
    weights: Mapping[str, Tensor] | None = None
    """Weights of the modules that made the samples or the scores."""
    state: Callable[[], State] | None = None
    """Returns the state to keep, at the checkpoint interval."""

    def __repr__(self) -> str:
        values = {**(self.metrics or {}), **(self.scores or {})}
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
        return f"<Step {self.step:,} of {self.total:,}{': ' if values else ''}{numbers}>"


@dataclass(frozen=True)
class Ended:
    """The end of a training."""

    run: Path
    step: int
    status: Literal["finished", "interrupted", "failed"]


Event = Started | Step | Ended
