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
        generator.apply(normal_weights(0.02, zero_biases=False))
        trunk = dcgan_trunk(shape, widths, self.hidden, norm=None)
        discriminator = spectral_norm(Projection(trunk, self.hidden, classes))
        return ProjectionGame(label, generator, discriminator, loss, self.latent, joint=True)


class ProjectionGame(LabelledGame):
    """The discriminator judges a picture together with its label."""

    def critic(self, batch: ganzoo.Batch) -> ganzoo.Critic:
        y = self.weights(batch)  # (B, K)
        return lambda x: self.discriminator(x, y)
