"""Practice data: a metric that looks at labels finds something in them."""

from __future__ import annotations

import numpy as np
import pytest

import ganzoo
from ganzoo.testing.practice import CLASSES, DATASETS, SIZE, made_up

LABEL = ganzoo.Field((), dtype="int64", classes=CLASSES)
CLASSES_OF = [n for n, cls in DATASETS.items() if cls().fields().get("label") == LABEL]


@pytest.mark.parametrize("name", CLASSES_OF)
def test_samples_show_their_label(name: str) -> None:
    data = DATASETS[name]().load()
    assert data.arrays is not None
    samples, labels = (data.arrays[field] for field in data.fields)
    assert len(samples) == SIZE
    means = samples.reshape(SIZE, -1).mean(1)
    centres = {label: means[labels == label].mean() for label in range(CLASSES)}
    nearest = [min(centres, key=lambda label: abs(centres[label] - mean)) for mean in means]
    assert np.mean(nearest == labels) > 0.7


def test_samples_without_labels() -> None:
    fields = {"image": ganzoo.Field((1, 8, 8), range=(-1.0, 1.0)), "point": ganzoo.Field((3,))}
    made = made_up(fields)
    assert made["image"].dtype == np.uint8
    assert made["image"].max() > 250
    assert abs(made["point"].mean()) < 0.3
