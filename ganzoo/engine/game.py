"""A GAN is a game. It has modules, moves that train them, and a way to sample.

The engine needs no other knowledge of a model. Device, precision, clipping, averaging, logging,
checkpoints and resuming are the same for all models and are written once, around these two classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganzoo.engine.random import Draw
from ganzoo.errors import GanzooError

Batch = Mapping[str, Tensor]
"""Named tensors of one batch. A GAN learns to generate the first."""
Scalars = Mapping[str, Tensor]
"""Named numbers to log, each a tensor with one element."""


@dataclass(frozen=True)
class Move:
    """One player's turn.

    The engine computes gradients only for the parameters that the move trains, so a move never
    changes another player's modules.

    Raises:
        GanzooError: The name is not an identifier, ``trains`` is one name instead of a tuple,
            ``loss`` or ``after`` is not a function, or ``repeats`` is less than 1.
    """

    name: str
    """Logged as ``<name>_loss``."""
    trains: tuple[str, ...]
    """Names of the game's modules that it updates. Several moves may train the same module. Each
    has its own optimizer."""
    loss: Callable[[Batch, Draw], tuple[Tensor, Scalars]]
    """``loss(batch, draw)`` returns the scalar to minimise and other numbers to log. A row of
    ``metrics.csv`` has the mean of each over the times when it was logged, and an empty cell if
    there were none. No other move may log the same name."""
    repeats: int = 1
    """How often the move is made in a round, such as the critic's moves in a WGAN."""
    fresh_batch: bool = True
    """Whether each repeat after the first draws a new batch. Otherwise, moves use the last batch of
    the round."""
    rate: float = 1.0
    """Factor on the trainer's learning rate, for players that learn at different speeds."""
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer] | None = None
    """Returns its optimizer. ``None`` takes the one that the trainer's settings describe."""
    schedule: Callable[[float], float] | None = None
    """Factor of the learning rate as a function of the completed share of the run, 0 to 1. ``None``
    takes the trainer's."""
    after: Callable[[Scalars], None] | None = None
    """Called after the update, without gradients, with the loss (``<name>_loss``) and the other
    logged numbers. It can clip weights or update a balance."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise GanzooError(f"move {self.name!r}: a name must be one word, such as 'generator'")
        if isinstance(self.trains, str) or not all(isinstance(n, str) for n in self.trains):
            raise GanzooError(
                f"move {self.name!r} trains {self.trains!r}; expected a tuple of names, such as "
                "('generator',)"
            )
        for what, call in (("loss", self.loss), ("after", self.after or len)):
            if not callable(call):
                raise GanzooError(f"move {self.name!r}: its {what} is not a function")
        if not isinstance(self.repeats, int) or self.repeats < 1:
            raise GanzooError(
                f"move {self.name!r} repeats {self.repeats} times; expected 1 or more"
            )


def first(batch: Batch) -> Tensor:
    """The first tensor of a batch, which most GANs learn to generate."""
    return next(iter(batch.values()))


class Game(nn.Module):
    """Modules, and the moves that train them.

    All state must be in parameters and persistent buffers, so that a checkpoint is complete. A
    balance or a pool of old images is a buffer, too.

    On a GPU, ganzoo records the operations of a round once and replays them, if no move reads a
    tensor's value in Python (``if``, ``float()``, ``x[mask]``). So write into buffers, such as by
    ``copy_()``, and keep nothing that changes in Python.
    """

    sampler: tuple[str, ...] = ("generator",)
    """Names of the modules that `sample` needs. They are averaged (EMA) and kept with each grid."""
    inputs: tuple[str, ...] = ()
    """Held-out fields that `sample` translates, for games that need an input."""
    output: str | None = None
    """The field that `sample` generates. ``None`` means the first."""
    classes: int | None = None
    """Number of classes that `sample` takes as labels, for conditional games."""
    mixes_labels: bool = False
    """Whether `sample` takes mixtures of labels, too, for interpolation between labels."""

    def moves(self) -> Sequence[Move]:
        """The moves of one round, in order. One *step* of training is one round."""
        raise NotImplementedError(f"{type(self).__name__} has no moves()")

    def sample(
        self,
        n: int,
        draw: Draw,
        label: Tensor | None = None,
        inputs: Batch | None = None,
    ) -> Tensor:
        """``n`` samples, (n, \\*shape of the field). Called in evaluation mode, without gradients.

        Args:
            n: The number of samples. ganzoo draws whole blocks and keeps as many as were requested,
                so the first samples of a seed do not depend on their number.
            draw: The source of everything random.
            label: For conditional games, (n,) int64. With `mixes_labels` also (n, classes) float32,
                the weights of a mixture.
            inputs: n rows of each field that `inputs` names.
        """
        raise NotImplementedError(f"{type(self).__name__} has no sample()")

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        """The discriminator's raw outputs (B, ...) on real or generated samples, for diagnosis.

        ``None`` means that the game has no discriminator. Called in evaluation mode, without
        gradients.
        """
        return None

    def makes(self, names: Iterable[str]) -> str:
        """The name, among a batch's names, of the field that `sample` generates.

        Raises:
            GanzooError: `output` is not one of the names.
        """
        there = list(names)
        if self.output is not None and self.output not in there:
            raise GanzooError(
                f"{type(self).__name__}.output is {self.output!r}; the data has {', '.join(there)}"
            )
        return self.output or there[0]
