"""Outlines of digits and turned digits: what each pair is, and that held-out digits are new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ganzoo_pairs.edges import EdgesDigits, outlines
from ganzoo_pairs.made import colours, tinted
from ganzoo_pairs.rotated import RotatedDigits

import ganzoo

ALL = [EdgesDigits, RotatedDigits]


def known() -> dict[bytes, int]:
    """The label of each digit, by its pixels."""
    arrays: Any = ganzoo.load_data("mnist-5k").arrays
    return {x.tobytes(): int(y) for x, y in zip(arrays["image"], arrays["label"], strict=True)}


def seen(images: Any) -> set[bytes]:
    return {x.tobytes() for x in images}


def test_an_outline_touches_the_ink_and_has_none_of_it() -> None:
    image = np.zeros((1, 1, 5, 6), np.uint8)
    image[0, 0, 2, 2:4] = 128, 255
    image[0, 0, 4, 5] = 127  # is no ink
    expected = np.zeros((5, 6), int)
    expected[1:4, 1:5] = 255
    expected[2, 2:4] = 0
    assert outlines(image)[0, 0].tolist() == expected.tolist()


def test_each_outline_belongs_to_its_digit_and_label() -> None:
    data: Any = EdgesDigits().load()
    assert data.depicts == "digits"
    labels = known()
    for part, n in ((data.arrays, 4_500), (data.held_out, 500)):
        assert {k: len(v) for k, v in part.items()} == {"b": n, "a": n, "label": n}
        assert np.array_equal(outlines(part["b"]), part["a"])
        pairs = zip(part["b"], part["label"], strict=True)
        assert all(labels[x.tobytes()] == y for x, y in pairs)
    assert not seen(data.arrays["b"]) & seen(data.held_out["b"])
    assert len(seen(data.arrays["b"]) | seen(data.held_out["b"])) == len(labels)


def test_a_coloured_digit_has_one_bright_colour_that_its_outline_does_not_tell() -> None:
    grey: Any = EdgesDigits().load()
    data: Any = EdgesDigits(coloured=True).load()
    assert data.depicts is None
    assert np.array_equal(data.arrays["a"], grey.arrays["a"])
    found = data.arrays["b"]
    assert np.abs(found.max(1).astype(int) - grey.arrays["b"][:, 0]).max() <= 1
    brightest = found.max((2, 3))
    assert brightest.min(1).max() < 60
    assert (np.bincount(brightest.argmax(1)) > 1_200).all(), "all hues are as likely"


def test_the_colours_are_those_of_hsv() -> None:
    hue = np.array([0, 1 / 6, 1 / 3, 1 / 2, 0.75])
    expected = [[255, 51, 51], [255, 255, 51], [51, 255, 51], [51, 255, 255], [153, 51, 255]]
    assert colours(hue)[:, :, 0, 0].tolist() == expected
    grey = np.array([255, 128, 0, 1, 9], np.uint8).reshape(5, 1, 1, 1)
    made = [[255, 51, 51], [128, 128, 26], [0, 0, 0], [0, 1, 1], [5, 2, 9]]
    assert tinted(grey, colours(hue))[:, :, 0, 0].tolist() == made


def test_no_digit_is_in_both_domains_but_held_out_partners_are_the_same_digit() -> None:
    data: Any = RotatedDigits().load()
    assert [*data.domains] == ["a", "b"]
    assert data.sizes == {"a": 2_250, "b": 2_250}
    labels, parts = known(), []
    for part in (data.arrays, data.held_out):
        upright, turned = part["a"], np.rot90(part["b"], -1, axes=(2, 3))
        for images, label in ((upright, part["label_a"]), (turned, part["label_b"])):
            pairs = zip(images, label, strict=True)
            assert all(labels[x.tobytes()] == y for x, y in pairs)
            parts.append(seen(images))
    a, b, kept, partners = parts
    assert kept == partners
    assert len(kept) == 500
    assert len(a | b | kept) == 5_000
    assert np.array_equal(np.rot90(data.held_out["a"], axes=(2, 3)), data.held_out["b"])
    assert data.held_out["b"][0, 0, 0].tolist() == data.held_out["a"][0, 0, :, -1].tolist()
    view = ganzoo.View("a-to-b", lambda n, draw, given: given["a"], needs=("a",), makes="b")
    assert view.target(data.fields) == "b"


@pytest.mark.parametrize("dataset", ALL)
def test_the_seed_determines_the_data(dataset: Any) -> None:
    one, same, other = (dataset(seed=seed).load() for seed in (1, 1, 2))
    for name in one.fields:
        for part in ("arrays", "held_out"):
            first, again, different = (getattr(data, part)[name] for data in (one, same, other))
            assert np.array_equal(first, again)
            assert not np.array_equal(first, different)


@pytest.mark.parametrize("dataset", ALL)
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"of": "ring"}, r"dataset.of is ring, which has point; expected a dataset of grey pict"),
        ({"of": "cifar10"}, "dataset.of is cifar10, which has colour pictures of 32 x 32 pixels"),
        ({"held_out": 4_999}, "dataset.held_out is 4,999; mnist-5k has 5,000 pictures"),
        ({"of": "rings"}, "rings"),
    ],
)
def test_impossible_settings(dataset: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ganzoo.UsageError, match=message) as refused:
        dataset(**settings).load()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("dataset", ALL)
def test_a_dataset_that_is_not_available_is_named(
    dataset: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(ganzoo.DataUnavailable, match=r"^dataset.of is mnist, which is not avail"):
        dataset(of="mnist").load()
