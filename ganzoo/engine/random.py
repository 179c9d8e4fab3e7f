"""Seeded randomness. One seed and a purpose determine everything random in a run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor

from ganzoo.engine.progress import Progress


def derive(seed: int, *purpose: str | int) -> int:
    """A 63-bit seed for one purpose, independent of the seeds for others."""
    text = repr((seed, *purpose)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


class Draw:
    """A source of random tensors on one device, with its own state.

    Each move and each call of `Game.sample` receives one. Pass `generator` to torch functions that
    take a ``generator=``.
    """

    truncation: float = 1.0
    """Factor psi of the distance between latents and their mean, for a view that truncates. Smaller
    values give more typical and less varied samples. 1 changes nothing."""

    def __init__(
        self,
        seed: int,
        device: torch.device | str = "cpu",
        progress: Progress | None = None,
    ) -> None:
        self.device = torch.device(device)
        self.progress = progress or Progress(device=self.device)
        self.generator = torch.Generator(self.device)
        self.generator.manual_seed(seed)

    @property
    def done(self) -> Tensor:
        """The share of the run that is done: a scalar tensor, float32, from 0 to 1.

        In a round it is the share before the round, and in a sample that of the weights. Outside a
        run it is 1. Compute with the tensor, as in ``weight * (1 - draw.done)``. ``if`` and
        ``float()`` would read its value back, and then a GPU cannot replay the round as a CUDA
        graph. A run that reads it cannot be made longer.
        """
        return self.progress.done

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


class Interpolation(Draw):
    r"""Interpolates between the numbers of two sources. Row :math:`i` of ``n`` is at the share
    :math:`t = i / (n - 1)` of the way.

    .. math:: \frac{\sin((1 - t)\,\omega)}{\sin \omega} a + \frac{\sin(t\,\omega)}{\sin \omega} b,
        \qquad \cos \omega = \frac{a \cdot b}{|a| |b|}

    A straight line between two normal vectors passes through shorter vectors, on which no generator
    was trained. Spherical interpolation does not. ``a`` and ``b`` are the first rows that each
    source draws for a block of ``block`` samples. Uniform numbers are interpolated as the normal
    numbers with the same quantiles. Integers switch in the middle. Numbers that a game draws
    directly from `generator` come from ``a`` and are not interpolated.

    Source: Shoemake 1985; for latents, White 2016, https://arxiv.org/abs/1609.04468
    """

    def __init__(self, a: Draw, b: Draw, block: int) -> None:
        self.device = a.device
        self.generator = a.generator
        self.progress = a.progress
        self.truncation = a.truncation
        self._ends = a, b
        self._block = block

    def normal(self, *shape: int) -> Tensor:
        n, *rest = shape
        a, b = (end.normal(self._block, *rest)[0] for end in self._ends)
        return spherical(a, b, n)

    def uniform(self, *shape: int) -> Tensor:
        n, *rest = shape
        a, b = (end.uniform(self._block, *rest)[0].clamp_min(1e-7) for end in self._ends)
        between: Tensor = torch.special.ndtr(
            spherical(torch.special.ndtri(a), torch.special.ndtri(b), n)
        )
        return between

    def integers(self, high: int, *shape: int) -> Tensor:
        n, *rest = shape
        a, b = (end.integers(high, self._block, *rest)[0] for end in self._ends)
        return torch.stack([a if 2 * i < n else b for i in range(n)])


class Repeated(Draw):
    """Draws each row several times in succession, so that columns of a grid share their latents.

    Row ``i`` of n is the row ``i // times`` that ``draw`` draws for a block of ``block`` samples.
    Numbers that a game draws directly from `generator` are not repeated.
    """

    def __init__(self, draw: Draw, times: int, block: int) -> None:
        self.device = draw.device
        self.generator = draw.generator
        self.progress = draw.progress
        self.truncation = draw.truncation
        self._draw = draw
        self._times = times
        self._block = block

    def normal(self, *shape: int) -> Tensor:
        return self._repeated(self._draw.normal, *shape)

    def uniform(self, *shape: int) -> Tensor:
        return self._repeated(self._draw.uniform, *shape)

    def integers(self, high: int, *shape: int) -> Tensor:
        return self._repeated(partial(self._draw.integers, high), *shape)

    def _repeated(self, call: Callable[..., Tensor], n: int, *rest: int) -> Tensor:
        rows = -(-n // self._times)
        drawn = call(max(rows, self._block), *rest)[:rows]
        return drawn.repeat_interleave(self._times, dim=0)[:n]


def spherical(a: Tensor, b: Tensor, n: int) -> Tensor:
    """Interpolates from ``a`` to ``b`` at equal angles, (n, \\*shape). See `Interpolation`."""
    share = torch.linspace(0, 1, n, device=a.device).reshape(n, *(1,) * a.ndim)
    cosine = torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0)
    angle = torch.arccos(cosine.clamp(-1, 1))
    if torch.sin(angle) < 1e-4:  # almost the same direction, so there is no arc to follow
        return (1 - share) * a + share * b
    return (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)


class GlobalRandom:
    """A run's own copy of torch's global random state, from which dropout draws.

    Inside ``with``, torch uses the run's state. Afterwards it has the caller's state again.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        with _restored(device):
            torch.manual_seed(seed)
            self.state = random_states(device)

    def __enter__(self) -> None:
        self._outer = random_states(self._device)
        set_random_states(self._device, self.state)

    def __exit__(self, *_: object) -> None:
        self.state = random_states(self._device)
        set_random_states(self._device, self._outer)


@contextmanager
def _restored(device: torch.device) -> Iterator[None]:
    before = random_states(device)
    try:
        yield
    finally:
        set_random_states(device, before)


def random_states(device: torch.device) -> dict[str, Tensor]:
    """torch's global random states, which games may draw from: the CPU's, and the device's."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_states(device: torch.device, states: dict[str, Tensor]) -> None:
    """Set what `random_states` returned."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps":
        torch.mps.set_rng_state(states["mps"])
