r"""Conditional GAN, in which both players are given the class.

**The idea.** A GAN draws any digit. A conditional GAN draws the digit :math:`y` that was requested.
Each player reads the class as a further input, and everything else stays:

.. math::
    \min_G \max_D \; \mathbb{E}_{x, y}[\log D(x, y)]
    + \mathbb{E}_{z, y}[\log(1 - D(G(z, y), y))]

This is the paper's equation 2, which writes :math:`D(x|y)`. The discriminator now judges a pair. It
can reject a perfect 3 that comes with the label 7, so the generator must draw what the label says.
For a fixed :math:`y` this is the usual game, whose best generator draws :math:`p(x|y)`. All classes
share the networks, and what one class teaches about strokes helps the others.

**The label as numbers.** A class is a one-hot row: a 1 at its place among K numbers. Rows between
two classes also work, so an interpolation can lead from a 3 to an 8 with the same latent.

**Where to find it in the code.** `LabelledGame.sample` puts the row next to the latent :math:`z`.
`CGame.critic` puts it next to the pixels. The fake samples have the labels of the real batch, so
the shares of the classes are equal, and D learns nothing from the labels alone.

**The scale of the label.** The class is a single 1 next to 784 pixels. At first, D can tell real
from fake without it, and as long as D ignores the class, so does G. ``model.label_scale=8`` makes
the class count as much as many pixels. Compare it with ``--set label_scale=1``.

**Batch norm and labels.** Only the generator has batch norm. In training, its statistics are those
of a batch with all classes. Samples are drawn in evaluation mode with running statistics. A column
of sevens is then normalised like the sevens of a mixed batch. In training mode, a batch of sevens
alone would be shifted to the mean of all digits.

**How it differs from the paper.** The paper trains with SGD, momentum and dropout, its
discriminator has maxout units, and its noise is uniform. Here there are Adam, leaky ReLU or ReLU,
and Gaussian noise, as in today's perceptrons. The generator has batch norm.

**Mistakes that popular scripts make.** They use the squared error, which is the objective of least
squares and not the paper's. They replace the one-hot row by a learnt embedding, which cannot be
mixed. They put dropout between a linear layer and its activation, and G's loss passes through it,
too. They write ``BatchNorm1d(n, 0.8)`` for a momentum of 0.8, but the second argument is the
epsilon. They draw grids in training mode.

Source: Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014,
https://arxiv.org/abs/1411.1784
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from torch import nn

import ganzoo
from ganzoo.nn import perceptron
from ganzoo_conditional.labelled import LabelledGame, classes_of

Sizes = tuple[Annotated[int, Ge(1)], ...]


@dataclass(frozen=True)
class CGAN:
    """Two perceptrons that take the class next to their input."""

    latent: Annotated[int, Ge(1)] = 64
    """Size of the noise z, drawn from N(0, I)."""
    generator: Sizes = (128, 256, 512)
    """Units in the generator's hidden layers."""
    discriminator: Sizes = (512, 256)
    """Units in the discriminator's hidden layers."""
    label_scale: Annotated[float, Gt(0)] = 8.0
    """Factor of the one-hot class in the discriminator's input. With 1, the discriminator ignores
    the class for long next to the pixels."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A conditional game for the first field of ``data``, of any shape and range."""
        target, label = next(iter(data.values())), data["label"]
        size, classes = math.prod(target.shape), classes_of(label)
        generator = perceptron(self.latent + classes, *self.generator, size, norm=nn.BatchNorm1d)
        if target.range is not None:
            generator.append(nn.Tanh())
        generator.append(nn.Unflatten(1, target.shape))  # (B, size) -> (B, *shape)
        discriminator = perceptron(size + classes, *self.discriminator, loss.outputs)
        return CGame(label, generator, discriminator, loss, self.latent, self.label_scale)


class CGame(LabelledGame):
    """Both players see the class y."""

    def __init__(
        self,
        label: ganzoo.Field,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        latent: int,
        label_scale: float,
    ) -> None:
        super().__init__(label, generator, discriminator, loss, latent, joint=True)
        self.label_scale = label_scale

    def critic(self, batch: ganzoo.Batch) -> ganzoo.Critic:
        y = self.label_scale * self.weights(batch)  # (B, K)
        return lambda x: self.discriminator(torch.cat((x.flatten(1), y), 1))
