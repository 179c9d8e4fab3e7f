"""Datasets that keep a part for testing, and forget most labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ganzoo_conditional.few_labels import FewLabels, HeldOut

import ganzoo


def known() -> dict[bytes, int]:
    """The label of each digit, by its pixels."""
    arrays: Any = ganzoo.load_data("mnist-5k").arrays
    return {x.tobytes(): int(y) for x, y in zip(arrays["image"], arrays["label"], strict=True)}


def test_training_and_held_out_pictures_are_all_of_them_and_balanced() -> None:
    data: Any = HeldOut(held_out=305).load()
    parts = data.arrays, data.held_out
    assert [len(part["image"]) for part in parts] == [4_695, 305]
    labels = known()
    for part in parts:
        pairs = zip(part["image"], part["label"], strict=True)
        assert all(labels[x.tobytes()] == y for x, y in pairs)
        counts = np.bincount(part["label"])
        assert counts.max() - counts.min() <= 1
    seen = {x.tobytes() for x in parts[0]["image"]}
    assert not seen & {x.tobytes() for x in parts[1]["image"]}


def test_few_labels_are_balanced_and_come_from_the_training_pictures() -> None:
    data: Any = FewLabels(labels=50).load()
    assert [*data.domains] == ["", "labelled"]
    assert data.sizes == {"": 4_500, "labelled": 50}
    assert data.depicts == "digits"
    labels, training = known(), {x.tobytes() for x in data.arrays["image"]}
    few = data.arrays["labelled"], data.arrays["label"]
    assert np.bincount(few[1]).tolist() == [5] * 10
    for x, y in zip(*few, strict=True):
        assert labels[x.tobytes()] == y
        assert x.tobytes() in training
    assert {k: len(v) for k, v in data.held_out.items()} == {"labelled": 500, "label": 500}
    held = {x.tobytes() for x in data.held_out["labelled"]}
    assert not held & training


def test_the_seed_chooses() -> None:
    one, same, other = (FewLabels(labels=20, seed=s).load().arrays for s in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    assert np.array_equal(one["labelled"], same["labelled"])
    assert not np.array_equal(one["labelled"], other["labelled"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"of": "ring"}, "dataset.of is ring, which has point; expected a dataset of pictures"),
        ({"held_out": 5_000}, "dataset.held_out is 5,000; mnist-5k has 5,000 pictures"),
        ({"labels": 4_500}, "dataset.labels is 4,500; mnist-5k has 4,500 pictures"),
    ],
)
def test_impossible_parts(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ganzoo.UsageError, match=message):
        FewLabels(**settings).load()
