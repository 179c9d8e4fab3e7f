"""The trainer's settings, which are the same for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Interval

from ganzoo.errors import UsageError

Share = Annotated[float, Interval(ge=0, lt=1)]


@dataclass(frozen=True)
class TrainerConfig:
    """Settings under ``trainer.``. `ganzoo info MODEL` lists them."""

    epochs: Annotated[int, Ge(1)] | None = None
    """Length of the run in passes over the data. Overrides steps."""
    steps: Annotated[int, Ge(1)] = 10_000
    """Length of the run in steps, if epochs is not set. Each network is updated in every step."""
    batch_size: Annotated[int, Ge(1)] = 64
    """Number of samples in a batch."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of everything random in the run."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Device to train on. auto takes the fastest that is available."""
    threads: Annotated[int, Ge(0)] = 0
    """Number of CPU threads. 0 lets torch choose. A resumed run keeps its number."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """Optimizer of each network, unless the model brings its own."""
    lr: Annotated[float, Ge(0)] = 2e-4
    """Learning rate."""
    betas: tuple[Share, Share] = (0.9, 0.999)
    """Adam's decay rates for its estimates of the two moments."""
    weight_decay: Annotated[float, Ge(0)] = 0.0
    """Factor of the L2 penalty on the weights."""
    schedule: Literal["constant", "linear"] = "constant"
    """Learning rate over the run. linear lowers it to zero at the end."""
    dynamics: Literal["alternating", "simultaneous", "extragradient", "optimistic"] = "alternating"
    """Rule of the round. Networks learn in turn (alternating) or all at once. With extragradient,
    they first look a step ahead, so a step takes twice as long. With optimistic, they expect the
    next gradient to be like the last."""
    critic_moves: Annotated[int, Ge(1)] = 1
    """Number of discriminator updates in a step."""
    clip_norm: Annotated[float, Ge(0)] = 0.0
    """Largest norm of a gradient. Larger gradients are scaled down to it. 0 turns this off."""
    accumulate: Annotated[int, Ge(1)] = 1
    """Number of pieces to split each batch into, if a whole one does not fit in memory."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Number format of the networks' arithmetic. The weights stay in float32."""
    cuda_graph: Literal["auto", "off"] = "auto"
    """Whether a GPU of NVIDIA replays each step as one CUDA graph, which is several times faster.
    auto does so where the model allows it."""
    ema: Share = 0.0
    """Decay d of the moving average of the weights, which draws the samples. It lags about
    1 / (1 - d) steps behind the trained weights, and at the start only a ninth of the steps so far.
    0 turns it off."""
    samples: Annotated[int, Ge(0)] = 0
    """Number of samples in a grid. 0 takes 64 pictures or 2,500 points."""
    held_out: Annotated[int, Ge(0)] = 64
    """Number of real samples that training never uses, at most a twentieth of the data. They show
    whether the discriminator has memorised the others."""
    log_every: Annotated[int, Ge(1)] = 50
    """Number of steps between rows of metrics.csv."""
    sample_every: Annotated[int, Ge(1)] = 500
    """Number of steps between sample grids. The weights that drew each grid are kept, too."""
    checkpoint_every: Annotated[int, Ge(1)] = 500
    """Number of steps between checkpoints."""
    evaluate_every: Annotated[int, Ge(0)] = 0
    """Number of steps between evaluations, a multiple of log_every. 0 turns evaluation off."""
    workers: Annotated[int, Ge(0)] = 2
    """Number of processes that read a dataset too large for memory."""

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
