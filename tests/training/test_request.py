"""What a request takes from another one, and what it gives up with a part."""

from __future__ import annotations

from typing import Any

import pytest

from ganzoo.registry.settings import Override
from ganzoo.training.request import Request, recorded_names

THEIRS = Request(
    model="vanilla-mlp",
    loss="bce",
    dataset="ring",
    preset="small",
    overrides=(
        Override("model.latent", 2, "run.json"),
        Override("loss.margin", 1, "run.json"),
        Override("metric.modes.sigmas", 3, "run.json"),
        Override("observer.bulletin.word", "now", "run.json"),
    ),
    observers=("a/bulletin",),
    metrics=("modes",),
    origins={"model": "a", "loss": "b", "metric.modes": "c"},
    left_out=("dataset",),
)


def keys(request: Request) -> list[str]:
    return [override.key for override in request.overrides]


def test_an_empty_request_takes_all_of_another() -> None:
    assert Request().over(THEIRS) == THEIRS


def test_what_is_requested_wins_and_comes_first() -> None:
    mine = Request(loss="minimax", overrides=(Override("loss.margin", 2, "--set"),))
    found = mine.over(THEIRS)
    assert (found.model, found.loss, found.preset) == ("vanilla-mlp", "minimax", "small")
    assert [o.value for o in found.overrides if o.key == "loss.margin"] == [2, 1]
    assert found.origins == {"model": "a", "metric.modes": "c"}, "minimax may be anyone's"
    assert Request(loss="bce").over(THEIRS).origins == THEIRS.origins


def test_other_metrics_replace_theirs_with_their_settings() -> None:
    found = Request(metrics=("diversity",)).over(THEIRS)
    assert found.metrics == ("diversity",)
    assert keys(found) == ["model.latent", "loss.margin", "observer.bulletin.word"]
    assert keys(Request(metrics=("c/modes",)).over(THEIRS)) == keys(THEIRS)


@pytest.mark.parametrize(
    ("mine", "all_of_them", "kept"),
    [
        (("loud",), ("loud", "a/bulletin"), True),
        (("a/bulletin",), ("a/bulletin",), True),
        (("none",), ("none",), False),
        (("none", "bulletin"), ("none", "bulletin"), True),
    ],
)
def test_observers_are_added_unless_none_is_one(
    mine: tuple[str, ...], all_of_them: tuple[str, ...], kept: bool
) -> None:
    found = Request(observers=mine).over(THEIRS)
    assert found.observers == all_of_them
    assert ("observer.bulletin.word" in keys(found)) == kept
    assert "metric.modes.sigmas" in keys(found)


@pytest.mark.parametrize(
    ("part", "gone", "changed"),
    [
        ("model", "model.latent", {"model": None, "preset": None}),
        ("loss", "loss.margin", {"loss": None}),
        ("metric", "metric.modes.sigmas", {"metrics": ()}),
        ("observer", "observer.bulletin.word", {"observers": ()}),
    ],
)
def test_a_part_goes_with_its_settings(part: str, gone: str, changed: dict[str, Any]) -> None:
    expected = {**vars(THEIRS), **changed}
    expected["overrides"] = tuple(o for o in THEIRS.overrides if o.key != gone)
    assert THEIRS.without(part) == Request(**expected)


def test_names_are_recorded_with_or_without_their_distribution() -> None:
    """A name says more than the list of distributions, which has the parts of another version."""
    names = recorded_names(
        {
            "model": "mine/dcgan", "loss": "bce", "penalty": None, "dataset": "ring",
            "preset": "small", "metrics": ["modes", "x/y.py/reach"], "observers": ["a/bulletin"],
            "distributions": {"model": "theirs", "loss": "ganzoo-core"},
        }
    )  # fmt: skip
    assert names == {
        "model": "dcgan", "loss": "bce", "dataset": "ring", "preset": "small",
        "metrics": ("modes", "reach"), "observers": ("bulletin",),
        "origins": {"model": "mine", "loss": "ganzoo-core", "metric.reach": "x/y.py",
                    "observer.bulletin": "a"},
    }  # fmt: skip
