"""How far a run is, and values that follow it.

`Draw.done` is the share of the run that is done, as a tensor. A loss, a penalty or a sample can use
it for whatever changes during a run: a weight, a resolution that fades in, a warm-up. The engine
writes each new value into the same tensor, so a CUDA graph reads it, too.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TypeVar

import torch
from torch import Tensor

from ganzoo.errors import GanzooError

Share = TypeVar("Share", float, Tensor)


class Progress:
    """The share of a run that is done. All draws of a trainer have the same.

    It notes whether anything reads it, because such a run depends on its length.
    """

    def __init__(self, done: float = 1.0, device: torch.device | str = "cpu") -> None:
        self.read = False
        """Whether anything has read it."""
        self._first, self._device = done, device

    @property
    def done(self) -> Tensor:
        """The share, from 0 to 1. A scalar tensor, float32, always the same one."""
        self.read = True
        return self._tensor

    def set(self, step: int, total: int) -> None:
        """The run has made ``step`` of ``total`` steps."""
        self._tensor.fill_(step / total)

    @cached_property
    def _tensor(self) -> Tensor:
        return torch.full((), self._first, dtype=torch.float32, device=self._device)


def linear(done: Share, a: float, b: float, over: tuple[float, float] = (0.0, 1.0)) -> Share:
    r"""A value that goes from ``a`` to ``b`` in a straight line. ``linear(draw.done, 0, 1)``

    .. math:: a + (b - a)\,t, \qquad t = \frac{\text{done} - s}{e - s} \text{ in } [0, 1]

    Args:
        done: The share of the run that is done, `Draw.done` or a number.
        a: The value at the start, and before ``over``.
        b: The value at the end, and after ``over``.
        over: The shares ``(s, e)`` of the run between which it changes.

    Raises:
        GanzooError: ``over`` does not end after it starts.
    """
    return a + (b - a) * _share(done, over)


def cosine(done: Share, a: float, b: float, over: tuple[float, float] = (0.0, 1.0)) -> Share:
    r"""As `linear`, but slow at both ends.

    .. math:: a + (b - a)\,\frac{1 - \cos \pi t}{2}
    """
    t = _share(done, over)
    wave = torch.cos(math.pi * t) if isinstance(t, Tensor) else math.cos(math.pi * t)
    return a + (b - a) * (1 - wave) / 2


def _share(done: Share, over: tuple[float, float]) -> Share:
    start, end = over
    if not start < end:
        raise GanzooError(f"over is {over}; expected a start and a later end, such as (0, 0.5)")
    t = (done - start) / (end - start)
    return t.clamp(0, 1) if isinstance(t, Tensor) else min(max(t, 0.0), 1.0)
