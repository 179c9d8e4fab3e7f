"""Labels that can be requested of a view, and the values that a grid shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganzoo.engine.random import Draw
from ganzoo.engine.view import View, label_of, label_values, labels_of
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.field import Field

CLASSES = Field((), "int64", classes=3, names=("cat", "dog", "7"))
CODE = Field((), range=(-2.0, 1.5))
PLAIN = Field(())
ATTRIBUTES = Field((2,), names=("hat", "glasses"))
WIDE = Field((2,), range=(-1.0, 1.0))


def same(found: Tensor, expected: Any, dtype: torch.dtype) -> None:
    assert found.dtype == dtype
    assert found.tolist() == expected


def test_the_columns_of_a_grid() -> None:
    same(label_values(CLASSES), [0, 1, 2], torch.int64)
    same(label_values(CODE), [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5], torch.float32)
    same(label_values(ATTRIBUTES), [[1, 0], [0, 1]], torch.float32)
    for field in (PLAIN, Field((2, 3)), Field((2, 3), classes=3), Field((2, 2), range=(0, 1))):
        with pytest.raises(GanzooError, match=r"a label has classes, a range or the shape \(K,\)"):
            label_values(field)


@pytest.mark.parametrize(
    ("field", "given", "expected"),
    [
        (CLASSES, "dog", [1]),
        (CLASSES, ["dog", 0, "7"], [1, 0, 2]),
        (CLASSES, (2,), [2]),
        (CLASSES, np.array([2, 0]), [2, 0]),
        (CLASSES, torch.tensor(1), [1]),
    ],
    ids=str,
)
def test_classes(field: Field, given: Any, expected: list[int]) -> None:
    same(labels_of(field, given), expected, torch.int64)


@pytest.mark.parametrize(
    ("field", "given", "expected"),
    [
        (CODE, 1.5, [1.5]),
        (CODE, [-2, 0.5], [-2, 0.5]),
        (PLAIN, [0, 1, 0.25], [0, 1, 0.25]),  # without a range it is from 0 to 1
        (ATTRIBUTES, [1, 0], [[1, 0]]),
        (ATTRIBUTES, (0, 1), [[0, 1]]),
        (ATTRIBUTES, [[0, 1]], [[0, 1]]),
        (ATTRIBUTES, [[1, 0], [0.5, 1]], [[1, 0], [0.5, 1]]),
        (ATTRIBUTES, np.eye(2), [[1, 0], [0, 1]]),
        (WIDE, (-1, 1), [[-1, 1]]),
    ],
    ids=str,
)
def test_numbers(field: Field, given: Any, expected: list[Any]) -> None:
    same(labels_of(field, given), expected, torch.float32)


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [
        (CODE, 1.6, "label 1.6: expected a number from -2 to 1.5"),
        (CODE, -2.1, "label -2.1: expected a number from -2 to 1.5"),
        (CODE, float("nan"), "label nan: expected a number from -2 to 1.5"),
        (CODE, [[1.0]], r"label \[1.0\]: expected a number from -2 to 1.5"),
        (CODE, "warm", "label warm: expected numbers"),
        (CODE, [None], "label None: expected numbers"),
        (PLAIN, 1.1, "label 1.1: expected a number from 0 to 1"),
        (PLAIN, -0.1, "label -0.1: expected a number from 0 to 1"),
        (ATTRIBUTES, [1, 0, 1], r"label \[1, 0, 1\]: expected 2 numbers from 0 to 1"),
        (ATTRIBUTES, [0.5, 1.1], r"label \[0.5, 1.1\]: expected 2 numbers from 0 to 1"),
        (ATTRIBUTES, 1, "label 1: expected 2 numbers from 0 to 1"),
        (ATTRIBUTES, [[1, 0], [2, 0]], r"label \[2, 0\]: expected 2 numbers from 0 to 1"),
        (CLASSES, 3, "label 3: expected 0 to 2 or a name"),
        (CLASSES, [], "no label is given"),
        (ATTRIBUTES, (), "no label is given"),
    ],
    ids=str,
)
def test_labels_that_a_field_does_not_have(field: Field, given: Any, told: str) -> None:
    with pytest.raises(UsageError, match=f"^{told}"):
        labels_of(field, given)


def test_a_label_is_a_row_of_the_field_s_shape() -> None:
    assert label_of(CLASSES, "cat").shape == label_of(CODE, 0).shape == ()
    assert label_of(ATTRIBUTES, (1, 1)).shape == (2,)


def show(n: int, draw: Draw, given: Any) -> Tensor:
    return torch.zeros(n, 1)


def test_a_view_says_little_unless_it_is_requested() -> None:
    view = View("a-2-b", show)
    assert (view.uses, view.needs, view.makes, view.label) == (("generator",), (), None, None)
    assert not view.truncates
    assert not view.mixes_labels


@pytest.mark.parametrize("name", ["", "-a", "a-", "a--b", "a b", "A", "ä", "a\n", "a_b"])
def test_a_name_is_of_lower_case_words(name: str) -> None:
    with pytest.raises(GanzooError, match="has a wrong name"):
        View(name, show)


def test_inputs_of_one_domain_have_targets_unless_a_label_decides() -> None:
    fields = {"x": Field((1,)), "y": Field((1,)), "z": Field((1,), domain="other")}
    assert View("v", show, needs=("x", "y"), makes="y").target(fields) == "y"
    assert View("v", show, needs=("y",)).target(fields) == "x"
    assert View("v", show, needs=("x", "z"), makes="y").target(fields) is None
    assert View("v", show, needs=("x",), makes="y", label=CODE).target(fields) is None
    assert View("v", show, makes="y").target(fields) is None
