"""Checks of a model: its samples and its presets."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import torch
from torch import Tensor

from ganzoo.engine.average import sampler_state
from ganzoo.engine.checks import checked_views
from ganzoo.engine.feed import finished
from ganzoo.engine.game import Game
from ganzoo.engine.random import Draw
from ganzoo.engine.sampling import given_rows, grid, sampling
from ganzoo.engine.view import View, label_values
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
        for view, n in product(checked_views(game, game.views()), (1, 5)):
            samples = shown(game, view, fields, n)
            expected = (n, *fields[view.field(fields)].shape)
            expect(
                tuple(samples.shape) == expected,
                f"show({n}, ...) of view {view.name} gave {tuple(samples.shape)} for {dataset}; "
                f"expected {expected}",
                "end the generator with a layer that returns the field's shape (nn.Unflatten)",
            )
            expect(
                samples.dtype == torch.float32,
                f"show({n}, ...) of view {view.name} gave {samples.dtype} for {dataset}; "
                "expected float32",
                "return the generator's output as it is",
            )
            expect(
                bool(samples.isfinite().all()),
                f"view {view.name}: an untrained game makes numbers that are not finite "
                f"({dataset})",
                "check the initial weights and the divisions",
            )


def its_samples_stay_in_range(stage: Stage) -> None:
    """its samples are in the data's range for any weights."""
    for dataset in stage.datasets():
        game, fields = stage.game(dataset)
        with torch.no_grad():  # imitates long training, because an untrained generator stays near 0
            for parameter in game.parameters():
                parameter.mul_(100)
        for view in checked_views(game, game.views()):
            bounds = fields[view.field(fields)].range
            if bounds is None:
                continue
            samples, (low, high) = shown(game, view, fields, 64), bounds
            expect(
                bool((samples >= low - SLACK).all() and (samples <= high + SLACK).all()),
                f"with large weights, {view.name} for {dataset} are between {samples.min():.3g} "
                f"and {samples.max():.3g}, but the data is between {low} and {high}",
                "end the generator with a function of that range (nn.Tanh for -1 to 1)",
            )


def its_samples_follow_the_draw(stage: Stage) -> None:
    """the same draw gives the same samples, and another draw gives different ones."""
    game, fields = stage.game(stage.dataset)
    advice = "take all randomness of show(n, draw, given) from draw, and none from torch.rand"
    for view in checked_views(game, game.views()):
        first = shown(game, view, fields, 5, seed=1)
        expect(
            torch.equal(first, shown(game, view, fields, 5, seed=1)),
            f"view {view.name}: the same draw gave different samples",
            advice,
        )
        if not view.needs:
            other = shown(game, view, fields, 5, seed=2)
            what = f"view {view.name}: another draw gave the same samples"
            expect(not torch.equal(first, other), what, advice)


def its_views_declare_what_they_use(stage: Stage) -> None:
    """its views need no module but those that they declare, so a trained run shows the same."""
    game, fields = stage.game(stage.dataset)
    for view in checked_views(game, game.views()):
        first = shown(game, view, fields, 5, seed=1)
        kept = sampler_state(game, view.uses).keys()
        with torch.no_grad():
            others = [p for name, p in game.named_parameters() if name not in kept]
            for parameter in others:
                parameter.add_(1)
            same = torch.equal(first, shown(game, view, fields, 5, seed=1))
            for parameter in others:
                parameter.sub_(1)
        expect(
            same,
            f"view {view.name} uses a module that it does not declare",
            "name all modules that show() needs in the view's `uses`",
        )


def its_labels_matter(stage: Stage) -> None:
    """its samples depend on their label."""
    game, fields = stage.game(stage.dataset)
    for view in checked_views(game, game.views()):
        if view.label is None:
            continue
        values = label_values(view.label)
        made = fields[view.field(fields)]
        inputs = inputs_for(view, fields, 1)
        with sampling(game, torch.device("cpu"), seed=0):
            columns = grid(view, len(values), inputs, values).in_one_batch(made, Draw(1))
        expect(
            len(values) < 2 or not torch.equal(columns[0], columns[1]),
            f"view {view.name}: two labels gave the same sample of the same latent",
            "use given['label'] in show(n, draw, given)",
        )


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


def inputs_for(view: View, fields: Mapping[str, Field], n: int) -> dict[str, Tensor]:
    """``n`` rows of what a view needs."""
    stored = made_up({name: fields[name] for name in view.needs})
    return {k: finished(torch.as_tensor(v[:n]), fields[k]) for k, v in stored.items()}


def shown(game: Game, view: View, fields: Mapping[str, Field], n: int, seed: int = 0) -> Tensor:
    """``n`` samples of a view, with every label in turn."""
    given = given_rows(view, torch.arange(n), inputs_for(view, fields, n))
    with sampling(game, torch.device("cpu"), seed=0):
        return view.show(n, Draw(seed), given)


CHECKS = (
    it_samples_what_is_learnt,
    its_samples_stay_in_range,
    its_samples_follow_the_draw,
    its_views_declare_what_they_use,
    its_labels_matter,
    its_presets_fit,
)
