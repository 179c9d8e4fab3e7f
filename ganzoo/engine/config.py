"""The trainer's settings: what is the same for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ganzoo.errors import UsageError


@dataclass(frozen=True)
class TrainerConfig:
    """Settings under ``trainer.``: `ganzoo info MODEL` lists them."""

    epochs: int | None = None
    """Length of the run in passes over the data; wins over steps."""
    steps: int = 10_000
    """Length of the run in rounds of moves, where epochs is not given."""
    batch_size: int = 64
    """Samples in a batch."""
    seed: int = 0
    """Fixes everything random in the run."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """auto, cpu, cuda or mps; auto takes the fastest there is."""
    threads: int = 0
    """CPU threads; 0: as many as torch would take. A resumed run uses the same number."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """Which optimizer a move uses that brings none of its own."""
    lr: float = 2e-4
    """Learning rate."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates of the two moment estimates."""
    weight_decay: float = 0.0
    """Factor of the L2 term."""
    schedule: Literal["constant", "linear"] = "constant"
    """Learning rate over the run: constant, or falling in a line to zero at its end."""
    critic_moves: int = 1
    """Moves of the discriminator in a round."""
    clip_norm: float = 0.0
    """Upper bound of the norm of a move's gradient; 0: none."""
    accumulate: int = 1
    """Pieces that a batch is split into where it does not fit in memory whole."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the networks' arithmetic; weights are kept in float32."""
    ema: float = 0.0
    """Decay of the exponential moving average of the weights that sample; 0: sample as trained."""
    samples: int = 0
    """Samples in a grid; 0: 64 pictures or 2,500 points."""
    held_out: int = 64
    """Real pictures that are kept apart, at most a twentieth of them: a discriminator that knows
    the others by heart does not know these."""
    log_every: int = 50
    """Steps between rows of metrics.csv."""
    sample_every: int = 500
    """Steps between grids; each keeps the sampling weights, too."""
    checkpoint_every: int = 500
    """Steps between checkpoints."""
    evaluate_every: int = 0
    """Steps between evaluations by the run's metrics, a multiple of log_every; 0: none."""
    workers: int = 2
    """Processes that read a dataset too large for memory."""

    def __post_init__(self) -> None:
        at_least = {
            "steps": 1, "batch_size": 1, "critic_moves": 1, "accumulate": 1,
            "log_every": 1, "sample_every": 1, "checkpoint_every": 1,
            "seed": 0, "samples": 0, "threads": 0, "workers": 0, "held_out": 0, "evaluate_every": 0,
            "clip_norm": 0, "weight_decay": 0, "lr": 0,
        }  # fmt: skip
        for name, least in at_least.items():
            _check(name, getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        _check("epochs", self.epochs, self.epochs is None or self.epochs >= 1, "at least 1")
        _check("ema", self.ema, 0 <= self.ema < 1, "at least 0 and below 1")
        _check("betas", self.betas, all(0 <= b < 1 for b in self.betas), "two numbers in [0, 1)")
        _check("seed", self.seed, self.seed < 2**63, "below 2**63")
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
