"""Draws samples from a game, in evaluation mode and with a random state of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from reprlib import repr as short

import torch
from torch import Tensor, nn

from ganzoo.engine.game import Batch
from ganzoo.engine.random import Draw, GlobalRandom, Repeated, derive
from ganzoo.engine.view import View, label_values
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

MOST_COLUMNS = 16
"""Columns of a grid, at most."""


def block_size(made: Field) -> int:
    """Number of samples that are drawn at a time: 128 pictures, or 1,000 of anything else."""
    return 128 if made.is_image else 1_000


def given_rows(
    view: View, rows: Tensor, inputs: Batch | None = None, labels: Tensor | None = None
) -> dict[str, Tensor]:
    """What a view is given for the samples with these numbers, (n,) int64.

    Args:
        view: The view.
        rows: Sample i is given row i of the inputs and label i, and both begin again at their end.
        inputs: The fields that the view needs.
        labels: Labels, (m, \\*shape). By default each class in turn, see `label_values`.
    """
    given = {name: inputs[name] for name in view.needs} if inputs else {}
    if view.label is not None:
        given["label"] = label_values(view.label) if labels is None else labels
    return {name: values[rows.to(values.device) % len(values)] for name, values in given.items()}


def compared(view: View, fields: Mapping[str, Field], n: int, inputs: Batch) -> dict[str, Tensor]:
    """What metrics can compare the first ``n`` samples of a view with, by name, on the CPU.

    These are ``"label"``, if labels are classes, the first ``"input"``, and the ``"target"``, if
    it is among the held-out fields ``inputs``.
    """
    rows, found = torch.arange(n), {}
    if view.label is not None and view.label.classes is not None:
        found["label"] = given_rows(view, rows, inputs)["label"]
    if view.needs:
        found["input"] = inputs[view.needs[0]]
        target = view.target(fields)
        found |= {"target": inputs[target]} if target and target in inputs else {}
    return {name: values.cpu()[rows % len(values)] for name, values in found.items()}


def sampled(
    view: View,
    made: Field,
    n: int,
    draw: Draw,
    labels: Tensor | None = None,
    inputs: Batch | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> Tensor:
    r"""``n`` samples of the field ``made``, (n, \*shape), float32 on the CPU.

    The game draws whole blocks, and the rest of the last one is left out. So with the same draw,
    the first n of more samples are the same bits, whatever the game draws. Random numbers for n
    samples need not be the first of those for more, and a network rounds differently for another
    size of the batch.

    Args:
        view: A view of the game, see `sampling`.
        made: The field that it makes.
        n: Any number. If it exceeds the rows of ``inputs``, they begin again.
        draw: The source of everything random.
        labels: See `given_rows`.
        inputs: What the view needs.
        tell: Receives the number of samples so far.

    Raises:
        GanzooError: The samples have another shape.
    """
    size = block(made, _rows(view, inputs))
    samples = torch.empty((n, *made.shape))  # at once, so that too many fail at once
    for start in range(0, n, size):
        end = min(start + size, n)
        given = given_rows(view, torch.arange(start, start + size), inputs, labels)
        drawn = in_one_batch(view, made, size, draw, given)
        samples[start:end] = drawn[: end - start]
        tell(end)
    return samples


def in_one_batch(view: View, made: Field, n: int, draw: Draw, given: Batch) -> Tensor:
    r"""``n`` samples from one call of the game, (n, \*shape), float32 on the CPU.

    Raises:
        GanzooError: The samples have another shape.
    """
    given = {name: values.to(draw.device) for name, values in given.items()}
    samples = view.show(n, draw, given)
    expected = (n, *made.shape)
    if not isinstance(samples, Tensor) or samples.shape != expected:
        gave = tuple(samples.shape) if isinstance(samples, Tensor) else short(samples)
        raise GanzooError(
            f"show({n}, ...) of view {view.name!r} returned {gave}; expected {expected}"
        )
    return samples.float().cpu()


@dataclass(frozen=True)
class Grid:
    """Which samples a grid shows. With labels, it has a label a column and a latent a row."""

    view: View
    n: int
    given: Batch
    """What each sample is given."""
    columns: int | None = None
    """The number of its columns. ``None`` means that the samples have no such order."""
    most: int | None = None
    """Rows of the inputs. ``None`` without inputs."""

    def sampled(self, made: Field, draw: Draw, inputs: Batch | None = None) -> Tensor:
        r"""The samples of the grid, (n, \*shape), float32 on the CPU.

        Without columns, they are the first of the draw's, see `sampled`.
        """
        if self.columns is None:
            return sampled(self.view, made, self.n, draw, inputs=inputs)
        return self.in_one_batch(made, draw)

    def in_one_batch(self, made: Field, draw: Draw) -> Tensor:
        """The same from one call of the game, see `in_one_batch`."""
        if self.columns is not None:
            draw = Repeated(draw, self.columns, block(made, self.most))
        return in_one_batch(self.view, made, self.n, draw, self.given)


def grid(view: View, n: int, inputs: Batch | None = None, labels: Tensor | None = None) -> Grid:
    """A grid of about ``n`` samples. Its rows are complete.

    Args:
        view: The view.
        n: At most so many samples, but at least a row.
        inputs: The fields that the view needs. Each row has its own, and there are no more rows.
        labels: The labels of the columns. By default those of `label_values`, at most
            `MOST_COLUMNS`.
    """
    most = _rows(view, inputs)
    if view.label is None:
        n = min(n, most or n)
        return Grid(view, n, given_rows(view, torch.arange(n), inputs))
    values = label_values(view.label)[:MOST_COLUMNS] if labels is None else labels
    columns = len(values)
    index = torch.arange(min(max(1, n // columns), most or n) * columns)
    of_rows = given_rows(replace(view, label=None), index // columns, inputs)
    given = {**of_rows, "label": values[index % columns]}
    return Grid(view, len(index), given, columns, most)


def block(made: Field, most: int | None) -> int:
    """`block_size`, but not more than there are inputs."""
    return min(block_size(made), most or block_size(made))


def _rows(view: View, inputs: Batch | None) -> int | None:
    """Rows of the inputs that a view needs. ``None`` if it needs none."""
    return min((len((inputs or {})[name]) for name in view.needs), default=None)


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
