"""What data holds out, leads with, and gives to metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ganzoo.engine.data import Data, Modes
from ganzoo.errors import GanzooError
from ganzoo.registry.records import Field

BYTES = Field((1,), range=(-2.0, 3.0))
FIELDS = {"a": BYTES, "b": Field(())}


class Source:
    """Bytes 0, 51, 102, ..., and noise from the generator that it is given."""

    def __len__(self) -> int:
        return 6

    def item(self, index: int, rng: np.random.Generator) -> dict[str, Any]:
        assert type(index) is int
        return {"a": np.uint8([51 * index]), "b": np.float32(rng.random())}


def stored(**more: Any) -> Data:
    numbers = np.arange(6)
    arrays = {"a": (51 * numbers).astype(np.uint8)[:, None], "b": numbers.astype(np.float32)}
    return Data(FIELDS, arrays, **more)


@pytest.mark.parametrize("data", [stored(), Data(FIELDS, source=Source())], ids=["array", "source"])
def test_some_samples_are_in_the_range_of_the_field(data: Data) -> None:
    """A byte of 51 is a fifth of the range, from -2 to 3."""
    some = data.some(3)
    assert some.dtype == np.float32
    np.testing.assert_allclose(some, [[-2], [0], [2]], atol=1e-6)
    np.testing.assert_allclose(data.some(99)[:, 0], [-2, -1, 0, 1, 2, 3], atol=1e-6)


def test_numbers_without_a_range_stay_and_have_the_field_s_type() -> None:
    plain = Data({"a": Field(())}, {"a": np.uint8([7, 200])}).some(2)
    assert (plain.dtype, plain.tolist()) == (np.float32, [7, 200])
    floats = Data({"a": BYTES}, {"a": np.float64([[0.5]])}).some(1)
    assert (floats.dtype, floats.tolist()) == (np.float32, [[0.5]])


def test_some_samples_of_a_source_are_the_same_each_time() -> None:
    fields = {"b": Field(()), "a": BYTES}
    found = Data(fields, source=Source()).some(3)
    assert found.tolist() == np.float32(np.random.default_rng(0).random(3)).tolist()


def test_another_field_can_lead() -> None:
    modes = Modes(np.zeros((1, 1)), 1.0)
    data = stored(modes=modes, depicts="digits")
    assert data.led_by("a") is data
    led = data.led_by("b")
    assert list(led.fields) == ["b", "a"]
    assert led.first is FIELDS["b"]
    assert (led.modes, led.depicts) == (None, None)
    assert led.arrays is data.arrays


def test_what_is_held_out_has_the_shape_of_its_field() -> None:
    with pytest.raises(GanzooError, match=r"'a' has shape \(1,\), but its array has \(2,\)"):
        stored(held_out={"a": np.zeros((4, 2))})


def test_points_are_good_within_three_standard_deviations() -> None:
    modes = Modes(np.array([[0.0, 0.0], [9.0, 0.0]]), 1.0)
    points = np.array([[0.0, 3.0], [0.0, 3.1], [9.0, -2.9], [4.4, 0.0]])
    assert modes.good(points).tolist() == [1, 1]
