"""The order in which the samples of one domain come, which the seed determines."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.engine.random import derive


class Order:
    """Full batches of indices. Each pass has its own order and leaves out what fills no batch.

    It keeps no position. Where a batch is follows from its number, so any batch can come next.

    Args:
        size: Number of samples.
        batch_size: Samples in a batch.
        seed: The run's seed. It also selects which ``held_out`` samples are never in a batch.
        domain: The name of the domain. Each has an order of its own.
        device: Where the samples are, and so the indices of a pass.
    """

    def __init__(
        self,
        size: int,
        batch_size: int,
        seed: int,
        held_out: int = 0,
        domain: str = "",
        device: torch.device | str = "cpu",
    ) -> None:
        self.size = size - held_out
        """Number of samples that come in batches."""
        self.per_pass = self.size // batch_size
        """Number of batches in a pass over them."""
        self._batch_size = batch_size
        self._seed = seed
        self._purpose = purpose(domain)
        self._chosen = torch.arange(size)
        if held_out:
            generator = torch.Generator().manual_seed(derive(seed, "held out", *self._purpose))
            self._chosen = torch.randperm(size, generator=generator)
        self._device = device
        self._ordered: tuple[int, Tensor] | None = None

    def batch(self, number: int) -> tuple[int, Tensor]:
        """The pass of a batch, counted from 0, and the indices of its samples, (B,)."""
        each, position = divmod(number, self.per_pass)
        return each, self._pass(each)[position * self._batch_size :][: self._batch_size]

    @property
    def held_out(self) -> Tensor:
        """Indices of all samples that are in no batch of any pass."""
        return self._chosen[self.size :]

    def trained_on(self, n: int) -> Tensor:
        """Indices of ``n`` samples that come in batches, or all if there are fewer."""
        return self._chosen[: self.size][:n]

    def _pass(self, each: int) -> Tensor:
        if self._ordered is None or self._ordered[0] != each:
            seed = derive(self._seed, "order", each, *self._purpose)
            order = torch.randperm(self.size, generator=torch.Generator().manual_seed(seed))
            self._ordered = each, self._chosen[order].to(self._device)
        return self._ordered[1]


def purpose(domain: str) -> tuple[str, ...]:
    """What distinguishes a domain's random numbers. The domain without a name needs nothing."""
    return (domain,) if domain else ()
