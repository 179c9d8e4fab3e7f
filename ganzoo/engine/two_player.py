r"""The game that most GANs are: a generator against a discriminator.

.. math:: \min_G \max_D \; E_{x}[\log D(x)] + E_{z}[\log(1 - D(G(z)))]

(Goodfellow et al. 2014, equation 1; other losses replace the two logarithms.) In each round the
discriminator moves ``critic_moves`` times, then the generator once, each on fresh latents.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.engine.game import Batch, Game, Move, Scalars
from ganzoo.engine.random import Draw

Critic = Callable[[Tensor], Tensor]


class Objective:
    """What a model's ``build`` gets as ``loss``: the chosen loss and penalty as one thing.

    ``loss`` has ``discriminator(real, fake)`` and ``generator(fake)``, or ``generator(fake, real)``
    where it compares the two, all of the discriminator's raw outputs and of any shape. Optional: a
    true ``probability`` if the sigmoid of an output is the probability of being real, and
    ``constrain(discriminator)``, called after each of its moves.
    """

    def __init__(self, loss: Any, penalty: Any = None, critic_moves: int = 1) -> None:
        self._loss = loss
        self._penalty = penalty
        self.critic_moves = critic_moves
        """How often the discriminator moves in a round."""
        self.probability: bool = getattr(loss, "probability", False)
        self.uses_real = len(inspect.signature(loss.generator).parameters) > 1
        """Whether the generator's objective takes the outputs on real samples, too."""
        self.constrain: Callable[[nn.Module], None] | None = getattr(loss, "constrain", None)

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the discriminator minimises, a scalar, of its outputs on real and fake samples."""
        value: Tensor = self._loss.discriminator(real, fake)
        return value

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """What the generator minimises, a scalar. ``real`` is needed where `uses_real`."""
        args = (fake, real) if self.uses_real else (fake,)
        value: Tensor = self._loss.generator(*args)
        return value

    def penalty(self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw) -> Tensor | float:
        """The penalty's scalar, 0 where there is none. ``critic`` gives the outputs on samples."""
        if self._penalty is None:
            return 0.0
        value: Tensor = self._penalty(critic, real, fake, draw)
        return value

    def verdicts(self, real: Tensor, fake: Tensor) -> Scalars:
        """The mean output on real and fake samples, as a probability or a score, to log."""
        real, fake = real.detach(), fake.detach()
        if self.probability:
            return {"D(x)": real.sigmoid().mean(), "D(G(z))": fake.sigmoid().mean()}
        return {"score(x)": real.mean(), "score(G(z))": fake.mean()}


def first(batch: Batch) -> Tensor:
    """The first tensor of a batch: what the generator learns to make."""
    return next(iter(batch.values()))


class TwoPlayer(Game):
    """Generator and discriminator with latents from N(0, I).

    Args:
        generator: (B, latent) -> (B, \\*shape).
        discriminator: (B, \\*shape) -> outputs of any shape with B first.
        loss: the objective that ``build`` was given.
        latent: size of a latent.
        joint: put real and fake through the discriminator as one batch, which is faster. Declare
            it only where samples do not meet in the network: batch norm is not safe.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: Objective,
        latent: int,
        *,
        joint: bool = False,
    ) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.loss = loss
        self.latent = latent
        self.joint = joint

    def moves(self) -> Sequence[Move]:
        return (
            Move(
                "discriminator",
                ("discriminator",),
                self.discriminator_loss,
                repeats=self.loss.critic_moves,
                after=self._constrain if self.loss.constrain else None,
            ),
            Move("generator", ("generator",), self.generator_loss),
        )

    def latents(self, n: int, draw: Draw) -> Tensor:
        """(n, latent), standard normal; override for another distribution."""
        return draw.normal(n, self.latent)

    def judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The discriminator's outputs on real and on fake samples."""
        if self.joint:
            on_real, on_fake = self.discriminator(torch.cat((real, fake))).chunk(2)
            return on_real, on_fake
        return self.discriminator(real), self.discriminator(fake)

    def discriminator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        x = first(batch)
        with torch.no_grad():  # this move does not train the generator
            fake = self.generator(self.latents(len(x), draw))
        on_real, on_fake = self.judge(x, fake)
        loss = self.loss.discriminator(on_real, on_fake)
        loss = loss + self.loss.penalty(self.discriminator, x, fake, draw)
        return loss, self.loss.verdicts(on_real, on_fake)

    def generator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        x = first(batch)
        fake = self.generator(self.latents(len(x), draw))
        on_real = None
        if self.loss.uses_real:
            with torch.no_grad():  # the generator cannot change it
                on_real = self.discriminator(x)
        return self.loss.generator(self.discriminator(fake), on_real), {}

    def sample(
        self, n: int, draw: Draw, label: Tensor | None = None, inputs: Batch | None = None
    ) -> Tensor:
        samples: Tensor = self.generator(self.latents(n, draw))
        return samples

    def _constrain(self, _: Scalars) -> None:
        assert self.loss.constrain is not None
        self.loss.constrain(self.discriminator)
