"""A trained run, ready to sample. It needs only its folder and the model's plugin."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from ganzoo.engine.average import sampler_state
from ganzoo.engine.game import Game
from ganzoo.engine.random import Draw, Interpolation, derive
from ganzoo.engine.sampling import block_size, in_one_batch, sampled, sampling
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import shown
from ganzoo.pictures.samples import Samples
from ganzoo.registry.boundary import Guard, unguarded
from ganzoo.registry.registry import Registry
from ganzoo.runs.best import read_best
from ganzoo.runs.finding import find
from ganzoo.runs.folder import Run
from ganzoo.runs.look import samples_of
from ganzoo.runs.record import RunRecord
from ganzoo.runs.recorder import newest_state
from ganzoo.runs.tensors import read_tensors
from ganzoo.training.building import build_game
from ganzoo.training.parts import available
from ganzoo.training.plan import Plan, plan
from ganzoo.training.recording import recorded_request

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
        self._field = record.fields[game.makes(record.fields)]
        self._inputs: dict[str, Tensor] = {}
        if game.inputs:
            stored, _ = read_tensors(run.inputs)
            try:
                self._inputs = {
                    name: samples_of(stored[name], record.fields[name], None).tensor
                    for name in game.inputs
                }
            except (KeyError, ValueError) as error:
                name = shown(run.inputs)
                raise BrokenFile(f"{name} has other inputs than the model's ({error})") from error

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
    def most(self) -> int | None:
        """Largest number of samples, or ``None`` if there is no limit. A game that translates has
        only the inputs that its run stores."""
        return min((len(v) for v in self._inputs.values()), default=None)

    def sample(
        self,
        n: int | None = None,
        seed: int = 0,
        label: int | None = None,
        tell: Callable[[int], None] = lambda done: None,
    ) -> Samples:
        """Draw samples. The same seed gives the same samples, and fewer are the first of more.

        Args:
            n: The number of samples. By default 64, or 2,500 points.
            seed: The seed of the latents.
            label: The label of all samples, for a conditional model.
            tell: Called with the number of samples so far.

        Raises:
            UsageError: ``n`` is not positive or is larger than `most`, or the model does not have
                this ``label``.
        """
        available = self.most
        if n is None:
            n = min(self._field.enough, available or self._field.enough)
        if n < 1:
            raise UsageError(f"{n} samples: expected at least 1")
        if seed < 0:
            raise UsageError(f"seed {seed}: expected 0 or more")
        if available is not None and n > available:
            raise UsageError(f"{n} samples: the run has only {available} inputs to translate")
        self._check_label(label)
        draw = Draw(derive(seed, "sample"))
        with sampling(self.game, draw.device, seed):
            samples = self.guard(
                sampled, self.game, self._field, n, draw, label, self._inputs, tell
            )
        return Samples(samples, self._field, self.record.extent)

    def walk(self, a: int, b: int, frames: int = 16, label: int | None = None) -> Samples:
        """Interpolate in ``frames`` samples between the latents of seed ``a`` and seed ``b``.

        The first is ``sample(1, seed=a)``, and the last is ``sample(1, seed=b)``. The interpolation
        is spherical (`ganzoo.engine.random.Interpolation`).

        Raises:
            UsageError: There are fewer than 2 frames or too many, or ``label`` is wrong.
        """
        _check_frames(frames)
        if min(a, b) < 0:
            raise UsageError(f"seed {min(a, b)}: expected 0 or more")
        self._check_label(label)
        labels = None if label is None else torch.full((frames,), label)
        samples = self._walk(a, b, frames, labels)
        for row, seed in ((0, a), (-1, b)):  # the same to the last bit, however they are rounded
            samples.tensor[row] = self.sample(1, seed, label).tensor[0]
        return samples

    def walk_labels(self, a: int, b: int, frames: int = 16, seed: int = 0) -> Samples:
        """Interpolate in ``frames`` samples between labels ``a`` and ``b``, with one latent.

        Raises:
            UsageError: The model takes no labels, or no mixtures of labels.
        """
        _check_frames(frames)
        for label in (a, b):
            self._check_label(label)
        if not self.game.mixes_labels or self.game.classes is None:
            raise UsageError(
                f"{self.record.model} takes no mixtures of labels; interpolate between seeds"
            )
        share = torch.linspace(0, 1, frames)[:, None]
        ends = torch.eye(self.game.classes)[[a, b]]
        return self._walk(seed, seed, frames, (1 - share) * ends[0] + share * ends[1])

    def _walk(self, a: int, b: int, frames: int, labels: Tensor | None) -> Samples:
        if self._inputs:
            raise UsageError(
                f"{self.record.model} translates, so it has no latents to interpolate between"
            )
        start, end = (Draw(derive(seed, "sample")) for seed in (a, b))
        draw = Interpolation(start, end, block_size(self._field))
        with sampling(self.game, draw.device, a):
            samples = self.guard(in_one_batch, self.game, self._field, frames, draw, labels)
        return Samples(samples, self._field, self.record.extent)

    def _check_label(self, label: int | None) -> None:
        classes = self.game.classes
        if label is not None and classes is None:
            raise UsageError(f"{self.record.model} takes no label")
        if label is not None and classes is not None and not 0 <= label < classes:
            raise UsageError(f"label {label}: expected 0 to {classes - 1}")


def _check_frames(frames: int) -> None:
    if not 2 <= frames <= MOST_FRAMES:
        raise UsageError(f"{frames} frames: expected 2 to {MOST_FRAMES:,}")


Moment = int | Literal["best"] | None
"""The step of a grid, or ``"best"`` for the best evaluated weights. ``None`` is the newest."""


def load(registry: Registry, path: str | Path, step: Moment = None) -> Trained:
    """Load a run from its folder, with its newest or best weights or those of a grid's ``step``.

    Raises:
        UsageError: The run does not exist, or has no weights of this step.
        BrokenFile: The run's files are damaged.
    """
    run = find(path)
    request = recorded_request(run.record)
    for part in ("preset", "dataset", "metric", "observer"):
        request = request.without(part)
    request = replace(request, left_out=("dataset",))
    request = available(registry, run, request, ("model",), ("sample", run.path))
    return with_weights(run, plan(registry, request), step)


def with_weights(run: Run, settled: Plan, step: Moment = None) -> Trained:
    """`load` for a run whose plan is already resolved."""
    record = run.record
    game = build_game(settled, record.fields)
    step, weights = _weights(run, step)
    state = sampler_state(game)
    if missing := [k for k in state if k not in weights or weights[k].shape != state[k].shape]:
        raise BrokenFile(
            f"{run.path}: the weights of step {step} do not fit {record.model} (its {missing[0]})"
        )
    with torch.no_grad():
        for name, value in state.items():
            value.copy_(weights[name])
    return Trained(run, record, game, step, settled.boundary("model"))


def _weights(run: Run, step: Moment) -> tuple[int, dict[str, Tensor]]:
    if step == "best":
        if not run.best.exists():
            raise UsageError(
                f"{run.path} keeps no best weights. It was trained without --evaluate-every, or "
                "with metrics whose first score has no better direction"
            )
        return read_best(run)
    sampled, kept = run.sampled_steps(), run.checkpoint_steps()
    if step is None:
        if not kept and not sampled:
            raise UsageError(f"{run.path} has no weights yet. It stopped before its first step")
        if kept and max(kept) > max(sampled, default=-1):
            return _of_checkpoint(run)
        step = max(sampled)
    if step not in sampled:
        known = sorted(sampled, key=lambda s: abs(s - step))[:3]
        near = f"; the nearest are {', '.join(map(str, sorted(known)))}" if known else ""
        raise UsageError(f"{run.path} has no weights of step {step}{near}")
    return step, read_tensors(run.grid(step, ".safetensors"))[0]


def _of_checkpoint(run: Run) -> tuple[int, dict[str, Tensor]]:
    state = newest_state(run)
    assert state is not None
    average = {
        k.removeprefix("average/"): v for k, v in state.tensors.items() if k.startswith("average/")
    }
    trained = {
        k.removeprefix("game/"): v for k, v in state.tensors.items() if k.startswith("game/")
    }
    return state.plain["step"], average or trained
