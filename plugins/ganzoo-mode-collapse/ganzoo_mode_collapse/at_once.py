r"""Both players move at once, on the same fakes.

Mostly the discriminator moves first, and the generator answers that move. Here the slopes of both
are taken at one point of the game, before either moves:

.. math::
    \theta_D' = \theta_D - \eta \nabla_{\theta_D} L_D(\theta_D, \theta_G) \qquad
    \theta_G' = \theta_G - \eta \nabla_{\theta_G} L_G(\theta_D, \theta_G)

Taking turns, the second line has :math:`\theta_D'`. In the simplest of games, :math:`\min_x \max_y
x y`, players who move at once spiral outwards, and those who take turns go round in circles
(Mescheder, Geiger and Nowozin 2018, https://arxiv.org/abs/1801.04406, section 2).
"""

from __future__ import annotations

from collections import deque
from typing import Any

import torch
from torch import Tensor

import ganzoo
from ganzoo_mode_collapse.packing import Packed


class AtOnce(Packed):
    """A packed game whose players see each other as they were at the beginning of the round.

    The generator makes each place of the packs by itself: batch norm sees (B / m) latents. The
    arguments are those of `Packed`.

    Raises:
        DoesNotFit: the discriminator is to move more than once in a round.
    """

    def __init__(self, *parts: Any, **settings: Any) -> None:
        super().__init__(*parts, **settings)
        if self.loss.critic_moves != 1:
            raise ganzoo.DoesNotFit(
                f"the discriminator is to move {self.loss.critic_moves} times in a round, and "
                "players who move at once move equally often: let them take turns, "
                "--set model.at_once=false"
            )
        self._answers: deque[tuple[Tensor, tuple[Tensor, ...]]] = deque()

    def discriminator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """The discriminator's objective. The generator's slopes are taken here, too, and wait for
        its move: one for each of the pieces that a batch is accumulated in."""
        x, critic = ganzoo.first(batch), self.critic(batch)
        real = self.shown(x, batch, draw)
        fake = self.shown(self.fakes(len(x), draw), batch, draw)
        on_real, on_fake = critic(torch.cat((real, fake))).chunk(2)

        value = self.loss.generator(on_fake, on_real)
        weights = tuple(self.generator.parameters())
        slopes = torch.autograd.grad(value, weights, retain_graph=True)
        self._answers.append((value.detach(), slopes))

        penalty = self.loss.penalty(critic, real, fake.detach(), draw)
        scalars = self.loss.verdicts(on_real, on_fake)
        if isinstance(penalty, Tensor):
            scalars = {**scalars, "penalty": penalty}
        return self.loss.discriminator(on_real, on_fake) + penalty, scalars

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """The generator's objective as it was: a function that has its value and its slopes."""
        value, slopes = self._answers.popleft()
        weights = self.generator.parameters()
        along = torch.stack([(w * slope).sum() for w, slope in zip(weights, slopes, strict=True)])
        return value + (along.sum() - along.sum().detach()), {}

    def fakes(self, n: int, draw: ganzoo.Draw) -> Tensor:
        """(n, \\*shape), of which m neighbours make a pack."""
        places = self.latents(n, draw).reshape(n // self.pack, self.pack, -1).unbind(1)
        return torch.stack([self.generator(z) for z in places], 1).flatten(0, 1)
