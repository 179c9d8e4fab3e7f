"""Over the registry, no list kept by hand: all that is installed trains, together, and resumes."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image
from same_runs import assert_same

import ganzoo
from ganzoo.registry.records import Record
from ganzoo.registry.registry import registry
from ganzoo.registry.settings import settings_of

STEPS, STOP = 20, 13
SMALL = {
    "trainer.steps": STEPS,
    "trainer.batch_size": 8,
    "trainer.log_every": 5,
    "trainer.sample_every": 10,
    "trainer.checkpoint_every": 10,
    "trainer.samples": 4,
    "trainer.threads": 1,
    "trainer.device": "cpu",
}
VANILLA = {"model.latent": 8, "model.generator": (32,), "model.discriminator": (32,)}


def names(kind: type[Record]) -> list[str]:
    return [e.qualified for e in registry().entries(kind)]


def bare(name: str) -> str:
    """A record's own name, without its distribution's."""
    return name.rpartition("/")[2]


MODELS, LOSSES = names(ganzoo.Model), names(ganzoo.Loss)
PENALTIES, DATASETS = names(ganzoo.Penalty), names(ganzoo.Dataset)


def trains_and_resumes(folder: Path, model: str, **asked: Any) -> None:
    """A run has finite losses, and one that was stopped goes on to the same end."""
    settings = SMALL | (VANILLA if bare(model) == "vanilla-mlp" else {}) | asked.pop("settings", {})

    def train(out: Path) -> ganzoo.Training:
        return ganzoo.train(model, settings=settings, out=out, **asked)

    rows = [step.metrics for step in train(folder / "whole") if step.metrics]
    assert len(rows) == STEPS // 5
    assert all(math.isfinite(value) for row in rows for value in row.values())
    for step in train(folder / "run"):
        if step.step == STOP:
            break
    for _ in ganzoo.train(resume=folder / "run"):
        pass
    assert_same(folder / "run", folder / "whole")
    assert len(ganzoo.load(folder / "run").sample(3)) == 3


def or_is_refused(folder: Path, model: str, **asked: Any) -> bool:
    """The same, or it is said before anything is trained why these do not go together: True."""
    try:
        trains_and_resumes(folder, model, **asked)
    except ganzoo.DoesNotFit as error:
        told = str(error)
    except ganzoo.DataUnavailable as error:
        pytest.skip(str(error).partition("\n")[0])
    else:
        return False
    assert not list(folder.iterdir()), "refused after it was begun"
    named = {bare(name) for name in (model, *asked.values()) if isinstance(name, str)}
    reason = [word for word in told.split() if word not in named]
    assert len(reason) > 5, f"no reason is given: {told}"
    return True


def can_normalise_each_sample(model: str) -> bool:
    """Whether the model may be set not to mix the samples of a batch: ``model.norm=layer``."""
    settings = settings_of("model", registry().find(ganzoo.Model, model).resolve())
    return any(s.key == "model.norm" and "layer" in get_args(s.type) for s in settings)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_its_own_loss_and_data(model: str, tmp_path: Path) -> None:
    trains_and_resumes(tmp_path, model)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str, tmp_path: Path) -> None:
    trains_and_resumes(tmp_path, "vanilla-mlp", loss=loss, dataset="ring")


@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_penalty(penalty: str, tmp_path: Path) -> None:
    trains_and_resumes(tmp_path, "vanilla-mlp", penalty=penalty, dataset="ring")


@pytest.mark.slow
@pytest.mark.parametrize(("model", "loss"), [*product(MODELS, LOSSES)])
def test_every_model_with_every_loss(model: str, loss: str, tmp_path: Path) -> None:
    or_is_refused(tmp_path, model, loss=loss)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "penalty"), [*product(MODELS, PENALTIES)])
def test_every_model_with_every_penalty(model: str, penalty: str, tmp_path: Path) -> None:
    if or_is_refused(tmp_path, model, penalty=penalty) and can_normalise_each_sample(model):
        trains_and_resumes(tmp_path, model, penalty=penalty, settings={"model.norm": "layer"})


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "penalty"), [*product(LOSSES, PENALTIES)])
def test_every_loss_with_every_penalty(loss: str, penalty: str, tmp_path: Path) -> None:
    or_is_refused(tmp_path, "vanilla-mlp", loss=loss, penalty=penalty, dataset="ring")


@pytest.mark.slow
@pytest.mark.parametrize(("model", "dataset"), [*product(MODELS, DATASETS)])
def test_every_model_on_every_dataset(model: str, dataset: str, tmp_path: Path) -> None:
    settings = {}
    places = {"image-folder": ["root"], "folder-pairs": ["a", "b"]}.get(bare(dataset), [])
    for place in places:  # whose pictures are the user's
        (tmp_path / place).mkdir()
        for i in range(9 if place == "root" else 40):  # pairs hold some out
            Image.new("RGB", (28, 28), (i, 6 * i, 100)).save(tmp_path / place / f"{i}.png")
        settings[f"dataset.{place}"] = str(tmp_path / place)
    (tmp_path / "runs").mkdir()
    or_is_refused(tmp_path / "runs", model, dataset=dataset, settings=settings)


def test_without_mnist_training_goes_on_with_the_digits_that_are_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ganzoo.DataUnavailable):
        ganzoo.train("vanilla-mlp", dataset="mnist", settings=SMALL)
    for _ in ganzoo.train("vanilla-mlp", settings=SMALL | VANILLA, out=tmp_path / "run"):
        pass
    assert ganzoo.load(tmp_path / "run").record.dataset == "mnist-5k"
    assert "Continuing with mnist-5k instead" in caplog.text


def test_names_are_unique_within_a_kind() -> None:
    there = [(e.record.kind, e.record.name) for e in registry().entries()]
    assert len(set(there)) == len(there)
