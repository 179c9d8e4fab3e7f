r"""CycleGAN: translation between two domains that were never seen side by side.

Two generators, :math:`G: A \to B` and :math:`F: B \to A`, each with a discriminator of the domain
it translates into. What ties a translation to its input is that translating back must give the
input again:

.. math::
    L_{cyc} = E_a \|F(G(a)) - a\|_1 + E_b \|G(F(b)) - b\|_1

    L_{G,F} = E_a[(D_B(G(a)) - 1)^2] + E_b[(D_A(F(b)) - 1)^2] + \lambda L_{cyc}

    L_D = \tfrac12 E_b[(D_B(b) - 1)^2] + \tfrac12 E_a[D_B(G(a))^2] + \text{the same for } D_A

The discriminators see fakes from a `Pool`. Generators move first, as in the authors' code; the
fakes are then made anew by the moved generators, where that code keeps those of the first move.

Source: Zhu et al. 2017, equations 1 to 3 and section 4, https://arxiv.org/abs/1703.10593
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import l1_loss

import ganzoo
from games.networks import from_shape
from games.pool import Pool
from ganzoo.nn import perceptron


@dataclass(frozen=True)
class Cycle:
    """Perceptrons for two domains of vectors."""

    width: int = 32
    """Units in the hidden layers."""
    weight: float = 10.0
    """Factor of the cycle's loss (lambda)."""
    pool: int = 50
    """Fakes that are kept for the discriminators, for each domain."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: None) -> ganzoo.Game:
        if len(data["a"].shape) != 1 or len(data["b"].shape) != 1:
            raise ganzoo.DoesNotFit(f"cycle translates vectors; this data has {dict(data)}")
        return CycleGame(*data["a"].shape, *data["b"].shape, self)


class CycleGame(ganzoo.Game):
    """See the module's text."""

    def __init__(self, a: int, b: int, config: Cycle) -> None:
        super().__init__()
        self.to_b = perceptron(a, config.width, b)
        self.to_a = perceptron(b, config.width, a)
        self.discriminator_a = from_shape((a,), config.width, 1)
        self.discriminator_b = from_shape((b,), config.width, 1)
        self.pool_a = Pool(config.pool, (a,))
        self.pool_b = Pool(config.pool, (b,))
        self.weight = config.weight

    def moves(self) -> Sequence[ganzoo.Move]:
        discriminators = ("discriminator_a", "discriminator_b")
        return (
            ganzoo.Move("generators", ("to_a", "to_b"), self.generators_loss),
            ganzoo.Move("discriminators", discriminators, self.discriminators_loss),
        )

    def generators_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        a, b = batch["a"], batch["b"]
        fake_a, fake_b = self.to_a(b), self.to_b(a)
        fooling = (self.discriminator_a(fake_a) - 1).square().mean()
        fooling = fooling + (self.discriminator_b(fake_b) - 1).square().mean()
        cycle = l1_loss(self.to_a(fake_b), a) + l1_loss(self.to_b(fake_a), b)
        return fooling + self.weight * cycle, {"cycle": cycle}

    def discriminators_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        a, b = batch["a"], batch["b"]
        with torch.no_grad():
            fake_a = self.pool_a(self.to_a(b), draw)
            fake_b = self.pool_b(self.to_b(a), draw)
        loss_a = (self.discriminator_a(a) - 1).square() + self.discriminator_a(fake_a).square()
        loss_b = (self.discriminator_b(b) - 1).square() + self.discriminator_b(fake_b).square()
        return (loss_a.mean() + loss_b.mean()) / 2, {}

    def views(self) -> Sequence[ganzoo.View]:
        """Translations of held-out points in both directions."""
        return (
            ganzoo.View(
                "a-to-b", lambda n, draw, given: self.to_b(given["a"]), ("to_b",), ("a",), "b"
            ),
            ganzoo.View(
                "b-to-a", lambda n, draw, given: self.to_a(given["b"]), ("to_a",), ("b",), "a"
            ),
        )
