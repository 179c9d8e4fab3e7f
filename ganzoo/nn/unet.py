r"""U-Net: an encoder and a decoder with connections between maps of the same size.

A translator must keep where things are. An encoder and a decoder alone pass everything through the
smallest map, which has no room for fine lines. In a U-Net, each map of the decoder is joined with
the encoder's map of the same side, so lines pass directly.

**The noise.** pix2pix gives its generator no latent, because the generator learns to ignore it. Its
randomness is dropout, also when sampling (`NoiseDropout`). Blocks have the paper's order:
convolution, norm, dropout, ReLU. Dropout before a norm would change what the norm measures.

**Sizes.** All convolutions are 4 x 4 with stride 2, which halve a side and round down: 28, 14, 7,
3. The decoder restores exactly the encoder's sides. Any side of at least 2 to the power of the
number of widths fits. The paper's network for 256 pixels has the widths 64, 128, 256, and five
times 512.

The innermost map has no norm in the encoder. At one pixel, instance norm would set it to 0, and so
would batch norm with one picture.

Sources: Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image
Segmentation", 2015, https://arxiv.org/abs/1505.04597, and Isola, Zhu, Zhou and Efros,
"Image-to-Image Translation with Conditional Adversarial Networks", 2016, sections 3.2 and 6.1,
https://arxiv.org/abs/1611.07004
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from ganzoo.nn.hidden import hidden, leaky_relu, relu
from ganzoo.nn.norms import Norm, needs_bias
from ganzoo.nn.sides import checked


class NoiseDropout(nn.Module):
    """Dropout that stays on in evaluation mode: a share ``p`` of the numbers becomes 0, and the
    others grow by 1 / (1 - p).

    It draws from torch's global random state, which ganzoo sets in training and in sampling.
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, self.p, training=True)


class UNet(nn.Module):
    """(B, before, H, W) -> (B, after, H, W), between -1 and 1.

    Args:
        before: Channels of the input.
        after: Channels of the output.
        widths: Channels of the encoder's maps, from the largest to the smallest.
        norm: The norm of the hidden layers but the encoder's first and last, or ``None``.
        noise: The share of numbers that dropout sets to 0, also in evaluation mode.
        noisy: In how many blocks of the decoder, from the innermost, there is dropout. The paper
            has three of eight. Without dropout (0), the output depends only on the input.

    Raises:
        ValueError: There are no ``widths``.

    Source: as the module's
    """

    def __init__(
        self,
        before: int,
        after: int,
        widths: Sequence[int],
        *,
        norm: Norm | None = nn.BatchNorm2d,
        noise: float = 0.5,
        noisy: int = 1,
    ) -> None:
        super().__init__()
        down = [*pairwise((before, *checked(widths)))]
        self.encoder = nn.ModuleList()
        for i, (few, many) in enumerate(down):
            used = norm if 0 < i < len(down) - 1 else None
            halving = nn.Conv2d(few, many, 4, stride=2, padding=1, bias=needs_bias(used))
            self.encoder.append(nn.Sequential(*hidden(halving, many, used, leaky_relu)))
        self.decoder = nn.ModuleList()
        self.finish = nn.ModuleList()
        inside = widths[-1]  # channels that reach the next block of the decoder
        for i, out in enumerate(widths[-2::-1]):
            self.decoder.append(_doubling(inside, out, bias=needs_bias(norm)))
            dropout = [NoiseDropout(noise)] if i < noisy else []
            normed = [] if norm is None else [norm(out)]
            self.finish.append(nn.Sequential(*normed, *dropout, relu()))
            inside = 2 * out
        self.decoder.append(_doubling(inside, after, bias=True))
        self.finish.append(nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]  # from the input to the innermost
        for encode in self.encoder:
            maps.append(encode(maps[-1]))
        y = maps.pop()
        for double, finish in zip(self.decoder, self.finish, strict=True):
            partner = maps.pop()  # the encoder's map of the next size, or the input itself
            y = finish(double(y, output_size=partner.shape[2:]))
            if maps:
                y = torch.cat((y, partner), 1)
        return y


def _doubling(before: int, after: int, *, bias: bool) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=bias)
