"""The surroundings of a record that is checked: a small game on small data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, field, replace
from functools import cached_property
from typing import Any
from unittest import SkipTest

import torch

from ganzoo.engine.data import Data
from ganzoo.engine.game import Game
from ganzoo.errors import DataUnavailable, DoesNotFit, GanzooError, NotInstalled, PluginFailed
from ganzoo.registry.records import (
    Augmentation,
    Dataset,
    Field,
    Loss,
    Metric,
    Model,
    Observer,
    Penalty,
)
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Override, Value, resolve, settings_of
from ganzoo.testing.check import failed
from ganzoo.testing.practice import DATASETS, DISTRIBUTION
from ganzoo.training.building import Built, build, build_game, load_data, said_fields
from ganzoo.training.measuring import Measure, ready
from ganzoo.training.plan import Plan, Request, plan

STEPS = 4
TRAINER = {
    "batch_size": 8,
    "steps": STEPS,
    "samples": 8,
    "log_every": 2,
    "sample_every": 2,
    "checkpoint_every": 2,
    "device": "cpu",
    "workers": 0,
}
PARTNER = "ganzoo-core/vanilla-mlp"
SMALL = {"model.latent": 4, "model.generator": (16,), "model.discriminator": (16,)}
"""Settings of the partner that make it fast."""


@dataclass(frozen=True)
class Stage:
    """A record and what it is checked with."""

    entry: Entry
    zoo: Registry
    """The installed plugins, and practice data."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The plugin author's settings, by qualified key."""
    _ready: dict[str, tuple[Data, Measure]] = field(default_factory=dict, init=False, repr=False)

    @property
    def cls(self) -> type[Any]:
        """The class that the record's factory names."""
        return self.entry.resolve()

    @property
    def group(self) -> str:
        """The group of the record's settings."""
        return self.entry.record.group

    @property
    def model(self) -> Entry:
        """The record, or a small model that fits it.

        Raises:
            SkipTest: no model fits.
        """
        record = self.entry.record
        if isinstance(record, Model):
            return self.entry
        if not isinstance(record, Loss) or record.input == "logits":
            return self.zoo.find(Model, PARTNER)
        fitting = [
            e
            for e in self.zoo.entries(Model)
            if isinstance(e.record, Model) and e.record.output == record.input
        ]
        for entry in sorted(fitting, key=lambda e: e.plugin is not self.entry.plugin):
            return entry  # its own plugin's first
        raise SkipTest(f"no installed model outputs {record.input}")

    def made(self) -> Any:
        """The record's object, with the author's settings."""
        return self.settled(self.dataset).make(self.group)

    def request(self, dataset: str | None) -> Request:
        """A request for the record and its partners with their default settings."""
        record, name = self.entry.record, self.entry.qualified
        return Request(
            model=self.model.qualified,
            loss=name if isinstance(record, Loss) else None,
            penalty=name if isinstance(record, Penalty) else None,
            augmentation=name if isinstance(record, Augmentation) else None,
            dataset=name if isinstance(record, Dataset) else dataset,
            observers=(name,) if isinstance(record, Observer) else (),
            metrics=(name,) if isinstance(record, Metric) else (),
        )

    def settled(self, dataset: str, seed: int = 0) -> Plan:
        """A plan of a few steps with the record. Its partners are small and built in.

        Raises:
            SkipTest: a setting without a default is not given.
        """
        request = self.request(dataset)
        known = self.keys(dataset)
        values = {k: v for k, v in self.settings.items() if k in known}
        own = {f"trainer.{key}": value for key, value in TRAINER.items()} | {"trainer.seed": seed}
        own |= SMALL if request.model == PARTNER != self.entry.qualified else {}
        overrides = (Override(k, v, "the check") for k, v in (own | values).items())
        settled = plan(self.zoo, replace(request, overrides=tuple(overrides)))
        for key, value in settled.values.items():
            if value.value is MISSING:
                raise SkipTest(f"{key} must be set: use --set {key}=... or settings={{...}}")
        return settled

    def values(self) -> dict[str, Value]:
        """The values of the record's own settings."""
        record = self.entry.record
        if not record.of_run:
            settings = settings_of(self.group, self.cls)
            known = {s.key for s in settings}
            own = (Override(k, v, "the check") for k, v in self.settings.items() if k in known)
            return resolve(settings, own)
        values = self.settled(self.dataset).values.items()
        return {key: value for key, value in values if key.rpartition(".")[0] == self.group}

    def keys(self, dataset: str | None = None) -> set[str]:
        """The keys of all settings."""
        keys = {s.key for s in plan(self.zoo, self.request(dataset)).settings}
        record = self.entry.record
        if record.configured and not record.of_run:
            keys |= {s.key for s in settings_of(self.group, self.entry.declared())}
        return keys

    def built(self, dataset: str | None = None, seed: int = 0) -> Built:
        """Data, game and trainer. The same seed gives the same ones.

        Raises:
            SkipTest: the data is not available.
            DoesNotFit: the model does not fit the data.
        """
        settled = self.settled(dataset or self.dataset, seed)
        with unchanged():
            return build(self.zoo, settled)

    def game(self, dataset: str) -> tuple[Game, Mapping[str, Field]]:
        """The untrained game for a dataset's fields, without its data.

        Raises:
            DoesNotFit: the model does not fit the fields.
        """
        settled = self.settled(dataset)
        with unchanged():
            fields = said_fields(settled)
            return build_game(settled, fields), fields

    @cached_property
    def dataset(self) -> str:
        """The first of `datasets`. It is cached because finding it builds the game."""
        return next(self.datasets())

    def measured(self, dataset: str, again: bool = False) -> tuple[Data, Measure]:
        """Data, and the record (a metric) prepared for it. Cached unless ``again``.

        Raises:
            SkipTest: the data, or what the metric needs, is not available.
            DoesNotFit: the metric does not measure such data.
        """
        if dataset in self._ready and not again:
            return self._ready[dataset]
        settled = self.settled(dataset)
        with unchanged():
            data = load_data(settled, said_fields(settled))
            (entry,) = settled.metrics
            assert isinstance(entry.record, Metric)
            orders = [data.led_by(name) for name in data.fields if entry.record.wants]
            for other in orders[:-1]:  # a view may make any of the fields
                with suppress(DoesNotFit):
                    self._ready[dataset] = other, ready(entry, settled.values, other)
                    return self._ready[dataset]
            last = orders[-1] if orders else data
            self._ready[dataset] = last, ready(entry, settled.values, last)
            return self._ready[dataset]

    def _measurable(self) -> Iterator[str]:
        """Practice data that the metric measures, or else the first available dataset."""
        practice = [f"{DISTRIBUTION}/{name}" for name in DATASETS]
        if fitting := [name for name in practice if self._measures(name)]:
            yield from fitting
            return
        for entry in self.zoo.entries(Dataset):
            with suppress(SkipTest):
                if entry.qualified not in practice and self._measures(entry.qualified):
                    yield entry.qualified
                    return
        raise SkipTest("it measures no dataset that is available")

    def _measures(self, dataset: str) -> bool:
        try:
            self.measured(dataset)
        except DoesNotFit:
            return False
        except GanzooError as error:
            raise failed(
                f"{dataset}: {error}",
                "raise ganzoo.DoesNotFit for data that the metric does not measure",
            ) from error
        return True

    def datasets(self) -> Iterator[str]:
        """The record itself, practice data that fits the model, or else the model's own dataset."""
        if isinstance(self.entry.record, Metric):
            yield from self._measurable()
            return
        model = self.model.record
        assert isinstance(model, Model)
        if isinstance(self.entry.record, Dataset):
            yield self.entry.qualified
            return
        nothing = True
        for name, cls in DATASETS.items():
            if isinstance(self.entry.record, Augmentation) and not cls.learnt.is_image:
                continue
            try:
                self.game(f"{DISTRIBUTION}/{name}")
            except DoesNotFit:
                continue
            except PluginFailed as error:
                raise failed(
                    f"build() failed for data of shape {cls.learnt.shape}: {error}",
                    "raise ganzoo.DoesNotFit for data that does not fit the model",
                ) from error
            nothing = False
            yield f"{DISTRIBUTION}/{name}"
        if nothing:
            yield model.dataset


@contextmanager
def unchanged() -> Iterator[None]:
    """Download nothing, and restore torch's number of threads, which building changes.

    Raises:
        SkipTest: something that is needed is not available.
    """
    threads, before = torch.get_num_threads(), os.environ.get("GANZOO_OFFLINE")
    os.environ["GANZOO_OFFLINE"] = "1"
    try:
        yield
    except (DataUnavailable, NotInstalled) as error:
        raise SkipTest(str(error).partition("\n")[0]) from error
    finally:
        torch.set_num_threads(threads)
        del os.environ["GANZOO_OFFLINE"]
        if before is not None:
            os.environ["GANZOO_OFFLINE"] = before
