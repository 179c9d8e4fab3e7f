"""Checks of augmentations: identity at strength 0, gradients, and repetition."""

from __future__ import annotations

from dataclasses import fields, replace
from unittest import SkipTest

import torch
from torch import Tensor

from ganzoo.engine.random import Draw
from ganzoo.testing.check import expect
from ganzoo.testing.stage import Stage

SEEDS = 20
"""A change that is rare may not happen with one seed."""
OFF = ("strength", "probability")
"""Settings that turn it off."""


def _pictures() -> Tensor:
    return Draw(1).uniform(8, 3, 16, 16) * 2 - 1


def _changed(made: object, samples: Tensor, seed: int) -> Tensor:
    module = made.build() if hasattr(made, "build") else made
    changed: Tensor = module(samples, Draw(seed))  # type: ignore[operator]
    return changed


def it_repeats_itself(stage: Stage) -> None:
    """it returns pictures of the same shape, and the same ones for the same draw."""
    made, pictures = stage.made(), _pictures()
    one, two = (_changed(made, pictures, 0) for _ in range(2))
    expect(
        one.shape == pictures.shape and bool(one.isfinite().all()),
        f"it returned {tuple(one.shape)} for {tuple(pictures.shape)}, or numbers that are not "
        "finite",
        "return one changed picture for each",
    )
    expect(
        torch.equal(one, two),
        "two calls with the same draw returned different pictures",
        "take all random numbers from draw, such as draw.uniform(len(samples), 1, 1, 1)",
    )


def it_changes_nothing_at_strength_0(stage: Stage) -> None:
    """with a strength or probability of 0, it changes nothing."""
    made, pictures = stage.made(), _pictures()
    names = [f.name for f in fields(made) if f.name in OFF]
    if not names:
        raise SkipTest("it has no setting strength or probability")
    off = replace(made, **{names[0]: 0})
    expect(
        all(torch.equal(_changed(off, pictures, seed), pictures) for seed in range(SEEDS)),
        f"it changes pictures although {names[0]} is 0",
        f"multiply each change, or its probability, by {names[0]}",
    )


def its_gradients_reach_the_pictures(stage: Stage) -> None:
    """gradients pass through it to each picture, and so to the generator."""
    made, reached = stage.made(), torch.zeros(8, dtype=torch.bool)
    for seed in range(SEEDS):
        pictures = _pictures().requires_grad_()
        changed = _changed(made, pictures, seed)
        if changed.requires_grad:
            (gradient,) = torch.autograd.grad(changed.sum(), pictures)
            reached |= (gradient != 0).flatten(1).any(1) & gradient.isfinite().flatten(1).all(1)
    expect(
        bool(reached.all()),
        "no gradient reaches some of the pictures",
        "compute with tensors only, without detach(), rounding or numpy",
    )


CHECKS = (it_repeats_itself, it_changes_nothing_at_strength_0, its_gradients_reach_the_pictures)
