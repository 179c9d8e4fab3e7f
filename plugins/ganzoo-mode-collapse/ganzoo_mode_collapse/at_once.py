r"""Both players move at once, on the same fakes.

Usually the discriminator moves first, and the generator responds to that move. Here both gradients
are taken at the same point of the game, before either player moves:

.. math::
    \theta_D' = \theta_D - \eta \nabla_{\theta_D} L_D(\theta_D, \theta_G) \qquad
    \theta_G' = \theta_G - \eta \nabla_{\theta_G} L_G(\theta_D, \theta_G)

When players take turns, the second line has :math:`\theta_D'`. In the simplest of games,
:math:`\min_x \max_y x y`, players who move at once spiral outwards, and players who take turns
circle (Mescheder, Geiger and Nowozin 2018, https://arxiv.org/abs/1801.04406, section 2).
"""

from __future__ import annotations

from collections import deque
from typing import Any

import torch
from torch import Tensor

import ganzoo
from ganzoo_mode_collapse.packing import Packed


class AtOnce(Packed):
    """A packed game in which each player responds to the other's state at the start of the round.

    The generator makes each place of the packs separately, so batch norm sees B / m latents at a
    time. The arguments are those of `Packed`.

    Raises:
        DoesNotFit: the discriminator moves more than once in a round.
    """

    def __init__(self, *parts: Any, **settings: Any) -> None:
        super().__init__(*parts, **settings)
        if self.loss.critic_moves != 1:
            raise ganzoo.DoesNotFit(
                f"the discriminator should move {self.loss.critic_moves} times in a round, but "
                "players who move at once move equally often; to let them take turns, use "
                "--set model.at_once=false"
            )
        self._answers: deque[tuple[Tensor, tuple[Tensor, ...]]] = deque()

    def discriminator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """The discriminator's objective. This also computes the generator's gradients and stores
        them for its move, once for each piece of an accumulated batch."""
        x, critic = ganzoo.first(batch), self.critic(batch)
        real = self.shown(self.augmented(x, draw), batch, draw)
        fake = self.shown(self.augmented(self.fakes(len(x), draw), draw), batch, draw)
        on_real, on_fake = critic(torch.cat((real, fake))).chunk(2)

        value = self.loss.generator(on_fake, on_real)
        weights = tuple(self.generator.parameters())
        slopes = torch.autograd.grad(value, weights, retain_graph=True)
        self._answers.append((value.detach(), slopes))

        penalties = self.loss.penalties(
            lambda x: self.loss.scores(critic(x), on_real, on_fake), real, fake.detach(), draw
        )
        scalars = {**self.loss.verdicts(on_real, on_fake), **penalties}
        return self.loss.discriminator(on_real, on_fake) + sum(penalties.values()), scalars

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """A function with the value and the gradients of the generator's stored objective."""
        value, slopes = self._answers.popleft()
        weights = self.generator.parameters()
        along = torch.stack([(w * slope).sum() for w, slope in zip(weights, slopes, strict=True)])
        return value + (along.sum() - along.sum().detach()), {}

    def fakes(self, n: int, draw: ganzoo.Draw) -> Tensor:
        """(n, \\*shape), where m neighbours form a pack."""
        places = self.latents(n, draw).reshape(n // self.pack, self.pack, -1).unbind(1)
        return torch.stack([self.generator(z) for z in places], 1).flatten(0, 1)
