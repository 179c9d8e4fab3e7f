"""What models of two domains without pairs share: two translators, two discriminators, two moves.

A translator goes from A to B and another one back. Each domain has a discriminator, which compares
its pictures with translations into it. A round has two moves. In the first, both translators learn
together, because translating there and back passes through both. In the second, both
discriminators learn from new translations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import ganzoo


@dataclass(frozen=True)
class Made:
    """What the translators made of a batch."""

    a: Tensor
    """Real pictures of A."""
    b: Tensor
    """Real pictures of B."""
    fake_a: Tensor
    """Translations of ``b``."""
    fake_b: Tensor
    """Translations of ``a``."""


class TwoWayGame(ganzoo.Game):
    """A game of two domains, of which a model gives the networks and `terms`.

    Args:
        names: The fields of the two domains, A and B.
        to_b: Maps pictures of A to B.
        to_a: Maps pictures of B to A.
        critic_a: Maps pictures of A to logits of any shape.
        critic_b: The same for B.
        loss: The objective that ``build`` received.
    """

    rate: Callable[[float], float] | None = None
    """Factor of the learning rate by the completed share of the run."""

    def __init__(
        self,
        names: tuple[str, str],
        to_b: nn.Module,
        to_a: nn.Module,
        critic_a: nn.Module,
        critic_b: nn.Module,
        loss: ganzoo.Objective,
    ) -> None:
        super().__init__()
        self.names = names
        self.to_b, self.to_a = to_b, to_a
        self.critic_a, self.critic_b = critic_a, critic_b
        self.loss = loss

    def moves(self) -> Sequence[ganzoo.Move]:
        return (
            ganzoo.Move("generators", ("to_b", "to_a"), self.generators_loss, schedule=self.rate),
            ganzoo.Move(
                "discriminators",
                ("critic_a", "critic_b"),
                self.discriminators_loss,
                repeats=self.loss.critic_moves,
                after=self.constrained,
                schedule=self.rate,
            ),
        )

    def translated(self, batch: ganzoo.Batch) -> Made:
        """A batch with its translations in both directions."""
        a, b = (batch[name] for name in self.names)
        return Made(a, b, fake_a=self.to_a(b), fake_b=self.to_b(a))

    def terms(self, made: Made) -> ganzoo.Terms:
        """Further terms of the translators' objective."""
        raise NotImplementedError

    def generators_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """Both translators: fool both discriminators, and the further terms."""
        made = self.translated(batch)
        loss = self.fooling(self.critic_a, made.a, made.fake_a)
        loss = loss + self.fooling(self.critic_b, made.b, made.fake_b)
        terms = self.terms(made)
        for weight, value in terms.values():
            loss = loss + weight * value
        return loss, {name: value for name, (_, value) in terms.items()}

    def fooling(self, critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        """The loss of translations before a discriminator."""
        if not self.loss.uses_real:
            return self.loss.generator(critic(fake))
        with torch.no_grad():
            on_real = critic(real)
        return self.loss.generator(critic(fake), on_real)

    def discriminators_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """Both discriminators: tell real pictures from translations."""
        with torch.no_grad():  # this move does not train the translators
            made = self.translated(batch)
        fakes = self.judged(made, draw)
        losses, scalars = [], {}
        for name, critic, real, fake in zip(
            "ab", (self.critic_a, self.critic_b), (made.a, made.b), fakes, strict=True
        ):
            on_real, on_fake = critic(real), critic(fake)
            losses.append(self.loss.discriminator(on_real, on_fake))
            penalty = self.loss.penalty(critic, real, fake, draw)
            losses[-1] = losses[-1] + penalty
            scalars[f"real_{name}"], scalars[f"fake_{name}"] = on_real.mean(), on_fake.mean()
        return losses[0] + losses[1], scalars

    def judged(self, made: Made, draw: ganzoo.Draw) -> tuple[Tensor, Tensor]:
        """The translations into A and B that the discriminators see."""
        return made.fake_a, made.fake_b

    def constrained(self, _: ganzoo.Scalars) -> None:
        """After a move of the discriminators."""
        for critic in (self.critic_a, self.critic_b):
            self.loss.constrain(critic)

    def verdict(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor:
        """The discriminator of B, into which the first view translates."""
        outputs: Tensor = self.critic_b(batch[self.names[1]])
        return outputs

    def views(self) -> Sequence[ganzoo.View]:
        """Both translations, and both ways there and back."""
        a, b = self.names
        both = ("to_b", "to_a")

        def of(name: str, *networks: nn.Module) -> Callable[..., Tensor]:
            def show(n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
                made = given[name]
                for network in networks:
                    made = network(made)
                return made

            return show

        return (
            ganzoo.View("a-to-b", of(a, self.to_b), ("to_b",), (a,), b),
            ganzoo.View("b-to-a", of(b, self.to_a), ("to_a",), (b,), a),
            ganzoo.View("a-to-b-to-a", of(a, self.to_b, self.to_a), both, (a,), a),
            ganzoo.View("b-to-a-to-b", of(b, self.to_a, self.to_b), both, (b,), b),
        )
