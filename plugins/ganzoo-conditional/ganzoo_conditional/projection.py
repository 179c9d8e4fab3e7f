r"""Projection discriminator, which compares a picture's features with its class.

**The idea.** How should a discriminator use a label? `cgan` puts it next to the pixels and lets the
network find out. This paper derives the form. For data :math:`p` and samples :math:`q`, the best
discriminator's logit is

.. math::
    f^*(x, y) = \log \frac{p(x, y)}{q(x, y)}
    = \log \frac{p(y|x)}{q(y|x)} + \log \frac{p(x)}{q(x)}

If a softmax of linear functions of features :math:`\phi(x)` models both :math:`p(y|x)` and
:math:`q(y|x)`, then the first logarithm is linear in the features, with a row for each class. What
does not depend on the class joins the second one:

.. math:: f(x, y) = y^T V \phi(x) + \psi(\phi(x))

:math:`\psi` asks whether the picture is real. The inner product with the row :math:`y^T V` asks
whether it fits its class. No classifier is trained, so nothing rewards pictures that are easy to
classify, as `acgan` does.

**The objective.** The paper trains with the hinge loss (``hinge`` in ganzoo-losses):

.. math::
    L_D &= \mathbb{E}[\max(0, 1 - f(x, y))] + \mathbb{E}[\max(0, 1 + f(G(z, y), y))] \\
    L_G &= -\mathbb{E}[f(G(z, y), y)]

**Where to find it in the code.** `ganzoo.nn.Projection` is :math:`f`: a stack of convolutions
:math:`\phi`, a linear layer :math:`\psi` and the rows :math:`V`. `ProjectionGame.critic` gives it
the label of each sample. The fake samples have the labels of the real batch.

**Spectral norm.** Nothing bounds an inner product. Spectral norm divides each layer's weights by
their largest singular value, those of :math:`V` included, so the logits change slowly with the
picture. It replaces batch norm in D, whose divisions would undo the bound. Without batch norm, real
and fake samples pass through D as one batch. The estimate of the singular value improves with each
training pass, and it stands still while samples are drawn.

**Batch norm and labels.** The generator has batch norm, with the class next to the latent. Samples
are drawn in evaluation mode, so a picture does not depend on the classes of its neighbours.

**How it differs from the paper.** The paper's networks are residual, and its generator takes the
class through conditional batch norm (`ganzoo.nn.residual_generator`). Both need a GPU to be fast.
Here the networks are DCGAN's with one fully connected layer each, and the features are that layer's
output, not a sum over the map. D moves once in a round, not five times, with a learning rate of
2e-3, not 2e-4. :math:`\beta_1 = 0` and :math:`\beta_2 = 0.9` are the paper's.

**Easy mistakes.** Without spectral norm on :math:`V`, too, the inner products can dominate. An
estimate of a singular value that also moves while samples are drawn makes a run depend on how often
you look at it. The label with which D judges a fake sample must be the one that G was given.

Source: Miyato and Koyama, "cGANs with Projection Discriminator", 2018,
https://arxiv.org/abs/1802.05637
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

import ganzoo
from ganzoo.nn import (
    Projection,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    normal_weights,
    spectral_norm,
)
from ganzoo_conditional.labelled import LabelledGame, classes_of, picture


@dataclass(frozen=True)
class ProjectionGAN:
    """Convolutional networks. The discriminator has spectral norm and a projection."""

    latent: Annotated[int, Ge(1)] = 64
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 16
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    hidden: Annotated[int, Ge(1)] = 256
    """Units of the generator's fully connected layer, and size of the discriminator's features."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for labelled pictures, (C, S, S)."""
        label, shape = data["label"], picture(data).shape
        classes, widths = classes_of(label), dcgan_widths(shape[1], self.width)
        generator = dcgan_generator(self.latent + classes, shape, widths, hidden=self.hidden)
        trunk = dcgan_trunk(shape, widths, self.hidden, norm=None)
        discriminator = Projection(trunk, self.hidden, classes)
        generator.apply(normal_weights(0.02, zero_biases=False))
        spectral_norm(discriminator)
        return ProjectionGame(label, generator, discriminator, loss, self.latent, joint=True)


class ProjectionGame(LabelledGame):
    """The discriminator judges a picture together with its label."""

    def critic(self, batch: ganzoo.Batch) -> ganzoo.Critic:
        y = self.weights(batch)  # (B, K)
        return lambda x: self.discriminator(x, y)
