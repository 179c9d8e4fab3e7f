"""Checks of a metric: that it measures samples, and nothing else happens."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Metric
from ganzoo.testing.check import Failed, expect
from ganzoo.testing.stage import Stage

MOST = 200
"""Samples that are scored, unless the metric needs more."""
SLACK = {"rel_tol": 0.1, "abs_tol": 0.01}
"""What another order may change: scores that are means of random parts follow it a little."""


def it_gives_its_scores(stage: Stage) -> None:
    """it returns the scores that it declares, as finite numbers, for all data that it fits."""
    for dataset in stage.datasets():
        data, measure = stage.measured(dataset)
        try:
            scores = measure(real(data, measure.metric))
        except GanzooError as error:
            raise Failed(
                f"{error}\nWhat to do: give the scores that the record declares, and no others, "
                "of any samples that are shaped like the data"
            ) from error
        for name, value in scores.items():
            expect(
                math.isfinite(value),
                f"of real samples of {dataset}, {name} is {value}",
                "divide by nothing that may be 0, and take the logarithm of nothing that may be; "
                "raise ganzoo.DoesNotFit in against() for data that it does not measure",
            )


def it_repeats_itself(stage: Stage) -> None:
    """the same samples get the same scores in any order."""
    data, measure = stage.measured(stage.dataset)
    samples = real(data, measure.metric)
    first, again = measure(samples), stage.measured(stage.dataset, anew=True)[1](samples)
    expect(
        first == again,
        f"the same samples scored {told(first)}, then {told(again)}",
        "take randomness from a generator with a fixed seed, made anew in each call",
    )
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(0))
    turned = measure(samples[order])
    expect(
        all(math.isclose(first[name], turned[name], **SLACK) for name in first),
        f"in another order, {told(first)} became {told(turned)}",
        "samples have no order: compare each with all of the data, not with the one of its index",
    )


def it_changes_nothing(stage: Stage) -> None:
    """it leaves samples and torch's random state, threads and gradients unchanged."""
    data, measure = stage.measured(stage.dataset)
    samples = real(data, measure.metric)
    copy = samples.clone()
    before = surroundings()
    told = ""
    try:
        stage.measured(stage.dataset, anew=True)[1](samples)
    except GanzooError as error:  # where torch noticed
        told = str(error)
    expect(
        torch.equal(copy, samples) and not told,
        told or "it changes the samples that it is given, which others see after it",
        "work on a copy: no method whose name ends in _, and no assignment to samples[...]",
    )
    after = surroundings()
    for name in before:
        expect(
            before[name] == after[name],
            f"{name} is another after it",
            "a run under way must go on as if nobody had looked: use a generator of your own, and "
            "leave torch's settings alone",
        )


def it_prefers_what_is_real(stage: Stage) -> None:
    """real samples get a better first score than blank ones."""
    data, measure = stage.measured(stage.dataset)
    name, score = measure.names[0], measure.metric.scores[0]
    if score.better is None:
        return
    samples = real(data, measure.metric)
    good, bad = measure(samples)[name], measure(blank(samples, data))[name]
    expect(
        good > bad if score.better == "higher" else good < bad,
        f"{name} is {good:g} for real samples, and {bad:g} for samples that are all the same; "
        f"better is {score.better!r}",
        "say the other way in the record, or None where neither way is better by itself",
    )


def real(data: Data, metric: Metric) -> Tensor:
    """Real samples, as a game would give them: as many as the metric needs, some of them twice."""
    n = max(metric.least, min(MOST, len(data)))
    samples = torch.from_numpy(data.some(n)).float()
    return samples[torch.arange(n) % len(samples)]


def blank(samples: Tensor, data: Data) -> Tensor:
    """As many, all the same: as white as can be, or far off."""
    return torch.full_like(samples, data.first.range[1] if data.first.range else 100.0)


def surroundings() -> dict[str, object]:
    """What a run shares with whatever looks at it."""
    return {
        "torch's random state": torch.get_rng_state().tolist(),
        "numpy's random state": str(np.random.get_state()),
        "the number of threads": torch.get_num_threads(),
        "whether torch records gradients": torch.is_grad_enabled(),
        "torch's default dtype": torch.get_default_dtype(),
    }


def told(scores: Mapping[str, float]) -> str:
    """Scores in a line."""
    return ", ".join(f"{name} {value:g}" for name, value in scores.items())


CHECKS = (it_gives_its_scores, it_repeats_itself, it_changes_nothing, it_prefers_what_is_real)
