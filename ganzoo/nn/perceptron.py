"""A perceptron: linear layers with activations between them."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from ganzoo.nn.hidden import Activation, hidden, relu
from ganzoo.nn.norms import Norm, needs_bias


def perceptron(
    *sizes: int, norm: Norm | None = None, activation: Activation = relu
) -> nn.Sequential:
    """(B, sizes[0]) -> (B, sizes[-1]). The sizes in between are those of the hidden layers.

    A norm and an activation follow each hidden layer. The last layer is linear. Hidden layers have
    a bias if no norm follows.

    Raises:
        ValueError: There are fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"a perceptron needs at least two sizes, input and output: {sizes}")
    *widths, out = sizes
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        linear = nn.Linear(before, after, bias=needs_bias(norm))
        layers += hidden(linear, after, norm, activation)
    return nn.Sequential(*layers, nn.Linear(widths[-1], out))
