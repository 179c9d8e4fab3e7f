"""An endless stream of batches on the device, in an order that the seed determines.

The number of batches drawn so far is a feed's only state. The order and the epoch follow from it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ganzoo.engine.data import Array, Data, Source
from ganzoo.engine.random import derive
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.records import Field


class Feed:
    """Full batches. Each epoch has its own order and leaves out the samples that fill no batch.

    The seed selects ``held_out`` samples that are never in a batch.

    Raises:
        UsageError: The dataset has fewer samples than a batch.
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
        if len(data) < batch_size:
            half = max(2, len(data) // 2)  # two batches an epoch; batch norm needs two samples
            raise UsageError(
                f"trainer.batch_size is {batch_size}, but the dataset has {len(data)} samples; "
                f"try --batch-size {min(half, len(data))}"
            )
        self.fields = data.fields
        self.batch_size = batch_size
        held_out = min(held_out, len(data) - batch_size)
        self.per_epoch = (len(data) - held_out) // batch_size
        self.drawn = 0
        self._size = len(data) - held_out
        self._chosen = torch.arange(len(data))
        if held_out:
            generator = torch.Generator().manual_seed(derive(seed, "held out"))
            self._chosen = torch.randperm(len(data), generator=generator)
        self._seed = seed
        self.device = device
        self._workers = workers
        self._source = data.source
        self._arrays = {k: _resident(v, device) for k, v in (data.arrays or {}).items()}
        self._stream: Iterator[dict[str, Tensor] | GanzooError] | None = None

    def seek(self, drawn: int) -> None:
        """Continue as if ``drawn`` batches had been drawn."""
        self.drawn = drawn
        self._stream = None

    def __next__(self) -> dict[str, Tensor]:
        """The next batch, name -> (batch_size, \\*shape), in the field's dtype and range."""
        if self._source is None:
            epoch, position = divmod(self.drawn, self.per_epoch)
            index = self._order(epoch)[position * self.batch_size :][: self.batch_size]
            raw = {k: v.index_select(0, index.to(v.device)) for k, v in self._arrays.items()}
        else:
            if self._stream is None:
                self._stream = self._open_stream(self._source)
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
        return self._rows(self._chosen[self._size :])

    def trained_on(self, n: int) -> dict[str, Tensor]:
        """The first ``n`` training samples, in the form of a batch."""
        return self._rows(self._chosen[: self._size][:n])

    def _rows(self, index: Tensor) -> dict[str, Tensor]:
        if self._source is None:
            return self._finished({k: v[index.to(v.device)] for k, v in self._arrays.items()})
        if not len(index):
            return self._finished({k: torch.empty(0, *f.shape) for k, f in self.fields.items()})
        items = _Items(self._source, self._seed)
        raw = _collate([items[0, i] for i in index.tolist()])
        if isinstance(raw, GanzooError):
            raise raw
        return self._finished(raw)

    def _finished(self, raw: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            name: finished(raw[name].to(self.device, non_blocking=True), field)
            for name, field in self.fields.items()
        }

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        return self

    def _order(self, epoch: int) -> Tensor:
        if getattr(self, "_ordered_epoch", None) != epoch:
            generator = torch.Generator().manual_seed(derive(self._seed, "order", epoch))
            order = self._chosen[torch.randperm(self._size, generator=generator)]
            home = next((a.device for a in self._arrays.values()), torch.device("cpu"))
            self._ordered, self._ordered_epoch = order.to(home), epoch
        return self._ordered

    def _open_stream(self, source: Source) -> Iterator[dict[str, Tensor] | GanzooError]:
        loader: DataLoader[dict[str, Array] | GanzooError] = DataLoader(
            _Items(source, self._seed),
            batch_sampler=_Batches(self),
            num_workers=self._workers,
            collate_fn=_collate,
            worker_init_fn=_ignore_interrupt,
            generator=torch.Generator(),  # otherwise it draws from the run's own state
        )
        return iter(loader)


class _Batches:
    """An endless stream of lists of (epoch, index), from the feed's position."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        feed, drawn = self._feed, self._feed.drawn
        while True:
            epoch, position = divmod(drawn, feed.per_epoch)
            index = feed._order(epoch)[position * feed.batch_size :][: feed.batch_size]
            yield [(epoch, i) for i in index.tolist()]
            drawn += 1


class _Items(Dataset[dict[str, Array] | GanzooError]):
    """A source's samples, with randomness from (seed, epoch, index) and never from a worker."""

    def __init__(self, source: Source, seed: int) -> None:
        self._source = source
        self._seed = seed

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Array] | GanzooError:
        epoch, index = key
        rng = np.random.default_rng(derive(self._seed, "item", epoch, index))
        try:
            return dict(self._source.item(index, rng))
        except (
            GanzooError
        ) as error:  # returned, because an error raised in a worker loses its message
            return error


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
    if x.dtype == torch.uint8 and field.range is not None:
        low, high = field.range
        return x.to(dtype).mul_((high - low) / 255).add_(low)
    return x.to(dtype)
