"""A dataset says its fields before it is loaded, and what does not fit is refused by then."""

from __future__ import annotations

import os
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.registry.isolation import Plugin, ask
from ganzoo.registry.registry import Registry, found, registry
from ganzoo.registry.settings import Override
from ganzoo.testing import Failed, checks
from ganzoo.training.building import build
from ganzoo.training.plan import Request, plan
from ganzoo.training.run import start

POINT = {"point": ganzoo.Field((2,))}
IMAGE = {"image": ganzoo.Field((1, 28, 28), range=(-1.0, 1.0))}
LABEL = {"label": ganzoo.Field((), dtype="int64", classes=10)}


# What the datasets say


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("mnist", IMAGE | LABEL),
        ("mnist-5k", IMAGE | LABEL),
        ("ring", POINT),
        ("grid", POINT),
        ("fashion-mnist", IMAGE | LABEL),
        ("kmnist", IMAGE | LABEL),
        ("emnist-letters", IMAGE | {"label": ganzoo.Field((), dtype="int64", classes=26)}),
        (
            "cifar10",
            {"image": ganzoo.Field((3, 32, 32), range=(-1.0, 1.0))} | LABEL,
        ),
        (
            "stacked-mnist",
            {
                "image": ganzoo.Field((3, 28, 28), range=(-1.0, 1.0)),
                "label": ganzoo.Field((), dtype="int64", classes=1000),
            },
        ),
    ],
)
def test_what_can_be_downloaded_is_known_without_it(
    name: str, fields: dict[str, ganzoo.Field]
) -> None:
    if name not in {record.name for record in ganzoo.datasets()}:
        pytest.skip("its plugin is not installed")
    said = ganzoo.fields_of(name)
    names = said["label"].names if "label" in said else ()
    expected = {k: replace(v, names=names) if k == "label" else v for k, v in fields.items()}
    assert list(said.items()) == list(expected.items())  # the first is learnt
    if name in ("fashion-mnist", "kmnist", "emnist-letters", "cifar10"):
        assert len(names) == fields["label"].classes
    else:
        assert not names  # digits need none


def paint(path: Path, mode: str = "RGB", size: tuple[int, int] = (8, 6)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(path)


@pytest.mark.parametrize("settings", [{}, {"size": 4}, {"channels": 1}])
@pytest.mark.parametrize("nested", [True, False])
def test_a_folder_says_what_it_will_load(
    tmp_path: Path, settings: dict[str, int], nested: bool
) -> None:
    for k in range(4):
        paint(tmp_path / "pictures" / (f"{k % 2}/" if nested else "") / f"{k}.png")
    chosen = {"root": str(tmp_path / "pictures"), **settings}
    said = ganzoo.fields_of("image-folder", chosen)
    assert said == ganzoo.load_data("image-folder", chosen).fields
    assert ("label" in said) is nested


def test_a_folder_says_it_without_decoding(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        paint(tmp_path / "pictures" / name, size=(99, 99))
    whole = (tmp_path / "pictures" / "a.png").read_bytes()
    (tmp_path / "pictures" / "a.png").write_bytes(whole[: len(whole) // 2])
    chosen = {"root": str(tmp_path / "pictures")}
    assert ganzoo.fields_of("image-folder", chosen)["image"].shape == (3, 99, 99)
    with pytest.raises(ganzoo.BrokenFile):
        ganzoo.load_data("image-folder", chosen)


def test_a_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(4):
        paint(tmp_path / "pictures" / f"{k}.png")
    listed, walk = [], os.walk

    def noting(root: Path, **options: Any) -> Any:
        listed.append(str(root))
        return walk(root, **options)

    monkeypatch.setattr(os, "walk", noting)
    values = {"dataset.root": str(tmp_path / "pictures"), "trainer.batch_size": 2}
    overrides = tuple(Override(key, value, "") for key, value in values.items())
    request = Request("vanilla-mlp", dataset="image-folder", overrides=overrides)
    build(registry(), plan(registry(), request))
    assert listed == [str(tmp_path / "pictures")]


# Datasets and metrics that differ in one thing


@dataclass(frozen=True)
class Good:
    """Sixty-four points."""

    def fields(self) -> Any:
        return POINT

    def load(self) -> ganzoo.Data:
        return ganzoo.Data(POINT, {"point": np.zeros((64, 2), np.float32)})


class Slow(Good):
    """Must not be loaded."""

    def load(self) -> ganzoo.Data:
        raise AssertionError("it was loaded")


@dataclass(frozen=True)
class Silent:
    """As datasets were written before."""

    load = Good.load


class Lazy(Good):
    """Loads in order to say."""

    def fields(self) -> Any:
        return self.load().fields


class Distant(Good):
    """Asks its files."""

    def fields(self) -> Any:
        raise ganzoo.DataUnavailable("no file\nCopy it.")


class Wrong(Good):
    """Says another shape than it loads."""

    def fields(self) -> Any:
        return {"point": ganzoo.Field((3,))}


class More(Good):
    """Says more than it loads."""

    def fields(self) -> Any:
        return POINT | LABEL


class Strange(Good):
    """Says no fields."""

    def fields(self) -> Any:
        return ["point"]


@dataclass(frozen=True)
class Choosy:
    """Measures vectors of three."""

    def check_field(self, field: ganzoo.Field) -> None:
        if field.shape != (3,):
            raise ganzoo.DoesNotFit(f"it measures vectors of three, not {field.shape}")

    def against(self, data: ganzoo.Data) -> Any:
        raise AssertionError("it was made ready")


@dataclass(frozen=True)
class Told:
    """Needs labels."""

    def build(self, data: Any, loss: Any) -> Any:
        raise AssertionError("it was built")


class Refusing(Told):
    """Refuses the shape."""

    def build(self, data: Any, loss: Any) -> Any:
        raise ganzoo.DoesNotFit(f"it takes no {next(iter(data.values())).shape}")


def reference(cls: type) -> str:
    return f"{__name__}:{cls.__name__}"


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    for cls in (Good, Slow, Silent, Lazy, Distant, Wrong, More, Strange):
        yield ganzoo.Dataset(
            name=cls.__name__.lower(), summary="Own.", factory=reference(cls), fallback="ring"
        )


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(name="told", summary="Own.", factory=reference(Told), needs=("label",))
    yield ganzoo.Model(name="refusing", summary="Own.", factory=reference(Refusing))


@ganzoo.hookimpl
def ganzoo_metrics() -> Iterator[ganzoo.Metric]:
    yield ganzoo.Metric(
        name="choosy",
        summary="Own.",
        factory=reference(Choosy),
        scores=(ganzoo.Score("far", "How far."),),
    )


@pytest.fixture
def zoo() -> Registry:
    """The zoo, with what stands above."""
    module = types.ModuleType("fields_of_this_test")
    for hook in (ganzoo_datasets, ganzoo_models, ganzoo_metrics):
        setattr(module, hook.__name__, hook)
    plugin = ask(Plugin("fields-test", "fields-test"), module)
    assert plugin.failure is None
    return Registry([*found().plugins, plugin])


# What is refused before it is loaded


def test_a_model_that_needs_labels(zoo: Registry) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"told needs data with label; .*\(it has point\)"):
        start(zoo, plan(zoo, Request(model="told", dataset="slow")))


def test_a_model_that_refuses_the_shape(zoo: Registry) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"takes no \(2,\)"):
        start(zoo, plan(zoo, Request(model="refusing", dataset="slow")))


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("choosy", "it measures vectors of three"),
        ("neighbours", "it needs pictures"),
        ("diversity", "it needs pictures"),
        ("inception", "it needs grey or RGB pictures"),
        ("digits", "it judges pictures of shape"),
        ("stacked-digits", "it judges pictures of shape"),
    ],
)
def test_a_metric_that_does_not_measure_it(zoo: Registry, metric: str, told: str) -> None:

    request = Request(
        model="vanilla-mlp",
        dataset="slow",
        metrics=(metric,),
        overrides=(Override("trainer.evaluate_every", 50, "test"),),
    )
    with pytest.raises(ganzoo.DoesNotFit, match=f"metric {metric} does not fit this data: {told}"):
        start(zoo, plan(zoo, request))


def test_what_fits_is_loaded(zoo: Registry) -> None:
    told = r"^dataset slow \(.*\) failed: AssertionError: it was loaded$"
    with pytest.raises(ganzoo.GanzooError, match=told):
        start(zoo, plan(zoo, Request(model="vanilla-mlp", dataset="slow")))


# What does not say, or says something else


@pytest.mark.parametrize(
    ("cls", "told"),
    [
        (Silent, r"^dataset silent \(.*\) has no method fields\. Add one that .*Field\("),
        (Strange, r"^dataset strange .*: fields\(\) returned \['point'\], expected names"),
        (Wrong, r"^dataset wrong .*: fields\(\) says that 'point' is .*\(3,\).* returned .*\(2,\)"),
        (More, r"^dataset more .*: fields\(\) says point, label, but load\(\) returned point$"),
    ],
)
def test_it_is_told_in_a_line_where_it_is_used(zoo: Registry, cls: type, told: str) -> None:
    with pytest.raises(ganzoo.GanzooError, match=told) as caught:
        start(zoo, plan(zoo, Request(model="vanilla-mlp", dataset=cls.__name__.lower())))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("cls", "title", "told"),
    [
        (Silent, "frozen dataclass", "has no method fields"),
        (Silent, "without loading", r"has no method fields\. Add one"),
        (Lazy, "without loading", r"fields\(\) calls load\(\)"),
        (Distant, "without loading", r"fields\(\) needs the data: no file"),
        (Strange, "without loading", "expected names"),
        (Wrong, "has the fields", r"says that 'point' is .*What to do"),
        (More, "has the fields", r"load\(\) returned point.*What to do"),
    ],
)
def test_a_check_says_so(cls: type, title: str, told: str) -> None:
    with pytest.raises((Failed, ganzoo.GanzooError), match=f"(?s){told}"):
        check_of(cls, title)()


@pytest.mark.parametrize("title", ["frozen dataclass", "without loading", "has the fields"])
def test_a_good_one_passes(title: str) -> None:
    check_of(Good, title)()


def check_of(cls: type, title: str) -> Any:
    record = ganzoo.Dataset(name="tried", summary="Tried.", factory=reference(cls))
    module = types.ModuleType("tried_out")
    module.ganzoo_datasets = ganzoo.hookimpl(lambda: [record])  # type: ignore[attr-defined]
    (check,) = (c for c in checks(module) if title in c.title)
    return check


@pytest.mark.parametrize("name", ["mnist", "cifar10", "emnist-letters", "stacked-mnist"])
def test_the_check_passes_where_there_is_no_data(name: str) -> None:
    if name not in {record.name for record in ganzoo.datasets()}:
        pytest.skip("its plugin is not installed")
    (check,) = (c for c in checks(name) if "without loading" in c.title)
    check()
