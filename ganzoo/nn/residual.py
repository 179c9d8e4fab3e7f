"""Residual blocks: a block adds something to its input instead of replacing it.

A block computes ``residual(x) + shortcut(x)``. The shortcut is the identity, or resamples x where
sides or channels change. Gradients pass the shortcut unchanged, so many blocks can follow each
other.

`residual_block` is the block of translators and of super-resolution, which keeps the side and the
channels. The blocks of SNGAN, which change them, are in `residual_up` and `residual_down`.

Sources: He et al., "Deep Residual Learning for Image Recognition", 2015,
https://arxiv.org/abs/1512.03385. For translators, Johnson, Alahi and Fei-Fei, "Perceptual Losses
for Real-Time Style Transfer and Super-Resolution", 2016, https://arxiv.org/abs/1603.08155, which
leaves out the activation after the sum
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.nn.conditional import Conditional, ConditionalSequential, conditioned
from ganzoo.nn.hidden import Activation, hidden, relu
from ganzoo.nn.norms import Norm, needs_bias


class Residual(Conditional):
    """``residual(x) + shortcut(x)``. Both receive the condition, if they take one."""

    def __init__(self, residual: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.residual = residual
        self.shortcut = shortcut

    def forward(self, x: Tensor, *condition: Tensor) -> Tensor:
        shortcut = conditioned(self.shortcut, x, *condition)
        return conditioned(self.residual, x, *condition) + shortcut


class Reflect(nn.Module):
    """(B, C, H, W) -> (B, C, H + 2 n, W + 2 n), reflected at the borders.

    A border of zeros looks like an edge, which a translator would paint. torch's own
    `nn.ReflectionPad2d` adds up gradients in an order that varies on a GPU. This one does not.
    """

    def __init__(self, n: int) -> None:
        super().__init__()
        self.n = n

    def forward(self, x: Tensor) -> Tensor:
        for axis in (2, 3) if self.n else ():
            start = x.narrow(axis, 1, self.n).flip(axis)
            end = x.narrow(axis, x.shape[axis] - 1 - self.n, self.n).flip(axis)
            x = torch.cat((start, x, end), axis)
        return x


def residual_block(
    channels: int,
    *,
    norm: Norm | None = nn.InstanceNorm2d,
    activation: Activation = relu,
    reflect: bool = True,
) -> Residual:
    """(B, channels, H, W) -> the same shape: two 3 x 3 convolutions, each with a norm.

    Args:
        channels: The number of channels.
        norm: The norm after each convolution, which may take a condition, or ``None``.
        activation: The activation between the convolutions.
        reflect: Reflect the map at its borders, as translators do, instead of adding zeros.

    Source: as the module's
    """
    layers: list[nn.Module] = []
    for last in (False, True):
        convolution = nn.Conv2d(
            channels, channels, 3, padding=0 if reflect else 1, bias=needs_bias(norm)
        )
        if reflect:
            layers.append(Reflect(1))
        layers += hidden(convolution, channels, norm, nn.Identity if last else activation)
    return Residual(ConditionalSequential(*layers), nn.Identity())
