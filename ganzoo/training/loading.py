"""Loads the weights of a run, ready to sample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from ganzoo.engine.average import sampler_state, used
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.registry.registry import Registry
from ganzoo.runs.best import read_best
from ganzoo.runs.finding import find
from ganzoo.runs.folder import Run
from ganzoo.runs.recorder import newest_state
from ganzoo.runs.tensors import read_tensors
from ganzoo.training.building import build_game, views_of
from ganzoo.training.parts import available
from ganzoo.training.plan import Plan, plan
from ganzoo.training.recording import recorded_request
from ganzoo.training.trained import Trained

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
    state = sampler_state(game, used(views_of(settled, game)))
    if missing := [k for k in state if k not in weights or weights[k].shape != state[k].shape]:
        raise BrokenFile(
            f"{run.path}: the weights of step {step} do not fit {record.model} (its {missing[0]})"
        )
    with torch.no_grad():
        for name, value in state.items():
            value.copy_(weights[name])
    return Trained(run, record, game.eval(), step, settled.boundary("model"))


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
