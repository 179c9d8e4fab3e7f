"""Checks of a model: its samples and its presets."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.engine.feed import finished
from ganzoo.engine.game import Game
from ganzoo.engine.random import Draw
from ganzoo.engine.sampling import sampling
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field, Model
from ganzoo.testing.check import expect, failed
from ganzoo.testing.practice import made_up
from ganzoo.testing.stage import Stage
from ganzoo.training.plan import Request, plan

SLACK = 1e-4
"""Tolerance for rounding at the ends of the range."""


def it_samples_what_is_learnt(stage: Stage) -> None:
    """its samples have the data's shape and dtype."""
    for dataset in stage.datasets():
        game, fields = stage.game(dataset)
        field, classes = fields[game.makes(fields)], game.classes
        for n, label in (
            (1, None),
            (5, None),
            *([(5, torch.arange(5) % classes)] if classes else []),
        ):
            samples, expected = sampled(game, fields, n, label=label), (n, *field.shape)
            expect(
                tuple(samples.shape) == expected,
                f"sample({n}) for {dataset} gave {tuple(samples.shape)}; expected {expected}",
                "end the generator with a layer that returns the field's shape (nn.Unflatten)",
            )
            expect(
                samples.dtype == torch.float32,
                f"sample({n}) for {dataset} gave {samples.dtype}; expected float32",
                "return the generator's output as it is",
            )
            expect(
                bool(samples.isfinite().all()),
                f"an untrained game samples numbers that are not finite ({dataset})",
                "check the initial weights and the divisions",
            )


def its_samples_stay_in_range(stage: Stage) -> None:
    """its samples are in the data's range for any weights."""
    for dataset in stage.datasets():
        game, fields = stage.game(dataset)
        bounds = fields[game.makes(fields)].range
        if bounds is None:
            continue
        with torch.no_grad():  # imitates long training, because an untrained generator stays near 0
            for parameter in game.parameters():
                parameter.mul_(100)
        samples, (low, high) = sampled(game, fields, 64), bounds
        expect(
            bool((samples >= low - SLACK).all() and (samples <= high + SLACK).all()),
            f"with large weights, samples for {dataset} are between {samples.min():.3g} and "
            f"{samples.max():.3g}, but the data is between {low} and {high}",
            "end the generator with a function of that range (nn.Tanh for -1 to 1)",
        )


def its_samples_follow_the_draw(stage: Stage) -> None:
    """the same draw gives the same samples, and another draw gives different ones."""
    game, fields = stage.game(stage.dataset)
    first = sampled(game, fields, 5, seed=1)
    advice = "take all randomness of sample(n, draw) from draw, and none from torch.rand"
    expect(
        torch.equal(first, sampled(game, fields, 5, seed=1)),
        "the same draw gave different samples",
        advice,
    )
    if not game.inputs:
        other = sampled(game, fields, 5, seed=2)
        expect(not torch.equal(first, other), "another draw gave the same samples", advice)


def its_presets_fit(stage: Stage) -> None:
    """its presets name existing parts and valid settings."""
    record = stage.entry.record
    assert isinstance(record, Model)
    for preset in record.presets:
        try:
            settled = plan(stage.zoo, Request(stage.entry.qualified, preset=preset.name))
            for group in {"trainer", *settled.entries}:
                settled.make(group)
        except GanzooError as error:
            raise failed(
                f"preset {preset.name}: {error}",
                "name parts of ganzoo-core or of your own plugin, and settings by qualified key",
            ) from error


def sampled(
    game: Game, fields: Mapping[str, Field], n: int, seed: int = 0, label: Tensor | None = None
) -> Tensor:
    """``n`` samples of the game. ``label`` is (n,), for conditional games."""
    stored = made_up({name: fields[name] for name in game.inputs})
    inputs = {k: finished(torch.as_tensor(v[:n]), fields[k]) for k, v in stored.items()}
    with sampling(game, torch.device("cpu"), seed=0):
        return game.sample(n, Draw(seed), label, inputs or None)


CHECKS = (
    it_samples_what_is_learnt,
    its_samples_stay_in_range,
    its_samples_follow_the_draw,
    its_presets_fit,
)
