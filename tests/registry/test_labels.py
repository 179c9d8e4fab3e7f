"""A field's names, and the class that a person means by a number or a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.field import Field, domains
from ganzoo.registry.labels import class_of, classes_of
from ganzoo.runs.record import field_of

DIGITS = Field((), "int64", classes=10)
CLOTHES = Field((), "int64", classes=4, names=("t-shirt/top", "ankle boot", "bag", "Bag end"))
LETTERS = Field((), "int64", classes=3, names=("A", "a", "B"))
FOLDERS = Field((), "int64", classes=3, names=("10", "2", "0-1"))
TRAITS = Field((3,), names=("smiling", "young", "hat"))
MANY = Field((), "int64", classes=30, names=tuple(f"kind{i}" for i in range(30)))


@pytest.mark.parametrize(
    ("field", "wanted", "number"),
    [
        (DIGITS, 7, 7),
        (DIGITS, np.int64(7), 7),
        (DIGITS, "7", 7),
        (DIGITS, " 07 ", 7),
        (CLOTHES, 3, 3),
        (CLOTHES, "3", 3),
        (CLOTHES, "bag", 2),
        (CLOTHES, "Ankle-Boot", 1),
        (CLOTHES, "t shirt top", 0),
        (LETTERS, "a", 1),
        (LETTERS, "A", 0),
        (LETTERS, "b", 2),
        (FOLDERS, "2", 1),  # a name counts first
        (FOLDERS, 2, 2),
        (FOLDERS, "0", 0),
        (TRAITS, "young", 1),
        (TRAITS, 2, 2),
    ],
)
def test_a_class_by_its_number_or_its_name(field: Field, wanted: Any, number: int) -> None:
    assert class_of(field, wanted) == number


@pytest.mark.parametrize(
    ("field", "wanted", "told"),
    [
        (DIGITS, 10, "label 10: expected 0 to 9"),
        (DIGITS, "-1", "label -1: expected 0 to 9"),
        (DIGITS, "seven", "label 'seven': did you mean 7?"),
        (DIGITS, "Sevn", "label 'Sevn': did you mean 7?"),
        (Field((), "int64", classes=3), "seven", "label 'seven': expected 0 to 2"),
        (DIGITS, "", "label '': expected 0 to 9"),
        (DIGITS, "1_0", "label '1_0': expected 0 to 9"),
        (DIGITS, "7.0", "label '7.0': expected 0 to 9"),
        (DIGITS, 7.0, "label 7.0: expected 0 to 9"),
        (DIGITS, True, "label True: expected 0 to 9"),
        (DIGITS, None, "label None: expected 0 to 9"),
        (DIGITS, "9" * 10_000, "label '999999999999...9999999999999': expected 0 to 9"),
        (CLOTHES, "ancle boot", "label 'ancle boot': did you mean ankle boot?"),
        (CLOTHES, "two", "label 'two': did you mean 2?"),
        (CLOTHES, "zzz", "label 'zzz': expected 0 to 3 or a name (t-shirt/top, ankle boot, bag, "
         "Bag end)"),
        (LETTERS, "-a-", "label '-a-': did you mean A or a?"),
        (TRAITS, "yung", "label 'yung': did you mean young?"),
        (Field((2, 2)), "7", "label '7': this label has no classes to choose from"),
    ],
)  # fmt: skip
def test_a_wrong_one_gets_a_suggestion(field: Field, wanted: Any, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        class_of(field, wanted)
    assert str(refused.value) == told


def test_a_message_lists_the_first_of_many_names() -> None:
    with pytest.raises(UsageError) as refused:
        class_of(MANY, 99)
    assert str(refused.value).endswith("kind18, kind19, ...)")


@pytest.mark.parametrize(
    ("field", "wanted", "numbers"),
    [
        (DIGITS, "7", (7,)),
        (DIGITS, "0-9", tuple(range(10))),
        (DIGITS, "9-7,1, 1", (9, 8, 7, 1, 1)),
        (CLOTHES, "t-shirt/top", (0,)),
        (CLOTHES, "t-shirt/top-bag", (0, 1, 2)),
        (CLOTHES, "bag - ankle boot, 3", (2, 1, 3)),
        (FOLDERS, "0-1", (2,)),
        (FOLDERS, "10-2", (0, 1)),
    ],
)
def test_several_classes(field: Field, wanted: str, numbers: tuple[int, ...]) -> None:
    assert classes_of(field, wanted) == numbers


def test_a_name_with_a_comma_is_one_class() -> None:
    field = Field((), "int64", classes=3, names=("cat", "dog", "cat, dog"))
    assert classes_of(field, "cat, dog") == (2,)
    assert classes_of(field, "cat, cat") == (0, 0)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("0-12", "label 12: expected 0 to 9"),
        ("1-", "label '1-': expected 0 to 9"),
        ("1,,2", "label '': expected 0 to 9"),
        ("1,seven", "label 'seven': did you mean 7?"),
    ],
)
def test_a_wrong_one_of_several(wanted: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        classes_of(DIGITS, wanted)
    assert str(refused.value) == told


# The names of a field


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"classes": 2, "names": ("a",)}, "names has 1 names for 2 classes"),
    ({"shape": (3,), "names": ("a", "b")}, "names has 2 names for 3 attributes"),
    ({"shape": (3,), "classes": 2, "names": ("a", "b")}, "names has 2 names for 3 attributes"),
    ({"names": ("a",)}, "names needs classes"),
    ({"shape": (1, 4, 4), "names": ("a",)}, "names needs classes"),
    ({"classes": 2, "names": ("a", "a")}, "names has 'a' twice"),
    ({"classes": 2, "names": ["a", "b"]}, "expected a tuple of names, each one line of text"),
    ({"classes": 2, "names": "ab"}, "expected a tuple of names, each one line of text"),
    ({"classes": 2, "names": ("a", " ")}, "expected a tuple of names, each one line of text"),
    ({"classes": 2, "names": ("a", "b\nc")}, "expected a tuple of names, each one line of text"),
    ({"classes": 2, "names": ("a", "\udcff")}, "expected a tuple of names, each one line of text"),
    ({"classes": 2, "names": ("a", 1)}, "expected a tuple of names, each one line of text"),
    ({"domain": "a\nb"}, "expected one line of text"),
    ({"domain": None}, "expected one line of text"),
]


@pytest.mark.parametrize(("given", "told"), WRONG)
def test_wrong_names_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(GanzooError) as refused:
        Field(**{"shape": (), **given})
    assert told in str(refused.value)


@pytest.mark.parametrize("given", [given for given, _ in WRONG if given.get("names") != ["a", "b"]])
def test_a_file_with_wrong_names_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Field|names|domain"):
        field_of({"shape": (), **given})


def test_a_file_without_names_is_read() -> None:
    assert field_of({"shape": [], "dtype": "int64", "classes": 4}) == Field((), "int64", classes=4)
    plain = {"shape": [], "dtype": "int64", "classes": 2, "names": ["a", "b"], "domain": "photo"}
    assert field_of(plain) == Field((), "int64", classes=2, names=("a", "b"), domain="photo")


def test_a_field_in_words() -> None:
    assert repr(Field((2,))) == "Field(shape=(2,))"
    assert repr(TRAITS) == "Field(shape=(3,), names=('smiling', 'young', 'hat'))"
    assert (DIGITS.described, TRAITS.described) == (
        "labels of 10 classes",
        "labels of 3 attributes",
    )
    assert (DIGITS.called(7), CLOTHES.called(1), TRAITS.called(2)) == ("7", "ankle boot", "hat")
    assert (DIGITS.choices, TRAITS.choices, Field(()).choices) == (10, 3, None)
    assert not Field((2,), names=("a", "b")).is_point


def test_domains_keep_the_order_of_their_fields() -> None:
    photo, label = Field((3, 8, 8), domain="photo"), Field((), "int64", domain="photo")
    fields = {"a": photo, "b": Field((3, 8, 8)), "label": label}
    assert domains(fields) == {"photo": ("a", "label"), "": ("b",)}
