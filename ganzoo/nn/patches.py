r"""A discriminator that judges patches: each output sees a small square of the picture.

A translator that is trained with an L1 distance gets the large shapes right and blurs the rest.
What is left to judge is local: whether a patch has the texture and the edges of real pictures. So a
patch discriminator is a stack of convolutions without a linear layer. It returns a map of logits,
and the loss averages over them. It has few parameters, and takes pictures of any size.

**Receptive field.** One output sees a square of :math:`r` pixels, with
:math:`r \leftarrow (r - 1) \cdot \text{stride} + \text{kernel}` from the last layer to the first.

- ``patch_discriminator(c, (32, 64))`` sees 18 pixels, which suits pictures of 28 or 32.
- ``patch_discriminator(c, (64, 128, 256, 512), strides=(2, 2, 2, 1), last=4)`` is the paper's,
  which sees 70.
- ``patch_discriminator(c, (64, 128), strides=(1, 1), kernel=1, last=1)`` is the paper's *PixelGAN*,
  which sees 1.

Four halving layers before the last, as in some popular scripts, see 94 and not 70.

**The norm.** The paper has batch norm and batches of one picture, which is instance norm. Instance
norm is the default, because it does not mix samples. The first layer has none.

Source: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial
Networks", 2016, sections 3.2.2 and 6.1.2, https://arxiv.org/abs/1611.07004
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from ganzoo.nn.hidden import Activation, hidden, leaky_relu
from ganzoo.nn.norms import Norm, needs_bias
from ganzoo.nn.sides import checked


def patch_discriminator(
    channels: int,
    widths: Sequence[int],
    *,
    strides: Sequence[int] | None = None,
    kernel: int = 4,
    last: int = 3,
    norm: Norm | None = nn.InstanceNorm2d,
    activation: Activation = leaky_relu,
) -> nn.Sequential:
    """(B, channels, H, W) -> a map of logits (B, 1, h, w), one for each patch.

    For two pictures that are judged together, concatenate their channels.

    Args:
        channels: Channels of the input.
        widths: Channels of the hidden maps.
        strides: The stride of each hidden layer, 2 by default.
        kernel: The side of the kernels of the hidden layers.
        last: The side of the last layer's kernel.
        norm: The norm of each hidden layer but the first, or ``None``.
        activation: The activation after each hidden layer.

    Raises:
        ValueError: There are no ``widths``, or not as many ``strides``.

    Source: as the module's
    """
    strides = [2] * len(widths) if strides is None else strides
    if len(strides) != len(widths):
        raise ValueError(f"expected {len(widths)} strides, one for each width: {tuple(strides)}")
    layers: list[nn.Module] = []
    pairs = pairwise((channels, *checked(widths)))
    for (before, after), stride in zip(pairs, strides, strict=True):
        used = norm if layers else None
        convolution = nn.Conv2d(
            before, after, kernel, stride, padding=(kernel - 1) // 2, bias=needs_bias(used)
        )
        layers += hidden(convolution, after, used, activation)
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, last, padding=(last - 1) // 2))


def receptive_field(stack: nn.Module) -> int:
    """The side, in pixels, of the square that one output of a stack of square convolutions sees.

    The convolutions must follow each other, as in an `nn.Sequential`.

    Source: as the module's
    """
    side = 1
    for layer in reversed([*stack.modules()]):
        if isinstance(layer, nn.Conv2d):
            side = (side - 1) * layer.stride[0] + layer.dilation[0] * (layer.kernel_size[0] - 1) + 1
    return side
