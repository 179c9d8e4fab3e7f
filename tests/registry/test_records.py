"""What plugins give, checked when it is made."""

import pytest

import ganzoo
from ganzoo.registry.records import Dataset, Loss, Model, Paper

WRONG = [
    (Loss, "name", "Upper", "lower-case words"),
    (Loss, "name", "two words", "lower-case words"),
    (Loss, "name", "", "lower-case words"),
    (Loss, "name", None, "lower-case words"),
    (Loss, "factory", "no_colon", "package.module:name"),
    (Loss, "factory", "a:b:c", "package.module:name"),
    (Loss, "factory", print, "package.module:name"),
    (Loss, "summary", "", "one line of text"),
    (Loss, "summary", " ", "one line of text"),
    (Loss, "summary", "two\nlines", "one line of text"),
    (Loss, "summary", ("a",), "one line of text"),
    (Loss, "paper", "1406.2661", "ganzoo.Paper or None"),
    (Loss, "input", None, "text"),
    (Loss, "penalty", ("r1",), "text or None"),
    (Loss, "defaults", [("trainer.lr", 1)], "settings by qualified key"),
    (Loss, "defaults", {1: 2}, "settings by qualified key"),
    (Model, "needs", "label", "a tuple of names"),
    (Model, "needs", (1,), "a tuple of names"),
    (Model, "output", 1, "text or None"),
    (Model, "loss", Loss, "text or None"),
    (Model, "dataset", None, "text"),
    (Model, "defaults", None, "settings by qualified key"),
    (Dataset, "fallback", 5, "text or None"),
    (Paper, "title", "", "one line of text"),
    (Paper, "year", "2014", "a whole number"),
    (Paper, "arxiv", 1406.2661, "text"),
]


@pytest.mark.parametrize(("kind", "field", "value", "expected"), WRONG)
def test_records_check_themselves(kind, field, value, expected):
    right = {"name": "x", "summary": "X.", "factory": "a:b"}
    if kind is Paper:
        right = {"title": "X", "year": 2014}
    kind(**right)
    with pytest.raises(ganzoo.GanzooError) as refused:
        kind(**{**right, field: value})
    for word in (kind.__name__.lower(), f": {field} is {value!r}; expected", expected):
        assert word in str(refused.value)
