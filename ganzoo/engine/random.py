"""Seeded randomness: everything random in a run follows from one seed and a purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def derive(seed: int, *purpose: str | int) -> int:
    """A 63-bit seed for one purpose, independent of those for any other."""
    text = repr((seed, *purpose)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


class Draw:
    """A source of random tensors on one device with a state of its own.

    A move gets one for its latents, `Game.sample` gets one too. For torch functions that take a
    ``generator=``, there is `generator`.
    """

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.generator = torch.Generator(self.device)
        self.generator.manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers, float32."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def uniform(self, *shape: int) -> Tensor:
        """Uniform numbers in [0, 1), float32."""
        return torch.rand(shape, generator=self.generator, device=self.device)

    def integers(self, high: int, *shape: int) -> Tensor:
        """Uniform integers from 0 to ``high - 1``, int64."""
        return torch.randint(high, shape, generator=self.generator, device=self.device)

    def permutation(self, n: int) -> Tensor:
        """The numbers 0 to ``n - 1`` in random order, int64."""
        return torch.randperm(n, generator=self.generator, device=self.device)


class GlobalRandom:
    """torch's global random state (dropout draws from it), kept apart from everyone else's.

    Within ``with``, torch's global state is this run's; outside, it is the caller's, untouched.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        with _restored(device):
            torch.manual_seed(seed)
            self.state = _states(device)

    def __enter__(self) -> None:
        self._outer = _states(self._device)
        _set_states(self._device, self.state)

    def __exit__(self, *_: object) -> None:
        self.state = _states(self._device)
        _set_states(self._device, self._outer)


@contextmanager
def _restored(device: torch.device) -> Iterator[None]:
    before = _states(device)
    try:
        yield
    finally:
        _set_states(device, before)


def _states(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def _set_states(device: torch.device, states: dict[str, Tensor]) -> None:
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps":
        torch.mps.set_rng_state(states["mps"])
