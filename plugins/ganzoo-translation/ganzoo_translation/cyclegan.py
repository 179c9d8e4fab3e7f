r"""CycleGAN, which translates between two collections of pictures that form no pairs.

**The idea.** There are photographs of horses and of zebras, but no photograph of a horse shows it
as a zebra. So nobody can say what the right translation of a picture is. What can be demanded is
that a translation looks like the other collection, and that translating it back gives the picture
again.

The generators are :math:`G: X \to Y` and :math:`F: Y \to X`. The discriminator :math:`D_Y` compares
pictures of Y with translations :math:`G(x)` (equation 1 of the paper):

.. math::
    L_{GAN}(G, D_Y, X, Y) = \mathbb{E}_y[\log D_Y(y)] + \mathbb{E}_x[\log(1 - D_Y(G(x)))]

:math:`D_X` does the same for F. This alone does not tie a translation to its input: G could map
all horses to one zebra. So translating there and back must lead to the start, in both directions
(equation 2):

.. math::
    L_{cyc}(G, F) = \mathbb{E}_x[\| F(G(x)) - x \|_1] + \mathbb{E}_y[\| G(F(y)) - y \|_1]

The whole objective has :math:`\lambda = 10` (equations 3 and 4):

.. math::
    L(G, F, D_X, D_Y) &= L_{GAN}(G, D_Y, X, Y) + L_{GAN}(F, D_X, Y, X) + \lambda L_{cyc}(G, F) \\
    G^*, F^* &= \arg \min_{G, F} \max_{D_X, D_Y} L(G, F, D_X, D_Y)

**Training.** Section 4 of the paper has three more parts. Squares replace the logarithms. G
minimises :math:`\mathbb{E}_x[(D_Y(G(x)) - 1)^2]`, and :math:`D_Y` minimises
:math:`\mathbb{E}_y[(D_Y(y) - 1)^2] + \mathbb{E}_x[D_Y(G(x))^2]`. The discriminators also see
translations from before, out of a pool of 50. The learning rate is constant for half of the run and
then falls to 0 in a straight line.

For paintings and photographs, section 5.2 adds that a picture that is already in the right domain
should stay as it is, with the weight :math:`0.5 \lambda`:

.. math::
    L_{identity}(G, F) = \mathbb{E}_y[\| G(y) - y \|_1] + \mathbb{E}_x[\| F(x) - x \|_1]

Without it, nothing keeps colours, because two generators may invert them and invert them back.
``model.identity=0.5`` turns it on. The paper has it for some data only, and so the default is 0.

**Where to find it in the code.** G is ``to_b``, F is ``to_a``, :math:`D_Y` is ``critic_b`` and
:math:`D_X` is ``critic_a``. `TwoWayGame` has both moves, `CycleGame.terms` has equation 2 and the
identity as means over pixels, and `Pool` has the pool. The loss is ``least-squares``, which has the
factor 1/2 of its own paper. So the squares above are twice the loss, and the default of
``model.cycle_weight`` is 5, which keeps the paper's ratio of 1 to 10. With ``--loss bce --set
cycle_weight=10``, the game is that of equation 3.

**What the cycle cannot do.** Every pair of maps that undo each other has a cycle loss of 0. So
nothing here says that a translated 3 is a 3: G may turn it into an 8 if F turns the 8 back. G may
also hide its input in faint noise that F reads (Chu, Zhmoginov and Sandler 2017). So a low cycle
loss proves nothing. Score the translation itself, by a partner that training never saw (the metrics
``closeness`` and ``translation``) or by a classifier (``class-kept``).

**How it differs from the paper.** The pictures have 28 or 32 pixels and not 128 or 256. The
generators have three residual blocks and 16 to 64 channels, not six or nine and 64 to 256. A patch
has 18 pixels, not 70. The batch has 4 pictures, not 1. The discriminators see translations by the
generators as they are after their move, where the authors' code keeps those from before it.

**Mistakes that popular scripts make.** They lose the pool, the optimizers and the random state when
a run is resumed, and repeat an epoch. They have the identity term for all data. They pad by the
number of channels instead of 3, so grey pictures shrink. They halve all losses and then compare
their values with the paper's. They draw pictures of B with replacement, so some are never seen.
They judge a run by its cycle loss.

Sources: Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks", 2017, https://arxiv.org/abs/1703.10593, and Chu, Zhmoginov and Sandler,
"CycleGAN, a Master of Steganography", 2017, https://arxiv.org/abs/1712.02950
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge
from torch import Tensor
from torch.nn.functional import l1_loss

import ganzoo
from ganzoo.nn import normal_weights, translator
from ganzoo_translation.pictures import discriminator, halvable, unpaired
from ganzoo_translation.pool import Pool
from ganzoo_translation.two_way import Made, TwoWayGame


@dataclass(frozen=True)
class CycleGAN:
    """Residual translators and discriminators of patches, for two domains of pictures."""

    width: Annotated[int, Ge(1)] = 16
    """Channels of the generators' first map. The next two have twice and four times as many."""
    blocks: Annotated[int, Ge(0)] = 3
    """Residual blocks of each generator."""
    critic_width: Annotated[int, Ge(1)] = 32
    """Channels of the discriminators' first map."""
    sees: Literal["pixel", "patch", "picture"] = "patch"
    """What one output of a discriminator sees: a pixel, a patch of 18 pixels, or the picture."""
    cycle_weight: Annotated[float, Ge(0)] = 5.0
    """Weight of the cycle's loss, the factor lambda. With least-squares, 5 is the paper's 10."""
    identity: Annotated[float, Ge(0)] = 0.0
    """Weight of the identity's loss as a share of the cycle's. The paper has 0.5 for paintings."""
    pool: Annotated[int, Ge(0)] = 50
    """Translations that are kept for each discriminator. 0 shows only new ones."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for the first pictures of two domains, called A and B in their order."""
        names = unpaired(data)
        a, b = (data[name] for name in names)
        halvable(a, times=2)
        if self.identity and a.shape != b.shape:
            raise ganzoo.DoesNotFit(
                "the identity term compares pictures of both domains, and one of them is grey. "
                "Use --set model.identity=0"
            )
        widths = (self.width, 2 * self.width, 4 * self.width)
        to_b = translator(a.shape, b.shape[0], widths, blocks=self.blocks)
        to_a = translator(b.shape, a.shape[0], widths, blocks=self.blocks)
        critic_a, critic_b = (
            discriminator(field.shape[0], max(field.shape[1:]), self.sees, self.critic_width)
            for field in (a, b)
        )
        game = CycleGame(names, to_b, to_a, critic_a, critic_b, loss)
        game.pool_a, game.pool_b = (Pool(self.pool, field.shape) for field in (a, b))
        game.config = self
        game.apply(normal_weights(0.02))
        return game


class CycleGame(TwoWayGame):
    """Translations must look real, and must lead back."""

    pool_a: Pool
    pool_b: Pool
    config: CycleGAN

    def terms(self, made: Made) -> ganzoo.Terms:
        cycle = l1_loss(self.to_a(made.fake_b), made.a) + l1_loss(self.to_b(made.fake_a), made.b)
        weight = self.config.cycle_weight
        terms = {"cycle": (weight, cycle)}
        if self.config.identity:
            same = l1_loss(self.to_b(made.b), made.b) + l1_loss(self.to_a(made.a), made.a)
            terms["identity"] = (weight * self.config.identity, same)
        return terms

    def judged(self, made: Made, draw: ganzoo.Draw) -> tuple[Tensor, Tensor]:
        return self.pool_a(made.fake_a, draw), self.pool_b(made.fake_b, draw)

    @staticmethod
    def rate(done: float) -> float:
        """Constant for half of the run, then falling to 0."""
        return ganzoo.linear(done, 1.0, 0.0, over=(0.5, 1.0))
