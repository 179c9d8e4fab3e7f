"""Metrics made ready for some data: from names and settings to numbers."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.engine.random import GlobalRandom, derive
from ganzoo.errors import DoesNotFit, GanzooError, UsageError
from ganzoo.registry.records import Field, Metric, Score
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Value, make, plain, resolve, settings_of
from ganzoo.training.plan import Plan

logger = logging.getLogger("ganzoo")
GetSamples = Callable[[int], Tensor]


@dataclass(frozen=True)
class Measure:
    """A metric with its settings, ready to score samples."""

    entry: Entry
    settings: Mapping[str, Any]
    """By qualified key, in plain values: its protocol."""
    score: Callable[[Tensor], Mapping[str, float]]
    prepare: Callable[[Data], Callable[[Tensor], Mapping[str, float]]]
    """Makes ``score`` for some data."""

    def against(self, data: Data) -> Measure:
        """The same made ready for other data.

        Raises:
            DoesNotFit: it measures nothing of that kind.
        """
        return replace(self, score=self.prepare(data))

    @property
    def metric(self) -> Metric:
        """The metric's record."""
        assert isinstance(self.entry.record, Metric)
        return self.entry.record

    @property
    def names(self) -> tuple[str, ...]:
        """What tables call its scores."""
        return tuple(self.metric.qualified(score) for score in self.metric.scores)

    def check_enough(self, n: int) -> None:
        """See that ``n`` samples are enough.

        Raises:
            UsageError: they are too few for the metric to mean anything.
        """
        if n < self.metric.least:
            raise UsageError(
                f"metric {self.metric.name} needs at least {self.metric.least:,} samples, and "
                f"there are {n:,}; its protocol takes {self.metric.samples:,}"
            )

    def __call__(self, samples: Tensor) -> dict[str, float]:
        r"""Its scores of samples (N, \*shape), by qualified name.

        Raises:
            UsageError: too few samples.
            GanzooError: samples are not finite, or the metric fails.
        """
        self.check_enough(len(samples))
        check_finite(samples)
        before = samples._version
        with GlobalRandom(derive(0, "metric", self.metric.name), samples.device):
            given = _guarded(self.entry, lambda: dict(self.score(samples)))
        if samples._version != before:
            raise GanzooError(
                f"{_who(self.entry)} changed the samples that it was given, which others see"
            )
        expected = {score.name for score in self.metric.scores}
        if set(given) != expected:
            raise GanzooError(
                f"{_who(self.entry)} gave the scores {', '.join(map(str, given)) or 'none'}; "
                f"it declares {', '.join(sorted(expected))}"
            )
        return {
            self.metric.qualified(score): _guarded(self.entry, partial(float, given[score.name]))
            for score in self.metric.scores
        }


def check_finite(samples: Tensor) -> None:
    r"""See that samples (N, \*shape) are numbers.

    Raises:
        GanzooError: some are not.
    """
    if broken := len(samples) - int(samples.flatten(1).isfinite().all(1).sum()):
        raise GanzooError(
            f"{broken:,} of {len(samples):,} samples hold values that are not finite numbers "
            "(NaN or infinite): there is nothing to measure"
        )


def _who(entry: Entry) -> str:
    return f"metric {entry.record.name} ({entry.plugin.source})"


def _guarded(entry: Entry, call: Callable[[], Any]) -> Any:
    """What a metric's code gives; whatever it raises is told as the metric's."""
    try:
        return call()
    except GanzooError:
        raise
    except (Exception, SystemExit) as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise GanzooError(f"{_who(entry)} failed: {told}") from error


def measures(zoo: Registry, settled: Plan, data: Data) -> tuple[Measure, ...]:
    """The metrics that the plan names; where it names none, all that fit and need no asking.

    Raises:
        DoesNotFit: one that was asked for is for other data.
    """
    if settled.metrics:
        return tuple(_ready(entry, settled.values, data) for entry in settled.metrics)
    found = []
    for entry in zoo.entries(Metric):
        if isinstance(entry.record, Metric) and entry.record.unasked:
            try:
                found.append(_ready(entry, {}, data))
            except DoesNotFit:
                continue
            except GanzooError as error:  # nobody asked for it, so nobody need suffer from it
                logger.warning("%s; it is left out", error)
    return tuple(found)


def check_field(settled: Plan, field: Field) -> None:
    """Ask the plan's metrics, before the data is loaded, whether they measure what is learnt.

    Raises:
        DoesNotFit: one of them does not.
    """
    for entry in settled.metrics:
        check = getattr(settled.make(f"metric.{entry.record.name}"), "check_field", None)
        if check is not None:
            _fitting(entry, partial(check, field))


def _ready(entry: Entry, values: Mapping[str, Value], data: Data) -> Measure:
    group, cls = entry.record.group, entry.resolve()
    own = settings_of(group, cls)
    values = {s.key: values[s.key] for s in own} if values else resolve(own, ())
    metric = make(group, cls, values)

    def prepare(data: Data) -> Any:
        return _fitting(entry, lambda: metric.against(data))

    said = {key: plain(v.value) for key, v in values.items()}
    return Measure(entry, said, prepare(data), prepare)


def _fitting(entry: Entry, call: Callable[[], Any]) -> Any:
    """What a metric's code gives; where it refuses the data, the metric is named."""
    try:
        return _guarded(entry, call)
    except DoesNotFit as error:
        raise DoesNotFit(f"metric {entry.record.name} does not fit this data: {error}") from error


def judge(chosen: Sequence[Measure]) -> Callable[[GetSamples], dict[str, float]]:
    """All of their scores as one function, for a run under way.

    It makes as many samples as the greediest metric's protocol takes, and the others look at the
    first of them. A metric that fails scores NaN: the run goes on.
    """
    most = max((m.metric.samples for m in chosen), default=0)

    def scores(get: GetSamples) -> dict[str, float]:
        samples = get(most)
        told: dict[str, float] = {}
        for measure in chosen:
            try:
                told |= measure(samples[: measure.metric.samples])
            except GanzooError as error:
                logger.warning("%s", error)
                told |= dict.fromkeys(measure.names, math.nan)
        return told

    return scores


def best_by(chosen: Sequence[Measure]) -> tuple[str, Score] | None:
    """The score that decides which weights are the best, and what tables call it."""
    for measure in chosen:
        score = measure.metric.scores[0]
        if score.better:
            return measure.metric.qualified(score), score
    return None
