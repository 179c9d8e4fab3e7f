"""Norms, which differ in the values over which they compute mean and variance.

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

    It lets a model's setting name the norm. ``none`` is an `nn.Identity`, so the layers have the
    same numbers with any norm.

    Raises:
        ValueError: There is no norm with this name.
    """
    if kind not in _KINDS:
        raise ValueError(f"unknown norm {kind!r}; expected {', '.join(_KINDS)}")
    return _KINDS[kind]


def needs_bias(norm: Norm | None) -> bool:
    """Whether the layer before ``norm`` needs a bias. Other norms subtract the mean, which cancels
    a bias, or add their own."""
    return norm is None or norm is nn.Identity
