"""How good a run is: its samples, held against its data by metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ganzoo.building import load_data
from ganzoo.engine.data import Data
from ganzoo.engine.random import GlobalRandom, derive
from ganzoo.errors import DoesNotFit, UsageError
from ganzoo.measuring import Measure, measures
from ganzoo.plan import Plan, plan
from ganzoo.recording import recorded_request
from ganzoo.registry import Registry
from ganzoo.runs.best import read_best
from ganzoo.runs.evaluations import Evaluation, keep_evaluations
from ganzoo.runs.folder import Run, find
from ganzoo.settings import Wish
from ganzoo.trained import Moment, Trained, load

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


def evaluate(
    zoo: Registry,
    path: str | Path,
    metrics: Sequence[str] = (),
    n: int | None = None,
    seed: int = 0,
    step: Moment = None,
    wishes: Sequence[Wish] = (),
    tell: Tell = lambda what, done, total: None,
) -> list[Evaluation]:
    """Score a run's samples, and keep the result in its folder.

    The final weights are scored, and the best ones beside them where the run kept any; with
    ``step``, those of that step alone.

    Args:
        metrics: names; by default all that fit the run's data and need no asking.
        n: how many samples; by default what each metric's protocol takes.
        seed: fixes the samples' latents.

    Raises:
        UsageError: no such run, metric or step; too few samples.
        DoesNotFit: a metric is for other data.
        GanzooError: weights are damaged, samples are no numbers, or a metric fails.
    """
    run = find(path)
    settled = _plan(zoo, run, metrics, wishes)
    if n is not None and n < 1:
        raise UsageError(f"{n} samples: expected at least 1")
    trained = [load(zoo, run.path, step)]  # a damaged file is told before anything slow
    if step is None and run.best.exists():
        best = load(zoo, run.path, "best")
        trained += [best] if best.step != trained[0].step else []
    tell("data", 0, 1)
    chosen = _measures(zoo, settled, load_data(settled), run)
    for measure in chosen:
        measure.check_enough(_size(measure, n, trained[0]))
    found = [e for each in trained for e in _scored(each, chosen, n, seed, tell)]
    keep_evaluations(run.evaluations, found)
    return found


def _plan(zoo: Registry, run: Run, metrics: Sequence[str], wishes: Sequence[Wish]) -> Plan:
    recorded = recorded_request(run.record).without("metric")
    asked = (*wishes, *recorded.wishes)
    return plan(zoo, replace(recorded, wishes=asked, metrics=tuple(metrics)))


def _measures(zoo: Registry, settled: Plan, data: Data, run: Run) -> tuple[Measure, ...]:
    chosen = measures(zoo, settled, data)
    if not chosen:
        raise DoesNotFit(
            f"no metric fits {run.record.dataset}: `ganzoo list metrics` shows them, and "
            "`ganzoo info METRIC` what each is for"
        )
    return chosen


def _size(measure: Measure, n: int | None, trained: Trained) -> int:
    wanted = n or measure.metric.samples
    return wanted if trained.most is None else min(wanted, trained.most)


def _scored(
    trained: Trained, chosen: Sequence[Measure], n: int | None, seed: int, tell: Tell
) -> list[Evaluation]:
    sizes = [_size(measure, n, trained) for measure in chosen]
    most, what = max(sizes), f"samples of step {trained.step:,}"
    samples = trained.sample(most, seed, tell=lambda done: tell(what, done, most)).tensor
    best = trained.run.best.exists() and read_best(trained.run)[0] == trained.step
    found = []
    for i, (measure, size) in enumerate(zip(chosen, sizes, strict=True)):
        tell(f"metric {measure.metric.name}", i, len(chosen))
        begun = time.perf_counter()
        with torch.no_grad(), GlobalRandom(derive(seed, "evaluate"), torch.device("cpu")):
            scores = measure(samples[:size])
        found.append(
            Evaluation(
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
        )
    tell("done", len(chosen), len(chosen))
    return found
