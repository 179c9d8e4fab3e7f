"""A GAN is a game: modules, the moves that train them, and a way to sample.

The engine knows nothing else about a model. Whatever is the same for all of them (device,
precision, clipping, averaging, logging, checkpoints, resume) is written once, around these two
classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganzoo.engine.random import Draw
from ganzoo.errors import GanzooError

Batch = Mapping[str, Tensor]
"""Named tensors of one batch; the first is what a GAN learns to generate."""
Scalars = Mapping[str, Tensor]
"""Named numbers to log, each a tensor of one element."""


@dataclass(frozen=True)
class Move:
    """One player's turn.

    Gradients are taken for the trained modules' parameters alone, so no move touches another's.
    """

    name: str
    """Logged as ``<name>_loss``."""
    trains: tuple[str, ...]
    """Names of the game's modules that it updates. Several moves may train one module; each keeps
    an optimizer of its own."""
    loss: Callable[[Batch, Draw], tuple[Tensor, Scalars]]
    """``loss(batch, draw)`` -> what to minimise, and what to log beside it: the same names each
    time."""
    repeats: int = 1
    """How often it is made in a round (the critic's moves in a WGAN)."""
    fresh_batch: bool = True
    """Whether each repeat after the first draws a batch of its own. The moves of a round otherwise
    see the batch drawn last."""
    rate: float = 1.0
    """Factor on the trainer's learning rate, for players that learn at different speeds."""
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer] | None = None
    """Makes its optimizer; ``None`` takes the one that the trainer's settings describe."""
    schedule: Callable[[float], float] | None = None
    """The learning rate's factor as a function of the share of the run that is done, 0 to 1;
    ``None`` takes the trainer's."""
    after: Callable[[Scalars], None] | None = None
    """Called after the update, without gradients, with the loss (``<name>_loss``) and what was
    logged beside it: for clipping weights or updating a balance."""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise GanzooError(f"move {self.name!r}: its name must be a word, such as 'generator'")
        if self.repeats < 1:
            raise GanzooError(
                f"move {self.name!r} repeats {self.repeats} times; expected 1 or more"
            )


def first(batch: Batch) -> Tensor:
    """The first tensor of a batch: what most GANs learn to make."""
    return next(iter(batch.values()))


class Game(nn.Module):
    """Modules and the order of moves between them.

    All state lives in parameters and persistent buffers, so that a checkpoint is complete by
    construction: a balance, a pool of old images and the like are buffers, too.
    """

    sampler: tuple[str, ...] = ("generator",)
    """Names of the modules that `sample` needs: these are averaged (EMA) and kept at each grid."""
    inputs: tuple[str, ...] = ()
    """Held-out fields that `sample` translates, for games that need an input."""
    output: str | None = None
    """The field that `sample` makes; ``None``: the first."""
    classes: int | None = None
    """How many labels `sample` takes, for conditional games."""
    mixes_labels: bool = False
    """Whether `sample` takes mixtures of labels, too: then one can walk from label to label."""

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
        """``n`` samples, (n, \\*shape of what is learnt), in evaluation mode and without gradients.

        ``label``: (n,) int64, for conditional games; with `mixes_labels` also (n, classes) float32,
        the weights of a mixture. ``inputs``: what `inputs` names, n of each.
        """
        raise NotImplementedError(f"{type(self).__name__} has no sample()")

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        """The discriminator's raw outputs on what `sample` makes, for those who watch: (B, ...).

        ``None``: the game has no discriminator to ask. Called in evaluation mode and without
        gradients, on real samples and on generated ones.
        """
        return None

    def makes(self, names: Iterable[str]) -> str:
        """Which of a batch's names `sample` makes.

        Raises:
            GanzooError: `output` is none of them.
        """
        there = list(names)
        if self.output is not None and self.output not in there:
            raise GanzooError(
                f"{type(self).__name__}.output is {self.output!r}; the data has {', '.join(there)}"
            )
        return self.output or there[0]
