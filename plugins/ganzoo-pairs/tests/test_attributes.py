"""Attributes are in the pictures: digits in styles, drawn shapes, and letters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from ganzoo_pairs.letters import CHARACTERS, PARTNERS, SANS, SERIF, TYPEFACES, Letters
from ganzoo_pairs.shapes import COLOURS, NAMES, Shapes, distances
from ganzoo_pairs.styles import DigitStyles, sheared, styled, thinned

import ganzoo


def one(label: list[int]) -> Any:
    """A digit of 2 x 3 pixels with these attributes."""
    image = np.zeros((1, 1, 6, 6), np.uint8)
    image[0, 0, 2:4, 1:4] = 200
    return styled(image, np.array([label], bool), np.random.default_rng(0))[0]


def test_each_attribute_by_itself() -> None:
    plain = one([0, 0, 0, 0, 0])
    assert (plain == plain[:1]).all()
    assert (plain > 0).sum((1, 2)).tolist() == [6] * 3
    assert (one([1, 0, 0, 0, 0]) > 0).sum((1, 2)).tolist() == [2] * 3
    assert (one([0, 1, 0, 0, 0]) > 0).sum((1, 2)).tolist() == [20] * 3
    assert np.array_equal(one([0, 0, 0, 1, 0]), 255 - plain)
    coloured = one([0, 0, 0, 0, 1])
    assert coloured.max((1, 2)).min() < 60
    assert coloured.max() == 200
    both = one([0, 0, 0, 1, 1])
    assert (both[:, 0, 0] == 255).all()
    assert both[:, 2, 1].tolist() == (coloured[:, 2, 1] + 55).tolist()


def test_the_upper_half_of_a_slanted_digit_is_further_right() -> None:
    image = np.zeros((2, 1, 7, 9), np.uint8)
    image[:, :, :, 4] = 100
    columns = np.arange(9)
    for digit in sheared(image):
        weight = digit[0] / digit[0].sum(1, keepdims=True)
        assert (weight @ columns).tolist() == pytest.approx([4 + 0.4 * k for k in range(3, -4, -1)])


def test_thinning_takes_the_smallest_of_four() -> None:
    image = np.array([[[[9, 8, 7], [6, 5, 4], [3, 2, 1]]]], np.uint8)
    assert thinned(image)[0, 0].tolist() == [[5, 4, 0], [2, 1, 0], [0, 0, 0]]


def test_styles_are_as_frequent_and_never_contradict() -> None:
    data: Any = DigitStyles().load()
    assert data.fields["label"].names == ("thin", "thick", "slanted", "inverted", "coloured")
    label = data.arrays["label"]
    assert not (label[:, 0] & label[:, 1]).any()
    assert np.abs(label.mean(0) - [1 / 3, 1 / 3, 1 / 2, 1 / 2, 1 / 2]).max() < 0.03
    image = data.arrays["image"].astype(int)
    assert ((image[:, :, 0, 0].min(1) == 255) == label[:, 3].astype(bool)).all()
    grey = (image == image[:, :1]).all((1, 2, 3))
    assert (grey == ~label[:, 4].astype(bool)).all()
    assert set(np.unique(data.held_out["digit"])) == set(range(10))


def test_the_distances_of_points_on_the_borders_are_0() -> None:
    x, y = (np.array(v) for v in ([5.0, 0, -5, 0], [0, 5.0, 0, -5]))
    circle, square, triangle = distances(x, y, np.array(5.0))
    assert circle.tolist() == square.tolist() == [0] * 4
    assert triangle[3] == pytest.approx(0)  # a corner, and rows count downwards
    assert triangle[1] == pytest.approx(2.5)
    corner = math.sqrt(0.75) * 5
    right = distances(np.array(corner), np.array(2.5), np.array(5.0))
    assert right[2] == pytest.approx(0)


def test_attributes_of_shapes_are_in_the_pictures() -> None:
    data: Any = Shapes(kind="labelled", size=600).load()
    label, image = data.arrays["label"], data.arrays["image"].astype(int)
    assert data.fields["label"].names == NAMES
    assert (label[:, :3].sum(1) == 1).all()
    assert (label[:, 3:6].sum(1) == 1).all()
    for picture, bits in zip(image, label, strict=True):
        pixels = picture.reshape(3, -1).T
        colour = [*COLOURS.values()][int(bits[3:6].argmax())]
        area = int((pixels == colour).all(1).sum())
        radius = 9 if bits[6] else 5
        full = [math.pi, 4, 3 * math.sqrt(3) / 4][int(bits[:3].argmax())] * radius**2
        assert 0.5 * full < area <= full


def test_a_circle_and_its_partner_share_all_but_the_shape() -> None:
    data: Any = Shapes().load()
    a, b = (data.held_out[k].astype(int) for k in "ab")
    assert np.array_equal(a[:, :, 0, 0], b[:, :, 0, 0])
    grey = [(x == x[:, :1]).all(1) for x in (a, b)]  # the background
    assert (grey[0] | ~grey[1]).all(), "the square contains the circle"
    assert ((~grey[1]).sum((1, 2)) > (~grey[0]).sum((1, 2))).all()


def test_labelled_letters_hold_out_characters_of_each_typeface() -> None:
    data: Any = Letters(copies=2).load()
    assert data.fields["label"].names == tuple(CHARACTERS)
    assert data.fields["typeface"].names == TYPEFACES
    assert len(TYPEFACES) == len({*TYPEFACES}) == 21
    glyphs = [
        {*zip(part["typeface"].tolist(), part["label"].tolist(), strict=True)}
        for part in (data.arrays, data.held_out)
    ]
    assert not glyphs[0] & glyphs[1]
    assert len(glyphs[0] | glyphs[1]) == 21 * 62
    assert len(data.arrays["image"]) == 2 * len(glyphs[0])
    assert np.bincount(data.held_out["typeface"]).tolist() == [6] * 21
    assert (data.arrays["image"].max((1, 2, 3)) > 100).all(), "none is empty"


def test_held_out_letters_are_in_neither_domain_and_have_partners() -> None:
    data: Any = Letters(kind="unpaired", copies=1).load()
    assert data.sizes == {"a": 56 * len(SERIF), "b": 56 * len(SANS)}
    kept = {*data.held_out["label_a"].tolist()}
    assert len(kept) == 6
    assert np.array_equal(data.held_out["label_a"], data.held_out["label_b"])
    assert not kept & {*data.arrays["label_a"].tolist(), *data.arrays["label_b"].tolist()}
    a, b = (data.held_out[k].astype(float) for k in "ab")
    assert len(a) == 6 * PARTNERS
    own = np.abs(a - b).mean()
    assert own < 0.7 * np.abs(a - np.roll(b, 1, axis=0)).mean()


def test_letters_have_another_size() -> None:
    assert ganzoo.fields_of("letters", {"size": 32})["image"].shape == (1, 32, 32)
