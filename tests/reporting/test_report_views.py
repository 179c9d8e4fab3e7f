"""A run's page shows the views of its model."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import games
import numpy as np
import pytest
import torch
from conftest import Forks
from page_parser import Page
from PIL import Image

import ganzoo
from ganzoo.registry.field import Field
from ganzoo.registry.registry import registry
from ganzoo.reporting.inside import inside
from ganzoo.reporting.players import learning
from ganzoo.reporting.views import label_words
from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import read_tensors
from ganzoo.training.real import by_class

PLUGIN = Path(__file__).parent.parent / "views_plugin.py"


@pytest.fixture
def registered() -> Iterator[None]:
    import views_plugin

    ganzoo.register(views_plugin)
    added = registry().plugins[-1]
    yield
    registry().plugins.remove(added)


@pytest.fixture
def filler(forked: Forks, registered: None) -> Path:
    args = ("--steps", "2", "--batch-size", "12", "--out", "run")
    forked("--plugin", PLUGIN, "train", "filler", *args).ok()
    return Path("run")


def test_a_further_view_has_its_own_slider_and_animation(filler: Path) -> None:
    page = Page(ganzoo.report(filler))
    assert [tag.get("id") for tag in page.all("div") if tag.get("class") == "player"] == [
        "learning-player", "learning-shades-player", "learning-noise-player",
    ]  # fmt: skip
    assert "View shades" in page.words
    run = Run(filler)
    player = learning(run, probability=False, view="shades")
    assert player is not None
    assert player.labels == ["step 0", "step 2"]
    shown = np.asarray(decoded(player.tracks[0].frames[1]))
    outlines = read_tensors(run.inputs)[0]["outline"]
    assert np.abs(shown[9:17, :8, 0].astype(int) - outlines[1, 0].numpy()).max() <= 1
    for view in ("", "-shades", "-noise"):
        with Image.open(filler / f"training{view}.gif") as animation:
            assert getattr(animation, "n_frames", 1) == (3 if view == "" else 2)


def test_it_lists_the_views_and_shows_those_without_grids(filler: Path) -> None:
    for folder in ("shades", "noise"):  # a run of an earlier version has none
        shutil.rmtree(filler / "samples" / folder)
    page = Page(ganzoo.report(filler))
    assert "View shades" not in page.words
    for words in ("filled outline none filled", "shades outline dark, grey, light filled",
                  "noise nothing -1 to 1 filled"):  # fmt: skip
        assert words in page.words
    assert [a for a in page.all("a") if a.get("href") == "#views"]
    assert "Interpolation" not in page.words, "the first view translates"
    trained = ganzoo.load(filler)
    found = inside(Run(filler), registry())
    assert [view.name for view in found.views if view.grid] == ["shades", "noise"]
    shades = next(view.grid for view in found.views if view.name == "shades")
    assert shades is not None
    shown = np.asarray(decoded(shades.picture))
    assert shown.shape[:2] == (6 * 9 - 1, 4 * 9 - 1), "a row for each input, and three labels"
    own = trained.sample(6, label=1, view="shades").arrays()["images"]
    middle = shown[:8, 18:26].transpose(2, 0, 1)
    assert np.abs(middle.astype(int) - own[0]).max() <= 1


def decoded(uri: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB")


def test_a_model_with_one_plain_view_has_no_such_section(forked: Forks, trained: Path) -> None:
    page = Page(ganzoo.report(trained))
    assert not [tag for tag in page.all("section") if tag.get("id") == "views"]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Field((), "int64", classes=10), "0 to 9"),
        (Field((), "int64", classes=2, names=("cat", "dog")), "cat, dog"),
        (Field((), range=(-1.0, 1.0)), "-1 to 1"),
        (Field((3,), range=(0.0, 1.0)), "3 attributes"),
        (Field((2,), range=(0.0, 1.0), names=("old", "tall")), "2 attributes (old, tall)"),
        (
            Field((), "int64", classes=12, names=tuple("abcdefghijkl")),
            "a, b, c, d, e, f, g, h, i, j, ...",
        ),
    ],
)
def test_labels_in_words(field: Field, words: str) -> None:
    assert label_words(field) == words


def test_labels_are_interpolated_one_by_one_and_into_each_other() -> None:
    ganzoo.register(games)
    try:
        run = ganzoo.train("coded-points", settings={"steps": 4, "threads": 1}, out="run")
        trained = run.finish()
        page = Page(ganzoo.report("run"))
        found = inside(Run(Path("run")), registry())
    finally:
        registry().plugins.pop()
    assert "Each of the eight lines" in page.words
    assert "Each line keeps its label" in page.words
    assert "Interpolation between classes" in page.words
    assert found.between_classes is not None
    assert found.interpolation is not None
    assert found.between_classes.overlay != found.interpolation.overlay  # type: ignore[union-attr]
    ends = [trained.walk_labels(i, (i + 1) % 8, 64).tensor for i in range(8)]
    for before, after in pairwise(ends):
        torch.testing.assert_close(before[-1], after[0], rtol=1e-4, atol=1e-5)


def test_columns_of_real_samples_are_classes() -> None:
    labels = torch.tensor([2, 0, 1, 0, 2, 1, 0])
    order = by_class(labels, 3, 2)
    assert order is not None
    assert order.tolist() == [1, 2, 0, 3, 5, 4]
    assert by_class(labels, 3, 3) is None, "there are only two of class 1"


def test_the_real_pictures_of_a_labelled_run_have_a_class_a_column(
    tmp_path: Path, forked: Forks
) -> None:
    (tmp_path / "labelled.py").write_text(LABELLED)
    args = ("--dataset", "mnist-5k", "--steps", "2", "--batch-size", "64", "--out", "run")
    forked("--plugin", "labelled.py", "train", "labelled", *args).ok()
    real = Run(Path("run")).real()
    assert real is not None
    assert real.samples.columns == 10
    shown = real.samples.arrays()["images"]
    data = ganzoo.load_data("mnist-5k").arrays
    assert data is not None
    for i, picture in enumerate(shown):
        (where,) = np.nonzero((data["image"] == picture).all(axis=(1, 2, 3)))
        assert i % 10 in data["label"][where]


LABELLED = """
import ganzoo, torch
from dataclasses import dataclass
from ganzoo.nn import label_weights
from torch import nn

@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(name="labelled", summary="Labels.", factory=f"{__name__}:Labelled",
                       needs=("label",))

@dataclass(frozen=True)
class Labelled:
    def build(self, data, loss):
        g = nn.Sequential(nn.Linear(14, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
        d = nn.Sequential(nn.Flatten(), nn.Linear(784, 1))
        game = Labels(g, d, loss, latent=4)
        game.label = data["label"]
        return game

class Labels(ganzoo.TwoPlayer):
    def sample(self, n, draw, given):
        weights = label_weights(given["label"], 10)
        return self.generator(torch.cat((self.latents(n, draw), weights), 1))

    def views(self):
        return (ganzoo.View("samples", self.sample, label=self.label),)
"""
