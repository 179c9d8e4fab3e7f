"""Metrics that compare each sample with what it was given, or with what it should be."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

import ganzoo
from ganzoo.builtin.classes import Classes
from ganzoo.builtin.closeness import Closeness
from ganzoo.builtin.digits.obeyed import Obeyed, matched, share
from ganzoo.builtin.mnist_5k import MNIST5k


def test_matching_is_the_best_of_all() -> None:
    generator = torch.Generator().manual_seed(0)
    for classes in (1, 2, 4):
        requested = torch.randint(classes, (30,), generator=generator)
        read = torch.randint(classes, (30,), generator=generator)
        best = max(
            share(torch.tensor(order)[requested], read) for order in permutations(range(classes))
        )
        assert matched(requested, read, classes) == pytest.approx(best)


def test_real_digits_obey_their_labels() -> None:
    data = MNIST5k().load()
    digits, labels = data.some(1_000), data.led_by("label").some(1_000)
    score = Obeyed().against(data)
    given = {"label": torch.from_numpy(labels)}
    assert score(torch.from_numpy(digits).float(), given)["share"] > 0.97
    turned = {"label": (given["label"] + 3) % 10}
    scores = score(torch.from_numpy(digits).float(), turned)
    assert scores["share"] < 0.03
    assert scores["matched"] > 0.97
    with pytest.raises(ganzoo.DoesNotFit, match="it knows 10 digits"):
        score(torch.from_numpy(digits).float(), {"label": given["label"] + 5})


def test_equal_pictures_have_a_finite_ratio() -> None:
    zeros = np.zeros((1, 1, 2, 2), np.float32)
    data = ganzoo.Data({"image": ganzoo.Field((1, 2, 2), range=(0.0, 1.0))}, {"image": zeros})
    picture = torch.rand(3, 1, 2, 2)
    scores = Closeness().against(data)(picture, {"target": picture})
    assert scores["l1"] == 0
    assert 100 < scores["psnr"] < 200


def test_only_classes_are_scored() -> None:
    points = ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": np.zeros((3, 2), np.float32)})
    with pytest.raises(ganzoo.DoesNotFit, match="it scores classes, and these data are points"):
        Classes().against(points)
