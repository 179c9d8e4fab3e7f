r"""The first GAN, with the networks that most people start with.

**The idea.** A generator :math:`G` turns noise :math:`z` into a sample. A discriminator :math:`D`
estimates the probability that a sample is real. The two networks are trained against each other.
Neither of them ever computes a density. The discriminator sees only samples, and the generator
learns only from the gradient of the discriminator's output.

.. math::
    \min_G \max_D \; \mathbb{E}_{x \sim p_{data}}[\log D(x)]
    + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))]

**Where to find it in the code.** :math:`x` is ``batch["image"]`` (or ``"point"``), and :math:`z` is
``draw.normal(B, latent)``, where ``B`` is the batch size. :math:`G` is ``generator``. The last
layer of ``discriminator`` returns logits, because computing the loss from them is numerically
stable. :math:`D` is their sigmoid. The default loss is `bce`. With it, the discriminator maximises
the formula above. The generator maximises :math:`\log D(G(z))` instead, the non-saturating variant
of the paper's section 3. In each step, the discriminator makes one update and then the generator
makes one, each with new noise (`ganzoo.TwoPlayer`).

**How it differs from the paper.** The paper's generator for MNIST mixes ReLU and sigmoid units. Its
discriminator uses maxout and dropout, and SGD with momentum trains both. Here both networks are
ReLU perceptrons, and Adam trains them. The noise is Gaussian instead of uniform. Pixels are in
[-1, 1], and the generator ends in a tanh.

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, https://arxiv.org/abs/1406.2661
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge
from torch import nn

from ganzoo.engine.game import Game
from ganzoo.engine.two_player import Objective, TwoPlayer
from ganzoo.nn import perceptron
from ganzoo.registry.records import Field


@dataclass(frozen=True)
class VanillaMLP:
    """Two perceptrons whose outer layers take their sizes from the data."""

    latent: Annotated[int, Ge(1)] = 100
    """Dimensions of the noise z, drawn from N(0, I)."""
    generator: tuple[Annotated[int, Ge(1)], ...] = (128, 256, 512)
    """Units in the generator's hidden layers."""
    discriminator: tuple[Annotated[int, Ge(1)], ...] = (512, 256)
    """Units in the discriminator's hidden layers."""
    norm: Literal["batch", "none"] = "none"
    """Normalisation after each of the generator's hidden layers."""

    def build(self, data: Mapping[str, Field], loss: Objective) -> Game:
        """A two-player game for the first field of ``data``: pictures or vectors of any size."""
        target = next(iter(data.values()))
        size = math.prod(target.shape)
        norm = nn.BatchNorm1d if self.norm == "batch" else None
        generator = perceptron(self.latent, *self.generator, size, norm=norm)
        if target.range is not None:  # data in [-1, 1]; points are unbounded and stay linear
            generator.append(nn.Tanh())
        generator.append(nn.Unflatten(1, target.shape))  # (B, size) -> (B, *shape)
        discriminator = perceptron(size, *self.discriminator, loss.outputs)
        discriminator.insert(0, nn.Flatten())  # (B, *shape) -> (B, size)
        return TwoPlayer(generator, discriminator, loss, self.latent, joint=True)
