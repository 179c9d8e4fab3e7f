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
from ganzoo.engine.game import Batch, View
from ganzoo.engine.random import GlobalRandom, derive
from ganzoo.engine.sampling import compared
from ganzoo.engine.trainer import GetSamples, Judge
from ganzoo.errors import DoesNotFit, GanzooError, UsageError
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.records import Field, Metric, Score
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Value, make, plain, resolve, settings_of
from ganzoo.training.plan import Plan

logger = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Measure:
    """A metric with its settings, ready to score samples."""

    entry: Entry
    settings: Mapping[str, Any]
    """Its settings in plain values, by qualified key."""
    score: Callable[..., Mapping[str, float]]
    prepare: Callable[[Data], Callable[..., Mapping[str, float]]]
    """Returns the function ``score`` for some data."""
    guard: Boundary
    """Calls its code."""
    view: str = ""
    """The view that it scores."""

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

    def __call__(self, samples: Tensor, given: Batch | None = None) -> dict[str, float]:
        r"""Its scores of samples (N, \*shape), by qualified name.

        ``given`` has what the metric wants to compare them with, in N rows.

        Raises:
            UsageError: There are too few samples.
            GanzooError: Samples are not finite, or the metric fails.
        """
        self.check_enough(len(samples))
        check_finite(samples)
        before = samples._version
        arguments: list[Any] = [samples]
        if self.metric.wants:
            rows = {name: (given or {})[name][: len(samples)] for name in self.metric.wants}
            arguments.append(rows)
        with GlobalRandom(derive(0, "metric", self.metric.name), samples.device):
            found = self.guard(lambda: dict(self.score(*arguments)))
        if samples._version != before:
            raise GanzooError(f"{self.guard} changed its samples, which other metrics use, too")
        expected = {score.name for score in self.metric.scores}
        if set(found) != expected:
            raise GanzooError(
                f"{self.guard} returned the scores {', '.join(map(str, found)) or 'none'}; "
                f"it declares {', '.join(sorted(expected))}"
            )
        return {
            self.metric.qualified(score): self.guard(float, found[score.name])
            for score in self.metric.scores
        }


def check_finite(samples: Tensor) -> None:
    r"""Check that all values of samples (N, \*shape) are finite.

    Raises:
        GanzooError: Some are not.
    """
    finite = samples.reshape(len(samples), -1).isfinite().all(1)
    if broken := len(samples) - int(finite.sum()):
        raise GanzooError(
            f"{broken:,} of {len(samples):,} samples have values that are not finite numbers "
            "(NaN or infinite), so no metric can measure them"
        )


def measures(
    zoo: Registry, settled: Plan, data: Data, views: Sequence[View], held_out: Batch
) -> tuple[Measure, ...]:
    """The metrics that the plan names, or all that fit and are used by default.

    Each scores the first view that it fits. Only those that compare samples with something score
    other views than the first.

    Args:
        zoo: Where the metrics are from.
        settled: The plan.
        data: The data, in any order of its fields.
        views: What the game shows.
        held_out: The held-out fields that views need, and their targets.

    Raises:
        DoesNotFit: A metric that the plan names is for other data, or none fits. The message has
            each one's reason.
    """
    found: list[Measure] = []
    reasons: list[str] = []
    named = bool(settled.metrics)
    for entry in settled.metrics if named else zoo.entries(Metric):
        record = entry.record
        if not isinstance(record, Metric) or not (named or record.unasked):
            continue
        try:
            found.append(_for_a_view(entry, settled.values if named else {}, data, views, held_out))
        except DoesNotFit as error:
            if named:
                raise
            reasons.append(f"  {record.name}: {error.__cause__ or error}")
        except GanzooError as error:
            if named:
                raise
            logger.warning("%s. It is left out", error, extra={"error": error})
            reasons.append(f"  {error}")  # the user did not name it, so it stops nothing
    if not found:
        reasons.append("`ganzoo list metrics` shows all metrics")
        raise DoesNotFit("no metric fits this data:\n" + "\n".join(reasons))
    return tuple(found)


def _for_a_view(
    entry: Entry,
    values: Mapping[str, Value],
    data: Data,
    views: Sequence[View],
    held_out: Batch,
) -> Measure:
    """The metric, ready for the first view that it fits."""
    assert isinstance(entry.record, Metric)
    wants, refused = entry.record.wants, []
    for view in views if wants else views[:1]:
        made = view.field(data.fields)
        if missing := [
            want for want in wants if want not in compared(view, data.fields, 1, held_out)
        ]:
            refused.append(f"the view {view.name} has no {missing[0]} to compare samples with")
            continue
        try:
            return replace(ready(entry, values, data.led_by(made)), view=view.name)
        except DoesNotFit as error:
            if len(views) == 1 or not wants:
                raise
            refused.append(str(error.__cause__ or error))
    raise DoesNotFit(f"metric {entry.record.name} does not fit this data: {'; '.join(refused)}")


def check_field(settled: Plan, field: Field) -> None:
    """Check, before the data is loaded, that the plan's metrics fit the field of the first view.

    Those that compare samples with something may fit another view.

    Raises:
        DoesNotFit: A metric does not.
    """
    for entry in settled.metrics:
        check = getattr(settled.make(f"metric.{entry.record.name}"), "check_field", None)
        assert isinstance(entry.record, Metric)
        if check is not None and not entry.record.wants:
            _fitting(entry, partial(check, field), Boundary(entry))


def ready(entry: Entry, values: Mapping[str, Value], data: Data) -> Measure:
    """A metric with its settings among ``values`` (all defaults without any), prepared for data.

    Raises:
        DoesNotFit: It does not fit the data.
    """
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


def judge(chosen: Sequence[Measure]) -> Judge:
    """All of their scores as one function, for evaluation during training.

    Of each view, it draws as many samples as the largest protocol needs, and the other metrics use
    the first of them. A metric that fails scores NaN, and the run continues.
    """
    most: dict[str, int] = {}
    for measure in chosen:
        most[measure.view] = max(most.get(measure.view, 0), measure.metric.samples)

    def scores(get: GetSamples) -> dict[str, float]:
        drawn = {view: get(view, n) for view, n in most.items()}
        found: dict[str, float] = {}
        for measure in chosen:
            samples, given = drawn[measure.view]
            try:
                found |= measure(samples[: measure.metric.samples], given)
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
