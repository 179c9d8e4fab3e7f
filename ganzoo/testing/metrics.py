"""Checks of a metric: it scores samples and changes nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.engine.game import Batch
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Metric
from ganzoo.testing.check import Complaints, Failed, expect
from ganzoo.testing.stage import Stage

MOST = 200
"""The most samples that are scored, unless the metric needs more."""
SLACK = {"rel_tol": 0.1, "abs_tol": 0.01}
"""Tolerance for another order of samples, which changes means of random parts a little."""


def it_gives_its_scores(stage: Stage) -> None:
    """it returns the scores that it declares, as finite numbers, for all data that it fits."""
    for dataset in stage.datasets():
        data, measure = stage.measured(dataset)
        try:
            scores = measure(*real(data, measure.metric))
        except GanzooError as error:
            raise Failed(
                f"{error}\nWhat to do: return the scores that the record declares, and no others, "
                "for any samples with the shape of the data"
            ) from error
        for name, value in scores.items():
            expect(
                math.isfinite(value),
                f"for real samples of {dataset}, {name} is {value}",
                "avoid divisions by 0 and logarithms of 0. Raise ganzoo.DoesNotFit in against() "
                "for data that the metric does not measure",
            )


def it_repeats_itself(stage: Stage) -> None:
    """the same samples get the same scores in any order."""
    data, measure = stage.measured(stage.dataset)
    samples, given = real(data, measure.metric)
    again = stage.measured(stage.dataset, again=True)[1](samples, given)
    first = measure(samples, given)
    expect(
        first == again,
        f"the same samples scored {spelt(first)}, then {spelt(again)}",
        "take randomness from a generator with a fixed seed, created in each call",
    )
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(0))
    turned = measure(samples[order], {name: rows[order] for name, rows in given.items()})
    expect(
        all(math.isclose(first[name], turned[name], **SLACK) for name in first),
        f"in another order, {spelt(first)} became {spelt(turned)}",
        "compare each sample with all of the data, not with the real sample of the same index",
    )


def it_changes_nothing(stage: Stage) -> None:
    """it leaves samples and torch's random state, threads and gradients unchanged."""
    data, measure = stage.measured(stage.dataset)
    samples, given = real(data, measure.metric)
    copy = samples.clone()
    before = surroundings()
    message = ""
    with Complaints("changed") as complaints:
        try:
            stage.measured(stage.dataset, again=True)[1](samples, given)
        except GanzooError as error:  # torch noticed a change
            message = str(error)
    expect(
        torch.equal(copy, samples) and not message,
        message or "it changes the samples that it is given, which others use after it",
        "work on a copy, without methods that end in _ and without assignments to samples[...]",
    )
    after = surroundings()
    changed = [f"it changes {name}" for name in before if before[name] != after[name]]
    changed += complaints.messages  # what the boundary has put back
    expect(
        not changed,
        "\n".join(changed),
        "an evaluation must not change the training. Use your own random generator, and leave "
        "torch's settings alone",
    )


def it_prefers_what_is_real(stage: Stage) -> None:
    """real samples get a better first score than blank ones."""
    data, measure = stage.measured(stage.dataset)
    name, score = measure.names[0], measure.metric.scores[0]
    if score.better is None:
        return
    samples, given = real(data, measure.metric)
    good, bad = measure(samples, given)[name], measure(blank(samples, data), given)[name]
    expect(
        good > bad if score.better == "higher" else good < bad,
        f"{name} is {good:g} for real samples, and {bad:g} for samples that are all the same, "
        f"but better is {score.better!r}",
        "change `better` in the record, or set it to None if neither way is better",
    )


def real(data: Data, metric: Metric) -> tuple[Tensor, Batch]:
    """Real samples in the form of generated ones, and the right things to compare them with.

    They repeat if the metric needs more.
    """
    n = max(metric.least, min(MOST, len(data)))
    samples = _some(data, n).float()
    given = {"target": samples, "input": samples}
    if label := next((k for k, f in data.fields.items() if f.classes is not None), None):
        given["label"] = _some(data.led_by(label), n)
    return samples, given


def _some(data: Data, n: int) -> Tensor:
    some = torch.from_numpy(data.some(n))
    return some[torch.arange(n) % len(some)]


def blank(samples: Tensor, data: Data) -> Tensor:
    """As many samples, all the same: white pictures, the first class, or a distant point."""
    if data.first.classes is not None:
        return torch.zeros_like(samples)
    return torch.full_like(samples, data.first.range[1] if data.first.range else 100.0)


def surroundings() -> dict[str, object]:
    """The random states that a run shares with its metrics. The boundary watches the rest."""
    return {
        "torch's random state": torch.get_rng_state().tolist(),
        "numpy's random state": str(np.random.get_state()),
    }


def spelt(scores: Mapping[str, float]) -> str:
    """Scores in a line."""
    return ", ".join(f"{name} {value:g}" for name, value in scores.items())


CHECKS = (it_gives_its_scores, it_repeats_itself, it_changes_nothing, it_prefers_what_is_real)
