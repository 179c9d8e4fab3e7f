"""The metrics of translations, on data whose scores are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from ganzoo_translation.class_kept import ClassKept, classes_of
from ganzoo_translation.translation import Translation, gradient_energy

import ganzoo

FIELD = ganzoo.Field((1, 8, 8), range=(-1.0, 1.0))


def test_sharpness_sees_blur_that_the_error_does_not_punish() -> None:
    stripes = torch.ones(1, 1, 8, 8)
    stripes[..., ::2] = -1
    grey = torch.zeros_like(stripes)  # as far from any stripes as the opposite stripes on average
    given = {"input": grey - 1, "target": stripes}
    assert Translation().scores(stripes, given) == {"error": 0, "sharpness": 1}
    assert Translation().scores(grey, given) == {"error": 1, "sharpness": 0}
    assert Translation().scores(-stripes, given) == {"error": 2, "sharpness": 1}


def test_gradient_energy_by_hand() -> None:
    picture = torch.tensor([[[[0.0, 1.0], [2.0, 5.0]]]])  # right: 1, 3; down: 2, 4
    assert gradient_energy(picture) == (1 + 9 + 4 + 16) / 4


def test_a_grey_input_counts_as_three_equal_channels() -> None:
    y = torch.ones(2, 3, 4, 4)
    scores = Translation().scores(y, {"input": torch.zeros(2, 1, 4, 4), "target": y})
    assert scores["error"] == 0


def test_inputs_of_another_size_are_refused() -> None:
    y = torch.ones(2, 3, 4, 4)
    with pytest.raises(ganzoo.DoesNotFit, match=r"\(1, 8, 8\) and \(3, 4, 4\)"):
        Translation().scores(y, {"input": torch.zeros(2, 1, 8, 8), "target": y})


def squares() -> ganzoo.Data:
    """Two classes, a bright left or right half, and in "b" a bright upper or lower half."""
    rng, labels = np.random.default_rng(0), np.arange(200) % 2
    noise = rng.integers(0, 60, (2, 200, 1, 8, 8), dtype=np.uint8)
    a, b = noise
    for i, label in enumerate(labels):
        a[i, 0, :, 4 * label : 4 * label + 4] += 150
        b[i, 0, 4 * label : 4 * label + 4] += 150
    fields = {"b": FIELD, "a": FIELD}
    label = ganzoo.Field((), "int64", classes=2)
    rest, held = slice(20, None), slice(20)
    arrays = {"b": b, "a": a, "label": labels}
    return ganzoo.Data(
        {**fields, "label": label},
        {k: v[rest] for k, v in arrays.items()},
        held_out={k: v[held] for k, v in arrays.items()},
    )


def test_the_class_is_read_in_the_translation_and_known_of_the_input() -> None:
    data = squares()
    scores = ClassKept(steps=60).against(data)
    a, b = (torch.from_numpy(data.held_out[k]) / 127.5 - 1 for k in ("a", "b"))
    assert scores(b, {"input": a}) == {"share": 1, "renamed": 1}
    swapped = b.flip(2)  # each class becomes the other
    assert scores(swapped, {"input": a}) == {"share": 0, "renamed": 1}
    constant = b[:1].expand(20, -1, -1, -1)
    assert scores(constant, {"input": a}) == {"share": 0.5, "renamed": 1}


def test_inputs_have_the_class_of_the_nearest_picture() -> None:
    data = squares()
    a = torch.from_numpy(data.held_out["a"]) / 127.5 - 1
    assert classes_of(a + 0.01, data).tolist() == data.held_out["label"].tolist()
    with pytest.raises(ganzoo.DoesNotFit, match="classes of the inputs"):
        classes_of(torch.zeros(2, 3, 8, 8), data)


@pytest.mark.parametrize("missing", ["label", "a"])
def test_data_without_classes_or_other_pictures_is_refused(missing: str) -> None:
    data = squares()
    assert data.arrays is not None
    left = {k: v for k, v in data.arrays.items() if k != missing}
    rest = ganzoo.Data({k: data.fields[k] for k in left}, left)
    with pytest.raises(ganzoo.DoesNotFit, match="needs pictures with classes"):
        ClassKept().against(rest)
