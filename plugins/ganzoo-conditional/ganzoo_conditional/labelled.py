"""What the models with labels share: a generator that takes the class, and checks of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import label_weights


class LabelledGame(ganzoo.TwoPlayer):
    """The two-player game with a generator that maps (B, latent + K) to (B, \\*shape).

    The weights of the K classes stand next to the latent. In training they are the one-hot labels
    of the batch, so fake samples have the classes of the real ones. An interpolation between two
    classes gives both of them a weight.

    Args:
        label: The field of the label.
        generator: See `ganzoo.TwoPlayer`, as the other arguments.
    """

    def __init__(
        self,
        label: ganzoo.Field,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        latent: int,
        *,
        joint: bool = False,
    ) -> None:
        super().__init__(generator, discriminator, loss, latent, joint=joint)
        self.label = label

    def views(self) -> Sequence[ganzoo.View]:
        view = ganzoo.View(
            "samples", self.sample, label=self.label, mixes_labels=True, truncates=True
        )
        return (view,)

    def weights(self, given: ganzoo.Batch) -> Tensor:
        """The label, (B,) or (B, K), as weights of the classes, (B, K)."""
        return label_weights(given["label"], classes_of(self.label))

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        z = self.latents(n, draw)
        samples: Tensor = self.generator(torch.cat((z, self.weights(given)), 1))
        return samples


def classes_of(label: ganzoo.Field) -> int:
    """The number of classes.

    Raises:
        DoesNotFit: The label is not one class for each sample.
    """
    if label.classes is None or label.shape != ():
        kind = f"attributes of shape {label.shape}" if label.shape else "numbers without classes"
        raise ganzoo.DoesNotFit(
            f"the model needs one class for each sample as label, and this data's labels are {kind}"
        )
    return label.classes


def picture(data: Mapping[str, ganzoo.Field]) -> ganzoo.Field:
    """The first field, if it is a picture that DCGAN's networks can draw.

    Raises:
        DoesNotFit: It is not square, its side is not a multiple of 4 from 8 on, or its range is not
            from -1 to 1.
    """
    field = next(iter(data.values()))
    channels, *sides = field.shape or (0,)
    if channels not in (1, 3) or not _fits(sides):
        scaled = ". A folder of pictures is scaled by --set dataset.size=64"
        raise ganzoo.DoesNotFit(
            "the model needs square pictures, grey or in colour, whose side is 8, 12, 16 or a "
            f"larger multiple of 4, and this data has {field.described}{scaled * field.is_image}"
        )
    if field.range != (-1, 1):
        raise ganzoo.DoesNotFit(
            "the model ends in a tanh and needs pictures between -1 and 1, and this data's range "
            f"is {field.range or 'not bounded'}"
        )
    return field


def _fits(sides: Sequence[int]) -> bool:
    return len(sides) == 2 and sides[0] == sides[1] and sides[0] >= 8 and sides[0] % 4 == 0
