r"""InfoGAN: part of the latent is a code that can be read off the sample again.

The generator gets noise :math:`z` and a code :math:`c`, here one of K categories. A recogniser
:math:`Q(c|x)`, which shares the discriminator's trunk, makes the code's mutual information with the
sample large by its lower bound:

.. math::
    \min_{G, Q} \max_D \; V(D, G) - \lambda L_I(G, Q), \qquad
    L_I = E_{c, z}[\log Q(c | G(z, c))] + H(c) \le I(c; G(z, c))

The game :math:`V` is the usual one, with any loss. The bound is a move of its own, which trains the
generator, the trunk and the recogniser's last layer.

Source: Chen et al. 2016, equations 5 and 6, https://arxiv.org/abs/1606.03657
"""

import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import nll_loss, one_hot

import ganzoo
from games.networks import to_shape


@dataclass(frozen=True)
class InfoGAN:
    """Perceptrons, with one categorical code of equally likely values."""

    noise: int = 2
    """Size of the noise z, drawn from N(0, I)."""
    categories: int = 8
    """Number of values of the code c."""
    width: int = 32
    """Units in the hidden layers."""
    weight: float = 1.0
    """The factor lambda."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        shape = next(iter(data.values())).shape
        generator = to_shape(self.noise + self.categories, self.width, shape)
        trunk = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), self.width), nn.ReLU())
        head = nn.Linear(self.width, 1)
        recogniser = nn.Linear(self.width, self.categories)
        return InfoGame(generator, trunk, head, recogniser, loss, self)


class InfoGame(ganzoo.TwoPlayer):
    """The two-player game, and a third move."""

    def __init__(
        self,
        generator: nn.Module,
        trunk: nn.Module,
        head: nn.Module,
        recogniser: nn.Module,
        loss: ganzoo.Objective,
        config: InfoGAN,
    ) -> None:
        discriminator = nn.Sequential(OrderedDict(trunk=trunk, head=head))
        super().__init__(generator, discriminator, loss, config.noise, joint=True)
        self.recogniser = recogniser
        self.categories = config.categories
        self.weight = config.weight

    def moves(self) -> Sequence[ganzoo.Move]:
        trained = ("generator", "discriminator.trunk", "recogniser")
        return (*super().moves(), ganzoo.Move("info", trained, self.info_loss))

    def given(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> ganzoo.Batch:
        """A code for each sample, in place of the labels that the data may have."""
        code = draw.integers(self.categories, len(ganzoo.first(batch)))
        return {**batch, "label": code}

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """The label is the code, (n,) int64, or weights of codes, (n, K)."""
        code, noise = given["label"], draw.normal(n, self.latent)
        weights = code if code.ndim > 1 else one_hot(code, self.categories).float()
        samples: Tensor = self.generator(torch.cat((noise, weights), dim=1))
        return samples

    def views(self) -> Sequence[ganzoo.View]:
        code = ganzoo.Field((), "int64", classes=self.categories)
        return (ganzoo.View("samples", self.sample, label=code, mixes_labels=True),)

    def info_loss(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> tuple[Tensor, ganzoo.Scalars]:
        given = self.given(batch, draw)
        fake = self.sample(len(given["label"]), draw, given)
        log_q = self.recogniser(self.discriminator.trunk(fake)).log_softmax(dim=1)  # (B, K)
        information = math.log(self.categories) - nll_loss(log_q, given["label"])
        return -self.weight * information, {"information": information}
