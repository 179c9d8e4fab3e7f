"""The ends of these games' networks: perceptrons of one hidden layer, for points."""

import math

from torch import nn

import ganzoo
from ganzoo.nn import perceptron


def to_shape(size: int, width: int, shape: tuple[int, ...]) -> nn.Sequential:
    """(B, size) -> (B, \\*shape): a generator or a decoder."""
    if len(shape) != 1:
        raise ganzoo.DoesNotFit("these small games make points")
    return nn.Sequential(
        *perceptron(size, width, math.prod(shape)),
        nn.Unflatten(1, shape),  # (B, size) -> (B, *shape)
    )


def from_shape(shape: tuple[int, ...], width: int, out: int) -> nn.Sequential:
    """(B, \\*shape) -> (B, out): a discriminator or an encoder."""
    return nn.Sequential(
        nn.Flatten(),  # (B, *shape) -> (B, size)
        *perceptron(math.prod(shape), width, out),
    )
