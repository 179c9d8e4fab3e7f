"""DCGAN's stacks of strided convolutions, which double or halve the side of a map.

The paper's rules are:

- Use strides instead of pooling.
- Use a norm in every layer but the generator's last and the discriminator's first and last.
- Use no hidden linear layers.
- Use ReLU in the generator, with a tanh at its end, and leaky ReLU in the discriminator.

`upsampling` and `downsampling` are the stacks without the generator's first layer and the
discriminator's last. A model for classes, codes or packs of pictures adds its own.

A kernel of 4, which a stride of 2 divides, covers all pixels equally often. An even kernel can
only halve even sides. An odd kernel also halves odd sides, rounding up: 28, 14, 7, 4, 2.

Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, section 3, https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from ganzoo.nn.hidden import Activation, hidden, leaky_relu, relu
from ganzoo.nn.norms import Norm, needs_bias


def dcgan_generator(
    latent: int,
    shape: Sequence[int],
    widths: Sequence[int],
    *,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = relu,
) -> nn.Sequential:
    """(B, latent) -> (B, \\*shape), between -1 and 1.

    Args:
        latent: The size of a latent.
        shape: The shape (C, S, S) of a square picture.
        widths: Channels of the hidden maps, from the largest map to the smallest. Each map has half
            the side of the one before, and the first has half the picture's side.
        kernel: The side of the kernels.
        norm: The norm after each hidden layer, or ``None``.
        activation: The activation after each hidden layer.

    Raises:
        ValueError: ``shape`` is not that of a square picture, there are no ``widths``, or
            ``kernel`` does not halve the side as often as there are widths.
    """
    channels, side, smallest = _ends(shape, widths, kernel)
    first = nn.ConvTranspose2d(latent, widths[-1], smallest, bias=needs_bias(norm))
    return nn.Sequential(
        nn.Unflatten(1, (latent, 1, 1)),
        *hidden(first, widths[-1], norm, activation),  # -> (B, widths[-1], smallest, smallest)
        *upsampling(
            *widths[::-1], channels, side=side, kernel=kernel, norm=norm, activation=activation
        ),
        nn.Tanh(),
    )


def dcgan_discriminator(
    shape: Sequence[int],
    widths: Sequence[int],
    *,
    out: int = 1,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = leaky_relu,
) -> nn.Sequential:
    """(B, \\*shape) -> (B, out, 1, 1), which are logits or the codes of an encoder.

    The other arguments and the errors are those of `dcgan_generator`.
    """
    channels, _, smallest = _ends(shape, widths, kernel)
    return nn.Sequential(
        *downsampling(channels, *widths, kernel=kernel, norm=norm, activation=activation),
        nn.Conv2d(widths[-1], out, smallest),
    )


def upsampling(
    *channels: int,
    side: int,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = relu,
) -> nn.Sequential:
    """(B, channels[0], s, s) -> (B, channels[-1], side, side). Each layer doubles the side.

    ``s`` is ``side``, halved as often as there are layers. A norm and an activation follow each
    transposed convolution but the last.

    Raises:
        ValueError: There are fewer than two numbers of channels, or ``kernel`` does not halve
            ``side`` as often as there are layers.
    """
    if len(channels) < 2:
        raise ValueError(
            f"expected at least two numbers of channels, of input and output: {channels}"
        )
    *widths, out = channels
    sides = _sides(side, len(widths), kernel)
    layers: list[nn.Module] = []
    for (before, after), target in zip(pairwise(widths), sides[-2:0:-1], strict=True):
        twice = _doubling(before, after, target, kernel, bias=needs_bias(norm))
        layers += hidden(twice, after, norm, activation)
    return nn.Sequential(*layers, _doubling(widths[-1], out, side, kernel, bias=True))


def downsampling(
    *channels: int,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = leaky_relu,
) -> nn.Sequential:
    """(B, channels[0], S, S) -> (B, channels[-1], s, s). Each layer halves the side. An odd kernel
    rounds up, and an even one rounds down.

    An activation follows each convolution. All but the first also have a norm before it.
    """
    layers: list[nn.Module] = []
    for before, after in pairwise(channels):
        used = norm if layers else None
        convolution = nn.Conv2d(
            before, after, kernel, stride=2, padding=(kernel - 1) // 2, bias=needs_bias(used)
        )
        layers += hidden(convolution, after, used, activation)
    return nn.Sequential(*layers)


def _doubling(before: int, after: int, side: int, kernel: int, *, bias: bool) -> nn.ConvTranspose2d:
    """The transposed convolution from half of ``side``, rounded up, to ``side``."""
    return nn.ConvTranspose2d(
        before,
        after,
        kernel,
        stride=2,
        padding=(kernel - 1) // 2,
        output_padding=kernel % 2 and 1 - side % 2,
        bias=bias,
    )


def _ends(shape: Sequence[int], widths: Sequence[int], kernel: int) -> tuple[int, int, int]:
    """Channels and side of a picture, and the side of the smallest map."""
    if len(shape) != 3 or shape[1] != shape[2]:
        raise ValueError(f"expected the shape of a square picture, (C, S, S): {tuple(shape)}")
    if not widths:
        raise ValueError("expected the channels of at least one hidden map")
    channels, side, _ = shape
    return channels, side, _sides(side, len(widths), kernel)[-1]


def _sides(side: int, times: int, kernel: int) -> list[int]:
    """A side, its half, and so on: ``times`` halves, each rounded up."""
    sides = [side]
    for _ in range(times):
        if sides[-1] % 2 and kernel % 2 == 0:
            raise ValueError(
                f"a kernel of {kernel} cannot halve a side of {sides[-1]}; use an odd kernel"
            )
        sides.append((sides[-1] + 1) // 2)
    return sides
