r"""Auxiliary classifier GAN, whose discriminator also reads the class.

**The idea.** The discriminator of `cgan` is given the label. Here it must find the label itself. It
has two outputs: the source S of a picture, real or fake, and its class C.

.. math::
    L_S &= \mathbb{E}[\log P(S = real | X_{real})] + \mathbb{E}[\log P(S = fake | X_{fake})] \\
    L_C &= \mathbb{E}[\log P(C = c | X_{real})] + \mathbb{E}[\log P(C = c | X_{fake})]

D maximises :math:`L_S + L_C`, and G maximises :math:`L_C - L_S` (equations 2 and 3 of the paper).
About the source the players disagree, as in every GAN. About the class they agree: both want the
discriminator to read the requested class. Real labels teach D to read, and D then shows G in which
direction a class lies.

**Where to find it in the code.** `ganzoo.nn.Heads` puts two linear heads on one stack of
convolutions. :math:`L_S` is the ordinary loss (``bce``) on the head ``real``, which `ACGame.score`
selects. The generator's part of it is the non-saturating form. :math:`L_C` is two cross-entropies,
one for each kind of picture, which `ACGame.discriminator_terms` adds to the objective. In
`ACGame.generator_terms` only fake pictures remain, because G cannot change the real ones.

**What it costs.** Where pictures of two classes look alike, :math:`L_C` still rewards pictures that
nobody can mistake. The generator learns to avoid the border between classes, so it draws too few of
the unusual sevens (Shu, Bui, Zhang and Ermon 2017). Look at the score ``recall`` next to the share
of obeyed classes. ``model.class_weight`` sets how much the class counts.

**Batch norm and labels.** Real and fake pictures pass through D separately, because batch norm
mixes the samples of a batch. Both batches have the same classes, so their statistics are
comparable. A penalty on the gradient at each sample needs ``--set model.norm=layer``. Samples are
drawn in evaluation mode, so a picture does not depend on the classes of its neighbours.

**How it differs from the paper.** The pictures have 28 pixels, not 128. The networks are DCGAN's
with one fully connected layer each, and without the paper's dropout in D. The learning rate is ten
times larger, which short runs need, and samples come from an average of the weights (EMA).

**Mistakes that popular scripts make.** They apply a softmax before ``CrossEntropyLoss``, which has
its own. With ten classes, the loss then cannot fall below 1.46, and a confident output has almost
no gradient. They compute a sigmoid and then its logarithm, which loses precision. Here both heads
output logits. They multiply the latent by an embedding of the class. The latent's mean is 0, so all
classes have the same mean input. Here the class stands next to the latent. They put batch norm
after dropout in D, and they fail for pictures of 28 pixels because they divide the side by 16.

Sources: Odena, Olah and Shlens, "Conditional Image Synthesis With Auxiliary Classifier GANs", 2016,
https://arxiv.org/abs/1610.09585, and Shu et al., "AC-GAN Learns a Biased Distribution", 2017,
Bayesian Deep Learning Workshop at NIPS
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge
from torch import Tensor
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import Heads, dcgan_generator, dcgan_trunk, dcgan_widths, norm2d, normal_weights
from ganzoo_conditional.labelled import LabelledGame, classes_of, picture


@dataclass(frozen=True)
class ACGAN:
    """Convolutional networks. The discriminator has two heads."""

    latent: Annotated[int, Ge(1)] = 64
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 16
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    hidden: Annotated[int, Ge(1)] = 256
    """Units of the fully connected layer of each network."""
    norm: Literal["batch", "layer", "none"] = "batch"
    """The discriminator's normalisation: batch, layer (each sample separately) or none."""
    class_weight: Annotated[float, Ge(0)] = 1.0
    """Weight of the class's cross-entropy in both objectives. The paper has 1."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for labelled pictures, (C, S, S)."""
        label, shape = data["label"], picture(data).shape
        classes, widths = classes_of(label), dcgan_widths(shape[1], self.width)
        if self.norm == "batch" and loss.per_sample:
            raise ganzoo.DoesNotFit(
                "the penalty uses the gradient at each sample, and batch norm mixes samples. Use "
                "--set model.norm=layer"
            )
        generator = dcgan_generator(self.latent + classes, shape, widths, hidden=self.hidden)
        trunk = dcgan_trunk(shape, widths, self.hidden, norm=norm2d(self.norm))
        heads = Heads(trunk, self.hidden, real=loss.outputs, label=classes)
        joint = self.norm != "batch"
        game = ACGame(label, generator, heads, loss, self.latent, joint=joint)
        game.class_weight = self.class_weight
        game.apply(normal_weights(0.02, zero_biases=False))
        return game


class ACGame(LabelledGame):
    """Both players want the discriminator to read the right class."""

    discriminator: Heads
    class_weight = 1.0

    def score(self, outputs: Tensor) -> Tensor:
        return self.discriminator.named(outputs)["real"]

    def discriminator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        assert seen.on_real is not None
        return {
            "class_of_real": self.misread(seen.on_real, seen.batch),
            "class_of_fake": self.misread(seen.on_fake, seen.given),
        }

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        return {"class_for_generator": self.misread(seen.on_fake, seen.given)}

    def misread(self, outputs: Tensor, given: ganzoo.Batch) -> tuple[float, Tensor]:
        """The weight, and -E[log P(C = c | X)], from the raw outputs and the right classes."""
        logits = self.discriminator.named(outputs)["label"]  # (B, K)
        return self.class_weight, cross_entropy(logits, given["label"])
