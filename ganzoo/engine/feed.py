"""An endless stream of batches on the device, in an order that the seed determines.

The number of batches drawn so far is a feed's only state. The order and the epoch follow from it.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ganzoo.engine.data import Array, Data, Source
from ganzoo.engine.order import Order, purpose
from ganzoo.engine.random import derive
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.records import Field


class Feed:
    """Full batches. Each epoch has its own order and leaves out the samples that fill no batch.

    Each domain of the data has an order of its own. An epoch is a pass over the largest domain, and
    the others begin again as often as they need. So an epoch shows every domain in full.

    The seed selects ``held_out`` samples of each domain that are never in a batch.

    Raises:
        UsageError: A domain has fewer samples than a batch.
    """

    def __init__(
        self,
        data: Data,
        batch_size: int,
        seed: int,
        device: torch.device,
        workers: int = 0,
        held_out: int = 0,
    ) -> None:
        domain, smallest = min(data.sizes.items(), key=lambda item: item[1])
        if smallest < batch_size:
            half = max(2, smallest // 2)  # two batches an epoch; batch norm needs two samples
            of = f" in the domain {domain!r}" if len(data.sizes) > 1 else ""
            raise UsageError(
                f"trainer.batch_size is {batch_size}, but the dataset has {smallest} samples{of}; "
                f"try --batch-size {min(half, smallest)}"
            )
        self.fields = data.fields
        self.batch_size = batch_size
        self.drawn = 0
        held_out = min(held_out, smallest - batch_size)
        self._seed = seed
        self.device = device
        self._workers = workers
        self._domains = data.domains
        self._sources = data.sources
        self._arrays = {k: _resident(v, device) for k, v in (data.arrays or {}).items()}
        homes = {self.fields[k].domain: array.device for k, array in self._arrays.items()}
        self._orders = {
            each: Order(size, batch_size, seed, held_out, each, homes.get(each, "cpu"))
            for each, size in data.sizes.items()
        }
        self.per_epoch = max(order.per_pass for order in self._orders.values())
        self._stream: Iterator[dict[str, Tensor] | GanzooError] | None = None

    def seek(self, drawn: int) -> None:
        """Continue as if ``drawn`` batches had been drawn."""
        self.drawn = drawn
        self._stream = None

    def __next__(self) -> dict[str, Tensor]:
        """The next batch, name -> (batch_size, \\*shape), in the field's dtype and range."""
        if not self._sources:
            batches = {each: order.batch(self.drawn) for each, order in self._orders.items()}
            raw = self._stored({domain: index for domain, (_, index) in batches.items()})
        else:
            if self._stream is None:
                self._stream = self._open_stream()
            try:
                streamed = next(self._stream)
            except RuntimeError as error:
                if "exited unexpectedly" not in str(error):
                    raise
                raise GanzooError(
                    f"a process that reads the data has ended ({error}). It may have needed too "
                    "much memory. Use --set workers=0 to read in the main process"
                ) from error
            if isinstance(streamed, GanzooError):
                raise streamed
            raw = streamed
        self.drawn += 1
        return self._finished(raw)

    def held_out(self) -> dict[str, Tensor]:
        """All held-out samples, in the form of a batch."""
        return self._rows({each: order.held_out for each, order in self._orders.items()})

    def trained_on(self, n: int) -> dict[str, Tensor]:
        """``n`` training samples, in the form of a batch. Fewer if a domain has fewer."""
        n = min(n, *(order.size for order in self._orders.values()))
        return self._rows({each: order.trained_on(n) for each, order in self._orders.items()})

    def _rows(self, index: Mapping[str, Tensor]) -> dict[str, Tensor]:
        if not self._sources:
            return self._finished(self._stored(index))
        rows = list(zip(*(each.tolist() for each in index.values()), strict=True))
        if not rows:
            return self._finished({k: torch.empty(0, *f.shape) for k, f in self.fields.items()})
        items = _Items(self._sources, self._domains, self._seed)
        raw = _collate([items[tuple((0, i) for i in row)] for row in rows])
        if isinstance(raw, GanzooError):
            raise raw
        return self._finished(raw)

    def _stored(self, index: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The stored samples with these indices in each domain."""
        return {
            name: array.index_select(0, index[self.fields[name].domain].to(array.device))
            for name, array in self._arrays.items()
        }

    def _finished(self, raw: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            name: finished(raw[name].to(self.device, non_blocking=True), field)
            for name, field in self.fields.items()
        }

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        return self

    def _open_stream(self) -> Iterator[dict[str, Tensor] | GanzooError]:
        loader: DataLoader[dict[str, Array] | GanzooError] = DataLoader(
            _Items(self._sources, self._domains, self._seed),
            batch_sampler=_Batches([*self._orders.values()], self.drawn),
            num_workers=self._workers,
            collate_fn=_collate,
            worker_init_fn=_ignore_interrupt,
            generator=torch.Generator(),  # otherwise it draws from the run's own state
        )
        return iter(loader)


Key = tuple[tuple[int, int], ...]
"""A row of a batch: the pass and the index of its sample in each domain."""


class _Batches:
    """An endless stream of lists of keys, from a feed's position."""

    def __init__(self, orders: Sequence[Order], drawn: int) -> None:
        self._orders = orders
        self._drawn = drawn

    def __iter__(self) -> Iterator[list[Key]]:
        for number in itertools.count(self._drawn):
            batches = [order.batch(number) for order in self._orders]
            rows = ([(each, i) for i in index.tolist()] for each, index in batches)
            yield list(zip(*rows, strict=True))


class _Items(Dataset[dict[str, Array] | GanzooError]):
    """Sources' samples, with randomness from (seed, pass, index) and never from a worker."""

    def __init__(
        self, sources: Mapping[str, Source], domains: Mapping[str, tuple[str, ...]], seed: int
    ) -> None:
        self._sources = sources
        self._domains = domains
        self._seed = seed

    def __getitem__(self, key: Key) -> dict[str, Array] | GanzooError:
        row: dict[str, Array] = {}
        for (domain, source), (each, index) in zip(self._sources.items(), key, strict=True):
            rng = np.random.default_rng(derive(self._seed, "item", each, index, *purpose(domain)))
            try:
                item = source.item(index, rng)
            except (
                GanzooError
            ) as error:  # returned, because an error raised in a worker loses its message
                return error
            row |= {name: item[name] for name in self._domains[domain]}
        return row


def _collate(items: list[dict[str, Array] | GanzooError]) -> dict[str, Tensor] | GanzooError:
    good = []
    for item in items:
        if isinstance(item, GanzooError):
            return item
        good.append(item)
    return {name: torch.from_numpy(np.stack([i[name] for i in good])) for name in good[0]}


def _ignore_interrupt(_: int) -> None:
    # Ctrl-C reaches every process of the terminal. The main process decides when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _resident(array: Any, device: torch.device) -> Tensor:
    """The array on the device if it fits there, else in main memory."""
    tensor = torch.as_tensor(array)
    if device.type == "cuda" and tensor.nbytes > torch.cuda.mem_get_info(device)[0] // 2:
        return tensor
    return tensor.to(device)


def finished(x: Tensor, field: Field) -> Tensor:
    """Stored values in the field's dtype, and bytes scaled to its range."""
    dtype: torch.dtype = getattr(torch, field.dtype)
    if x.dtype == torch.uint8 and field.range is not None and field.scales_bytes:
        low, high = field.range
        return x.to(dtype).mul_((high - low) / 255).add_(low)
    return x.to(dtype)
