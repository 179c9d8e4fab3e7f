"""Builds data, game and trainer on the device from a plan. Writes no files."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import repr as short

import numpy as np
import torch
from torch import Tensor

from ganzoo.engine.checks import check_game, checked_moves, checked_views
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.events import Step
from ganzoo.engine.feed import Feed, finished
from ganzoo.engine.game import Game, View
from ganzoo.engine.random import derive
from ganzoo.engine.trainer import Trainer, steps_per_epoch
from ganzoo.engine.two_player import Objective
from ganzoo.errors import DataUnavailable, DoesNotFit, GanzooError, UsageError
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import PARTS, Dataset, Field, Model
from ganzoo.registry.registry import Registry
from ganzoo.runs.fingerprint import Fingerprint
from ganzoo.training.fields import check_loaded, fields_of
from ganzoo.training.fingerprint import fingerprint_of, stated
from ganzoo.training.measuring import Measure, check_field, judge, measures
from ganzoo.training.objective import check_pictures, check_settings, check_used, objective_of
from ganzoo.training.plan import Plan, fallback
from ganzoo.training.probes import COARSE, kept_apart, mesh, plot_extent, probes
from ganzoo.training.real import real_samples
from ganzoo.training.sources import check_readable, guarded

logger = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Built:
    """The data, game and trainer of a plan, on the device. No file is written yet."""

    plan: Plan
    data: Data
    trainer: Trainer
    held_out: Mapping[str, Tensor]
    """Inputs that the game's views need, and their targets, as the dataset stores them."""
    measures: tuple[Measure, ...] = ()
    """The metrics that evaluate it during training."""
    fingerprint: Fingerprint = field(kw_only=True)
    """What identifies the data."""
    objective: Objective | None = None
    """The loss and the penalty, unless the model has its own."""

    def steps(self) -> Iterator[Step]:
        """The trainer's steps.

        Raises:
            UsageError: The game has not used a part that the user chose, in the first round.
        """
        steps, guard = iter(self.trainer), self.plan.boundary("model")

        def following() -> Step | None:
            return next(steps, None)

        while (step := guard.checking(following)) is not None:
            if step.step == 1:
                check_used(self.plan, self.objective)
            yield step

    @property
    def field(self) -> Field:
        """The field that the game's first view makes."""
        return self.data.fields[self._name]

    @property
    def _name(self) -> str:
        return self.trainer.view.field(self.data.fields)

    def extent(self) -> float | None:
        """See `plot_extent`."""
        return plot_extent(self.data, self._name)

    def real(self) -> Samples:
        """Real samples to show next to generated ones."""
        return real_samples(self.trainer, self.data, self.extent())


def build(registry: Registry, settled: Plan, fingerprint: Fingerprint | None = None) -> Built:
    """Build the game from the dataset's fields, and then load the data.

    So parts that do not fit together are refused before a download. The plan of the result has the
    actual device and number of threads. If the dataset is unavailable, it has the fallback, see
    `fallback`.

    Args:
        fingerprint: That of the data, if it is already known.

    Raises:
        UsageError: The parts do not fit together, or a setting is wrong.
        DataUnavailable: The dataset is unavailable and has no fallback.
    """
    for group in (g for part in PARTS for g in settled.chosen(part)):
        settled.make(group)  # a wrong value fails before anything slow
    config: TrainerConfig = settled.make("trainer")
    if settled.metrics and not config.evaluate_every:
        raise UsageError("--metric needs --evaluate-every N, the steps between evaluations")
    device = pick_device(config.device)
    threads = config.threads or torch.get_num_threads()
    torch.set_num_threads(threads)
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # otherwise its sums vary
        torch.backends.cudnn.deterministic = True
    for key, value in (("trainer.device", device.type), ("trainer.threads", threads)):
        settled = settled.having(key, value, settled.values[key].source)
    game, objective = None, objective_of(settled)
    try:
        fields = said_fields(settled)
        game = build_game(settled, fields, objective)
        check_settings(settled, game, objective)
        views = views_of(settled, game)
        view = views[0]
        check_pictures(settled, fields[view.field(fields)])
        check_field(settled, fields[view.field(fields)])
        fingerprint = fingerprint or stated(settled)
        data = load_data(settled, fields)
    except DataUnavailable as error:
        other = fallback(registry, settled)
        if other is None:
            raise
        logger.warning("%s", error)
        name = other.request.dataset
        logger.warning("Continuing with %s instead. run.json records this.", name)
        return build(registry, _as_long(other, settled, game, fields) if game else other)
    made = data.fields[view.field(data.fields)]
    apart = kept_apart(config, made, min(data.sizes.values()))
    feed = Feed(data, config.batch_size, config.seed, device, config.workers, apart)
    held_out = _held_out(views, data)
    inputs = {k: finished(v.to(device), data.fields[k]) for k, v in held_out.items()}
    chosen = measures(registry, settled, data, views, inputs) if config.evaluate_every else ()
    needs = {view.name: view.needs for view in views}
    for measure in chosen:  # the inputs limit the number of samples
        for name in needs[measure.view]:
            measure.check_enough(len(inputs[name]))
    seen, coarse = probes(view, data, feed), mesh(view, data, device, COARSE)
    guard = settled.boundary("model")
    trainer = guard.checking(
        Trainer, game, feed, config, device, inputs, seen, judge(chosen), coarse, guard=guard
    )
    known = fingerprint or fingerprint_of(data)
    return Built(settled, data, trainer, held_out, chosen, fingerprint=known, objective=objective)


def _as_long(other: Plan, settled: Plan, game: Game, fields: Mapping[str, Field]) -> Plan:
    """The fallback's plan, with as many steps as the epochs of the unavailable dataset have."""
    record = settled.entries["dataset"].record
    config: TrainerConfig = settled.make("trainer")
    if config.epochs is None or not isinstance(record, Dataset) or record.size is None:
        return other
    view = views_of(settled, game)[0]
    apart = kept_apart(config, fields[view.field(fields)], record.size)
    batches = (record.size - apart) // config.batch_size
    guard = settled.boundary("model")
    moves = guard.checking(checked_moves, game, guard(game.moves))
    steps = config.epochs * steps_per_epoch(moves, batches)
    source = settled.values["trainer.epochs"].source
    return other.having("trainer.epochs", None, source).having("trainer.steps", steps, source)


def views_of(settled: Plan, game: Game) -> tuple[View, ...]:
    """The game's views. The first is the default."""
    guard = settled.boundary("model")
    return guard.checking(checked_views, game, guard(game.views))


def _held_out(views: Sequence[View], data: Data) -> dict[str, Tensor]:
    """What the views need, and the targets of these inputs if the data has them."""
    wanted: dict[str, None] = {}
    for view in views:
        if missing := [name for name in view.needs if name not in data.held_out]:
            raise DoesNotFit(
                f"the view {view.name} needs held-out {missing[0]!r}, but this data holds out "
                f"{', '.join(data.held_out) or 'nothing'}"
            )
        target = view.target(data.fields)
        wanted |= dict.fromkeys(view.needs)
        wanted |= {target: None} if target and target in data.held_out else {}
    return {name: torch.as_tensor(data.held_out[name]) for name in wanted}


def build_game(
    settled: Plan, fields: Mapping[str, Field], objective: Objective | None = None
) -> Game:
    """The model's game for data with these fields. The seed determines its weights.

    By default, ``objective`` is that of the plan.

    Raises:
        DoesNotFit: The model needs other data.
    """
    record = settled.model.record
    assert isinstance(record, Model)
    if missing := [name for name in record.needs if name not in fields]:
        raise DoesNotFit(
            f"{record.name} needs data with {' and '.join(record.needs)}; "
            f"this data has no {missing[0]} (it has {', '.join(fields)})"
        )
    config: TrainerConfig = settled.make("trainer")
    objective, guard = objective or objective_of(settled), settled.boundary("model")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(config.seed, "weights"))
        game = guard(settled.make("model").build, fields, objective)
        if not isinstance(game, Game):
            raise GanzooError(f"{guard}: build() returned {short(game)}; expected a ganzoo.Game")
        guard(check_game, game)
        if objective is not None:
            objective.join(game)
    for view in views_of(settled, game):
        guard(view.field, fields)
        if missing := [name for name in view.needs if name not in fields]:
            raise DoesNotFit(
                f"{record.name} shows {view.name} from {' and '.join(view.needs)}; "
                f"this data has no {missing[0]} (it has {', '.join(fields)})"
            )
    return game


def said_fields(settled: Plan) -> Mapping[str, Field]:
    """The fields of the plan's dataset, see `fields_of`."""
    return fields_of(settled.made_dataset, settled.entries["dataset"])


def load_data(settled: Plan, said: Mapping[str, Field]) -> Data:
    """The plan's data, compared with the fields that the dataset declared.

    Raises:
        DataUnavailable: The dataset is unavailable.
        GanzooError: It is not a `Data`, has other fields, or has values that are not finite.
    """
    guard = settled.boundary("dataset")
    data = guard.once(settled.made_dataset.load)
    if not isinstance(data, Data):
        raise GanzooError(f"{guard}: load() returned {type(data).__name__}; expected ganzoo.Data")
    check_loaded(settled.entries["dataset"], said, data.fields)
    for name, array in [*(data.arrays or {}).items(), *data.held_out.items()]:
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise GanzooError(f"{guard}: {name!r} has values that are not finite numbers")
        check_readable(guard, name, array)
    return guarded(data, guard)


def pick_device(name: str) -> torch.device:
    """The device of this name, or for ``auto`` the fastest available one.

    Raises:
        UsageError: The device is not available.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(n for n, there in available.items() if there))
    if not available[name]:
        there = ", ".join(n for n, yes in available.items() if yes)
        raise UsageError(f"trainer.device is {name}, which is not available here; use {there}")
    return torch.device(name)
