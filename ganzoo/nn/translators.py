"""A residual network from picture to picture, the translator of CycleGAN and many later models.

An encoder halves the side and doubles the channels. Residual blocks change the content of the small
map. A decoder brings it back to the picture's size. There are no connections past the small map, so
it suits translations that change shapes more than a `UNet` does.

- Convolutions that keep the side reflect the map at its borders. A border of zeros would show.
- Instance norm removes each picture's own contrast, which belongs to its style.
- Convolutions that halve or double the side are 4 x 4. A stride of 2 divides 4, so all pixels are
  covered equally often. (CycleGAN has 3 x 3 here, StarGAN 4 x 4.)
- The first and last kernels have 5 x 5 pixels by default, for pictures of 28 or 32. The paper has
  7 x 7 for 128 and 256 (``edge=7``).

`translator_encoder` and `translator_decoder` are the halves, for models with a code in between.
UNIT shares blocks between two domains. MUNIT's decoder takes a style: with
``block_norm=partial(AdaptiveInstanceNorm2d, style=8)`` it is called as ``decoder(content, style)``.

The paper's network for 128 pixels is
``translator((3, 128, 128), 3, (64, 128, 256), blocks=6, edge=7)``.

Sources: Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and
Super-Resolution", 2016, https://arxiv.org/abs/1603.08155, and Zhu, Park, Isola and Efros, "Unpaired
Image-to-Image Translation using Cycle-Consistent Adversarial Networks", 2017, section 7.2,
https://arxiv.org/abs/1703.10593
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from ganzoo.nn.conditional import ConditionalSequential
from ganzoo.nn.hidden import hidden, relu
from ganzoo.nn.norms import Norm, needs_bias
from ganzoo.nn.residual import Reflect, residual_block
from ganzoo.nn.sides import checked, halved


def translator(
    shape: Sequence[int],
    out: int,
    widths: Sequence[int] = (16, 32, 64),
    *,
    blocks: int = 3,
    edge: int = 5,
    norm: Norm | None = nn.InstanceNorm2d,
) -> ConditionalSequential:
    """(B, \\*shape) -> (B, out, H, W), between -1 and 1.

    Args:
        shape: The shape (C, H, W) of the input.
        out: Channels of the output.
        widths: Channels of the maps, from the one of the picture's size to the smallest. Each map
            has half the side of the one before.
        blocks: Residual blocks on the smallest map.
        edge: The side of the first and the last kernel, which is odd.
        norm: The norm of each hidden layer, or ``None``.

    Raises:
        ValueError: There are no ``widths``, or ``shape`` is not that of a picture whose sides can
            be halved once for each width after the first.

    Source: as the module's
    """
    return ConditionalSequential(
        *translator_encoder(shape, widths, edge=edge, norm=norm),
        *translator_decoder(out, widths, blocks=blocks, edge=edge, norm=norm),
    )


def translator_encoder(
    shape: Sequence[int],
    widths: Sequence[int] = (16, 32, 64),
    *,
    blocks: int = 0,
    edge: int = 5,
    norm: Norm | None = nn.InstanceNorm2d,
) -> ConditionalSequential:
    """(B, \\*shape) -> (B, widths[-1], h, w). The arguments and the errors are those of
    `translator`.

    Source: as the module's
    """
    channels, _, _ = halved(shape, len(checked(widths)) - 1)
    first = nn.Conv2d(channels, widths[0], edge, bias=needs_bias(norm))
    layers = [Reflect(edge // 2), *hidden(first, widths[0], norm, relu)]
    for before, after in pairwise(widths):
        halving = nn.Conv2d(before, after, 4, stride=2, padding=1, bias=needs_bias(norm))
        layers += hidden(halving, after, norm, relu)
    layers += [residual_block(widths[-1], norm=norm) for _ in range(blocks)]
    return ConditionalSequential(*layers)


def translator_decoder(
    out: int,
    widths: Sequence[int] = (16, 32, 64),
    *,
    blocks: int = 0,
    edge: int = 5,
    norm: Norm | None = nn.InstanceNorm2d,
    block_norm: Norm | None = None,
) -> ConditionalSequential:
    """(B, widths[-1], h, w) -> (B, out, H, W), between -1 and 1.

    ``block_norm`` is the norm of the residual blocks, if it is not ``norm``. The other arguments
    are those of `translator`.

    Source: as the module's
    """
    layers: list[nn.Module] = [
        residual_block(checked(widths)[-1], norm=block_norm or norm) for _ in range(blocks)
    ]
    for before, after in pairwise(widths[::-1]):
        doubling = nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=needs_bias(norm))
        layers += hidden(doubling, after, norm, relu)
    return ConditionalSequential(
        *layers, Reflect(edge // 2), nn.Conv2d(widths[0], out, edge), nn.Tanh()
    )
