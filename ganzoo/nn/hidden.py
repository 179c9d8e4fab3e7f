"""A hidden layer: a linear map, an optional norm and an activation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

from ganzoo.nn.norms import Norm

Activation = Callable[[], nn.Module]
"""Returns a new activation module: ``nn.Tanh``, ``partial(nn.LeakyReLU, 0.1)``."""

relu: Activation = partial(nn.ReLU, inplace=True)
"""max(0, x), in place."""
leaky_relu: Activation = partial(nn.LeakyReLU, 0.2, inplace=True)
"""x, or 0.2 x where x is negative, in place. The slope is that of DCGAN's discriminator."""


def hidden(
    linear: nn.Module, channels: int, norm: Norm | None, activation: Activation
) -> list[nn.Module]:
    """``linear``, whose output has ``channels`` channels or units, with norm and activation."""
    return [linear, *([] if norm is None else [norm(channels)]), activation()]
