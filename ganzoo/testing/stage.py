"""Where a record is tried out: a small game around it, on small data."""

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
from ganzoo.errors import DataUnavailable, DoesNotFit, GanzooError, NotInstalled
from ganzoo.registry.records import Dataset, Field, Loss, Metric, Model, Observer, Penalty
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Override
from ganzoo.testing.check import Failed
from ganzoo.testing.practice import DATASETS, DISTRIBUTION
from ganzoo.training.building import Built, build, build_game, load_data, said_fields
from ganzoo.training.measuring import Measure, measures
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
"""Settings of the partner, so that it does not take long."""


@dataclass(frozen=True)
class Stage:
    """A record and all that it can be tried out with."""

    entry: Entry
    zoo: Registry
    """The plugins there are, and practice data."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The author's, by qualified key."""
    _ready: dict[str, tuple[Data, Measure]] = field(default_factory=dict, init=False, repr=False)

    @property
    def cls(self) -> type[Any]:
        """What the record's factory names."""
        return self.entry.resolve()

    @property
    def group(self) -> str:
        """What the record's settings are qualified with."""
        return self.entry.record.group

    @property
    def model(self) -> Entry:
        """The record, or a small model that goes with it.

        Raises:
            SkipTest: none does.
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
        raise SkipTest(f"no model that is installed gives {record.input}")

    def made(self) -> Any:
        """The record's object, with the author's settings."""
        return self.settled(self.dataset).make(self.group)

    def request(self, dataset: str | None) -> Request:
        """The record and what goes with it, with no settings but their own."""
        record, name = self.entry.record, self.entry.qualified
        return Request(
            model=self.model.qualified,
            loss=name if isinstance(record, Loss) else None,
            penalty=name if isinstance(record, Penalty) else None,
            dataset=dataset,
            observers=(name,) if isinstance(record, Observer) else (),
            metrics=(name,) if isinstance(record, Metric) else (),
        )

    def settled(self, dataset: str, seed: int = 0) -> Plan:
        """A few steps with the record; what it needs beside it is small and built in.

        Raises:
            SkipTest: a setting that has no default is not given.
        """
        request = self.request(dataset)
        known = self.keys(dataset)
        values = {k: v for k, v in self.settings.items() if k in known}
        own = {f"trainer.{key}": value for key, value in TRAINER.items()} | {"trainer.seed": seed}
        own |= SMALL if request.model == PARTNER != self.entry.qualified else {}
        overrides = (Override(k, v, "the check") for k, v in (*values.items(), *own.items()))
        settled = plan(self.zoo, replace(request, overrides=tuple(overrides)))
        for key, value in settled.values.items():
            if value.value is MISSING:
                raise SkipTest(f"{key} must be set for this: --set {key}=..., or settings={{...}}")
        return settled

    def keys(self, dataset: str | None = None) -> set[str]:
        """What can be set."""
        return {s.key for s in plan(self.zoo, self.request(dataset)).settings}

    def built(self, dataset: str | None = None, seed: int = 0) -> Built:
        """Data, game and trainer; the same seed gives the same.

        Raises:
            SkipTest: the data is not here.
            DoesNotFit: the model does not take it.
        """
        settled = self.settled(dataset or self.dataset, seed)
        with unchanged():
            return build(self.zoo, settled)

    def game(self, dataset: str) -> tuple[Game, Mapping[str, Field]]:
        """The untrained game for what a dataset says that it gives, which need not be here.

        Raises:
            DoesNotFit: the model does not take it.
        """
        settled = self.settled(dataset)
        with unchanged():
            fields = said_fields(settled)
            return build_game(settled, fields), fields

    @cached_property
    def dataset(self) -> str:
        """The first of `datasets`: finding it builds the game, which is done once."""
        return next(self.datasets())

    def measured(self, dataset: str, anew: bool = False) -> tuple[Data, Measure]:
        """Data, and the record, a metric, made ready for it, once unless ``anew``.

        Raises:
            SkipTest: the data, or what the metric needs, is not here.
            DoesNotFit: the metric does not measure such data.
        """
        if dataset in self._ready and not anew:
            return self._ready[dataset]
        settled = self.settled(dataset)
        with unchanged():
            data = load_data(settled, said_fields(settled))
            (measure,) = measures(self.zoo, settled, data)
            self._ready[dataset] = data, measure
            return data, measure

    def _measurable(self) -> Iterator[str]:
        """Practice data that the metric measures, or else the first of the zoo's that is here."""
        practice = [f"{DISTRIBUTION}/{name}" for name in DATASETS]
        if fitting := [name for name in practice if self._measures(name)]:
            yield from fitting
            return
        for entry in self.zoo.entries(Dataset):
            with suppress(SkipTest):
                if entry.qualified not in practice and self._measures(entry.qualified):
                    yield entry.qualified
                    return
        raise SkipTest("no dataset that is here is one that it measures")

    def _measures(self, dataset: str) -> bool:
        try:
            self.measured(dataset)
        except DoesNotFit:
            return False
        except GanzooError as error:
            raise Failed(
                f"of {dataset}: {error}\n"
                "What to do: raise ganzoo.DoesNotFit for data that it does not measure"
            ) from error
        return True

    def datasets(self) -> Iterator[str]:
        """The record, or practice data that the model takes, or else what the model suggests."""
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
            try:
                self.game(f"{DISTRIBUTION}/{name}")
            except DoesNotFit:
                continue
            except GanzooError:
                raise
            except Exception as error:
                raise Failed(
                    f"build() failed for data of shape {cls.learnt.shape}: "
                    f"{type(error).__name__}: {error}"
                    "\nWhat to do: raise ganzoo.DoesNotFit for data that the model does not take"
                ) from error
            nothing = False
            yield f"{DISTRIBUTION}/{name}"
        if nothing:
            yield model.dataset


@contextmanager
def unchanged() -> Iterator[None]:
    """Download nothing, and leave the process as it was: building sets torch's threads.

    Raises:
        SkipTest: what is needed is not here.
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
