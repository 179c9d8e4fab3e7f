r"""The game of most GANs: a generator against a discriminator.

.. math:: \min_G \max_D \; \mathbb{E}_{x}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]

This is equation 1 of Goodfellow et al. 2014. Other losses replace the two logarithms. In each round
the discriminator moves ``critic_moves`` times, and then the generator once. Each move draws new
latents.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from reprlib import repr as short
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.engine.game import Batch, Game, Move, Scalars, first
from ganzoo.engine.random import Draw
from ganzoo.errors import DoesNotFit, GanzooError
from ganzoo.registry.boundary import Guard, unguarded

Critic = Callable[[Tensor], Tensor]
"""A discriminator as a function of samples alone. Its labels are bound, see `TwoPlayer.critic`."""
Terms = Mapping[str, tuple[float, Tensor]]
"""Name -> the weight of a term in an objective, and its value, a scalar. The value is logged."""


class Objective:
    """The chosen loss and penalties together, which a model's ``build`` receives as ``loss``.

    A loss has ``discriminator(real, fake)`` and ``generator(fake)``, or ``generator(fake, real)``
    if it compares the two. They take the discriminator's raw outputs, of any shape. A loss may set
    ``probability`` to true if the sigmoid of an output is the probability that a sample is real. It
    may also have ``constrain(discriminator)``, which is called after each of the discriminator's
    moves. ``penalty`` is one, or a mapping of several by name. A penalty has ``__call__`` (see
    `penalty`) and may set ``per_sample`` to true. ``guard`` calls the loss's code, and
    ``penalty_guard`` that of the penalty, or of each by name.
    """

    def __init__(
        self,
        loss: Any,
        penalty: Any = None,
        critic_moves: int = 1,
        guard: Guard = unguarded,
        penalty_guard: Guard | Mapping[str, Guard] = unguarded,
    ) -> None:
        self._loss = loss
        self._penalties: Mapping[str, Any] = (
            penalty if isinstance(penalty, Mapping) else {"penalty": penalty}
        )
        if penalty is None:
            self._penalties = {}
        self._guard = guard
        self._penalty_guards: Mapping[str, Guard] = (
            penalty_guard
            if isinstance(penalty_guard, Mapping)
            else dict.fromkeys(self._penalties, penalty_guard)
        )
        self._critic_moves = critic_moves
        self.used: set[str] = set()
        """Which of ``critic_moves``, ``discriminator``, ``generator`` and ``penalty`` the game has
        used. A run ends after its first round if it has a penalty that its game does not use."""
        self.penalised = bool(self._penalties)
        """Whether there is a penalty. A model whose game does not use `penalty` must then raise
        `DoesNotFit`."""
        self.probability: bool = getattr(loss, "probability", False)
        each = self._penalties.values()
        self.per_sample = any(getattr(penalty, "per_sample", False) for penalty in each)
        """Whether a penalty uses the discriminator's gradient at each sample. Such a gradient is
        meaningless if the network mixes the samples of a batch, as batch norm does. A model with
        such a network must then raise `DoesNotFit`."""
        self.uses_real = len(inspect.signature(loss.generator).parameters) > 1
        """Whether the generator's objective also takes the outputs on real samples."""

    @property
    def critic_moves(self) -> int:
        """Number of the discriminator's moves in a round."""
        self.used.add("critic_moves")
        return self._critic_moves

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's objective, a scalar, from its outputs on real and fake samples."""
        self.used.add("discriminator")
        return self._guard(_scalar, "discriminator()", self._loss.discriminator, real, fake)

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """The generator's objective, a scalar. ``real`` is needed if `uses_real`."""
        self.used.add("generator")
        args = (fake, real) if self.uses_real else (fake,)
        return self._guard(_scalar, "generator()", self._loss.generator, *args)

    def penalties(
        self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw
    ) -> dict[str, Tensor]:
        """Each penalty, a scalar, by the name under which it is logged. The only one is called
        ``penalty``. ``critic`` returns the outputs on samples."""
        self.used.add("penalty")
        several = len(self._penalties) > 1
        return {
            name if several else "penalty": self._penalty_guards[name](
                _scalar, "it", penalty, critic, real, fake, draw
            )
            for name, penalty in self._penalties.items()
        }

    def penalty(self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw) -> Tensor | float:
        """The sum of the penalties, a scalar, or 0 without one."""
        values = [*self.penalties(critic, real, fake, draw).values()]
        return sum(values[1:], values[0]) if values else 0.0

    def constrain(self, discriminator: nn.Module) -> None:
        """Apply the loss's constraint on the discriminator's weights, if it has one."""
        if hasattr(self._loss, "constrain"):
            self._guard(self._loss.constrain, discriminator)

    def verdicts(self, real: Tensor, fake: Tensor) -> Scalars:
        """The mean outputs on real and fake samples to log, as probabilities or as scores."""
        real, fake = real.detach(), fake.detach()
        if self.probability:
            return {"D(x)": real.sigmoid().mean(), "D(G(z))": fake.sigmoid().mean()}
        return {"score(x)": real.mean(), "score(G(z))": fake.mean()}


def _scalar(what: str, call: Callable[..., Any], *args: Any) -> Tensor:
    """What a loss or a penalty returns, if it is one number."""
    value = call(*args)
    if not isinstance(value, Tensor) or value.shape != ():
        shape = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else short(value)
        raise GanzooError(
            f"{what} gave {shape}; expected a tensor of one number, such as the mean over the batch"
        )
    return value


@dataclass(frozen=True)
class Seen:
    """What a move of `TwoPlayer` has made and judged, from which further terms are computed."""

    batch: Batch
    """The real samples, with their labels or other fields."""
    given: Batch
    """What the fake samples were made from, see `TwoPlayer.given`."""
    fake: Tensor
    """The fake samples."""
    on_real: Tensor | None
    """All of the discriminator's outputs on real samples. In the generator's move there are none,
    unless the loss compares the two."""
    on_fake: Tensor
    """All of its outputs on the fake samples."""
    draw: Draw
    """The source of everything random in this move."""


class TwoPlayer(Game):
    """Generator and discriminator with latents from N(0, I).

    Args:
        generator: Maps (B, latent) to (B, \\*shape).
        discriminator: Maps (B, \\*shape) to outputs of any shape with B first.
        loss: The objective that ``build`` received.
        latent: The size of a latent.
        joint: Pass real and fake samples through the discriminator as one batch, which is faster.
            Use it only if the network does not mix samples, as batch norm does.

    Raises:
        DoesNotFit: The discriminator has batch norm, and the penalty needs each sample's gradient.
        GanzooError: The discriminator has batch norm, and ``joint`` is true.
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
                raise GanzooError("joint: batch norm would mix the real samples with the fake ones")
            if loss.per_sample:
                raise DoesNotFit(
                    "the penalty needs the gradient at each sample, and the discriminator's batch "
                    "norm mixes samples. Use another norm, or leave the penalty out"
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
        """Latents (n, latent), standard normal. Override it for another distribution."""
        return draw.normal(n, self.latent)

    def shown(self, samples: Tensor, batch: Batch, draw: Draw) -> Tensor:
        """What the discriminator sees of real and fake samples. Override it to pack samples, to
        augment them or to add noise."""
        return samples

    def critic(self, batch: Batch) -> Critic:
        """The discriminator as a function of what it sees. Override it to bind labels."""
        return self.discriminator

    def score(self, outputs: Tensor) -> Tensor:
        """What the loss judges of the discriminator's outputs. Override it if the discriminator has
        more outputs, such as classes."""
        return outputs

    def given(self, batch: Batch, draw: Draw) -> Batch:
        """What `sample` is given in training. Override it to draw labels or codes."""
        return batch

    def discriminator_terms(self, seen: Seen) -> Terms:
        """Further terms of the discriminator's objective, such as its classes' cross-entropy."""
        return {}

    def generator_terms(self, seen: Seen) -> Terms:
        """Further terms of the generator's objective."""
        return {}

    def discriminator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        """The discriminator's objective on real samples and on fake ones from new latents."""
        x = first(batch)
        with torch.no_grad():  # this move does not train the generator
            given = self.given(batch, draw)
            fake = self.sample(len(x), draw, given)
        real, shown = self.shown(x, batch, draw), self.shown(fake, batch, draw)
        of_fake = {**batch, **given}
        critic = self.critic(batch)
        if self.joint and all(of_fake[k].shape == v.shape for k, v in batch.items()):
            both = {k: torch.cat((v, of_fake[k])) for k, v in [*batch.items()][1:]}
            on_real, on_fake = self.critic(both)(torch.cat((real, shown))).chunk(2)
        else:
            on_real, on_fake = critic(real), self.critic(of_fake)(shown)
        scored = self.score(on_real), self.score(on_fake)
        loss = self.loss.discriminator(*scored)
        scalars = self.loss.verdicts(*scored)
        penalties = self.loss.penalties(lambda x: self.score(critic(x)), real, shown, draw)
        for penalty in penalties.values():
            loss = loss + penalty
        seen = Seen(batch, given, fake, on_real, on_fake, draw)
        return _sum(loss, {**scalars, **penalties}, self.discriminator_terms(seen))

    def generator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        """The generator's objective on fake samples from new latents."""
        x = first(batch)
        given = self.given(batch, draw)
        fake = self.sample(len(x), draw, given)
        shown, on_real = self.shown(fake, batch, draw), None
        if self.loss.uses_real:
            with torch.no_grad():  # the generator cannot change this output
                on_real = self.critic(batch)(self.shown(x, batch, draw))
        on_fake = self.critic({**batch, **given})(shown)
        scored = None if on_real is None else self.score(on_real)
        loss = self.loss.generator(self.score(on_fake), scored)
        seen = Seen(batch, given, fake, on_real, on_fake, draw)
        return _sum(loss, {}, self.generator_terms(seen))

    def verdict(self, batch: Batch, draw: Draw) -> Tensor:
        return self.score(self.critic(batch)(self.shown(first(batch), batch, draw)))

    def sample(self, n: int, draw: Draw, given: Batch) -> Tensor:
        """``n`` fake samples, (n, \\*shape), in training and for the view ``samples``.

        Override it to use what is ``given``.
        """
        samples: Tensor = self.generator(self.latents(n, draw))
        return samples


def checked_terms(terms: Any, logged: Scalars) -> Terms:
    """Terms that a game returned.

    Raises:
        GanzooError: They are something else, or have the name of another number.
    """
    expected = 'expected {"name": (weight, value)}, with a tensor of one number as the value'
    if not isinstance(terms, Mapping):
        raise GanzooError(f"its terms are {short(terms)}; {expected}")
    for name, term in terms.items():
        is_pair = isinstance(term, tuple) and len(term) == 2
        if not is_pair or not isinstance(term[1], Tensor) or term[1].numel() != 1:
            raise GanzooError(f"its term {name!r} is {short(term)}; {expected}")
        if name in logged:
            raise GanzooError(f"its term has the name {name!r}, which is logged already")
    return terms


def _sum(loss: Tensor, scalars: Scalars, terms: Terms) -> tuple[Tensor, Scalars]:
    """The loss with its terms, and what to log. Terms are logged without their weights."""
    for weight, value in checked_terms(terms, scalars).values():
        loss = loss + weight * value
    return loss, {**scalars, **{name: value for name, (_, value) in terms.items()}}
