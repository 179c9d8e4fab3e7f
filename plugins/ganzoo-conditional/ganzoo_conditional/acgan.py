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
        heads = Heads(trunk, self.hidden, real=1, label=classes)
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
