from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from torch import Tensor, nn

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
        discriminator = perceptron(size + classes, *self.discriminator, 1)
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
