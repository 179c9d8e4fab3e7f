"""Normalisation: over which values of a layer's output mean and variance are taken.

A norm is a function from a number of channels to a module. So torch's own classes are norms
(``nn.BatchNorm1d``, ``nn.InstanceNorm2d``), and so is ``partial(nn.BatchNorm2d, eps=1e-3)``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

Norm = Callable[[int], nn.Module]
"""Channels -> the module that normalises them."""

_KINDS: dict[str, Norm] = {
    "batch": nn.BatchNorm2d,  # each channel, over the whole batch
    "instance": nn.InstanceNorm2d,  # each channel of each sample
    "layer": partial(nn.GroupNorm, 1),  # each sample, over all its channels
    "none": nn.Identity,
}


def norm2d(kind: str) -> Norm:
    """The norm of maps (B, C, H, W) with this name: ``batch``, ``instance``, ``layer`` or ``none``.

    A model's setting can thus name its norm. With ``none`` there is an `nn.Identity` in the norm's
    place, so that the layers have the same numbers whatever the norm.

    Raises:
        ValueError: there is no norm of this name.
    """
    if kind not in _KINDS:
        raise ValueError(f"no norm is called {kind!r}; there are {', '.join(_KINDS)}")
    return _KINDS[kind]


def needs_bias(norm: Norm | None) -> bool:
    """Whether the layer before ``norm`` needs a bias. A norm subtracts the mean, which cancels a
    bias, or adds its own."""
    return norm is None or norm is nn.Identity
