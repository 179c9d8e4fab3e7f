"""Networks that take a condition in addition to their input: a label, or a style.

`ConditionalBatchNorm2d` and `AdaptiveInstanceNorm2d` are norms whose gain and bias depend on a
condition. They are deep inside a network, so the condition must reach them. `ConditionalSequential`
is an `nn.Sequential` that passes it to each layer that takes one. ``network(z, labels)`` then
works like ``network(z)``, and the same stack serves models with and without labels.
"""

from __future__ import annotations

from torch import Tensor, nn


class Conditional(nn.Module):
    """A module that takes a condition after its input: ``forward(x, *condition)``.

    Derive from it, so that `ConditionalSequential` passes the condition on.
    """


class ConditionalSequential(Conditional, nn.Sequential):
    """An `nn.Sequential` that passes the condition to those of its layers that are `Conditional`.

    Without a condition it is an `nn.Sequential`, if none of its layers needs one.
    """

    def forward(self, x: Tensor, *condition: Tensor) -> Tensor:
        for layer in self:
            x = conditioned(layer, x, *condition)
        return x


def conditioned(layer: nn.Module, x: Tensor, *condition: Tensor) -> Tensor:
    """``layer(x, *condition)`` if the layer is `Conditional`, otherwise ``layer(x)``."""
    y: Tensor = layer(x, *condition) if isinstance(layer, Conditional) else layer(x)
    return y
