r"""Semi-supervised GAN, whose discriminator learns to classify from few labels.

**The idea.** A classifier with ten labelled pictures of each digit sees too few shapes. Many more
pictures have no label, but they show where pictures are and where none are. The discriminator of a
GAN learns just that. So one network does both. It has K outputs for the classes and one more for
*fake*:

.. math::
    L_{supervised} &= -\mathbb{E}_{x, y} \log p(y | x, y \le K) \\
    L_{unsupervised} &= -\mathbb{E}_x \log(1 - p(K+1 | x)) - \mathbb{E}_z \log p(K+1 | G(z))

An unlabelled picture must belong to *some* class, and a fake one to none. The border between two
classes then avoids the unlabelled pictures.

**Where to find it in the code.** One of K+1 logits can be subtracted from all, so the logit of fake
is 0 and needs no output. With :math:`Z(x) = \sum_k \exp l_k(x)`, the probability of real is

.. math:: D(x) = 1 - p(K+1|x) = \frac{Z(x)}{Z(x) + 1} = \sigma(\log Z(x))

So :math:`\log Z` is the raw output of an ordinary discriminator (`SGame.score`), and the ordinary
loss ``bce`` is :math:`L_{unsupervised}`. The supervised loss is a further term,
`SGame.discriminator_terms`. Labelled pictures are a domain of the data of their own, with their own
order, see the dataset ``few-labels``.

**Feature matching.** The generator matches the mean of the last hidden layer's features f:

.. math:: \left\| \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z)) \right\|^2

Its pictures are worse than those of the ordinary objective, and the classifier is better. Useful
fakes surround the real pictures and do not replace them. ``model.objective=verdict`` is the
ordinary objective, as in Odena's paper.

**What it must be compared with.** ``--set model.labels_only=true`` trains the same network on the
labelled pictures alone. ``ganzoo evaluate RUN --metric classes`` scores either on held-out pictures
and ``--view classes`` of `ganzoo sample` shows its answers.

**How it differs from the paper.** The kinds of layers, their noise and the uniform latents are
those of the authors' code for MNIST. As there, the weights of a unit have a fixed length
(`UnitLayer`), so that activations cannot outgrow the noise. The authors choose the lengths by a
first batch. Here they are equal, and `Brightness` makes the background 0. The discriminator has
three hidden layers, not five. The authors have 60,000 pictures without labels and train for 300
passes. The digits that come with ganzoo are 5,000, so the gain is smaller (see the plugin's page).

**Mistakes that popular scripts make.** They use every label, which is not semi-supervised. They
give the discriminator a second head for real and fake, so the classes never influence the
generator, and the fakes count twice. They apply a softmax before ``CrossEntropyLoss``, which has
its own. Their accuracy counts the fakes. Here it counts held-out pictures only, in evaluation mode.

Sources: Odena, "Semi-Supervised Learning with Generative Adversarial Networks", 2016,
https://arxiv.org/abs/1606.01583, and Salimans et al., "Improved Techniques for Training GANs",
2016, sections 3.1 and 5, https://arxiv.org/abs/1606.03498
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import torch
from annotated_types import Ge
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, normalize

import ganzoo
from ganzoo.nn import perceptron
from ganzoo_conditional.labelled import classes_of

Units = tuple[Annotated[int, Ge(1)], ...]


@dataclass(frozen=True)
class SGAN:
    """Two perceptrons. The discriminator is a classifier."""

    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, uniform from 0 to 1."""
    generator: Units = (500, 500)
    """Units in the generator's hidden layers."""
    discriminator: Units = (500, 250, 250)
    """Units in the discriminator's hidden layers. The last are the features to match."""
    noise: Annotated[float, Ge(0)] = 0.6
    """Standard deviation of the noise on the discriminator's input. The authors have 0.3 for pixels
    from 0 to 1, which is the same for pixels from -1 to 1."""
    hidden_noise: Annotated[float, Ge(0)] = 0.5
    """Standard deviation of the noise on its hidden layers."""
    weight: Annotated[float, Ge(0)] = 2.0
    """Weight of the supervised loss. The authors' code halves the unsupervised one instead."""
    objective: Literal["features", "verdict"] = "features"
    """The generator's objective: to match the mean features, or to look real."""
    labels_only: bool = False
    """Train the classifier on the labelled pictures alone, for comparison."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for "image", whose classes "label" are known of the pictures "labelled"."""
        picture = data["image"]
        if picture.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "sgan ends in a tanh and needs pictures between -1 and 1, and this data's range is "
                f"{picture.range or 'not bounded'}"
            )
        if self.labels_only and loss.penalised:
            raise ganzoo.DoesNotFit("with model.labels_only=true nothing uses the penalty")
        size = math.prod(picture.shape)
        generator = perceptron(
            self.latent, *self.generator, size, norm=nn.BatchNorm1d, activation=nn.Softplus
        )
        generator.extend((nn.Tanh(), nn.Unflatten(1, picture.shape)))
        sizes = (size, *self.discriminator)
        layers: list[nn.Module] = [nn.Flatten(), Noise(self.noise), Brightness()]
        for before, after in pairwise(sizes):
            layers += [UnitLayer(before, after), nn.ReLU(), Noise(self.hidden_noise)]
        classifier = Classifier(nn.Sequential(*layers), sizes[-1], classes_of(data["label"]))
        return SGame(generator, classifier, loss, self)


class UnitLayer(nn.Linear):
    """(B, in) -> (B, out), where the weights of each unit have the length sqrt(2).

    A ReLU halves the mean square, and this length restores it, so activations keep their size from
    layer to layer. They cannot grow in training, so the noise cannot lose its effect.
    """

    def reset_parameters(self) -> None:
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, math.sqrt(2) * normalize(self.weight, dim=1), self.bias)


class Brightness(nn.Module):
    """Pixels from -1 to 1 -> from 0 to 3, so that the background is 0.

    The mean square of a digit's pixels is then about 1.
    """

    def forward(self, x: Tensor) -> Tensor:
        return 1.5 * (x + 1)


class Noise(nn.Module):
    """Adds N(0, std²) during training."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


class Classifier(nn.Module):
    """(B, \\*shape) -> logits of the classes, (B, K)."""

    def __init__(self, features: nn.Module, size: int, classes: int) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x))
        return logits


class SGame(ganzoo.TwoPlayer):
    """The two-player game, in which the discriminator also learns from labels."""

    discriminator: Classifier

    def __init__(
        self, generator: nn.Module, classifier: Classifier, loss: ganzoo.Objective, config: SGAN
    ) -> None:
        super().__init__(generator, classifier, loss, config.latent, joint=True)
        self.config = config

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return draw.uniform(n, self.latent)

    def score(self, outputs: Tensor) -> Tensor:
        """log Z, whose sigmoid is the probability of real."""
        return outputs.logsumexp(1)

    def supervised(self, batch: ganzoo.Batch) -> Tensor:
        """-E[log p(y | x, y <= K)] on the labelled pictures."""
        return cross_entropy(self.discriminator(batch["labelled"]), batch["label"])

    def discriminator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        if self.config.labels_only:
            loss = self.supervised(batch)
            return loss, {"supervised": loss}
        return super().discriminator_loss(batch, draw)

    def discriminator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        return {"supervised": (self.config.weight, self.supervised(seen.batch))}

    def generator_loss(
        self, batch: ganzoo.Batch, draw: ganzoo.Draw
    ) -> tuple[Tensor, ganzoo.Scalars]:
        if self.config.objective == "verdict":
            return super().generator_loss(batch, draw)
        real = batch["image"]
        fake = self.sample(len(real), draw, self.given(batch, draw))
        return self.mismatch(real, fake), {}

    def mismatch(self, real: Tensor, fake: Tensor) -> Tensor:
        """The mean over the features of their squared difference in mean."""
        with torch.no_grad():  # the generator cannot change it
            wanted = self.discriminator.features(real).mean(0)
        error: Tensor = (wanted - self.discriminator.features(fake).mean(0)).square().mean()
        return error

    def views(self) -> Sequence[ganzoo.View]:
        named = ganzoo.View("classes", self.named, ("discriminator",), ("labelled",), makes="label")
        return (*super().views(), named)

    def named(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """The most probable class of each picture, (n,) float32, as samples are."""
        classes: Tensor = self.discriminator(given["labelled"]).argmax(1)
        return classes.float()
