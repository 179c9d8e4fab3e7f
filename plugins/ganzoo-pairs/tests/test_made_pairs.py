"""Every dataset: determinism, held-out samples that are new, and settings that cannot work."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from ganzoo_pairs.coloured import ColouredDigits, on_photos
from ganzoo_pairs.holes import Holes
from ganzoo_pairs.icon_fonts import ENDINGS, characters, drawn, files_of
from ganzoo_pairs.icons import Icons
from ganzoo_pairs.low_resolution import LowResolution, smaller
from ganzoo_pairs.photos import patches
from PIL import Image

import ganzoo
from ganzoo.testing import checks

NAMES = sorted(
    record.name for record in ganzoo.datasets() if record.factory.startswith("ganzoo_pairs.")
)
KINDS = [
    *((name, {}) for name in NAMES if name != "folder-pairs"),
    ("edges-digits", {"coloured": True}),
    ("icons", {"kind": "paired", "coloured": True, "font": "remix"}),
    ("icons", {"kind": "styles", "font": "material", "size": 32}),
    ("letters", {"kind": "unpaired", "copies": 1}),
    ("shapes", {"kind": "labelled"}),
    ("holes", {"of": "low-resolution", "place": "random"}),
    ("low-resolution", {"of": "mnist-5k", "factor": 2}),
]
EVERY = pytest.mark.parametrize(("name", "settings"), KINDS)


def rows(data: Any, part: str, domain: tuple[str, ...]) -> set[bytes]:
    """The pictures of a part and domain, each with all of its fields."""
    names = [name for name in domain if data.fields[name].is_image]
    arrays = getattr(data, part)
    return {b"".join(map(bytes, row)) for row in zip(*(arrays[k] for k in names), strict=True)}


@EVERY
def test_the_seed_determines_the_data_and_held_out_pictures_are_new(
    name: str, settings: dict[str, Any]
) -> None:
    one, same, other = (ganzoo.load_data(name, settings | {"seed": s}) for s in (1, 1, 2))
    assert one.arrays is not None
    for part in ("arrays", "held_out"):
        first, again, different = (getattr(data, part) for data in (one, same, other))
        assert set(first) == set(one.fields)
        assert all(np.array_equal(first[k], again[k]) for k in first)
        assert any(not np.array_equal(first[k], different[k]) for k in first)
    for domain in one.domains.values():
        assert not rows(one, "arrays", domain) & rows(one, "held_out", domain)
    sides = {side for field in one.fields.values() if field.is_image for side in field.shape[1:]}
    assert max(sides) in (28, 32)


@EVERY
def test_translations_without_pairs_have_targets(name: str, settings: dict[str, Any]) -> None:
    data = ganzoo.load_data(name, settings)
    if "a" not in data.fields:
        return
    assert len(data.held_out["a"]) == len(data.held_out["b"])
    view = ganzoo.View("a-to-b", lambda n, draw, given: given["a"], needs=("a",), makes="b")
    assert view.target(data.fields) == "b"


@pytest.mark.parametrize("name", [n for n in NAMES if n != "folder-pairs"])
def test_it_conforms(name: str) -> None:
    """The checks include a run that is stopped and resumed."""
    for check in checks(name):
        check()


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("icons", {"a": "plain"}, "dataset.a is plain; phosphor has the styles thin, light, reg"),
        ("icons", {"a": "bold"}, "dataset.a and dataset.b are both bold; expected two of the"),
        ("icons", {"held_out": 892}, "dataset.held_out is 892; phosphor has 893 icons"),
        ("holes", {"side": 28}, "dataset.side is 28; mnist-5k has grey pictures of 28 x 28"),
        ("holes", {"of": "grid"}, "dataset.of is grid, which has point; expected a dataset of pi"),
        ("low-resolution", {"of": "ring"}, "dataset.of is ring, which has point; expected a data"),
        ("low-resolution", {"of": "low-resolution", "held_out": 0}, "held_out"),
        ("coloured-digits", {"of": "shapes"}, "dataset.of is shapes, which has colour pictures"),
        ("letters", {"held_out": 62}, "held_out"),
        ("digit-styles", {"of": "ring"}, "expected a dataset of grey pictures, such as mnist"),
        ("shapes", {"size": 1}, "size"),
    ],
)
def test_impossible_settings_are_one_clear_line(
    name: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ganzoo.UsageError, match=message) as refused:
        ganzoo.load_data(name, settings)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "package", "install"),
    [
        ("icons", "qtawesome", "icons needs files of qtawesome.*: pip install qtawesome"),
        ("letters", "matplotlib", "letters needs files of matplotlib.*: pip install matplotlib"),
        ("low-resolution", "sklearn", "china.jpg needs files of scikit-learn.*: pip install sci"),
        ("coloured-digits", "sklearn", "china.jpg needs files of scikit-learn"),
    ],
)
def test_a_missing_package_is_named_in_one_line(
    name: str, package: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == package else find(name, *a)
    )
    with pytest.raises(ganzoo.NotInstalled, match=install) as refused:
        ganzoo.load_data(name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("font", "number"), [("phosphor", 893), ("material", 1849), ("remix", 1086)]
)
def test_the_fonts_have_as_many_icons_as_the_page_says(font: str, number: int) -> None:
    assert len(characters(font, ENDINGS[font])) == number


def test_no_icon_is_in_two_domains_and_bold_has_more_ink() -> None:
    data: Any = Icons().load()
    paired: Any = Icons(kind="paired").load()
    assert data.sizes == {"a": 400, "b": 400}
    icon = {x.tobytes(): i for i, x in enumerate(paired.arrays["a"])}
    other = {x.tobytes(): i for i, x in enumerate(paired.arrays["b"])}
    one, two = (
        {of.get(x.tobytes()) for x in data.arrays[k]} for k, of in (("a", icon), ("b", other))
    )
    assert None not in one | two
    assert not one & two
    assert (data.held_out["b"].sum((1, 2, 3)) > data.held_out["a"].sum((1, 2, 3))).all()
    assert np.array_equal(data.held_out["a"], paired.held_out["a"])


def test_a_held_out_icon_is_in_no_style() -> None:
    data: Any = Icons(kind="styles", held_out=10).load()
    assert data.fields["label"].names == ("thin", "light", "regular", "bold", "fill")
    assert [len(part["image"]) for part in (data.arrays, data.held_out)] == [883 * 5, 10 * 5]
    assert np.bincount(data.arrays["label"]).tolist() == [883] * 5
    ink = [data.arrays["image"][data.arrays["label"] == k].mean() for k in range(5)]
    assert ink == sorted(ink)


@pytest.mark.parametrize("font", ENDINGS)
def test_no_two_icons_look_alike(font: str) -> None:
    each = [*characters(font, ENDINGS[font]).values()]
    for style in zip(*each, strict=True):
        assert len({bytes(x) for x in drawn(files_of(font)[0], style, 28)}) == len(each)


def test_nothing_of_an_icon_is_cut_off() -> None:
    data: Any = Icons(kind="styles").load()
    border = np.concatenate([data.arrays["image"][..., k].ravel() for k in (0, -1)])
    assert (border > 64).mean() < 0.01


def test_a_digit_inverts_its_patch() -> None:
    digit = np.zeros((40, 1, 28, 28), np.uint8)
    digit[:, :, :, 14:] = 255
    digit[:, :, 0] = 100
    made = on_photos(digit, np.random.default_rng(0), held_out=False).astype(int)
    patch = patches(40, 28, 28, np.random.default_rng(0), held_out=False).astype(int)
    assert np.array_equal(made[..., 1:, :14], patch[..., 1:, :14])
    assert np.array_equal(made[..., 1:, 14:], 255 - patch[..., 1:, 14:])
    assert np.array_equal(made[..., 0, :], abs(patch[..., 0, :] - 100))


def test_patches_for_training_and_held_out_ones_share_no_pixel() -> None:
    """Pictures of the numbers of the columns would be in one part only."""
    rng, band = np.random.default_rng(0), {}
    for held_out in (False, True):
        band[held_out] = {
            bytes(patch[:, :, k])
            for patch in patches(60, 200, 3, rng, held_out=held_out)
            for k in range(3)
        }  # columns of 200 pixels
    assert not band[False] & band[True]
    with pytest.raises(ganzoo.UsageError, match="have only 214 x 80"):
        patches(1, 32, 81, rng, held_out=True)


def test_grey_and_coloured_digits_are_different_digits_with_their_labels() -> None:
    data: Any = ColouredDigits().load()
    assert data.sizes == {"a": 2_250, "b": 2_250}
    source: Any = ganzoo.load_data("mnist-5k").arrays
    label = {x.tobytes(): y for x, y in zip(source["image"], source["label"], strict=True)}
    pairs = zip(data.arrays["a"][:, :1], data.arrays["label_a"], strict=True)
    assert all(label[x.tobytes()] == y for x, y in pairs)
    assert np.array_equal(data.held_out["label_a"], data.held_out["label_b"])


def test_the_mask_is_where_the_picture_is_missing() -> None:
    for settings in ({}, {"place": "random", "side": 5}):
        data: Any = Holes(**settings).load()
        side = settings.get("side", 12)
        for part in (data.arrays, data.held_out):
            hole = part["mask"] == 255
            assert (hole.sum((1, 2, 3)) == side**2).all()
            assert set(np.unique(part["mask"])) == {0, 255}
            assert np.array_equal(part["a"][~hole], part["b"][~hole])
            assert set(part["a"][hole]) == {round(data.arrays["b"].mean())}
        places = {bytes(mask) for mask in data.arrays["mask"]}
        assert len(places) == (24**2 if settings else 1)
    middle = Holes().load().held_out["mask"][0, 0]
    assert np.array_equal(middle, middle[::-1, ::-1])


def test_small_pictures_are_those_of_pillow() -> None:
    data: Any = LowResolution().load()
    assert len(data.arrays["a"]) == 2_000
    large = Image.fromarray(data.held_out["b"][3].transpose(1, 2, 0))
    small = np.asarray(large.resize((8, 8), Image.Resampling.BICUBIC)).transpose(2, 0, 1)
    assert np.array_equal(data.held_out["a"][3], small)
    tall = np.arange(2 * 3 * 8 * 4, dtype=np.uint8).reshape(2, 3, 8, 4)
    assert smaller(tall, 2).shape == (2, 3, 4, 2)


def test_pictures_that_another_dataset_holds_out_stay_held_out() -> None:
    inner: Any = LowResolution().load()
    data: Any = Holes(of="low-resolution", held_out=150).load()
    assert np.array_equal(data.held_out["b"], inner.held_out["b"][:150])
    assert {*map(bytes, data.arrays["b"])} == {*map(bytes, inner.arrays["b"])}
