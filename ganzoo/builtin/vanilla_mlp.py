r"""The first GAN, with the networks that most people meet it with.

**The idea.** A generator :math:`G` turns noise :math:`z` into a sample; a discriminator :math:`D`
says how probable it is that a sample is real. Each is trained against the other. Neither ever sees
a density: the discriminator sees samples, and the generator sees only the gradient of the
discriminator's verdict.

.. math::
    \min_G \max_D \; \mathbb{E}_{x \sim p_{data}}[\log D(x)]
    + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))]

**Where it is in the code.** :math:`x` is ``batch["image"]`` (or ``"point"``); :math:`z` is
``draw.normal(B, latent)``; :math:`G` is ``generator``; :math:`D` is the sigmoid of
``discriminator``, whose last layer gives logits because the loss is computed safely from them. The
loss is `bce`: its discriminator's line is the formula above, its generator's line is the
non-saturating variant of the paper's section 3. One step is one round: the discriminator moves on
fresh noise, then the generator on fresh noise (`ganzoo.TwoPlayer`).

**Where it differs from the paper.** The paper's MNIST networks mix ReLU and sigmoid units in the
generator and have a maxout discriminator with dropout, trained by SGD with momentum. Here both are
ReLU perceptrons, trained by Adam; noise is Gaussian rather than uniform; pixels are in [-1, 1] with
a tanh at the end.

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
    """Two perceptrons whose ends fit the data."""

    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, drawn from N(0, I)."""
    generator: tuple[Annotated[int, Ge(1)], ...] = (128, 256, 512)
    """Units in the generator's hidden layers."""
    discriminator: tuple[Annotated[int, Ge(1)], ...] = (512, 256)
    """Units in the discriminator's hidden layers."""
    norm: Literal["batch", "none"] = "none"
    """After the generator's hidden layers: batch norm, or none."""

    def build(self, data: Mapping[str, Field], loss: Objective) -> Game:
        """A two-player game for the first field of ``data``, a picture or a vector of any size."""
        target = next(iter(data.values()))
        size = math.prod(target.shape)
        norm = nn.BatchNorm1d if self.norm == "batch" else None
        generator = perceptron(self.latent, *self.generator, size, norm=norm)
        if target.range is not None:  # data in [-1, 1]; points are unbounded and stay linear
            generator.append(nn.Tanh())
        generator.append(nn.Unflatten(1, target.shape))  # (B, size) -> (B, *shape)
        discriminator = perceptron(size, *self.discriminator, 1)
        discriminator.insert(0, nn.Flatten())  # (B, *shape) -> (B, size)
        return TwoPlayer(generator, discriminator, loss, self.latent, joint=True)
