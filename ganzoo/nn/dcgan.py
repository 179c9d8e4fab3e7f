"""DCGAN's stacks of strided convolutions, which double or halve the side of a map.

The paper's rules are:

- Use strides instead of pooling.
- Use a norm in every layer but the generator's last and the discriminator's first and last.
- Use no hidden linear layers.
- Use ReLU in the generator, with a tanh at its end, and leaky ReLU in the discriminator.

With ``hidden``, each network has one hidden linear layer, as InfoGAN's networks have. It sees the
whole picture at once, which improves digits a lot.

`upsampling` and `downsampling` are the stacks without the generator's first layer and the
discriminator's last. A model for packs of pictures adds its own. `dcgan_trunk` ends in features,
for models with several outputs (see `Heads` and `Projection`).

A kernel of 4, which a stride of 2 divides, covers all pixels equally often. An even kernel can
only halve even sides. An odd kernel also halves odd sides, rounding up: 28, 14, 7, 4, 2.

Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, section 3, https://arxiv.org/abs/1511.06434. Hidden layers:
Chen et al., "InfoGAN", 2016, appendix C.1, https://arxiv.org/abs/1606.03657
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from ganzoo.nn.hidden import Activation, leaky_relu, relu
from ganzoo.nn.hidden import hidden as layer
from ganzoo.nn.norms import Norm, needs_bias
from ganzoo.nn.sides import checked


def dcgan_generator(
    latent: int,
    shape: Sequence[int],
    widths: Sequence[int],
    *,
    hidden: int = 0,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = relu,
) -> nn.Sequential:
    """(B, latent) -> (B, \\*shape), between -1 and 1.

    Numbers of a label or a code are part of the latent: ``torch.cat((z, weights), 1)``.

    Args:
        latent: The size of a latent.
        shape: The shape (C, S, S) of a square picture.
        widths: Channels of the hidden maps, from the largest map to the smallest. Each map has half
            the side of the one before, and the first has half the picture's side.
        hidden: Units of a linear layer after the latent. It has batch norm if there is a ``norm``.
            0 leaves it out.
        kernel: The side of the kernels.
        norm: The norm after each hidden layer, or ``None``.
        activation: The activation after each hidden layer.

    Raises:
        ValueError: ``shape`` is not that of a square picture, there are no ``widths``, or
            ``kernel`` does not halve the side as often as there are widths.
    """
    channels, side, smallest = _ends(shape, widths, kernel)
    whole: list[nn.Module] = []
    if hidden:
        used = None if needs_bias(norm) else nn.BatchNorm1d
        linear = nn.Linear(latent, hidden, bias=used is None)
        whole, latent = layer(linear, hidden, used, activation), hidden
    first = nn.ConvTranspose2d(latent, widths[-1], smallest, bias=needs_bias(norm))
    return nn.Sequential(
        *whole,
        nn.Unflatten(1, (latent, 1, 1)),
        *layer(first, widths[-1], norm, activation),  # -> (B, widths[-1], smallest, smallest)
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
    hidden: int = 0,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = leaky_relu,
) -> nn.Sequential:
    """(B, \\*shape) -> (B, out, 1, 1), which are logits or the codes of an encoder.

    ``hidden`` is the number of units of a fully connected layer before the last. The other
    arguments and the errors are those of `dcgan_generator`.
    """
    channels, _, smallest = _ends(shape, widths, kernel)
    if hidden:
        trunk = dcgan_trunk(shape, widths, hidden, kernel=kernel, norm=norm, activation=activation)
        return nn.Sequential(*trunk[:-1], nn.Conv2d(hidden, out, 1))
    return nn.Sequential(
        *downsampling(channels, *widths, kernel=kernel, norm=norm, activation=activation),
        nn.Conv2d(widths[-1], out, smallest),
    )


def dcgan_trunk(
    shape: Sequence[int],
    widths: Sequence[int],
    hidden: int,
    *,
    kernel: int = 4,
    norm: Norm | None = nn.BatchNorm2d,
    activation: Activation = leaky_relu,
) -> nn.Sequential:
    """(B, \\*shape) -> features (B, hidden), which `Heads` or a linear layer takes.

    It is the discriminator with a hidden layer, without its last layer. The arguments and the
    errors are those of `dcgan_discriminator`.
    """
    channels, _, smallest = _ends(shape, widths, kernel)
    return nn.Sequential(
        *downsampling(channels, *widths, kernel=kernel, norm=norm, activation=activation),
        *layer(nn.Conv2d(widths[-1], hidden, smallest), hidden, norm, activation),
        nn.Flatten(),
    )


def dcgan_widths(side: int, width: int) -> tuple[int, ...]:
    """Channels of the hidden maps for pictures of ``side`` pixels: ``width``, 2 ``width``, ...

    A side is halved as long as it is even and larger than 4. The smallest map has 7 x 7 places for
    a side of 28, and 4 x 4 for 32 or 64.

    Raises:
        ValueError: ``side`` is odd or at most 4.
    """
    widths: list[int] = []
    while side % 2 == 0 and side > 4:
        widths.append(width * 2 ** len(widths))
        side //= 2
    if not widths:
        raise ValueError(f"a side of {side} cannot be halved")
    return tuple(widths)


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
        layers += layer(twice, after, norm, activation)
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
        layers += layer(convolution, after, used, activation)
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
    channels, side, _ = shape
    return channels, side, _sides(side, len(checked(widths)), kernel)[-1]


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
