"""Digits judged by a classifier: against independent references, and on digits that get worse."""

from __future__ import annotations

import doctest
import importlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

import ganzoo
from ganzoo.builtin.digits import labels as of_labels
from ganzoo.builtin.digits import manifold
from ganzoo.builtin.digits.digits import REFERENCE, Digits
from ganzoo.builtin.digits.frechet import frechet, moments
from ganzoo.builtin.digits.manifold import Manifold
from ganzoo.builtin.digits.network import FEATURES, WEIGHTS, Network, pretrained, seen
from ganzoo.builtin.digits.stacked import StackedDigits
from ganzoo.builtin.mnist_5k import MNIST5k

Judge = Callable[[Tensor], Mapping[str, float]]
TEST_DIGITS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
"""How many there are of each, as anyone's copy of MNIST has it."""


@pytest.fixture(scope="module", autouse=True)
def _data(data_cache: Path) -> Iterator[None]:
    """Before each test has it, as what the tests of this module share is made before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_DATA", str(data_cache))
        yield


def real(size: int) -> tuple[Tensor, Tensor]:
    """Images in [-1, 1] and labels of real digits, as many of each, sorted by label."""
    arrays = MNIST5k(size).load().arrays
    assert arrays is not None
    images = torch.from_numpy(arrays["image"]).float() / 127.5 - 1
    return images, torch.from_numpy(arrays["label"])


@pytest.fixture(scope="module")
def network() -> Network:
    return pretrained()


@pytest.fixture(scope="module")
def features(network: Network) -> Tensor:
    """Of 1,000 real digits, 100 of each, sorted by label."""
    return seen(network, real(1_000)[0])[0]


@pytest.fixture(scope="module")
def reference() -> dict[str, Tensor]:
    return load_file(REFERENCE)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Digits().against(MNIST5k().load())


@pytest.mark.parametrize("module", ["frechet", "labels", "manifold"])
def test_the_lessons_examples_hold(module: str) -> None:
    lesson = importlib.import_module(f"ganzoo.builtin.digits.{module}")
    result = doctest.testmod(lesson, extraglobs={"torch": torch, "tensor": torch.tensor})
    assert result.attempted
    assert not result.failed


def test_the_classifier_knows_digits(network: Network) -> None:
    images, labels = real(5_000)
    _, logits = seen(network, images)
    assert (logits.argmax(1) == labels).double().mean() > 0.99


def test_what_ships_is_small_and_says_how_good_it_is() -> None:
    assert WEIGHTS.stat().st_size < 1.5e6
    assert WEIGHTS.stat().st_size + REFERENCE.stat().st_size < 3e6
    with safe_open(WEIGHTS, "pt") as file:
        about = json.loads(file.metadata()["about"])
    assert about["test_accuracy"] >= 0.993
    assert about["seed"] == 0


def test_the_reference_is_the_test_digits(reference: dict[str, Tensor]) -> None:
    features, mean = reference["features"], reference["mean"]
    assert features.shape == (10_000, FEATURES)
    assert (reference["frequencies"] * 10_000).round().int().tolist() == TEST_DIGITS
    rounded = features.double()
    torch.testing.assert_close(rounded.mean(0), mean, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(rounded.T.cov(), reference["covariance"], rtol=1e-3, atol=1e-3)


def test_frechet_is_scipy_s_and_torch_fidelity_s(features: Tensor) -> None:
    from scipy import linalg

    alive = features.std(0) > 0.1  # scipy's root needs covariances that are not singular
    first, second = features[::2, alive], features[1::2, alive] * 1.1 + 0.1
    ours = frechet(*moments(first), *moments(second))

    a, b = first.double().numpy(), second.double().numpy()
    mean, other = a.mean(0), b.mean(0)
    sigma, tau = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    product = linalg.sqrtm(sigma @ tau)
    theirs = ((mean - other) ** 2).sum() + np.trace(sigma + tau - 2 * product.real)
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert ours > 0.1

    metric_fid = pytest.importorskip("torch_fidelity.metric_fid", exc_type=ImportError)
    statistics = [metric_fid.fid_features_to_statistics(f.double()) for f in (first, second)]
    fid = metric_fid.fid_statistics_to_metric(*statistics, verbose=False)
    assert ours == pytest.approx(fid["frechet_inception_distance"], rel=1e-6)


def test_frechet_of_a_thing_and_itself_is_none(reference: dict[str, Tensor]) -> None:
    own = reference["mean"], reference["covariance"]
    assert 0 <= frechet(*own, *own) < 1e-9
    one = torch.zeros(3, dtype=torch.float64), torch.zeros(3, 3, dtype=torch.float64)
    assert frechet(*one, one[0] + 2, one[1]) == 12  # two points


def share_by_counting(points: list[list[float]], centres: list[list[float]]) -> float:
    """The paper's definition, word by word."""
    count = 0
    for point in points:
        for i, centre in enumerate(centres):
            others = [math.dist(centre, c) for j, c in enumerate(centres) if j != i]
            if math.dist(point, centre) <= sorted(others)[3 - 1]:
                count += 1
                break
    return count / len(points)


def test_precision_and_recall_count_the_same_neighbours(
    features: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifold, "CHUNK", 7)
    data, samples = features[::15], features[4:500:11] * 1.05  # samples of 0 to 4
    for points, centres in ((data, samples), (samples, data)):
        share = share_by_counting(points.tolist(), centres.tolist())
        assert Manifold(centres).holds(points) == share
        assert 0.2 < share < 1

    metric_prc = pytest.importorskip("torch_fidelity.metric_prc", exc_type=ImportError)
    theirs = metric_prc.calculate_precision_recall_part(samples.double(), data.double())
    ours = Manifold(data).holds(samples), Manifold(samples).holds(data)
    assert ours == pytest.approx(theirs, abs=1e-7)


def test_samples_that_are_all_the_same_hold_themselves_and_nothing_else(features: Tensor) -> None:
    same = Manifold(features[:1].expand(20, -1))
    assert same.holds(features[:1]) == 1
    assert same.holds(features[1:]) == 0


def blurred(images: Tensor, level: int) -> Tensor:
    return gaussian_blur(images, [13, 13], [(level + 1) / 4])


def noisy(images: Tensor, level: int) -> Tensor:
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    return (images + 0.05 * level * noise).clamp(-1, 1)


def without(images: Tensor, level: int) -> Tensor:
    return images[len(images) * level // 10 :]  # they are sorted by label


@pytest.mark.parametrize("worse", [blurred, noisy, without])
def test_frechet_grows_with_each_of_eight_steps_away_from_real_digits(
    worse: Callable[[Tensor, int], Tensor], network: Network, reference: dict[str, Tensor]
) -> None:
    images = real(300)[0]
    distances = [
        frechet(reference["mean"], reference["covariance"], *moments(seen(network, pictures)[0]))
        for pictures in (images, *(worse(images, level) for level in range(1, 9)))
    ]
    assert distances == sorted(set(distances))


def test_real_digits_get_nearly_the_best_of_every_score(judge: Judge) -> None:
    scores = judge(real(1_000)[0])
    assert scores["frechet"] < 10
    assert 0.8 < scores["precision"] <= 1
    assert 0.6 < scores["recall"] <= 1  # 1,000 balls for 10,000 digits
    assert 9.5 < scores["score"] <= 10
    assert 0.98 < scores["confidence"] <= 1
    assert 0 <= scores["balance"] < 0.01


def test_one_digit_again_and_again_is_precise_and_nothing_else(judge: Judge) -> None:
    one = real(10)[0][3:4]  # a three
    scores = judge(one.expand(70, -1, -1, -1))
    assert scores["precision"] == 1
    assert scores["recall"] == 0
    assert scores["score"] == pytest.approx(1)
    assert scores["confidence"] > 0.9
    assert scores["balance"] == pytest.approx(math.log(10_000 / TEST_DIGITS[3]))
    assert scores["frechet"] > 10 * judge(real(500)[0])["frechet"]


def test_noise_is_like_no_digit(judge: Judge) -> None:
    scores = judge(torch.rand(200, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    assert scores["precision"] < 0.05
    assert scores["recall"] < 0.05
    assert scores["balance"] > 0.5


def test_every_score_is_a_number_and_follows_from_the_samples_alone(judge: Judge) -> None:
    images = real(100)[0]
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    pretrained()
    first = judge(images)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    torch.rand(1)
    assert judge(images) == first
    assert all(type(value) is float and math.isfinite(value) for value in first.values())


def test_scores_of_labels_at_their_ends() -> None:
    sure = torch.eye(10, dtype=torch.float64).repeat(5, 1)
    assert of_labels.score(sure) == pytest.approx(10)
    assert of_labels.confidence(sure) == 1
    unsure = torch.full((50, 10), 0.1, dtype=torch.float64)
    assert of_labels.score(unsure) == pytest.approx(1)
    assert of_labels.confidence(unsure) == pytest.approx(0.1)
    equal = torch.full((10,), 0.1, dtype=torch.float64)
    assert of_labels.divergence(sure.argmax(1), equal) == pytest.approx(0, abs=1e-12)
    assert of_labels.divergence(torch.zeros(50).long(), equal) == pytest.approx(math.log(10))


def stacked() -> ganzoo.Data:
    image = ganzoo.Field((3, 28, 28), range=(-1.0, 1.0))
    arrays = {"image": np.zeros((1, 3, 28, 28), np.uint8)}
    return ganzoo.Data({"image": image}, arrays, depicts="stacked digits")


def test_stacked_digits_are_counted(network: Network) -> None:
    images, labels = real(100)
    right = images[seen(network, images)[1].argmax(1) == labels]
    assert len(right) >= 99
    each = images[[10 * digit for digit in range(10)]]  # (10, 1, 28, 28)
    numbers = torch.cartesian_prod(*[torch.arange(10)] * 3)
    every = each[:, 0][numbers]  # (1000, 3, 28, 28)
    count = StackedDigits().against(stacked())
    assert count(every) == {"covered": 1000, "kl": pytest.approx(0, abs=1e-12)}
    assert count(every[:500]) == {"covered": 500, "kl": pytest.approx(math.log(2))}
    assert count(every[123].expand(20, -1, -1, -1)) == {
        "covered": 1,
        "kl": pytest.approx(math.log(1000)),
    }


@pytest.mark.parametrize(
    ("metric", "data", "words"),
    [
        (Digits(), "ring", "do not state what they show. It fits mnist or mnist-5k"),
        (Digits(), "stacked", "show stacked digits"),
        (StackedDigits(), "mnist-5k", "show digits. It fits stacked-mnist"),
        (Digits(), "large", r"of shape (1, 28, 28) with values in (-1.0, 1.0)"),
    ],
)
def test_what_does_not_fit_is_refused(
    metric: Digits | StackedDigits, data: str, words: str
) -> None:
    if data == "stacked":
        given = stacked()
    elif data == "large":
        image = ganzoo.Field((1, 32, 32), range=(-1.0, 1.0))
        arrays = {"image": np.zeros((1, 1, 32, 32), np.uint8)}
        given = ganzoo.Data({"image": image}, arrays, depicts="digits")
    else:
        given = ganzoo.load_data(data)
    with pytest.raises(ganzoo.DoesNotFit) as error:
        metric.against(given)
    assert words in str(error.value)
