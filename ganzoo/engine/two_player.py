r"""The game of most GANs: a generator against a discriminator.

.. math:: \min_G \max_D \; \mathbb{E}_{x}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]

This is equation 1 of Goodfellow et al. 2014. Other losses replace the two logarithms. In each round
the discriminator moves ``critic_moves`` times, and then the generator once. Each move draws new
latents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from reprlib import repr as short
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.engine.game import Batch, Game, Move, Scalars, View, first
from ganzoo.engine.objective import Critic as Critic
from ganzoo.engine.objective import Objective as Objective
from ganzoo.engine.random import Draw
from ganzoo.errors import DoesNotFit, GanzooError

Terms = Mapping[str, tuple[float, Tensor]]
"""Name -> the weight of a term in an objective, and its value, a scalar. The value is logged."""


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
        self.augmentation = loss.augmentation() if loss is not None else None  # it may only sample
        """The module of the user's augmentation, if it has one."""
        self._outputs: tuple[Tensor, Tensor] | None = None  # only within a move

    def moves(self) -> Sequence[Move]:
        return (
            Move(
                "discriminator",
                ("discriminator",),
                self.discriminator_loss,
                repeats=self.loss.critic_moves,
                after=self._moved,
            ),
            Move("generator", ("generator",), self.generator_loss),
        )

    def views(self) -> Sequence[View]:
        own = type(self).latents is TwoPlayer.latents  # others need not know of truncation
        return (View("samples", self.sample, truncates=own),)

    def latents(self, n: int, draw: Draw) -> Tensor:
        """Latents (n, latent), standard normal, times `Draw.truncation`. Override it for another
        distribution."""
        latents = draw.normal(n, self.latent)
        return latents if draw.truncation == 1 else draw.truncation * latents

    def _moved(self, _: Scalars) -> None:
        """After a move of the discriminator."""
        self.loss.constrain(self.discriminator)
        if self._outputs is not None:
            self.loss.hear(self.augmentation, *self._outputs)
            self._outputs = None

    def augmented(self, samples: Tensor, draw: Draw) -> Tensor:
        """Samples as the user's augmentation changes them. In training, `shown` receives these."""
        return self.loss.augmented(self.augmentation, samples, draw)

    def shown(self, samples: Tensor, batch: Batch, draw: Draw) -> Tensor:
        """What the discriminator sees of real and fake samples. Override it to pack samples or to
        add noise."""
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
        real = self.shown(self.augmented(x, draw), batch, draw)
        shown = self.shown(self.augmented(fake, draw), batch, draw)
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
        if self.augmentation is not None:
            on_both = [self.loss.scores(outputs, *scored).detach() for outputs in scored]
            self._outputs = on_both[0], on_both[1]
        penalties = self.loss.penalties(
            lambda x: self.loss.scores(self.score(critic(x)), *scored), real, shown, draw
        )
        for penalty in penalties.values():
            loss = loss + penalty
        seen = Seen(batch, given, fake, on_real, on_fake, draw)
        return _sum(loss, {**scalars, **penalties}, self.discriminator_terms(seen))

    def generator_loss(self, batch: Batch, draw: Draw) -> tuple[Tensor, Scalars]:
        """The generator's objective on fake samples from new latents."""
        x = first(batch)
        given = self.given(batch, draw)
        fake = self.sample(len(x), draw, given)
        shown, on_real = self.shown(self.augmented(fake, draw), batch, draw), None
        if self.loss.uses_real:
            with torch.no_grad():  # the generator cannot change this output
                on_real = self.critic(batch)(self.shown(self.augmented(x, draw), batch, draw))
        on_fake = self.critic({**batch, **given})(shown)
        scored = None if on_real is None else self.score(on_real)
        loss = self.loss.generator(self.score(on_fake), scored)
        seen = Seen(batch, given, fake, on_real, on_fake, draw)
        return _sum(loss, {}, self.generator_terms(seen))

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        outputs = self.critic(batch)(self.shown(first(batch), batch, draw))
        return self.loss.verdict(self.score(outputs))

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
