"""Ring and grid: the centres, the noise, the settings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import ganzoo
from ganzoo.builtin.toys import Grid, Ring
from ganzoo.errors import UsageError


def points(dataset: Ring | Grid) -> np.ndarray:
    data = dataset.load()
    assert list(data.fields) == ["point"]
    assert data.fields["point"].shape == (2,)
    assert data.fields["point"].range is None
    assert data.arrays is not None
    return data.arrays["point"]


def test_the_ring_has_eight_distinct_centres() -> None:
    centres = Ring().centres
    h = np.sqrt(0.5)
    expected = [(1, 0), (h, h), (0, 1), (-h, h), (-1, 0), (-h, -h), (0, -1), (h, -h)]
    np.testing.assert_allclose(centres, expected, atol=1e-12)
    assert len(np.unique(centres.round(6), axis=0)) == 8
    np.testing.assert_allclose(np.hypot(*Ring(modes=3, radius=2.5).centres.T), 2.5)


def test_the_grid_is_five_by_five() -> None:
    expected = {(x, y) for x, y in itertools.product((-4, -2, 0, 2, 4), repeat=2)}
    assert {(x, y) for x, y in Grid().centres.tolist()} == expected
    assert Grid().centres.dtype == np.float64
    np.testing.assert_allclose(np.unique(Grid(side=2, spacing=1.0).centres), [-0.5, 0.5])


@pytest.mark.parametrize("dataset", [Ring(), Grid()])
def test_the_samples_are_an_even_mixture(dataset: Ring | Grid) -> None:
    found = points(dataset)
    assert found.shape == (100_000, 2)
    assert found.dtype == np.float32
    distance = np.linalg.norm(found[:, None] - dataset.centres, axis=2)  # (N, K)
    nearest = distance.argmin(1)
    share = np.bincount(nearest, minlength=len(dataset.centres)) / len(found)
    np.testing.assert_allclose(share, 1 / len(dataset.centres), rtol=0.1)
    noise = found - dataset.centres[nearest]
    np.testing.assert_allclose(noise.std(0), dataset.sigma, rtol=0.02)
    np.testing.assert_allclose(noise.mean(0), 0, atol=dataset.sigma / 50)


def test_a_seed_fixes_the_samples() -> None:
    for toy in (Ring, Grid):
        np.testing.assert_array_equal(points(toy(seed=3)), points(toy(seed=3)))
        assert not np.array_equal(points(toy(seed=3)), points(toy(seed=4)))


@pytest.mark.parametrize(
    ("toy", "key", "value", "expected"),
    [
        ("ring", "size", 0, "at least 1 and at most 10,000,000"),
        ("ring", "size", 10**12, "at least 1 and at most 10,000,000"),
        ("ring", "size", 2.5, "int, at least 1"),
        ("ring", "modes", 0, "at least 1 and at most 1,000"),
        ("ring", "radius", 0.0, "more than 0"),
        ("ring", "radius", float("inf"), "float, more than 0"),
        ("ring", "sigma", -0.1, "more than 0"),
        ("ring", "sigma", float("nan"), "float, more than 0"),
        ("ring", "seed", -1, "at least 0"),
        ("grid", "size", -5, "at least 1"),
        ("grid", "side", 0, "at least 1 and at most 31"),
        ("grid", "spacing", -2.0, "more than 0"),
        ("grid", "sigma", 0, "more than 0"),
        ("grid", "seed", -1, "at least 0"),
    ],
)
def test_a_setting_out_of_range_is_refused(toy: str, key: str, value: Any, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        ganzoo.load_data(toy, {key: value})
    assert f"dataset.{key} is {value!r}; expected {expected}" in str(caught.value)
