"""What translators need of the data, and the discriminators that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from torch import nn

import ganzoo
from ganzoo.nn import patch_discriminator, receptive_field

Sees = Literal["pixel", "patch", "picture"]
"""How much one output of a discriminator sees. The models' settings repeat it, because ganzoo reads
them from their source."""


def pictures(data: Mapping[str, ganzoo.Field]) -> dict[str, ganzoo.Field]:
    """The fields that are pictures, by name.

    Raises:
        DoesNotFit: Their values are not between -1 and 1.
    """
    found = {name: field for name, field in data.items() if field.is_image}
    for name, field in found.items():
        if field.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "the model ends in a tanh and needs pictures between -1 and 1, and the range of "
                f"{name} is {field.range}"
            )
    return found


def paired(data: Mapping[str, ganzoo.Field]) -> tuple[str, str]:
    """The names of the target, which is the first field, and of its input, the next picture.

    Raises:
        DoesNotFit: They are not two pictures of one size that form pairs.
    """
    found = pictures(data)
    (target, made), names = next(iter(data.items())), [*found]
    if names[:1] != [target] or len(names) < 2:
        raise ganzoo.DoesNotFit(
            "the model needs pairs of pictures, such as edges-digits has, and this data has "
            f"{_said(data)}"
        )
    source = names[1]
    if made.domain != data[source].domain:
        raise ganzoo.DoesNotFit(
            f"the model learns from pairs, and {target} and {source} form none in training. "
            "cyclegan takes such data"
        )
    if made.shape[1:] != data[source].shape[1:]:
        raise ganzoo.DoesNotFit(
            f"the model needs inputs and targets of one size. Here the targets are "
            f"{made.described}, and the inputs {data[source].described}"
        )
    return target, source


def unpaired(data: Mapping[str, ganzoo.Field]) -> tuple[str, str]:
    """The names of the first pictures of two domains.

    Raises:
        DoesNotFit: There are not exactly two domains with pictures, or their sizes differ.
    """
    first: dict[str, str] = {}
    for name, field in pictures(data).items():
        first.setdefault(field.domain, name)
    if len(first) != 2:
        raise ganzoo.DoesNotFit(
            "the model translates between two domains of pictures that form no pairs, such as "
            f"rotated-digits has, and this data has {_said(data)}"
        )
    a, b = first.values()
    if data[a].shape[1:] != data[b].shape[1:]:
        raise ganzoo.DoesNotFit(
            f"the model needs pictures of one size. Here {a} has {data[a].described}, and {b} "
            f"has {data[b].described}"
        )
    return a, b


def halvable(field: ganzoo.Field, times: int) -> None:
    """Check that the sides can be halved so many times without a remainder.

    Raises:
        DoesNotFit: They cannot.
    """
    if any(side % 2**times or side < 2 ** (times + 1) for side in field.shape[1:]):
        raise ganzoo.DoesNotFit(
            f"the model needs pictures whose sides are multiples of {2**times}, and this data has "
            f"{field.described}"
        )


def discriminator(channels: int, side: int, sees: Sees, width: int) -> nn.Sequential:
    """(B, channels, H, W) -> logits (B, 1, h, w), of which each sees a pixel, a patch of 18 pixels,
    or the whole picture of the given side.

    ``width`` is the number of channels of the first map. Those of the others are twice as many, and
    four times from the third on.
    """
    if sees == "pixel":
        return patch_discriminator(channels, (width, 2 * width), strides=(1, 1), kernel=1, last=1)
    widths = [width, 2 * width]
    made = patch_discriminator(channels, widths)
    while sees == "picture" and receptive_field(made) < side:
        widths.append(4 * width)
        made = patch_discriminator(channels, widths)
    return made


def _said(data: Mapping[str, ganzoo.Field]) -> str:
    return ", ".join(
        f"{name} ({field.described}{f', domain {field.domain}' if field.domain else ''})"
        for name, field in data.items()
    )
