"""Scores the final and the best weights of an experiment's runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.evaluation.evaluate import evaluate
from ganzoo.registry.records import Metric
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import plain, settings_of
from ganzoo.reproducing.experiment import Experiment
from ganzoo.runs.evaluations import plain_scores, read_evaluations
from ganzoo.runs.folder import Run
from ganzoo.runs.reading import Count
from ganzoo.training import origin

FINAL, CHOOSING = 0, 1
"""Seeds of the reported samples, and of the samples that select the best weights. They differ, so
that the luck of the selection does not affect the reported scores."""


@dataclass(frozen=True)
class Scored:
    """One run's scores, by qualified name."""

    seed: Count
    final: dict[str, float]
    best: dict[str, float]
    best_step: Count
    steps: Count
    seconds: float
    """Duration of its training."""
    started: str
    versions: dict[str, str]
    hardware: str
    commit: str
    """The commit of the code that trained it or, if its record has none, that scored it."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        scores = {name: plain_scores(getattr(self, name)) for name in ("final", "best")}
        return {**asdict(self), **scores}


def score(
    zoo: Registry, experiment: Experiment, run: Run, tell: Callable[[str], None] = lambda _: None
) -> Scored:
    """Score a finished run. Earlier scores are read from its folder.

    Raises:
        UsageError: it has no weights to score.
    """
    last, *earlier = [step for step in run.sampled_steps() if step] or [0]
    if not last:
        raise UsageError(f"{run.path} has no weights to score")
    by = experiment.columns[0].score
    sign = 1 if better(zoo, experiment) == "higher" else -1

    def at(step: int, seed: int) -> dict[str, float]:
        tell(f"scoring {run.path} at step {step:,}")
        return _scores(zoo, experiment, run, step, seed)

    def worth(step: int) -> tuple[bool, float, int]:
        value = sign * at(step, CHOOSING)[by]
        return (False, 0.0, step) if math.isnan(value) else (True, value, step)

    best = max((last, *earlier), key=worth)  # the latest of equals
    record, timings = run.record, run.timings.numbers()
    return Scored(
        seed=record.seed,
        final=at(last, FINAL),
        best=at(best, FINAL),
        best_step=best,
        steps=last,
        seconds=timings[-1]["seconds"] if timings else 0.0,
        started=record.started,
        versions=dict(record.versions),
        hardware=record.hardware or origin.hardware(record.settings["trainer.device"]),
        commit=record.commit or f"scored with {origin.commit()}",
    )


def better(zoo: Registry, experiment: Experiment) -> str:
    """Whether ``higher`` or ``lower`` is better for the score that selects the best weights.

    Raises:
        UsageError: the metric lacks one of the experiment's scores or needs more samples.
    """
    metric = zoo.find(Metric, experiment.metric).record
    assert isinstance(metric, Metric)
    if experiment.samples < metric.least:
        raise UsageError(
            f"experiment {experiment.name} scores {experiment.samples} samples; metric "
            f"{metric.name} needs at least {metric.least}"
        )
    known = {metric.qualified(score): score.better for score in metric.scores}
    missing = [column.score for column in experiment.columns if column.score not in known]
    if missing:
        raise UsageError(
            f"experiment {experiment.name}: metric {metric.name} gives {', '.join(known)}, "
            f"not {missing[0]}"
        )
    return known[experiment.columns[0].score] or "higher"


def _scores(
    zoo: Registry, experiment: Experiment, run: Run, step: int, seed: int
) -> dict[str, float]:
    entry = zoo.find(Metric, experiment.metric)
    group = f"metric.{entry.record.name}"
    defaults = {s.key: plain(s.default) for s in settings_of(group, entry.resolve())}
    needed = (entry.plugin.source, defaults, step, experiment.samples, seed)
    for known in read_evaluations(run.evaluations):
        had = (known.plugin, known.settings, known.step, known.samples, known.seed)
        if known.metric == experiment.metric and had == needed:
            return dict(known.scores)
    found = evaluate(
        zoo,
        run.path,
        [experiment.metric],
        n=experiment.samples,
        seed=seed,
        step=step,
        compared=False,
    )
    return dict(found[0].scores)
