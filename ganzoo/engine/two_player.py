r"""The game that most GANs are: a generator against a discriminator.

.. math:: \min_G \max_D \; \mathbb{E}_{x}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]

(Goodfellow et al. 2014, equation 1; other losses replace the two logarithms.) In each round the
discriminator moves ``critic_moves`` times, then the generator once, each on fresh latents.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.engine.game import Batch, Game, Move, Scalars, first
from ganzoo.engine.random import Draw
from ganzoo.errors import DoesNotFit, GanzooError

Critic = Callable[[Tensor], Tensor]


class Objective:
    """What a model's ``build`` gets as ``loss``: the chosen loss and penalty as one thing.

    ``loss`` has ``discriminator(real, fake)`` and ``generator(fake)``, or ``generator(fake, real)``
    where it compares the two, all of the discriminator's raw outputs and of any shape. Optional: a
    true ``probability`` if the sigmoid of an output is the probability of being real, and
    ``constrain(discriminator)``, called after each of its moves. A penalty has ``__call__`` (see
    `penalty`) and optionally a true ``per_sample``.
    """

    def __init__(self, loss: Any, penalty: Any = None, critic_moves: int = 1) -> None:
        self._loss = loss
        self._penalty = penalty
        self.critic_moves = critic_moves
        """How often the discriminator moves in a round."""
        self.probability: bool = getattr(loss, "probability", False)
        self.per_sample: bool = getattr(penalty, "per_sample", False)
        """Whether the penalty takes the discriminator's gradient at each sample: meaningless where
        a network mixes the samples of a batch, as batch norm does. A model that would says so by
        `DoesNotFit`."""
        self.uses_real = len(inspect.signature(loss.generator).parameters) > 1
        """Whether the generator's objective takes the outputs on real samples, too."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the discriminator minimises, a scalar, of its outputs on real and fake samples."""
        return _scalar(self._loss, "discriminator()", self._loss.discriminator(real, fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """What the generator minimises, a scalar. ``real`` is needed where `uses_real`."""
        args = (fake, real) if self.uses_real else (fake,)
        return _scalar(self._loss, "generator()", self._loss.generator(*args))

    def penalty(self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw) -> Tensor | float:
        """The penalty's scalar, 0 where there is none. ``critic`` gives the outputs on samples."""
        if self._penalty is None:
            return 0.0
        return _scalar(self._penalty, "it", self._penalty(critic, real, fake, draw))

    def constrain(self, discriminator: nn.Module) -> None:
        """What the loss does to the discriminator's weights after its move; mostly nothing."""
        if hasattr(self._loss, "constrain"):
            self._loss.constrain(discriminator)

    def verdicts(self, real: Tensor, fake: Tensor) -> Scalars:
        """The mean output on real and fake samples, as a probability or a score, to log."""
        real, fake = real.detach(), fake.detach()
        if self.probability:
            return {"D(x)": real.sigmoid().mean(), "D(G(z))": fake.sigmoid().mean()}
        return {"score(x)": real.mean(), "score(G(z))": fake.mean()}


def _scalar(by: object, what: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.shape != ():
        shape = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
        raise GanzooError(
            f"{type(by).__name__}: {what} gave {shape}; expected a tensor of one number, such as "
            "the mean over the batch"
        )
    return value


class TwoPlayer(Game):
    """Generator and discriminator with latents from N(0, I).

    Args:
        generator: (B, latent) -> (B, \\*shape).
        discriminator: (B, \\*shape) -> outputs of any shape with B first.
        loss: the objective that ``build`` was given.
        latent: size of a latent.
        joint: put real and fake through the discriminator as one batch, which is faster. Declare
            it only where samples do not meet in the network: batch norm is not safe.

    Raises:
        DoesNotFit: the discriminator has batch norm, and the penalty needs each sample's gradient.
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
        if any(isinstance(m, _BatchNorm) for m in discriminator.modules()):
            if joint:
                raise GanzooError("joint: batch norm would mix the real samples with the fake")
            if loss.per_sample:
                raise DoesNotFit(
                    "the penalty looks at the slope at each sample, and the discriminator's batch "
                    "norm mixes samples: normalise each by itself, or leave the penalty out"
                )
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
                after=lambda _: self.loss.constrain(self.discriminator),
            ),
            Move("generator", ("generator",), self.generator_loss),
        )

    def latents(self, n: int, draw: Draw) -> Tensor:
        """(n, latent), standard normal; override for another distribution."""
        return draw.normal(n, self.latent)

    def shown(self, samples: Tensor, batch: Batch, draw: Draw) -> Tensor:
        """What the discriminator gets to see of real and fake samples: override it to pack them,
        to augment them, to add noise."""
        return samples

    def critic(self, batch: Batch) -> Critic:
        """The discriminator as a function of what it is shown: override it to bind labels."""
        return self.discriminator

    def discriminator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        """The discriminator's objective on real samples and on fakes of fresh latents."""
        x = first(batch)
        with torch.no_grad():  # this move does not train the generator
            fake = self.generator(self.latents(len(x), draw))
        x, fake = self.shown(x, batch, draw), self.shown(fake, batch, draw)
        critic = self.critic(batch)
        if self.joint:
            on_real, on_fake = critic(torch.cat((x, fake))).chunk(2)
        else:
            on_real, on_fake = critic(x), critic(fake)
        loss = self.loss.discriminator(on_real, on_fake)
        scalars = self.loss.verdicts(on_real, on_fake)
        penalty = self.loss.penalty(critic, x, fake, draw)
        if isinstance(penalty, Tensor):
            scalars = {**scalars, "penalty": penalty}
        return loss + penalty, scalars

    def generator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        """The generator's objective on fakes of fresh latents."""
        x = first(batch)
        critic = self.critic(batch)
        fake = self.shown(self.generator(self.latents(len(x), draw)), batch, draw)
        on_real = None
        if self.loss.uses_real:
            with torch.no_grad():  # the generator cannot change it
                on_real = critic(self.shown(x, batch, draw))
        return self.loss.generator(critic(fake), on_real), {}

    def verdict(self, batch: Batch, draw: Draw) -> Tensor:
        return self.critic(batch)(self.shown(first(batch), batch, draw))

    def sample(
        self, n: int, draw: Draw, label: Tensor | None = None, inputs: Batch | None = None
    ) -> Tensor:
        samples: Tensor = self.generator(self.latents(n, draw))
        return samples
