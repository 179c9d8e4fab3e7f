"""A collapse within each class shows in its own metric, and in no other."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

import ganzoo
from ganzoo.builtin.class_diversity import ClassDiversity
from ganzoo.builtin.diversity import Diversity

IMAGE = ganzoo.Field((1, 1, 1), range=(0.0, 255.0))
LABEL = ganzoo.Field((), dtype="int64", classes=12)


def labelled(*pictures: tuple[float, int]) -> ganzoo.Data:
    """Pictures of one pixel with their labels."""
    values, labels = zip(*pictures, strict=True)
    images = np.float32(values).reshape(-1, 1, 1, 1)
    return ganzoo.Data(
        {"image": IMAGE, "label": LABEL}, {"image": images, "label": np.int64(labels)}
    )


def pixels(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)


DATA = labelled((0, 3), (100, 7), (3, 3), (110, 7), (7, 3), (200, 5))
"""Real pictures of class 3 are 14 / 3 apart, those of class 7 are 10 apart. There is one of 5."""


def test_each_class_counts_once() -> None:
    """0, 1 and 2 are 4 / 3 apart and of class 3. 90 and 95 are 5 apart and of class 7."""
    found = ClassDiversity().against(DATA)(pixels(0, 95, 1, 90, 2))
    assert found["ratio"] == pytest.approx((4 / 14 + 5 / 10) / 2)
    assert found["lowest"] == pytest.approx(4 / 14)


def test_classes_with_fewer_than_two_samples_or_pictures_do_not_count() -> None:
    found = ClassDiversity().against(DATA)(pixels(190, 210, 100, 0, 7))
    assert found == {"ratio": pytest.approx(7 / (14 / 3)), "lowest": pytest.approx(7 / (14 / 3))}


def test_the_real_pictures_are_evenly_spaced() -> None:
    score = ClassDiversity(real=2).against(DATA)  # 0 and 3 of class 3
    assert score(pixels(1, 2))["ratio"] == pytest.approx(1 / 3)


def test_stored_bytes_are_scaled() -> None:
    assert DATA.arrays is not None
    field = replace(IMAGE, range=(-1.0, 1.0))
    stored = {**DATA.arrays, "image": DATA.arrays["image"].astype(np.uint8)}
    score = ClassDiversity().against(ganzoo.Data({**DATA.fields, "image": field}, stored))
    assert score(pixels(0, 3, 7) / 127.5 - 1)["ratio"] == pytest.approx(1)


def test_one_digit_for_each_class_shows() -> None:
    """What a conditional model drew that had collapsed in each class."""
    data = ganzoo.load_data("mnist-5k")
    real = torch.from_numpy(data.some(1_000))
    ten = real[50::100].repeat_interleave(100, 0)
    assert Diversity().against(data)(ten)["ratio"] > 0.9  # it does not notice
    score = ClassDiversity().against(data)
    assert score(ten) == {"ratio": 0, "lowest": 0}
    found = score(real)
    assert 0.95 < found["lowest"] < found["ratio"] < 1.05
    threes = torch.cat([real[:300], real[350:351].expand(100, -1, -1, -1), real[400:]])
    one = score(threes)
    assert 0.85 < one["ratio"] < 0.95
    assert one["lowest"] < 0.1


def test_samples_without_two_of_a_class() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="no two of 2 samples"):
        ClassDiversity().against(DATA)(pixels(0, 100))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ganzoo.Data({"image": IMAGE}, {"image": np.zeros((4, 1, 1, 1))}), "have no labels"),
        (
            ganzoo.Data(
                {"image": IMAGE, "label": replace(LABEL, shape=(2,))},
                {"image": np.zeros((4, 1, 1, 1)), "label": np.zeros((4, 2), np.int64)},
            ),
            "have no labels",
        ),
        (labelled((1, 0), (1, 0), (2, 1)), "these do not"),
    ],
)
def test_data_that_it_cannot_measure(data: ganzoo.Data, told: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=told):
        ClassDiversity().against(data)


def test_it_is_finite_for_a_sample_of_every_class_twice() -> None:
    found = ClassDiversity().against(DATA)(pixels(0, 0, 100, 100))
    assert all(math.isfinite(value) for value in found.values())
