r"""Unrolled GAN: the generator anticipates the discriminator's next steps.

A generator that puts all its samples on one mode does well against the current discriminator.
It does badly a moment later, when the discriminator has learnt to reject that mode. Then both move
to the next mode, and so around the ring. A generator that looks some steps ahead avoids this.

The discriminator :math:`\theta_D` maximises a value :math:`f` and the generator :math:`\theta_G`
minimises it. A copy of the discriminator takes K steps of gradient ascent:

.. math::
    \theta_D^0 = \theta_D, \qquad
    \theta_D^{k+1} = \theta_D^k + \eta \frac{d f(\theta_G, \theta_D^k)}{d \theta_D^k},

The generator minimises :math:`f(\theta_G, \theta_D^K(\theta_G, \theta_D))`. Its gradient also goes
through the K steps, so it takes into account how the discriminator would respond. The discriminator
itself moves by one step, as usual. With K = 0 this is the usual game of `minimax`. As K grows it
approaches the game against the best discriminator.

**Where it is in the code.** ``generator_loss`` computes :math:`\theta_D^K` with
``functional_call``, which runs a network with other weights. :math:`f` is the negative of the
loss's ``discriminator``, including its term for real samples, because that depends on
:math:`\theta_G` through :math:`\theta_D^K`. So any loss works, and its ``generator`` is not used. A
penalty applies to the discriminator's own moves but not to the unrolled steps.

**The networks** are those of the paper's experiment in the plane (appendix A). Latents have 256
numbers. The generator has two hidden layers of 128 ReLU units. The discriminator scales its input
by 1/4 and has one hidden layer of 128 ReLU units. Weights are orthogonal with gain 0.8. Adam uses
:math:`\beta_1 = 0.5` and batches of 512. The paper's ring has radius 2 and standard deviation 0.02:
``--set dataset.radius=2 --set dataset.sigma=0.02``.

**Where it differs.** The unrolled steps are plain gradient steps, as in the equation, and their
size is a setting. The authors unroll Adam. In the paper both players learn at 1e-4. Here the
generator learns ten times as fast, as in the authors' demo, whose networks differ from the paper's
(two layers of tanh units in each).

Source: Metz, Poole, Pfau and Sohl-Dickstein, "Unrolled Generative Adversarial Networks", 2016,
section 2.2 and appendix A, https://arxiv.org/abs/1611.02163; the authors' demo:
https://github.com/poolio/unrolled_gan
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from torch import Tensor, nn
from torch.func import functional_call

import ganzoo
from ganzoo.nn import orthogonal_weights, perceptron

GAIN = 0.8  # of the orthogonal weights at the start


@dataclass(frozen=True)
class Unrolled:
    """The paper's networks for points in the plane."""

    unroll: Annotated[int, Ge(0)] = 5
    """Number of discriminator steps that the generator looks ahead (K). 0 is the usual game."""
    rate: Annotated[float, Ge(0)] = 0.1
    """Size of the unrolled steps (eta)."""
    slower: Annotated[float, Gt(0)] = 0.1
    """Factor on trainer.lr for the discriminator. By default it learns at 1e-4 and the generator at
    1e-3."""
    latent: Annotated[int, Ge(1)] = 256
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 128
    """Units in each hidden layer."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """An unrolled game for the first field of ``data``, which must be points: (D,)."""
        field = next(iter(data.values()))
        shape = field.shape
        if len(shape) != 1:
            raise ganzoo.DoesNotFit(
                f"unrolled needs points, such as ring or grid; this data has {field.described}"
            )
        critic = perceptron(*shape, self.width, loss.outputs)
        game = UnrolledGame(
            perceptron(self.latent, self.width, self.width, *shape),
            nn.Sequential(Scale(1 / 4), *critic),  # ring: in (-1, 1)
            loss,
            self,
        )
        game.apply(orthogonal_weights(GAIN))
        return game


class UnrolledGame(ganzoo.TwoPlayer):
    """The two-player game with another objective for the generator."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        config: Unrolled,
    ) -> None:
        super().__init__(generator, discriminator, loss, config.latent, joint=True)
        self.config = config

    def moves(self) -> Sequence[ganzoo.Move]:
        discriminator, generator = super().moves()
        return replace(discriminator, rate=self.config.slower), generator

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        """f on fakes from fresh latents, with the discriminator after K more steps."""
        real = ganzoo.first(batch)
        both = torch.cat((real, self.generator(self.latents(len(real), draw))))

        def value(weights: dict[str, Tensor]) -> Tensor:
            """f, for a discriminator with these weights."""
            on_real, on_fake = functional_call(self.discriminator, weights, (both,)).chunk(2)
            return -self.loss.discriminator(on_real, on_fake)

        weights: dict[str, Tensor] = dict(self.discriminator.named_parameters())
        for _ in range(self.config.unroll):
            slopes = torch.autograd.grad(value(weights), [*weights.values()], create_graph=True)
            weights = {
                name: weight + self.config.rate * slope
                for (name, weight), slope in zip(weights.items(), slopes, strict=True)
            }
        return value(weights), {}


class Scale(nn.Module):
    """Multiplies by a constant."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x
