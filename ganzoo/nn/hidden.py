"""A hidden layer: a linear map, a norm if there is one, an activation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

from ganzoo.nn.norms import Norm

Activation = Callable[[], nn.Module]
"""Makes the module that follows a hidden layer: ``nn.Tanh``, ``partial(nn.LeakyReLU, 0.1)``."""

relu: Activation = partial(nn.ReLU, inplace=True)
"""max(0, x), in the memory of x."""
leaky_relu: Activation = partial(nn.LeakyReLU, 0.2, inplace=True)
"""x, or 0.2 x where x is negative (the slope of DCGAN's discriminator), in the memory of x."""


def hidden(
    linear: nn.Module, channels: int, norm: Norm | None, activation: Activation
) -> list[nn.Module]:
    """``linear``, whose output has ``channels`` channels or units, and what follows it."""
    return [linear, *([] if norm is None else [norm(channels)]), activation()]
