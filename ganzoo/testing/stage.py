"""Where a record is tried out: a small game around it, on small data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, field
from typing import Any
from unittest import SkipTest

import torch

from ganzoo.building import Built, build
from ganzoo.errors import DataUnavailable, DoesNotFit
from ganzoo.plan import Request
from ganzoo.records import Dataset, Loss, Model, Observer, Penalty
from ganzoo.registry import Entry, Registry
from ganzoo.settings import Setting, Wish, make, resolve, settings_of
from ganzoo.testing.practice import DATASETS, DISTRIBUTION

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

    @property
    def cls(self) -> type[Any]:
        """What the record's factory names."""
        return self.entry.resolve()

    @property
    def group(self) -> str:
        """What the record's settings are qualified with."""
        record = self.entry.record
        return f"observer.{record.name}" if isinstance(record, Observer) else record.kind

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
        for entry in self.zoo.entries(Model):
            if isinstance(entry.record, Model) and entry.record.output == record.input:
                return entry
        raise SkipTest(f"no model that is installed gives {record.input}")

    def made(self) -> Any:
        """The record's object, with the author's settings."""
        settings = settings_of(self.group, self.cls)
        return make(self.group, self.cls, resolve(settings, self.wishes(settings)))

    def wishes(self, settings: Iterable[Setting]) -> list[Wish]:
        """The author's, as far as they are of these settings.

        Raises:
            SkipTest: one that must be set is not.
        """
        for setting in settings:
            if setting.default is MISSING and setting.key not in self.settings:
                raise SkipTest(f"{setting.key} must be set: give the check a value for it")
        own = {s.key for s in settings}
        return [Wish(k, v, "the check") for k, v in self.settings.items() if k in own]

    def request(self, dataset: str, seed: int = 0) -> Request:
        """A few steps with the record; what it needs beside it is small and built in."""
        record, name, model = self.entry.record, self.entry.qualified, self.model.qualified
        values = {f"trainer.{key}": value for key, value in TRAINER.items()}
        values |= SMALL if model == PARTNER and model != name else {}
        values["trainer.seed"] = seed
        return Request(
            model=model,
            loss=name if isinstance(record, Loss) else None,
            penalty=name if isinstance(record, Penalty) else None,
            dataset=dataset,
            observers=(name,) if isinstance(record, Observer) else (),
            wishes=(
                *self.wishes(settings_of(self.group, self.cls)),
                *(Wish(key, value, "the check") for key, value in values.items()),
            ),
        )

    def built(self, dataset: str | None = None, seed: int = 0) -> Built:
        """Data, game and trainer; the same seed gives the same.

        Raises:
            SkipTest: the data is not here.
            DoesNotFit: the model does not take it.
        """
        request = self.request(dataset or next(self.datasets()), seed)
        try:
            with unchanged():
                return build(self.zoo, request)
        except DataUnavailable as error:
            raise SkipTest(str(error).partition("\n")[0]) from error

    def datasets(self) -> Iterator[str]:
        """The record, or practice data that the model takes, or else what the model suggests."""
        model = self.model.record
        assert isinstance(model, Model)
        if isinstance(self.entry.record, Dataset):
            yield self.entry.qualified
            return
        nothing = True
        for name in DATASETS:
            with suppress(DoesNotFit):
                self.built(f"{DISTRIBUTION}/{name}")
                nothing = False
                yield f"{DISTRIBUTION}/{name}"
        if nothing:
            yield model.dataset


@contextmanager
def unchanged() -> Iterator[None]:
    """Download nothing, and leave the process as it was: building sets torch's threads."""
    threads, before = torch.get_num_threads(), os.environ.get("GANZOO_OFFLINE")
    os.environ["GANZOO_OFFLINE"] = "1"
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        del os.environ["GANZOO_OFFLINE"]
        if before is not None:
            os.environ["GANZOO_OFFLINE"] = before
