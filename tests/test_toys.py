"""Ring and grid: the centres, the noise, the settings."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

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
        (Ring, "size", 0, "a whole number from 1 to 10,000,000"),
        (Ring, "size", 10**12, "a whole number from 1"),
        (Ring, "size", 2.5, "a whole number"),
        (Ring, "modes", 0, "a whole number from 1 to 1,000"),
        (Ring, "radius", 0.0, "a number above 0"),
        (Ring, "radius", float("inf"), "a number above 0"),
        (Ring, "sigma", -0.1, "a number above 0"),
        (Ring, "sigma", float("nan"), "a number above 0"),
        (Ring, "seed", -1, "a whole number from 0"),
        (Grid, "size", -5, "a whole number from 1"),
        (Grid, "side", 0, "a whole number from 1 to 31"),
        (Grid, "spacing", -2.0, "a number above 0"),
        (Grid, "sigma", 0, "a number above 0"),
        (Grid, "seed", -1, "a whole number from 0"),
    ],
)
def test_a_setting_out_of_range_is_refused(
    toy: Callable[..., Any], key: str, value: Any, expected: str
) -> None:
    name = toy.__name__.lower()
    with pytest.raises(UsageError) as caught:
        toy(**{key: value})
    assert f"{name}: {key}={value!r}, expected {expected}" in str(caught.value)
