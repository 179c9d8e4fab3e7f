"""A GAN is a game. It has modules, moves that train them, and views that show what it can do.

The engine needs no other knowledge of a model. Device, precision, clipping, averaging, logging,
checkpoints and resuming are the same for all models and are written once, around these classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.engine.random import Draw
from ganzoo.engine.view import View as View
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
            ``loss`` or ``after`` is not a function, or ``repeats`` or ``every`` is less than 1.
        GanzooError: It shares an optimizer and has settings for one of its own.
    """

    name: str
    """Logged as ``<name>_loss``."""
    trains: tuple[str, ...]
    """Names of the game's modules that it updates. Several moves may train the same module. Each
    has its own optimizer, unless it shares one."""
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
    optimizer: Callable[..., torch.optim.Optimizer] | None = None
    """Returns its optimizer. ``optimizer(parameters, settings)`` receives the trainer's settings:
    ``settings.lr`` (times ``rate``), ``settings.betas`` and ``settings.weight_decay``.
    ``optimizer(parameters)`` does not, and then these settings change nothing for this move.
    ``None`` takes the optimizer that the trainer's settings describe."""
    schedule: Callable[[float], float | Mapping[str, Any]] | None = None
    """What the completed share of the run, 0 to 1, makes of the optimizer. It returns the factor of
    the learning rate, or a dictionary that also has new values for other options of the optimizer:
    ``{"lr": 0.5, "betas": (0.0, 0.99)}``. ``None`` takes the trainer's schedule. `ganzoo.linear`
    and `ganzoo.cosine` help."""
    after: Callable[[Scalars], None] | None = None
    """Called after the update, without gradients, with the loss (``<name>_loss``) and the other
    logged numbers. It can clip weights or update a balance."""
    every: int = 1
    """It is made in every so many rounds, beginning with the first. A costly penalty may be made in
    every 16th round, with a loss that is 16 times as large. One move must be made in each round."""
    shares: str | None = None
    """The move whose optimizer, such as Adam's moments, makes its steps. That move must train all
    that this one trains. ``None`` gives it an optimizer of its own."""

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
        if not isinstance(self.every, int) or self.every < 1:
            raise GanzooError(
                f"move {self.name!r} is made every {self.every} rounds; expected 1 or more"
            )
        own = (self.rate, self.optimizer, self.schedule)
        if self.shares is not None and own != (1, None, None):
            raise GanzooError(
                f"move {self.name!r} shares the optimizer of {self.shares!r}, so it has no rate, "
                "optimizer or schedule of its own"
            )


def first(batch: Batch) -> Tensor:
    """The first tensor of a batch, which most GANs learn to generate."""
    return next(iter(batch.values()))


class Game(nn.Module):
    """Modules, the moves that train them, and the views of what they make.

    All state must be in parameters and persistent buffers, so that a checkpoint is complete. A
    balance or a pool of old images is a buffer, too.

    On a GPU, ganzoo records the operations of a round once and replays them, if no move reads a
    tensor's value in Python (``if``, ``float()``, ``x[mask]``). So write into buffers, such as by
    ``copy_()``, and keep nothing that changes in Python.
    """

    def moves(self) -> Sequence[Move]:
        """The moves of one round, in order. One *step* of training is one round."""
        raise NotImplementedError(f"{type(self).__name__} has no moves()")

    def views(self) -> Sequence[View]:
        """What the trained game can show. The first is the default."""
        return (View("samples", self.sample),)

    def sample(self, n: int, draw: Draw, given: Batch) -> Tensor:
        """``n`` samples, (n, \\*shape of the field), for the view ``samples``. See `View.show`."""
        raise NotImplementedError(f"{type(self).__name__} has neither sample() nor views()")

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        """The discriminator's raw outputs (B, ...) on real or generated samples, for diagnosis.

        ``None`` means that the game has no discriminator. Called in evaluation mode, without
        gradients.
        """
        return None
