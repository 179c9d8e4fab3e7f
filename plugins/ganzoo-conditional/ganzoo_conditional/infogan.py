r"""InfoGAN, which finds classes and styles in pictures without labels.

**The idea.** The generator gets noise z and a code c. In an ordinary GAN it may ignore the code.
Here the code must be readable from the picture, so the generator uses it for what the eye can see.
The measure is the mutual information of the code and the picture:

.. math::
    \min_G \max_D \; V(D, G) - \lambda I(c; G(z, c))

The information needs :math:`P(c|x)`, which nobody knows. A network Q guesses the code from the
picture, and its guess gives a lower bound (equations 5 and 6 of the paper):

.. math::
    \min_{G, Q} \max_D \; V(D, G) - \lambda L_I(G, Q), \qquad
    L_I = \mathbb{E}_{c, x = G(z, c)}[\log Q(c|x)] + H(c) \le I(c; G(z, c))

For MNIST the code has three parts. One is a category of ten equally likely ones. With luck it
becomes the digit. The other two are numbers, uniform from -1 to 1, that become styles. The bound
for a category is :math:`\log 10` minus the cross-entropy, so it is at most 2.3 nats. For a number,
Q guesses the mean of a normal distribution with variance 1, and the bound is a constant minus half
of the squared error.

**Where to find it in the code.** `InfoGame.given` draws the codes, and `InfoGame.sample` puts them
next to the noise. `InfoGame.guesser` is Q, which `InfoGame.moves` trains in the generator's move.
`InfoGame.generator_terms` is the bound. D has nothing to do with the codes. `ganzoo sample RUN`
draws a category a column. ``--view code-1`` and ``--view code-2`` vary one number from -2 to 2,
twice as far as in training.

**What decides the meaning of a code.** The bound soon is near its maximum, whatever the categories
mean. Upright and slanted ones are as good as two digits. So before Q looks at a fake picture, it is
turned, slanted, scaled and moved a little, at random. A category cannot then mean a slant, and what
remains is the shape. Elastic-InfoGAN uses such transformations, too. ``model.distortion=0`` leaves
them out, as the paper does. The noise is scaled by ``model.latent_scale``, so that it cannot
outweigh the category.

**How it differs from the paper.** In the paper, Q shares all layers but the last with D, so it
costs almost nothing, and D's move trains these layers, too. Here Q is a network of its own, without
batch norm, like the encoder of `cluster-gan`. It costs more time, and the categories become digits
more reliably. The distortion and the smaller noise are not in the paper. The networks are narrower
than those of appendix C.1. The noise is normal, not uniform. The learning rates of D and G are
equal.

**Mistakes that popular scripts make.** They apply a softmax before ``CrossEntropyLoss``, which has
its own. The bound then cannot exceed 0.84 of its 2.3 nats, and its gradient is weak. They train the
generator by two Adam optimizers, whose averages of the gradient do not know each other's steps.
They judge real and fake by a squared error, which is the least-squares GAN. They read the labels of
the data and never use them. Here the data needs none.

Sources: Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing
Generative Adversarial Nets", 2016, https://arxiv.org/abs/1606.03657, with the authors' code,
https://github.com/openai/InfoGAN, and Ojha et al., "Elastic-InfoGAN", 2019,
https://arxiv.org/abs/1910.01112
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import (
    Heads,
    dcgan_discriminator,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    label_weights,
    normal_weights,
)
from ganzoo_conditional.distortion import distorted
from ganzoo_conditional.labelled import picture


@dataclass(frozen=True)
class InfoGAN:
    """Convolutional networks, of which one guesses the codes."""

    latent: Annotated[int, Ge(1)] = 30
    """Size of the noise z, drawn from N(0, `latent_scale`²)."""
    latent_scale: Annotated[float, Ge(0)] = 0.2
    """Standard deviation of the noise."""
    categories: Annotated[int, Ge(2)] = 10
    """Number of values of the categorical code."""
    codes: Annotated[int, Ge(0)] = 2
    """Number of continuous codes, each uniform from -1 to 1."""
    width: Annotated[int, Ge(1)] = 16
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    hidden: Annotated[int, Ge(1)] = 256
    """Units of the fully connected layer of each network."""
    weight: Annotated[float, Ge(0)] = 1.0
    """The factor lambda for the categorical code."""
    code_weight: Annotated[float, Ge(0)] = 0.1
    """The factor lambda for the continuous codes."""
    distortion: Annotated[float, Ge(0)] = 1.0
    """Strength of the random distortion of what Q sees. 0 leaves it out."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for pictures, (C, S, S), of which it needs no labels."""
        shape = picture(data).shape
        widths = dcgan_widths(shape[1], self.width)
        inputs = self.latent + self.categories + self.codes
        generator = dcgan_generator(inputs, shape, widths, hidden=self.hidden)
        discriminator = dcgan_discriminator(shape, widths, hidden=self.hidden, out=loss.outputs)
        for network in (generator, discriminator):
            network.apply(normal_weights(0.02, zero_biases=False))
        sizes = {"category": self.categories} | ({"codes": self.codes} if self.codes else {})
        guesser = Heads(dcgan_trunk(shape, widths, self.hidden, norm=None), self.hidden, **sizes)
        return InfoGame(generator, discriminator, guesser, loss, self)


class InfoGame(ganzoo.TwoPlayer):
    """The two-player game, with a network that guesses the codes and moves with the generator."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        guesser: Heads,
        loss: ganzoo.Objective,
        config: InfoGAN,
    ) -> None:
        super().__init__(generator, discriminator, loss, config.latent)
        self.guesser = guesser
        self.config = config

    def moves(self) -> Sequence[ganzoo.Move]:
        discriminator, generator = super().moves()
        return discriminator, replace(generator, trains=("generator", "guesser"))

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return self.config.latent_scale * draw.normal(n, self.latent)

    def given(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> ganzoo.Batch:
        return self.drawn(len(ganzoo.first(batch)), draw)

    def drawn(self, n: int, draw: ganzoo.Draw) -> dict[str, Tensor]:
        """Random codes: "category", (n,), and "codes", (n, codes)."""
        codes = 2 * draw.uniform(n, self.config.codes) - 1
        return {"category": draw.integers(self.config.categories, n), "codes": codes}

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        z = self.latents(n, draw)
        category = label_weights(given["category"], self.config.categories)
        samples: Tensor = self.generator(torch.cat((z, category, given["codes"]), 1))
        return samples

    def guessed(self, pictures: Tensor) -> dict[str, Tensor]:
        """Logits of the "category", (B, categories), and means of the "codes", (B, codes)."""
        return self.guesser.named(self.guesser(pictures))

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        """The terms of -L_I, without constants: the information of the category, in nats, and half
        of the squared errors of the continuous codes, summed over codes."""
        config = self.config
        guess = self.guessed(distorted(seen.fake, config.distortion, seen.draw))
        missing = cross_entropy(guess["category"], seen.given["category"])
        terms = {"information": (-config.weight, math.log(config.categories) - missing)}
        if config.codes:
            error = (guess["codes"] - seen.given["codes"]).square().sum(1).mean() / 2
            terms["code_error"] = (config.code_weight, error)
        return terms

    def views(self) -> Sequence[ganzoo.View]:
        category = ganzoo.Field((), "int64", classes=self.config.categories)
        code = ganzoo.Field((), range=(-2.0, 2.0))
        return (
            ganzoo.View("samples", self.of_category, label=category, mixes_labels=True),
            *(
                ganzoo.View(f"code-{i + 1}", partial(self.of_code, i), label=code)
                for i in range(self.config.codes)
            ),
        )

    def of_category(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """Samples whose category is the label."""
        return self.sample(n, draw, self.drawn(n, draw) | {"category": given["label"]})

    def of_code(self, i: int, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """Samples whose continuous code ``i`` is the label."""
        drawn = self.drawn(n, draw)
        codes = drawn["codes"].clone()
        codes[:, i] = given["label"]
        return self.sample(n, draw, drawn | {"codes": codes})
