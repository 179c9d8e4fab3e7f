from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from annotated_types import Ge
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import perceptron

Units = tuple[Annotated[int, Ge(1)], ...]


@dataclass(frozen=True)
class SGAN:
    """Two perceptrons. The discriminator names classes."""

    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, uniform from 0 to 1."""
    generator: Units = (500, 500)
    """Units in the generator's hidden layers."""
    discriminator: Units = (1000, 500, 250, 250, 250)
    """Units in the discriminator's hidden layers. The last are the features."""
    objective: Literal["features", "verdict"] = "features"
    """The generator's objective: to match the mean features, or to look real."""
    labels_only: bool = False
    """Train the classifier on the labelled pictures alone, for comparison."""
    noise: float = 0.3
    hidden_noise: float = 0.5

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        picture, label = data["image"], data["label"]
        size = math.prod(picture.shape)
        generator = nn.Sequential(
            *perceptron(self.latent, *self.generator, size, norm=nn.BatchNorm1d, activation=nn.Softplus),
            nn.Tanh(),
            nn.Unflatten(1, picture.shape),
        )
        discriminator = Classifier(size, self.discriminator, label.classes, self.noise, self.hidden_noise)
        return SGame(generator, discriminator, loss, self)


class Noise(nn.Module):
    """Adds N(0, std²) in training."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


class Classifier(nn.Module):
    def __init__(self, size, units, classes, noise, hidden) -> None:
        super().__init__()
        layers = [nn.Flatten(), Noise(noise)]
        for before, after in zip((size, *units), units):
            layers += [nn.Linear(before, after), nn.ReLU(), Noise(hidden)]
        self.features = nn.Sequential(*layers)
        self.logits = nn.Linear(units[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.logits(self.features(x))
        return logits


class SGame(ganzoo.TwoPlayer):
    def __init__(self, generator, discriminator, loss, config: SGAN) -> None:
        super().__init__(generator, discriminator, loss, config.latent)
        self.config = config

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return draw.uniform(n, self.latent)

    def score(self, outputs: Tensor) -> Tensor:
        return outputs.logsumexp(1)

    def discriminator_loss(self, batch, draw):
        if self.config.labels_only:
            value = cross_entropy(self.discriminator(batch["labelled"]), batch["label"])
            return value, {"class_loss": value}
        return super().discriminator_loss(batch, draw)

    def discriminator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        logits = self.discriminator(seen.batch["labelled"])
        return {"class_loss": (2.0, cross_entropy(logits, seen.batch["label"]))}

    def generator_loss(self, batch, draw):
        if self.config.objective == "verdict":
            return super().generator_loss(batch, draw)
        features = self.discriminator.features
        with torch.no_grad():
            real = features(batch["image"]).mean(0)
        fake = features(self.sample(len(batch["image"]), draw, batch)).mean(0)
        return (real - fake).square().mean(), {}

    def views(self) -> Sequence[ganzoo.View]:
        return (
            *super().views(),
            ganzoo.View("classes", self.named, ("discriminator",), ("labelled",), makes="label"),
        )

    def named(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        return self.discriminator(given["labelled"]).argmax(1)
