"""Yardsticks for a score: the scores of real data and of noise.

A score alone says little. A perfect generator scores about as well as one half of the real data
against the other half. A generator that has learnt nothing scores about as badly as noise. Both
yardsticks cost as much as the score itself and are the same for all runs on the same data. So
ganzoo keeps them in the data folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganzoo.data.places import data_folder
from ganzoo.engine.data import Data, Source
from ganzoo.engine.random import Draw, derive
from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import write_whole
from ganzoo.runs.evaluations import plain_scores
from ganzoo.runs.fingerprint import Fingerprint
from ganzoo.runs.reading import read_json
from ganzoo.training.measuring import Measure

Scores = Mapping[str, float]


def yardsticks(measure: Measure, data: Data, n: int, fingerprint: Fingerprint) -> dict[str, Scores]:
    """``real`` and ``noise`` -> their scores by qualified name, from ``n`` samples each.

    Real data may give fewer samples, because one half is compared with the other half. If they are
    too few or if the metric fails, the yardstick is left out.
    """
    file = data_folder() / "yardsticks" / f"{_key(measure, data, n, fingerprint)}.json"
    with suppress(FileNotFoundError, BrokenFile):
        kept: dict[str, Scores] = read_json(file, dict[str, dict[str, float]], "a file of scores")
        return kept
    found: dict[str, Scores] = {}
    for name, score in (("real", _real), ("noise", _noise)):
        with suppress(GanzooError), torch.no_grad():
            found[name] = score(measure, data, n)
    plain = {name: plain_scores(scores) for name, scores in found.items()}
    with suppress(OSError, GanzooError):  # without it, the next run computes them again
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, (json.dumps(plain, indent=2) + "\n").encode())
    return found


def _real(measure: Measure, data: Data, n: int) -> Scores:
    known, new = half(data, 0), half(data, 1)
    samples = torch.from_numpy(new.some(n))
    measure.check_enough(len(samples))
    return measure.against(known)(samples)


def _noise(measure: Measure, data: Data, n: int) -> Scores:
    return measure(noise(data, n))


def half(data: Data, which: int) -> Data:
    """Every second sample of each domain, from the first (0) or from the second (1)."""
    if data.arrays is not None:
        return replace(data, arrays={k: v[which::2] for k, v in data.arrays.items()})
    return replace(data, source={each: Half(s, which) for each, s in data.sources.items()})


class Half:
    """Every second sample of a source."""

    def __init__(self, whole: Source, which: int) -> None:
        self._whole = whole
        self._which = which

    def __len__(self) -> int:
        return (len(self._whole) + 1 - self._which) // 2

    def item(self, index: int, rng: np.random.Generator) -> Mapping[str, np.ndarray[Any, Any]]:
        """One sample by field name."""
        return self._whole.item(2 * index + self._which, rng)


def noise(data: Data, n: int) -> Tensor:
    r"""``n`` uniform samples between the data's bounds, (n, \*shape)."""
    shape = data.first.shape
    low, high = data.first.range or _bounds(data)
    return low + (high - low) * Draw(derive(0, "yardstick")).uniform(n, *shape)


def _bounds(data: Data) -> tuple[float, float]:
    real = data.some(10_000)
    return float(real.min()), float(real.max())


def _key(measure: Measure, data: Data, n: int, fingerprint: Fingerprint) -> str:
    """A checksum of everything that the scores depend on.

    The fingerprint identifies the files of the data. How they are read depends on the dataset's
    settings, for which the number of samples and some of them stand.
    """
    parts = [measure.metric.name, measure.entry.plugin.source, dict(measure.settings), n, len(data)]
    parts.append(fingerprint.digest)
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode())
    digest.update(np.ascontiguousarray(data.some(256)).tobytes())
    return digest.hexdigest()[:32]
