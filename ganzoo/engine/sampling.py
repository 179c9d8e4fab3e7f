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


def block_size(made: Field) -> int:
    """Number of samples that are drawn at a time: 128 pictures, or 1,000 of anything else."""
    return 128 if made.is_image else 1_000


def sampled(
    game: Game,
    made: Field,
    n: int,
    draw: Draw,
    label: int | None = None,
    inputs: Batch | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> Tensor:
    r"""``n`` samples of the field ``made``, (n, \*shape), float32 on the CPU.

    The game draws whole blocks, and the rest of the last one is left out. So with the same draw,
    the first n of more samples are the same bits, whatever the game draws. Random numbers for n
    samples need not be the first of those for more, and a network rounds differently for another
    size of the batch.

    Args:
        game: The game, see `sampling`.
        made: The field that it generates.
        n: Any number, but not more than the rows of ``inputs``.
        draw: The source of everything random.
        label: The label of all samples, for conditional games.
        inputs: What to translate.
        tell: Receives the number of samples so far.

    Raises:
        GanzooError: The samples have another shape.
    """
    size = min([block_size(made), *(len(values) for values in (inputs or {}).values())])
    labels = None if label is None else torch.full((size,), label)
    samples = torch.empty((n, *made.shape))  # at once, so that too many fail at once
    for start in range(0, n, size):
        end = min(start + size, n)
        rows = torch.arange(start, start + size)
        given = {name: values[rows % len(values)] for name, values in (inputs or {}).items()}
        block = in_one_batch(game, made, size, draw, labels, given)
        samples[start:end] = block[: end - start]
        tell(end)
    return samples


def in_one_batch(
    game: Game,
    made: Field,
    n: int,
    draw: Draw,
    label: Tensor | None = None,
    inputs: Batch | None = None,
) -> Tensor:
    r"""``n`` samples from one call of the game, (n, \*shape), float32 on the CPU.

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
