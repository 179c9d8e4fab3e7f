"""A whole round of training as one CUDA graph.

A round is a few hundred small operations. A GPU finishes most of them faster than Python can start
them. So the round is captured once: CUDA records its operations with their addresses. After that,
one call replays all of them, and Python only copies the batches to where the graph reads them.

A graph has no Python. So a captured round must not read values back (`ganzoo.engine.readback`), and
everything that it changes must stay at its address. `capture` plays the round a few times to make
sure, compares two replays with two eager rounds, and then puts everything back. So the run begins
where it would have begun without all this.
"""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.game import Batch
from ganzoo.engine.random import random_states, set_random_states
from ganzoo.engine.readback import NoReadBack, blamed
from ganzoo.engine.sums import Sums
from ganzoo.errors import GanzooError

COMPARED = 2
"""Rounds that are compared. The second shows whether a replay begins where the last one ended."""
TOLERANCE = 0.01
"""Largest difference between a replay and an eager round, as a share of what the round changed."""
Work = Callable[[], None]
Record = Callable[[Work, Sequence[torch.Generator]], Work]
"""Records work without doing it, and returns a function that does it. See `cuda_graph`."""


class CannotCapture(GanzooError):
    """The round cannot be captured. The message says why."""


class Replay:
    """A captured round. Call it with the round's batches."""

    def __init__(
        self, batches: Sequence[Batch], work: Work, sums: Sums, counted: Mapping[str, int]
    ) -> None:
        self._batches = batches
        self._work = work
        self._sums = sums
        self._counted = counted

    def __call__(self, batches: Sequence[Batch]) -> None:
        for static, batch in zip(self._batches, batches, strict=True):
            for name, tensor in static.items():
                tensor.copy_(batch[name])
        before = dict(self._sums.counts)
        self._work()
        counts = {name: n + before[name] for name, n in self._counted.items()}
        self._sums.counts = before | counts  # a graph adds the numbers, but Python counts them


def capture(
    play: Callable[[Sequence[Batch]], None],
    batches: Sequence[Batch],
    tensors: Callable[[], Mapping[str, Tensor]],
    sums: Sums,
    generators: Sequence[torch.Generator],
    device: torch.device,
    record: Record,
) -> Replay:
    """Capture a round. Afterwards all state is as before.

    Args:
        play: The round, as a function of its batches.
        batches: The batches of the next round.
        tensors: Returns all tensors that a round changes, by name, except ``sums``.
        sums: To which the round adds what it logs.
        generators: From which the round draws, besides torch's own.
        device: Where the round is played.
        record: See `Record`.

    Raises:
        CannotCapture: The round reads values back, replaces a tensor, or ends differently.
    """
    with _aside(device):
        static = [{name: x.clone() for name, x in batch.items()} for batch in batches]
        saved = _Saved(tensors, sums, generators, device)
        try:
            with _no_waiting(device), NoReadBack():  # type: ignore[no-untyped-call]
                play(static)
            saved.check_in_place()
            counted = {name: n - saved.counts.get(name, 0) for name, n in sums.counts.items()}
            saved.restore()
            for _ in range(COMPARED):
                play(static)
            eager = saved.now()
            saved.restore()
            work = record(lambda: play(static), generators)
            saved.restore()
            for _ in range(COMPARED):
                work()
            saved.check_same(*eager)
        except Exception as error:
            raise CannotCapture(_reason(error)) from error
        finally:
            saved.restore()
    return Replay(static, work, sums, counted)


class _Saved:
    """The state before a round, to compare with and to go back to."""

    def __init__(
        self,
        tensors: Callable[[], Mapping[str, Tensor]],
        sums: Sums,
        generators: Sequence[torch.Generator],
        device: torch.device,
    ) -> None:
        self._tensors = tensors
        self._sums = sums
        self._generators = generators
        self._device = device
        self.counts = dict(sums.counts)
        self._live = self._all()
        self._values = {name: x.detach().clone() for name, x in self._live.items()}
        self._random = self._draws()

    def _all(self) -> dict[str, Tensor]:
        return {**self._tensors(), **{f"metrics/{k}": v for k, v in self._sums.totals.items()}}

    def _draws(self) -> dict[str, Tensor]:
        draws = {str(i): g.get_state() for i, g in enumerate(self._generators)}
        return draws | random_states(self._device)

    def now(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Copies of the tensors, and the random states."""
        return {name: x.detach().clone() for name, x in self._all().items()}, self._draws()

    @torch.no_grad()
    def restore(self) -> None:
        """Put the state back, into the same tensors."""
        for name, x in self._all().items():
            if name in self._values:
                x.copy_(self._values[name])
            else:  # a sum that has just begun
                x.fill_(-0.0)
        for name in self._sums.counts:
            self._sums.counts[name] = self.counts.get(name, 0)
        for i, generator in enumerate(self._generators):
            generator.set_state(self._random[str(i)])
        set_random_states(self._device, self._random)

    def check_in_place(self) -> None:
        """Check that a round has written into the same tensors and has drawn on the device."""
        now = self._all()
        for name, x in now.items():
            if name.startswith("metrics/"):
                if x.device.type != self._device.type:
                    raise CannotCapture(
                        f"it logs {name.partition('/')[2]} as a number in the processor's memory"
                    )
            elif name not in self._live:
                raise CannotCapture(f"it creates {name} after the first round")
            elif x.data_ptr() != self._live[name].data_ptr():
                raise CannotCapture(f"it replaces {name} instead of writing into it by copy_()")
        on_cpu = self._device.type == "cpu"
        if not on_cpu and not torch.equal(self._draws()["cpu"], self._random["cpu"]):
            raise CannotCapture("it draws random numbers on the processor")

    def check_same(self, expected: dict[str, Tensor], draws: dict[str, Tensor]) -> None:
        """Check that the state is what eager rounds have left, within `TOLERANCE`."""
        found, found_draws = self.now()
        for name, state in draws.items():
            if not torch.equal(state, found_draws[name]):
                raise CannotCapture("a replay draws other random numbers than the step itself")
        names = list(expected)
        good = [_close(self._values.get(k), expected[k], found[k]) for k in names]
        for name, same in zip(names, torch.stack(good).tolist(), strict=True):
            if not same:
                raise CannotCapture(f"a replay changes {name} in another way than the step itself")


def _close(start: Tensor | None, expected: Tensor, found: Tensor) -> Tensor:
    """Whether ``found`` differs from ``expected`` by a small share of the change, a scalar."""
    if not expected.is_floating_point():
        return (expected == found).all()
    before, a, b = (
        torch.zeros_like(expected) if x is None else x for x in (start, expected, found)
    )
    off = torch.linalg.vector_norm((b - a).double())
    change = torch.linalg.vector_norm((a - before).double())
    size = torch.linalg.vector_norm(a.double())
    return torch.le(off, TOLERANCE * change + 1e-6 * size)


def cuda_graph(work: Work, generators: Sequence[torch.Generator]) -> Work:
    """Record ``work`` on the current stream as a CUDA graph.

    The graph moves the state of each generator forwards with each replay, as the work itself does.
    """
    graph = torch.cuda.CUDAGraph()
    for generator in generators:
        graph.register_generator_state(generator)
    try:
        with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
            work()
    except BaseException:
        _end_capture(generators)
        raise
    return graph.replay


def _end_capture(generators: Sequence[torch.Generator]) -> None:
    """After a failed capture, take the generators out of it, so that they can draw again."""
    graph = torch.cuda.CUDAGraph()
    for generator in generators:
        graph.register_generator_state(generator)
    with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
        torch.zeros(1, device="cuda")  # an empty graph would warn


def rehearsal(work: Work, generators: Sequence[torch.Generator]) -> Work:
    """In place of `cuda_graph` where there is no GPU: each replay does the work from Python."""
    return work


def make_capturable(groups: Iterable[dict[str, Any]], device: torch.device) -> None:
    """Let an optimizer with these groups count its steps on the GPU, if it can."""
    for group in groups:
        if "capturable" in group and device.type == "cuda":
            group["capturable"] = True


@contextmanager
def _aside(device: torch.device) -> Iterator[None]:
    """On a GPU, another stream. CUDA does not capture the default stream."""
    if device.type != "cuda":
        yield
        return
    stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream(device))
    try:
        with torch.cuda.stream(stream):
            yield
    finally:
        torch.cuda.current_stream(device).wait_stream(stream)


@contextmanager
def _no_waiting(device: torch.device) -> Iterator[None]:
    """On a GPU, an operation that makes Python wait for it raises an error."""
    if device.type != "cuda":
        yield
        return
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "is a prototype feature"
        torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode(before)


def _reason(error: BaseException) -> str:
    """In a line, why a capture failed."""
    while error.__context__ is not None and not isinstance(error, GanzooError):
        error = error.__context__  # ending a failed capture fails, too, and says less
    if isinstance(error, GanzooError):
        return str(error)
    line = str(error).strip().partition("\n")[0]
    where = blamed(traceback.extract_tb(error.__traceback__))
    if "synchronizing CUDA operation" in line:
        return f"{where} makes Python wait for the GPU"
    return f"{where} fails: {line}"
