"""The trainer's settings: what is the same for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Interval

from ganzoo.errors import UsageError

Share = Annotated[float, Interval(ge=0, lt=1)]


@dataclass(frozen=True)
class TrainerConfig:
    """Settings under ``trainer.``: `ganzoo info MODEL` lists them."""

    epochs: Annotated[int, Ge(1)] | None = None
    """Length of the run in passes over the data; wins over steps."""
    steps: Annotated[int, Ge(1)] = 10_000
    """Length of the run in rounds of moves, where epochs is not given."""
    batch_size: Annotated[int, Ge(1)] = 64
    """Samples in a batch."""
    seed: Annotated[int, Ge(0)] = 0
    """Fixes everything random in the run."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """auto, cpu, cuda or mps; auto takes the fastest there is."""
    threads: Annotated[int, Ge(0)] = 0
    """CPU threads; 0: as many as torch would take. A resumed run uses the same number."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """Which optimizer a move uses that brings none of its own."""
    lr: Annotated[float, Ge(0)] = 2e-4
    """Learning rate."""
    betas: tuple[Share, Share] = (0.9, 0.999)
    """Adam's decay rates of the two moment estimates."""
    weight_decay: Annotated[float, Ge(0)] = 0.0
    """Factor of the L2 term."""
    schedule: Literal["constant", "linear"] = "constant"
    """Learning rate over the run: constant, or falling in a line to zero at its end."""
    critic_moves: Annotated[int, Ge(1)] = 1
    """Moves of the discriminator in a round."""
    clip_norm: Annotated[float, Ge(0)] = 0.0
    """Upper bound of the norm of a move's gradient; 0: none."""
    accumulate: Annotated[int, Ge(1)] = 1
    """Pieces that a batch is split into where it does not fit in memory whole."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the networks' arithmetic; weights are kept in float32."""
    ema: Share = 0.0
    """Decay of the exponential moving average of the weights that sample; 0: sample as trained."""
    samples: Annotated[int, Ge(0)] = 0
    """Samples in a grid; 0: 64 pictures or 2,500 points."""
    held_out: Annotated[int, Ge(0)] = 64
    """Real pictures that are kept apart, at most a twentieth of them: a discriminator that knows
    the others by heart does not know these."""
    log_every: Annotated[int, Ge(1)] = 50
    """Steps between rows of metrics.csv."""
    sample_every: Annotated[int, Ge(1)] = 500
    """Steps between grids; each keeps the sampling weights, too."""
    checkpoint_every: Annotated[int, Ge(1)] = 500
    """Steps between checkpoints."""
    evaluate_every: Annotated[int, Ge(0)] = 0
    """Steps between evaluations by the run's metrics, a multiple of log_every; 0: none."""
    workers: Annotated[int, Ge(0)] = 2
    """Processes that read a dataset too large for memory."""

    def __post_init__(self) -> None:
        _check(
            "evaluate_every",
            self.evaluate_every,
            self.evaluate_every % self.log_every == 0,
            f"a multiple of trainer.log_every, which is {self.log_every} (--set log_every=...)",
        )
        _check(
            "accumulate",
            self.accumulate,
            self.batch_size % self.accumulate == 0,
            f"a divisor of trainer.batch_size, which is {self.batch_size}",
        )


def _check(name: str, value: object, good: bool, expected: str) -> None:
    if not good:
        raise UsageError(f"trainer.{name} is {value}; expected {expected}")
