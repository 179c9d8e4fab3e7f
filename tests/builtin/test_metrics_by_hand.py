"""Metrics and their formulas, held against numbers that can be computed on paper."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganzoo.builtin import neighbours
from ganzoo.builtin.digits import digits, labels, manifold, stacked
from ganzoo.builtin.digits.digits import Digits
from ganzoo.builtin.digits.frechet import frechet, moments, root
from ganzoo.builtin.digits.manifold import Manifold
from ganzoo.builtin.digits.stacked import StackedDigits
from ganzoo.builtin.diversity import Diversity, usual_distance
from ganzoo.builtin.inception import as_rgb
from ganzoo.builtin.modes import Covered, reverse_kl
from ganzoo.builtin.neighbours import Neighbours, nearest
from ganzoo.builtin.toys import Grid, Ring
from ganzoo.engine.data import Data, Modes
from ganzoo.engine.random import Draw
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field


def double(*rows: Any) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


# Modes


def points(*centres: list[float], sigma: float) -> Data:
    modes = Modes(np.array(centres), sigma)
    return Data({"point": Field((2,))}, {"point": modes.centres}, modes=modes)


def test_modes_that_are_covered() -> None:
    """With sigma 1 / 2, points are good up to 3 / 2 away. (2.5, 0) is nearer to the second mode."""
    data = points([0.0, 0.0], [4.0, 0.0], [8.0, 0.0], [0.0, 9.0], sigma=0.5)
    made = torch.tensor(
        [[0.0, 1.5], [0.0, 1.75], [1.0, 1.0], [-1.0, 0.0], [2.5, 0.0], [2.25, 0.0], [8.0, -5.0]]
    )
    scores = Covered().against(data)(made)
    assert scores["covered"] == 2  # three points at the first and one at the second
    assert scores["good"] == pytest.approx(4 / 7)
    # shares 3 / 4 and 1 / 4 of four modes: 3 / 4 log 3 + 1 / 4 log 1
    assert scores["reverse_kl"] == pytest.approx(0.75 * math.log(3))
    one = Covered(sigmas=2.0).against(data)(made)  # up to 1 away
    assert (one["covered"], one["good"]) == (1, pytest.approx(1 / 7))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([5, 5], 0),
        ([3, 1], 0.75 * math.log(1.5) + 0.25 * math.log(0.5)),
        ([0, 2, 2, 4], 0.25 * math.log(1) + 0.25 * math.log(1) + 0.5 * math.log(2)),
        ([0, 0, 7], math.log(3)),
        ([0, 0, 0], math.log(3)),
    ],
)
def test_reverse_kl(counts: list[int], expected: float) -> None:
    assert reverse_kl(np.array(counts)) == pytest.approx(expected, abs=1e-12)


# Diversity and neighbours


def pixels(*values: float, range: tuple[float, float] = (0.0, 20.0)) -> Data:
    field = Field((1, 1, 1), range=range)
    return Data({"image": field}, {"image": np.float32(values).reshape(-1, 1, 1, 1)})


def pictures(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)


def test_diversity() -> None:
    """Real pixels are 3, 7 and 4 apart, which is 14 / 3 on average."""
    score = Diversity().against(pixels(0, 3, 7))
    assert score(pictures(0, 1, 2))["ratio"] == pytest.approx((4 / 3) / (14 / 3))
    assert Diversity(real=2).against(pixels(0, 3, 7))(pictures(0, 1))["ratio"] == pytest.approx(
        1 / 3  # two of three, evenly spaced from the start, are 0 and 3
    )
    assert usual_distance(pixels(0, 3, 7), 3) == pytest.approx(14 / 3)
    wide = Data({"image": Field((1, 1, 2), range=(0.0, 9.0))},
                {"image": np.float32([[[[0, 0]]], [[[3, 4]]]])})  # fmt: skip
    assert usual_distance(wide, 2) == 5
    assert usual_distance(pixels(0, 0.5), 2) == 0.5


@pytest.mark.parametrize(("rows", "columns"), [(1_000, 4_000), (2, 2), (1, 3), (3, 1)])
def test_neighbours(rows: int, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real pixels are 0, 3, 7 and 15, and each is 3, 3, 4 or 8 from the nearest other.

    1 is 1 from 0, 13 is 2 from 15, 11.5 is 3.5 from 15, 10 and 3 are 3 from 7 and 0 from 3, and 20
    is 5 from 15. 24 is 9 from 15, and 9 is more than 8: it alone is authentic.
    """
    monkeypatch.setattr(neighbours, "ROWS", rows)
    monkeypatch.setattr(neighbours, "COLUMNS", columns)
    data, made = pixels(0, 3, 7, 15), pictures(1, 13, 11.5, 10, 3, 20, 24)
    distance, index = nearest(made, torch.from_numpy(data.arrays["image"]), data.first)  # type: ignore[index]
    assert distance.tolist() == [[1, 2], [2, 6], [3.5, 4.5], [3, 5], [0, 3], [5, 13], [9, 17]]
    assert index.tolist() == [[0, 1], [3, 2], [3, 2], [2, 3], [1, 0], [3, 2], [3, 2]]
    scores = Neighbours().against(data)(made)
    assert scores["authenticity"] == pytest.approx(1 / 7)
    usual = (3 + 7 + 15 + 4 + 12 + 8) / 6
    mean = (1 + 2 + 3.5 + 3 + 0 + 5 + 9) / 7
    assert scores["distance"] == pytest.approx(mean / usual)


def test_a_sample_as_far_as_the_nearest_other_is_not_authentic() -> None:
    score = Neighbours().against(pixels(0, 3, 10))
    assert score(pictures(-3))["authenticity"] == 0
    assert score(pictures(-3.5))["authenticity"] == 1


def test_close_pictures_are_measured_exactly() -> None:
    """By products alone, 1000 and 1000.25 would be as far apart as rounding makes them."""
    stored = pixels(1000.0, 1000.25, 1003, range=(0.0, 2000.0))
    distance, index = nearest(
        pictures(1000.125),
        torch.from_numpy(stored.arrays["image"]),
        stored.first,  # type: ignore[index]
    )
    assert distance.tolist() == [[0.125, 0.125]]
    assert sorted(index[0].tolist()) == [0, 1]


@pytest.mark.parametrize(("more", "order"), [(0.125, [0, 1]), (0.375, [1, 0])])
def test_rounding_does_not_decide_which_of_two_is_the_nearest(
    more: float, order: list[int]
) -> None:
    """In float32, y² - 2 x y is the same number for both: -16,778,240 and -16,780,288."""
    stored = pixels(4096.0, 4096.5, 5000, range=(0.0, 8192.0))
    trained = torch.from_numpy(stored.arrays["image"])  # type: ignore[index]
    distance, index = nearest(pictures(4096 + more), trained, stored.first)
    assert (distance.tolist(), index.tolist()) == ([[0.125, 0.375]], [order])


@pytest.mark.parametrize("metric", [Diversity(), Neighbours()], ids=["diversity", "neighbours"])
def test_points_are_refused_before_the_data_is_loaded(metric: Any) -> None:
    metric.check_field(Field((1, 1, 1), range=(0.0, 1.0)))
    with pytest.raises(DoesNotFit, match=r"needs pictures, and these samples have the shape"):
        metric.check_field(Field((2,)))
    with pytest.raises(DoesNotFit, match=r"needs pictures, and these samples have the shape"):
        metric.against(Data({"x": Field((2,))}, {"x": np.zeros((3, 2), np.float32)}))


# Fréchet distance


def test_moments() -> None:
    """Columns 0, 2, 4 and 1, 1, 4: means 2 and 2, variances 8 / 2 and 6 / 2, covariance 6 / 2."""
    mean, covariance = moments(torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 4.0]]))
    assert mean.tolist() == [2, 2]
    torch.testing.assert_close(covariance, double([4, 3], [3, 3]))


def test_the_root_of_a_covariance() -> None:
    torch.testing.assert_close(root(double([5, 4], [4, 5])), double([2, 1], [1, 2]))
    # its eigenvalues are 4 and -2, which only rounding gives a covariance, and which counts as 0
    torch.testing.assert_close(root(double([1, 3], [3, 1])), double([1, 1], [1, 1]))


def test_the_frechet_distance() -> None:
    """Of variances 4 and 9: (3 - 2) ** 2. Of covariances that do not commute: below."""
    mean = double(0, 0)
    one = frechet(mean, torch.diag(double(4, 1)), double(3, 0), torch.diag(double(9, 1)))
    assert one == pytest.approx(9 + 1)
    # The product of [[5, 4], [4, 5]] and diag(4, 1) is [[20, 4], [16, 5]], with determinant 36 and
    # trace 25. Its root has the determinant 6, and the trace sqrt(25 + 2 * 6).
    a, b = double([5, 4], [4, 5]), torch.diag(double(4, 1))
    assert frechet(mean, a, mean, b) == pytest.approx(10 + 5 - 2 * math.sqrt(37))
    assert frechet(mean, b, mean, a) == pytest.approx(10 + 5 - 2 * math.sqrt(37))
    assert 0 <= frechet(mean, a, mean, a) < 1e-12


# Precision and recall


@pytest.mark.parametrize("chunk", [500, 1, 2])
def test_a_manifold_reaches_to_the_third_neighbour(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0, 1, 2, 4 and 10 have their third neighbours at 4, 3, 2, 4 and 9: the last one's ball goes
    from 1 to 19, and the first one's from -4 to 4."""
    monkeypatch.setattr(manifold, "CHUNK", chunk)
    real = Manifold(torch.tensor([[0.0], [1.0], [2.0], [4.0], [10.0]]))
    assert real.holds(torch.tensor([[-4.0], [19.0]])) == 1
    assert real.holds(torch.tensor([[-4.5], [19.5], [0.5], [15.0], [40.0]])) == pytest.approx(2 / 5)
    plane = Manifold(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [1.0, 0.0]]))
    assert plane.holds(torch.tensor([[-3.0, -4.0], [-3.0, -4.5]])) == 0.5


def test_a_set_that_repeats_itself_holds_itself_in_spite_of_rounding() -> None:
    same = torch.tensor([[0.1, 0.7, 1234.567]])
    for seed in range(30):
        repeated = 100 * Draw(seed).normal(1, 64)
        assert Manifold(repeated.expand(9, -1)).holds(repeated) == 1
    only = Manifold(same.expand(9, -1))
    assert type(only.holds(same)) is float
    assert only.holds(same) == 1
    assert only.holds(same + torch.tensor([0.0, 0.0, 0.01])) == 0


# Scores of labels


def test_scores_of_labels() -> None:
    sure = double([0.75, 0.25], [0.25, 0.75])
    assert labels.confidence(double([0.75, 0.25], [0.0, 1.0])) == 0.875
    # each sample is 3 / 4 log(3 / 2) + 1 / 4 log(1 / 2) from the mean, (1 / 2, 1 / 2)
    apart = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert labels.score(sure) == pytest.approx(math.exp(apart))
    assert labels.relative_entropy(sure, double(0.5, 0.5)).tolist() == pytest.approx([apart] * 2)
    expected = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.4)
    found = labels.divergence(torch.tensor([0, 1, 1, 1]), double(0.5, 0.4, 0.1))
    assert found == pytest.approx(expected)
    assert {type(labels.confidence(sure)), type(labels.score(sure)), type(found)} == {float}
    three = labels.relative_entropy(double([0.5, 0.5, 0.0]), double(0.5, 0.25, 0.25))
    assert three.tolist() == pytest.approx([0.5 * math.log(1) + 0.5 * math.log(2)])
    tenths = double(*[0.1] * 10)
    assert 0 <= labels.divergence(torch.arange(10), tenths) < 1e-12


# Digits and stacked digits, with a classifier that is known


def seen(network: None, images: Tensor) -> tuple[Tensor, Tensor]:
    """The label is the highest of the first ten pixels, and features are the next four."""
    assert images.shape[1:] == (1, 28, 28)
    return images.flatten(1)[:, 10:14], 9 * images.flatten(1)[:, :10]


def shown(digit: int, *features: float) -> Tensor:
    """A picture of a digit (1, 28, 28)."""
    picture = torch.zeros(784)
    picture[digit] = 1
    picture[10 : 10 + len(features)] = torch.tensor(features)
    return picture.reshape(1, 28, 28)


def test_what_digits_puts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real features lie at 0, 1, 2, 4 and 10 of a line, as above. Of the samples, 1 to 5 lie in
    their balls and 30 to 33 do not. The samples' balls reach from -2 to 8 and from 27 to 36, so of
    the real features 10 lies in none."""
    real = torch.zeros(5, 4)
    real[:, 0] = torch.tensor([0.0, 1.0, 2.0, 4.0, 10.0])
    reference = {
        "mean": double(1, 0, 0, 0),
        "covariance": torch.diag(double(1, 0, 0, 0)),
        "features": real.half(),  # as they are stored
        "frequencies": double(*[0.25, 0.5, 0.25], *[0.0] * 7),
    }
    monkeypatch.setattr(digits, "pretrained", lambda: None)
    monkeypatch.setattr(digits, "seen", seen)
    monkeypatch.setattr(digits, "load_file", lambda path: reference)
    image = Field((1, 28, 28), range=(-1.0, 1.0))
    data = Data({"image": image}, {"image": np.zeros((1, 1, 28, 28), np.uint8)}, depicts="digits")
    where = [1.0, 2.0, 3.0, 4.0, 5.0, 30.0, 31.0, 32.0, 33.0]
    which = [0, 1, 1, 1, 1, 2, 2, 2, 2]
    samples = torch.stack([shown(d, at) for d, at in zip(which, where, strict=True)])
    scores = Digits().against(data)(samples)
    mean = 141 / 9
    spread = math.sqrt(sum((at - mean) ** 2 for at in where) / 8)
    assert scores["frechet"] == pytest.approx((mean - 1) ** 2 + (spread - 1) ** 2)
    assert scores["precision"] == pytest.approx(5 / 9)
    assert scores["recall"] == pytest.approx(4 / 5)
    sure = math.exp(9) / (math.exp(9) + 9)
    assert scores["confidence"] == pytest.approx(sure, rel=1e-12)
    assert scores["balance"] == pytest.approx(
        sum(q * math.log(q / p) for q, p in ((1 / 9, 0.25), (4 / 9, 0.5), (4 / 9, 0.25)))
    )
    assert 1 < scores["score"] < 3


def test_what_stacked_digits_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacked, "pretrained", lambda: None)
    monkeypatch.setattr(stacked, "seen", seen)
    image = Field((3, 28, 28), range=(-1.0, 1.0))
    data = Data({"image": image}, {"image": np.zeros((1, 3, 28, 28), np.uint8)},
                depicts="stacked digits")  # fmt: skip
    stacks = [
        (1, 2, 3),
        (3, 2, 1),
        (1, 2, 3),
        (1, 2, 3),
        (9, 9, 9),
        (0, 0, 0),
        (2, 2, 3),
        (1, 2, 3),
    ]
    samples = torch.stack([torch.cat([shown(d) for d in stack]) for stack in stacks])
    scores = StackedDigits().against(data)(samples)
    assert scores["covered"] == 5  # one of them half of the samples, the others an eighth each
    expected = 0.5 * math.log(1000 / 2) + 4 * 0.125 * math.log(1000 / 8)
    assert scores["kl"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", [Digits(), StackedDigits()], ids=["digits", "stacked"])
@pytest.mark.parametrize("depicts", ["flowers", None])
def test_pictures_of_something_else_are_refused(metric: Any, depicts: str | None) -> None:
    channels, wanted = (1, "digits") if isinstance(metric, Digits) else (3, "stacked digits")

    def data(shows: str | None, width: int = 28) -> Data:
        image = Field((channels, 28, width), range=(-1.0, 1.0))
        stored = np.zeros((1, channels, 28, width), np.uint8)
        return Data({"image": image}, {"image": stored}, depicts=shows)

    shows = f"show {depicts}" if depicts else "do not state what they show"
    with pytest.raises(DoesNotFit, match=f"judges {wanted} .* and these data {shows}"):
        metric.against(data(depicts))
    with pytest.raises(DoesNotFit, match="it judges pictures of shape"):
        metric.against(data(wanted, width=27))


@pytest.mark.parametrize("metric", [Digits(), StackedDigits()], ids=["digits", "stacked"])
def test_the_shape_and_the_range_are_the_classifier_s(metric: Any) -> None:
    channels = 1 if isinstance(metric, Digits) else 3
    metric.check_field(Field((channels, 28, 28), range=(-1.0, 1.0)))
    for shape, limits in (
        ((channels, 28, 27), (-1.0, 1.0)),
        ((channels + 1, 28, 28), (-1.0, 1.0)),
        ((channels, 28, 28), (0.0, 1.0)),
    ):
        with pytest.raises(DoesNotFit, match="it judges pictures of shape"):
            metric.check_field(Field(shape, range=limits))


# Pictures for Inception


def test_pictures_become_rgb_bytes() -> None:
    """In the range -1 to 3, a step of a byte is 4 / 255."""
    field = Field((1, 1, 1), range=(-1.0, 3.0))
    given = pictures(-1, 3, -1 + 51 * 4 / 255, -1 + 51.6 * 4 / 255, -9, 9)
    made = as_rgb(given, field)
    assert (made.shape, made.dtype) == ((6, 3, 1, 1), torch.uint8)
    assert [*made[:, 0].flatten().tolist()] == [0, 255, 51, 52, 0, 255]
    assert torch.equal(made[:, 0], made[:, 1])
    assert torch.equal(made[:, 0], made[:, 2])


# Toys


def test_toys_are_what_they_were() -> None:
    assert Ring() == Ring(size=100_000, modes=8, radius=1.0, sigma=0.01, seed=0)
    assert Grid() == Grid(size=100_000, side=5, spacing=2.0, sigma=0.05, seed=0)


def test_centres() -> None:
    np.testing.assert_allclose(
        Ring(modes=4, radius=3).centres, [[3, 0], [0, 3], [-3, 0], [0, -3]], atol=1e-12
    )
    assert Grid(side=2, spacing=4).centres.tolist() == [[-2, -2], [2, -2], [-2, 2], [2, 2]]
    assert Grid(side=3, spacing=5).centres[:4].tolist() == [[-5, -5], [0, -5], [5, -5], [-5, 0]]


@pytest.mark.parametrize("toy", [Ring(size=6, seed=3, sigma=0.5), Grid(size=6, seed=3, sigma=0.5)])
def test_points_are_a_centre_and_noise(toy: Any) -> None:
    data = toy.load()
    rng = np.random.default_rng(3)
    chosen = rng.integers(len(toy.centres), size=6)
    noise = rng.standard_normal((6, 2), dtype=np.float32)
    expected = toy.centres[chosen] + 0.5 * noise
    np.testing.assert_allclose(data.arrays["point"], expected, atol=1e-6)
    assert data.modes.sigma == 0.5
    assert np.array_equal(data.modes.centres, toy.centres)
