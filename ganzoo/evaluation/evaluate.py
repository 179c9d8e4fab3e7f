"""Scores a run: metrics compare its samples with its data."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.evaluation.yardsticks import yardsticks
from ganzoo.registry.records import PARTS
from ganzoo.registry.registry import Registry
from ganzoo.registry.settings import Override
from ganzoo.runs.best import best_step, read_best
from ganzoo.runs.evaluations import Evaluation, keep_evaluations, read_evaluations
from ganzoo.runs.finding import find
from ganzoo.runs.folder import Run
from ganzoo.training.building import load_data, said_fields
from ganzoo.training.fingerprint import check_same, fingerprint_of, stated, warn_of_unknown, where
from ganzoo.training.loading import Moment, with_weights
from ganzoo.training.measuring import Measure, check_field, check_finite, measures
from ganzoo.training.parts import available
from ganzoo.training.places import places
from ganzoo.training.plan import Plan, plan
from ganzoo.training.recording import recorded_request
from ganzoo.training.trained import Trained

logger = logging.getLogger("ganzoo")
MOST = 1_000_000
"""Maximum number of samples. A larger number is probably a typing error."""
Tell = Callable[[str, int, int], None]
"""Receives progress: what is being done, the finished amount, and the total."""


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
    view: str | None = None,
) -> list[Evaluation]:
    """Score a run's samples and keep the result in its folder.

    This scores the final weights, and the best ones if the run kept any. With ``step``, it scores
    only the weights of that step.

    Args:
        metrics: names. By default, all metrics that fit the run's data, except for costly ones that
            run only by name.
        n: number of samples. By default, each metric's protocol decides.
        seed: fixes the samples' latents.
        compared: whether to score real data and noise, too. ganzoo keeps these scores, so the next
            run on the same data costs nothing more. Metrics that run only by name have none.
        view: the view to score. By default, each metric scores the first view that it fits.

    Raises:
        UsageError: the run, metric, view or step does not exist, or there are too few samples.
        DoesNotFit: a metric does not fit the data.
        GanzooError: the weights are damaged, samples are not finite, a requested metric fails, or
            all metrics fail. Damaged best weights only give a warning.
    """
    run = find(path)
    settled = _plan(zoo, run, metrics, overrides)
    if n is not None and not 1 <= n <= MOST:
        raise UsageError(f"{n} samples: expected 1 to {MOST:,}")
    read_evaluations(run.evaluations)  # a damaged file must fail before the work
    final = with_weights(run, settled, step)  # so must damaged weights
    trained = [final]
    if step is None and run.best.exists():
        try:
            if read_best(run)[0] != final.step:
                trained.append(with_weights(run, settled, "best"))
        except BrokenFile as error:
            logger.warning("%s; only the final weights are scored", error)
    final.find(view)
    check_field(settled, final.field if view is None else final.field_of(view))
    tell("data", 0, 1)
    if where(settled):
        warn_of_unknown(run)
    known = stated(settled)
    check_same(run, known, settled, "evaluate")  # before the data is loaded, if possible
    data = load_data(settled, said_fields(settled))
    known = known or fingerprint_of(data)
    check_same(run, known, settled, "evaluate")
    views = [*final.views.values()] if view is None else [final.find(view)]
    chosen = _enough(measures(zoo, settled, data, views, final.held_out), n, final, metrics)
    found: list[Evaluation] = []
    held: dict[str, Mapping[str, Mapping[str, float]]] = {}
    for each in trained:
        for evaluation in _scored(each, chosen, n, seed, tell, named=bool(metrics)):
            measure = next(m for m in chosen if m.metric.name == evaluation.metric)
            alone = measure.metric.unasked and not measure.metric.wants
            if compared and alone and evaluation.metric not in held:
                tell(f"metric {evaluation.metric}: real data and noise", 0, 1)
                made = data.led_by(final.find(measure.view).field(data.fields))
                held[evaluation.metric] = yardsticks(measure, made, evaluation.samples, known)
            evaluation = replace(evaluation, yardsticks=held.get(evaluation.metric, {}))
            keep_evaluations(run.evaluations, [evaluation])  # now, because the next may fail
            found.append(evaluation)
    if not found:
        raise GanzooError("every metric failed, so there is no score")
    return found


def _plan(zoo: Registry, run: Run, metrics: Sequence[str], overrides: Sequence[Override]) -> Plan:
    recorded = recorded_request(run.record).without("metric").without("observer")
    needed = ("model", "dataset")  # samples come from the model, and are compared with the data
    recorded = available(zoo, run, recorded, needed, ("evaluate", run.path))
    every = (*overrides, *recorded.overrides)
    settled = plan(zoo, replace(recorded, overrides=every, metrics=tuple(metrics)))
    given = {override.source for override in overrides}
    for key, value in settled.values.items():
        of_run = key.partition(".")[0] in (*PARTS, "trainer")
        if value.source in given and of_run and key not in places(settled.settings):
            raise UsageError(
                f"{value.source}: {key} belongs to the run; only a metric's settings and the "
                "place of the data can be set"
            )
    return settled


def _enough(
    chosen: Sequence[Measure], n: int | None, trained: Trained, named: Sequence[str]
) -> Sequence[Measure]:
    """The metrics with enough samples. A metric that the user named must have enough."""
    kept = []
    for measure in chosen:
        try:
            measure.check_enough(_size(measure, n, trained))
        except UsageError as error:
            if named or len(chosen) == 1:
                raise
            logger.warning("%s; the metric is left out", error)
        else:
            kept.append(measure)
    if not kept:
        raise UsageError("there are too few samples for any of these metrics")
    return kept


def _size(measure: Measure, n: int | None, trained: Trained) -> int:
    size, most = n or measure.metric.samples, trained.most_of(measure.view)
    return size if most is None else min(size, most)


def _scored(
    trained: Trained,
    chosen: Sequence[Measure],
    n: int | None,
    seed: int,
    tell: Tell,
    named: bool,
) -> Iterator[Evaluation]:
    """Each metric's evaluation. A failing metric raises if the user named it or if it is the only
    one. Otherwise it is left out with a warning."""
    sizes = [_size(measure, n, trained) for measure in chosen]
    drawn = {}
    for view in dict.fromkeys(measure.view for measure in chosen):
        most = max(
            size for measure, size in zip(chosen, sizes, strict=True) if measure.view == view
        )
        drawn[view] = _drawn(trained, view, most, seed, tell)
    best = best_step(trained.run) == trained.step
    for i, (measure, size) in enumerate(zip(chosen, sizes, strict=True)):
        tell(f"metric {measure.metric.name}", i, len(chosen))
        begun = time.perf_counter()
        try:
            samples, given = drawn[measure.view]
            with torch.no_grad():
                scores = measure(samples[:size], given)
        except GanzooError as error:
            if named or len(chosen) == 1:
                raise
            logger.warning("%s; the metric is left out", error, extra={"error": error})
            continue
        yield Evaluation(
            metric=measure.metric.name,
            view="" if measure.view == trained.view.name else measure.view,
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


def _drawn(
    trained: Trained, view: str, n: int, seed: int, tell: Tell
) -> tuple[Tensor, Mapping[str, Tensor]]:
    """``n`` samples of a view, and what metrics can compare them with."""
    chosen = trained.find(view)
    name = "samples" if chosen is trained.view else view
    what = f"{name} of step {trained.step:,}"
    samples = trained.sample(n, seed, view=view, tell=lambda done: tell(what, done, n)).tensor
    check_finite(samples)
    return samples, trained.compared(chosen, n)
