"""Draws samples from a game, in evaluation mode and with a random state of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ganzoo.engine.game import Batch, Game
from ganzoo.engine.random import Draw, GlobalRandom, derive
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

CHUNK = 1_000
"""Number of samples drawn at a time, so that any number fits into memory."""


def sampled_in_chunks(
    game: Game,
    made: Field,
    n: int,
    draw: Draw,
    label: int | None = None,
    inputs: Batch | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> Tensor:
    """Any number of samples, drawn in chunks. ``tell`` receives the number so far."""
    parts = []
    for start in range(0, n, CHUNK):
        size = min(CHUNK, n - start)
        labels = None if label is None else torch.full((size,), label)
        given = {name: values[start:] for name, values in (inputs or {}).items()}
        parts.append(sampled(game, made, size, draw, labels, given))
        tell(start + size)
    return torch.cat(parts)


def sampled(
    game: Game,
    made: Field,
    n: int,
    draw: Draw,
    label: Tensor | None = None,
    inputs: Batch | None = None,
) -> Tensor:
    r"""``n`` samples of the field ``made``, (n, \*shape), float32 on the CPU.

    Raises:
        GanzooError: The samples have another shape.
    """
    given = {name: values[:n] for name, values in inputs.items()} if inputs else None
    samples = game.sample(n, draw, label, given).float().cpu()
    if samples.shape != (n, *made.shape):
        raise GanzooError(
            f"{type(game).__name__}.sample({n}) returned {tuple(samples.shape)}; "
            f"expected {(n, *made.shape)}"
        )
    return samples


@contextmanager
def sampling(game: nn.Module, device: torch.device, seed: int = 0) -> Iterator[None]:
    """Evaluation mode without gradients, with a global random state determined by ``seed``.

    Afterwards each module has its own mode again, and torch its random state.
    """
    modes = [(m, m.training) for m in game.modules()]
    game.eval()
    try:
        with torch.no_grad(), GlobalRandom(derive(seed, "sampling"), device):
            yield
    finally:
        for module, mode in modes:
            module.training = mode
