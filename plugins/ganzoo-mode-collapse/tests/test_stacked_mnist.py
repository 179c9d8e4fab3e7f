"""Stacked digits: what they show, their labels, and how they are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ganzoo_mode_collapse.stacked_mnist import StackedMNIST, StackedMNIST5k
from mode_collapse_games import COLOUR, SMALL

import ganzoo


def test_a_label_is_the_number_that_the_channels_show() -> None:
    digits = ganzoo.load_data("mnist-5k").arrays
    stacks = StackedMNIST5k(size=200).load()
    assert digits is not None
    assert stacks.arrays is not None
    images, labels = stacks.arrays["image"], stacks.arrays["label"]
    assert images.dtype == np.uint8
    assert stacks.fields["label"].classes == 1000
    assert stacks.fields["image"] == COLOUR["image"]
    assert stacks.depicts == "stacked digits"
    known = {d.tobytes(): int(n) for d, n in zip(digits["image"], digits["label"], strict=True)}
    for image, label in zip(images, labels, strict=True):
        red, green, blue = (known[channel.tobytes()] for channel in image)
        assert label == 100 * red + 10 * green + blue


def test_digits_are_drawn_by_chance_and_each_by_itself() -> None:
    labels = loaded(StackedMNIST5k(size=30_000))["label"]
    assert len(np.unique(labels)) == 1000
    for place in (1, 10, 100):
        shares = np.bincount(labels // place % 10, minlength=10) / len(labels)
        assert abs(shares - 0.1).max() < 0.01
    share = np.bincount(labels, minlength=1000) / len(labels)
    kl = (share * np.log(1000 * share)).sum()
    assert kl == pytest.approx(999 / (2 * len(labels)), rel=0.2), "what chance alone would give"


def test_the_same_seed_stacks_the_same() -> None:
    one, same, other = (
        loaded(StackedMNIST(size=50, digits="mnist-5k", seed=seed))["image"] for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def loaded(config: StackedMNIST) -> Any:
    return config.load().arrays


def test_without_mnist_it_says_what_to_do_and_a_model_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "empty"))
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(
        ganzoo.DataUnavailable, match=r"(?s)made of mnist.*--dataset stacked-mnist-5k"
    ):
        StackedMNIST().load()
    asked = {**SMALL, "trainer.batch_size": 8}
    run = ganzoo.train("pac-dcgan", settings=asked, out=tmp_path / "run")
    assert run.plan.values["dataset.digits"].value == "mnist-5k"
    assert "Continuing with stacked-mnist-5k instead" in caplog.text


@pytest.mark.parametrize("digits", ["stacked-mnist", "ganzoo-mode-collapse/stacked-mnist-5k"])
def test_stacks_of_stacks_are_refused(digits: str) -> None:
    with pytest.raises(ganzoo.UsageError, match="which is stacked itself"):
        StackedMNIST(digits=digits)


def test_what_has_no_grey_pictures_is_refused() -> None:
    with pytest.raises(ganzoo.UsageError, match="digits is ring, which has point; expected"):
        StackedMNIST(digits="ring").load()
