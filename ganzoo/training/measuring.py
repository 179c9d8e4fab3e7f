"""Prepares metrics for data, so that they can score samples."""

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
from ganzoo.registry.boundary import Boundary
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
    """Its settings in plain values, by qualified key."""
    score: Callable[[Tensor], Mapping[str, float]]
    prepare: Callable[[Data], Callable[[Tensor], Mapping[str, float]]]
    """Returns the function ``score`` for some data."""
    guard: Boundary
    """Calls its code."""

    def against(self, data: Data) -> Measure:
        """The same metric, prepared for other data.

        Raises:
            DoesNotFit: The metric does not fit the data.
        """
        return replace(self, score=self.prepare(data))

    @property
    def metric(self) -> Metric:
        """The metric's record."""
        assert isinstance(self.entry.record, Metric)
        return self.entry.record

    @property
    def names(self) -> tuple[str, ...]:
        """The qualified names of its scores."""
        return tuple(self.metric.qualified(score) for score in self.metric.scores)

    def check_enough(self, n: int) -> None:
        """Check that ``n`` samples are enough.

        Raises:
            UsageError: The metric needs more samples.
        """
        if n < self.metric.least:
            raise UsageError(
                f"metric {self.metric.name} needs at least {self.metric.least:,} samples, not "
                f"{n:,}. Its protocol uses {self.metric.samples:,}"
            )

    def __call__(self, samples: Tensor) -> dict[str, float]:
        r"""Its scores of samples (N, \*shape), by qualified name.

        Raises:
            UsageError: There are too few samples.
            GanzooError: Samples are not finite, or the metric fails.
        """
        self.check_enough(len(samples))
        check_finite(samples)
        before = samples._version
        with GlobalRandom(derive(0, "metric", self.metric.name), samples.device):
            given = self.guard(lambda: dict(self.score(samples)))
        if samples._version != before:
            raise GanzooError(f"{self.guard} changed its samples, which other metrics use, too")
        expected = {score.name for score in self.metric.scores}
        if set(given) != expected:
            raise GanzooError(
                f"{self.guard} returned the scores {', '.join(map(str, given)) or 'none'}; "
                f"it declares {', '.join(sorted(expected))}"
            )
        return {
            self.metric.qualified(score): self.guard(float, given[score.name])
            for score in self.metric.scores
        }


def check_finite(samples: Tensor) -> None:
    r"""Check that all values of samples (N, \*shape) are finite.

    Raises:
        GanzooError: Some are not.
    """
    if broken := len(samples) - int(samples.flatten(1).isfinite().all(1).sum()):
        raise GanzooError(
            f"{broken:,} of {len(samples):,} samples have values that are not finite numbers "
            "(NaN or infinite), so no metric can measure them"
        )


def measures(zoo: Registry, settled: Plan, data: Data) -> tuple[Measure, ...]:
    """The metrics that the plan names, or all that fit and are used by default.

    Raises:
        DoesNotFit: A metric that the plan names is for other data, or none fits. The message has
            each one's reason.
    """
    if settled.metrics:
        return tuple(_ready(entry, settled.values, data) for entry in settled.metrics)
    found, reasons = [], []
    for entry in zoo.entries(Metric):
        if isinstance(entry.record, Metric) and entry.record.unasked:
            try:
                found.append(_ready(entry, {}, data))
            except DoesNotFit as error:
                reasons.append(f"  {entry.record.name}: {error.__cause__ or error}")
            except GanzooError as error:  # the user did not name it, so it stops nothing
                logger.warning("%s. It is left out", error, extra={"error": error})
                reasons.append(f"  {error}")
    if not found:
        reasons.append("`ganzoo list metrics` shows all metrics")
        raise DoesNotFit("no metric fits this data:\n" + "\n".join(reasons))
    return tuple(found)


def check_field(settled: Plan, field: Field) -> None:
    """Check, before the data is loaded, that the plan's metrics fit the generated field.

    Raises:
        DoesNotFit: A metric does not.
    """
    for entry in settled.metrics:
        check = getattr(settled.make(f"metric.{entry.record.name}"), "check_field", None)
        if check is not None:
            _fitting(entry, partial(check, field), Boundary(entry))


def _ready(entry: Entry, values: Mapping[str, Value], data: Data) -> Measure:
    group, cls = entry.record.group, entry.resolve()
    own = settings_of(group, cls)
    values = {s.key: values[s.key] for s in own} if values else resolve(own, ())
    guard = Boundary(entry)
    metric = guard.once(make, group, cls, values)

    def prepare(data: Data) -> Any:
        return _fitting(entry, lambda: metric.against(data), guard)

    said = {key: plain(v.value) for key, v in values.items()}
    return Measure(entry, said, prepare(data), prepare, guard)


def _fitting(entry: Entry, call: Callable[[], Any], guard: Boundary) -> Any:
    """The result of a metric's code. If it refuses the data, the error names the metric."""
    try:
        return guard.once(call)
    except DoesNotFit as error:
        raise DoesNotFit(f"metric {entry.record.name} does not fit this data: {error}") from error


def judge(chosen: Sequence[Measure]) -> Callable[[GetSamples], dict[str, float]]:
    """All of their scores as one function, for evaluation during training.

    It draws as many samples as the largest protocol needs, and the other metrics use the first of
    them. A metric that fails scores NaN, and the run continues.
    """
    most = max((m.metric.samples for m in chosen), default=0)

    def scores(get: GetSamples) -> dict[str, float]:
        samples = get(most)
        found: dict[str, float] = {}
        for measure in chosen:
            try:
                found |= measure(samples[: measure.metric.samples])
            except GanzooError as error:
                logger.warning("%s", error, extra={"error": error})
                found |= dict.fromkeys(measure.names, math.nan)
        return found

    return scores


def best_by(chosen: Sequence[Measure]) -> tuple[str, Score] | None:
    """The score that selects the best weights, with its qualified name."""
    for measure in chosen:
        score = measure.metric.scores[0]
        if score.better:
            return measure.metric.qualified(score), score
    return None
