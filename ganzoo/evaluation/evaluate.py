"""How good a run is: its samples, held against its data by metrics."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DoesNotFit, GanzooError, UsageError
from ganzoo.evaluation.yardsticks import yardsticks
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import Override
from ganzoo.runs.best import best_step, read_best
from ganzoo.runs.evaluations import Evaluation, keep_evaluations, read_evaluations
from ganzoo.runs.folder import Run, find
from ganzoo.training.building import load_data, said_fields
from ganzoo.training.measuring import Measure, check_field, check_finite, measures
from ganzoo.training.plan import Plan, plan
from ganzoo.training.recording import recorded_request
from ganzoo.training.trained import Moment, Trained, with_weights

logger = logging.getLogger("ganzoo")
MOST = 1_000_000
"""Samples at most: who asks for more mistyped."""
Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


def evaluate(
    zoo: Registry,
    path: str | Path,
    metrics: Sequence[str] = (),
    n: int | None = None,
    seed: int = 0,
    step: Moment = None,
    overrides: Sequence[Override] = (),
    tell: Tell = lambda what, done, total: None,
    compared: bool = True,
) -> list[Evaluation]:
    """Score a run's samples, and keep the result in its folder.

    The final weights are scored, and the best ones beside them where the run kept any; with
    ``step``, those of that step alone.

    Args:
        metrics: names; by default all that fit the run's data and need no asking.
        n: how many samples; by default what each metric's protocol takes.
        seed: fixes the samples' latents.
        compared: whether to score real data and noise, too, unless a metric is so costly that it
            is taken only by name. They are kept: the next run on the same data costs nothing more.

    Raises:
        UsageError: no such run, metric or step; too few samples.
        DoesNotFit: a metric is for other data.
        GanzooError: the weights are damaged, samples are no numbers, or a metric that was asked
            for fails, or all do. Damaged best weights are left out with a warning.
    """
    run = find(path)
    settled = _plan(zoo, run, metrics, overrides)
    if n is not None and not 1 <= n <= MOST:
        raise UsageError(f"{n} samples: expected 1 to {MOST:,}")
    read_evaluations(run.evaluations)  # what cannot be kept is told now
    final = with_weights(run, settled, step)  # a damaged file is told before anything slow
    trained = [final]
    if step is None and run.best.exists():
        try:
            if read_best(run)[0] != final.step:
                trained.append(with_weights(run, settled, "best"))
        except BrokenFile as error:
            logger.warning("%s; the final weights are scored alone", error)
    check_field(settled, run.record.fields[final.game.makes(run.record.fields)])
    tell("data", 0, 1)
    data = load_data(settled, said_fields(settled))
    made = data.led_by(final.game.makes(data.fields))
    chosen = _enough(_measures(zoo, settled, made, run), n, final, metrics)
    found: list[Evaluation] = []
    held: dict[str, Mapping[str, Mapping[str, float]]] = {}
    for each in trained:
        for evaluation in _scored(each, chosen, n, seed, tell, asked=bool(metrics)):
            measure = next(m for m in chosen if m.metric.name == evaluation.metric)
            if compared and measure.metric.unasked and evaluation.metric not in held:
                tell(f"metric {evaluation.metric}: real data and noise", 0, 1)
                held[evaluation.metric] = yardsticks(measure, made, evaluation.samples)
            evaluation = replace(evaluation, yardsticks=held.get(evaluation.metric, {}))
            keep_evaluations(run.evaluations, [evaluation])  # at once: another may yet fail
            found.append(evaluation)
    if not found:
        raise GanzooError("every metric failed: there is no score")
    return found


def _plan(zoo: Registry, run: Run, metrics: Sequence[str], overrides: Sequence[Override]) -> Plan:
    recorded = recorded_request(run.record).without("metric")
    for override in overrides:
        if override.key.partition(".")[0] in (*PARTS, "trainer"):
            raise UsageError(
                f"{override.source}: {override.key} belongs to the run; set only a metric's"
            )
    asked = (*overrides, *recorded.overrides)
    return plan(zoo, replace(recorded, overrides=asked, metrics=tuple(metrics)))


def _measures(zoo: Registry, settled: Plan, data: Data, run: Run) -> tuple[Measure, ...]:
    chosen = measures(zoo, settled, data)
    if not chosen:
        raise DoesNotFit(
            f"no metric fits {run.record.dataset}: `ganzoo list metrics` shows them, and "
            "`ganzoo info METRIC` what each is for"
        )
    return chosen


def _enough(
    chosen: Sequence[Measure], n: int | None, trained: Trained, asked: Sequence[str]
) -> Sequence[Measure]:
    """Those for which there are enough samples; too few for one that was asked for is an error."""
    kept = []
    for measure in chosen:
        try:
            measure.check_enough(_size(measure, n, trained))
        except UsageError as error:
            if asked or len(chosen) == 1:
                raise
            logger.warning("%s; it is left out", error)
        else:
            kept.append(measure)
    if not kept:
        raise UsageError("there are too few samples for any of these metrics")
    return kept


def _size(measure: Measure, n: int | None, trained: Trained) -> int:
    wanted = n or measure.metric.samples
    return wanted if trained.most is None else min(wanted, trained.most)


def _scored(
    trained: Trained,
    chosen: Sequence[Measure],
    n: int | None,
    seed: int,
    tell: Tell,
    asked: bool,
) -> Iterator[Evaluation]:
    """One after the other. A metric that fails ends it, unless it is one of several unasked."""
    sizes = [_size(measure, n, trained) for measure in chosen]
    most, what = max(sizes), f"samples of step {trained.step:,}"
    samples = trained.sample(most, seed, tell=lambda done: tell(what, done, most)).tensor
    check_finite(samples)
    best = best_step(trained.run) == trained.step
    for i, (measure, size) in enumerate(zip(chosen, sizes, strict=True)):
        tell(f"metric {measure.metric.name}", i, len(chosen))
        begun = time.perf_counter()
        try:
            with torch.no_grad():
                scores = measure(samples[:size])
        except GanzooError as error:
            if asked or len(chosen) == 1:
                raise
            logger.warning("%s; it is left out", error)
            continue
        yield Evaluation(
            metric=measure.metric.name,
            plugin=measure.entry.plugin.source,
            settings=measure.settings,
            step=trained.step,
            best=best,
            samples=size,
            seed=seed,
            dataset=trained.record.dataset,
            versions={"torch": torch.__version__, "numpy": np.__version__},
            scores=scores,
            seconds=round(time.perf_counter() - begun, 3),
        )
    tell("done", len(chosen), len(chosen))
