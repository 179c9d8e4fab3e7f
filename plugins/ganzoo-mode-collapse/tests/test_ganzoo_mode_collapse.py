"""The plugin conforms, and impossible settings are refused."""

from __future__ import annotations

import pytest
from mode_collapse_games import SMALL

import ganzoo
from ganzoo.testing import Check, checks


@pytest.mark.parametrize("check", checks("ganzoo-mode-collapse", SMALL), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


@pytest.mark.parametrize(
    ("model", "setting", "value", "expected"),
    [
        ("pacgan", "pack", 0, "at least 1"),
        ("pacgan", "pieces", 0, "at least 1"),
        ("pac-dcgan", "width", 0, "at least 1"),
        ("unrolled", "unroll", -1, "at least 0"),
        ("unrolled", "rate", float("nan"), "float, at least 0"),
        ("unrolled", "latent", 0, "at least 1"),
        ("unrolled", "slower", 0, "more than 0"),
        ("pac-dcgan", "dataset.size", 0, "at least 1 and at most 1,000,000"),
        ("pac-dcgan", "dataset.seed", -1, "at least 0"),
    ],
)
def test_impossible_settings_are_refused(
    model: str, setting: str, value: float, expected: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=rf"{setting} is {value}; expected {expected}"):
        ganzoo.train(model, settings={setting: value}, out="unused")


@pytest.mark.parametrize("model", ["pacgan", "unrolled"])
def test_models_of_points_refuse_pictures(model: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="points, such as ring or grid"):
        ganzoo.train(model, dataset="mnist-5k", out="unused")
