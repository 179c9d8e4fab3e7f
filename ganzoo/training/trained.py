"""A trained run, ready to sample. It needs only its folder and the model's plugin."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.engine.checks import checked_views
from ganzoo.engine.feed import finished
from ganzoo.engine.game import Batch, Game, View
from ganzoo.engine.progress import Progress
from ganzoo.engine.random import Draw, Interpolation, derive
from ganzoo.engine.sampling import (
    block,
    compared,
    given_rows,
    grid,
    in_one_batch,
    sampled,
    sampling,
)
from ganzoo.engine.view import Label, label_values, labels_of
from ganzoo.errors import UsageError, listed
from ganzoo.pictures.samples import Samples
from ganzoo.registry.boundary import Guard, unguarded
from ganzoo.registry.records import Field
from ganzoo.runs.folder import Run
from ganzoo.runs.inputs import Inputs, with_inputs
from ganzoo.runs.record import RunRecord

MOST_FRAMES = 1_000
"""Largest number of samples in an interpolation, which are drawn at once."""


class Trained:
    """A game with the weights from one step of its run. It samples on the CPU."""

    def __init__(
        self, run: Run, record: RunRecord, game: Game, step: int, guard: Guard = unguarded
    ) -> None:
        self.run = run
        self.record = record
        self.game = game
        self.step = step
        """The step of the weights."""
        self.guard = guard
        """Calls the game's code."""
        self.views = {view.name: view for view in checked_views(game, guard(game.views))}
        """What it can show, by name. The first is the default."""
        self._held_out = Inputs(run)
        needs = dict.fromkeys(name for view in self.views.values() for name in view.needs)
        self.held_out: Batch = self._held_out.with_fields([*needs])
        """The run's held-out inputs and targets by field."""

    def __repr__(self) -> str:
        of, at = f"{self.record.model} on {self.record.dataset}", f"step {self.step:,}"
        return f"<Trained {of}, {at} of {self.record.total:,}: {self.run.path}>"

    def _repr_html_(self) -> str:
        """A line about it, and samples if they have a picture."""
        samples = self.sample()
        about = f"<p>{escape(repr(self)[1:-1])}</p>"
        if not samples.drawable:
            return about
        alt = escape(repr(samples)[1:-1])
        picture = base64.b64encode(samples.png()).decode()
        return f'{about}<img alt="{alt}" src="data:image/png;base64,{picture}">'

    @property
    def steps(self) -> list[int]:
        """Steps whose weights the run kept, newest first. `ganzoo.load` takes any of them."""
        return self.run.sampled_steps()

    @property
    def view(self) -> View:
        """The default view."""
        return next(iter(self.views.values()))

    @property
    def field(self) -> Field:
        """The field that the default view makes."""
        return self.field_of(None)

    def field_of(self, view: str | None) -> Field:
        """The field that the view of this name makes."""
        return self._made(self.find(view))

    @property
    def most(self) -> int | None:
        """Largest number of samples of the default view, or ``None`` if there is no limit. A view
        that needs inputs has only those that its run stores."""
        return self.most_of(None)

    def most_of(self, view: str | None) -> int | None:
        """`most` for the view of this name."""
        return min((len(self.held_out[name]) for name in self.find(view).needs), default=None)

    def draw(self, seed: int, purpose: str = "sample") -> Draw:
        """The source of everything random in samples of this seed."""
        return Draw(
            derive(seed, purpose), progress=Progress(min(self.step / self.record.total, 1.0))
        )

    def sample(
        self,
        n: int | None = None,
        seed: int = 0,
        label: Label | Sequence[Label] | None = None,
        view: str | None = None,
        inputs: Mapping[str, Tensor | NDArray[Any]] | None = None,
        tell: Callable[[int], None] = lambda done: None,
        truncation: float = 1.0,
    ) -> Samples:
        """Draw samples. The same seed gives the same samples, and fewer are the first of more.

        Args:
            n: The number of samples. By default 64, or 2,500 points. With several labels, it is by
                default a grid with a label a column and a latent a row.
            seed: The seed of the latents.
            label: The label of all samples, or labels that take turns. By default every class.
            view: The name of one of `views`. By default the first.
            inputs: Your own inputs by field, (m, \\*shape), for a view that needs some. Bytes are
                scaled to the field's range. By default they are the run's held-out inputs.
            tell: Called with the number of samples so far.
            truncation: Factor of the latents' distance from their mean, for a view that truncates.

        Raises:
            UsageError: ``n`` is not positive or is larger than `most`, the model does not have
                this ``label`` or ``view``, the view needs other ``inputs``, or it does not
                truncate.
        """
        chosen = self.find(view)
        given = {**self.held_out, **self._own(chosen, inputs or {})}
        made = self._made(chosen)
        most = min((len(given[name]) for name in inputs or chosen.needs), default=None)
        if n is not None and n < 1:
            raise UsageError(f"{n} samples: expected at least 1")
        if seed < 0:
            raise UsageError(f"seed {seed}: expected 0 or more")
        if n is not None and most is not None and n > most:
            has = "you gave" if inputs else "the run has"
            raise UsageError(f"{n} samples: {has} only {most} inputs for {chosen.name}")
        labels = self._labels(chosen, label)
        draw = self._truncated(chosen, self.draw(seed), truncation)
        with sampling(self.game, draw.device, seed):
            if n is None and chosen.label is not None and (labels is None or len(labels) > 1):
                shown = grid(chosen, made.enough, given, labels)
                samples, columns = self.guard(shown.sampled, made, draw, given), shown.columns
            else:
                n, columns = n or min(made.enough, most or made.enough), None
                samples = self.guard(sampled, chosen, made, n, draw, labels, given, tell)
        found = Samples(samples, made, self.record.extent, columns)
        return self._with_inputs(chosen, found, given, targets=not inputs)

    def walk(
        self,
        a: int,
        b: int,
        frames: int = 16,
        label: Label | None = None,
        view: str | None = None,
        truncation: float = 1.0,
    ) -> Samples:
        """Interpolate in ``frames`` samples between the latents of seed ``a`` and seed ``b``.

        The first is ``sample(1, seed=a)``, and the last is ``sample(1, seed=b)``. The interpolation
        is spherical (`ganzoo.engine.random.Interpolation`).

        Raises:
            UsageError: There are fewer than 2 frames or too many, or ``label`` or ``view`` is
                wrong.
        """
        _check_frames(frames)
        if min(a, b) < 0:
            raise UsageError(f"seed {min(a, b)}: expected 0 or more")
        chosen = self.find(view)
        labels = self._labels(chosen, label)
        if labels is None and chosen.label is not None:
            labels = label_values(chosen.label)[:1]
        samples = self._walk(chosen, a, b, frames, labels, truncation)
        for row, seed in ((0, a), (-1, b)):  # the same to the last bit, however they are rounded
            samples.tensor[row] = self.sample(1, seed, label, view, truncation=truncation).tensor[0]
        return samples

    def walk_labels(
        self, a: Label, b: Label, frames: int = 16, seed: int = 0, view: str | None = None,
        truncation: float = 1.0,
    ) -> Samples:  # fmt: skip
        """Interpolate in ``frames`` samples between labels ``a`` and ``b``, with one latent.

        Raises:
            UsageError: The view takes no labels, or no mixtures of labels.
        """
        _check_frames(frames)
        chosen = self.find(view)
        ends = torch.cat([_some(self._labels(chosen, label)) for label in (a, b)])
        if chosen.label is not None and chosen.label.classes is not None:
            if not chosen.mixes_labels:
                raise UsageError(
                    f"{self.record.model} takes no mixtures of labels; interpolate between seeds"
                )
            ends = torch.eye(chosen.label.classes)[ends]
        share = torch.linspace(0, 1, frames).reshape(-1, *(1,) * (ends.ndim - 1))
        labels = (1 - share) * ends[0] + share * ends[1]
        return self._walk(chosen, seed, seed, frames, labels, truncation)

    def compared(self, view: View, n: int) -> Batch:
        """What metrics can compare the first ``n`` samples of a view with."""
        return compared(view, self.record.fields, n, self.held_out)

    def find(self, view: str | None) -> View:
        """The view of this name, or the default.

        Raises:
            UsageError: There is none of this name.
        """
        if view is None:
            return self.view
        if view not in self.views:
            there = ", ".join(self.views)
            raise UsageError(f"{self.record.model} has no view {view!r}; it has {there}")
        return self.views[view]

    def _truncated(self, view: View, draw: Draw, truncation: float) -> Draw:
        """The draw with this truncation.

        Raises:
            UsageError: The view does not truncate, or the value is negative or not finite.
        """
        if truncation != 1 and not view.truncates:
            raise UsageError(f"the view {view.name} of {self.record.model} takes no truncation")
        if not (isinstance(truncation, int | float) and 0 <= truncation < float("inf")):
            raise UsageError(f"truncation {truncation}: expected 0 or more")
        draw.truncation = truncation
        return draw

    def _walk(
        self, view: View, a: int, b: int, frames: int, labels: Tensor | None, truncation: float
    ) -> Samples:
        made, rows = self._made(view), torch.arange(frames)
        start, end = (self._truncated(view, self.draw(seed), truncation) for seed in (a, b))
        draw = Interpolation(start, end, block(made, self.most_of(view.name)))
        fixed = {name: values[:1] for name, values in self.held_out.items()}
        given = given_rows(view, rows, fixed, labels)
        with sampling(self.game, draw.device, a):
            samples = self.guard(in_one_batch, view, made, frames, draw, given)
        return Samples(samples, made, self.record.extent)

    def _own(self, view: View, inputs: Mapping[str, Tensor | NDArray[Any]]) -> dict[str, Tensor]:
        """A user's inputs as tensors in the range of their fields."""
        found = {}
        for name, values in inputs.items():
            if name not in view.needs:
                needs = listed(view.needs) or "no inputs"
                raise UsageError(f"the view {view.name} takes {needs}, not {name}")
            field, tensor = self.record.fields[name], torch.tensor(np.asarray(values))
            if tuple(tensor.shape[1:]) != field.shape or not len(tensor):
                raise UsageError(
                    f"inputs {name} have the shape {tuple(tensor.shape)}; expected "
                    f"{('n', *field.shape)}"
                )
            found[name] = finished(tensor, field)
        return found

    def _with_inputs(self, view: View, samples: Samples, given: Batch, targets: bool) -> Samples:
        """Samples with what they were made from, and what they should be if that is known."""
        if not view.needs:
            return samples
        if targets:
            return self._held_out.around(samples, view.needs, view.target(self.record.fields))
        inputs = {name: Samples(given[name], self.record.fields[name]) for name in view.needs}
        return with_inputs(samples, inputs)

    def _made(self, view: View) -> Field:
        return self.record.fields[view.field(self.record.fields)]

    def _labels(self, view: View, label: Label | Sequence[Label] | None) -> Tensor | None:
        """Labels as a tensor with a row for each, or ``None`` if none is requested."""
        if label is None:
            return None
        if view.label is None:
            raise UsageError(f"the view {view.name} of {self.record.model} takes no label")
        return labels_of(view.label, label)


def _some(labels: Tensor | None) -> Tensor:
    assert labels is not None
    return labels


def _check_frames(frames: int) -> None:
    if not 2 <= frames <= MOST_FRAMES:
        raise UsageError(f"{frames} frames: expected 2 to {MOST_FRAMES:,}")
