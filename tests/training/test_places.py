"""Settings that say where data is: found by their type, and kept absolutely."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import MinLen

from ganzoo.registry.registry import registry
from ganzoo.registry.settings import Override, resolve, settings_of
from ganzoo.training.places import absolute, places
from ganzoo.training.plan import Request, plan


@dataclass(frozen=True)
class Files:
    """A dataset with places of every kind, and other settings."""

    root: Path
    cache: Path | None = None
    parts: tuple[Path, ...] = (Path("one"),)
    other: Annotated[Path, "a bound"] = Path("here")
    either: Path | Literal[""] = ""
    size: int = 3
    name: str = "text"
    words: Annotated[tuple[str, ...], MinLen(0)] = ()


def values(**given: Any) -> dict[str, Any]:
    settings = settings_of("dataset", Files)
    resolved = resolve(settings, [Override(key, value, "--set") for key, value in given.items()])
    return {key.partition(".")[2]: v.value for key, v in absolute(settings, resolved).items()}


def test_places_are_the_datasets_settings_with_the_type_path() -> None:
    found = {key.partition(".")[2] for key in places(settings_of("dataset", Files))}
    assert found == {"root", "cache", "parts", "other", "either"}
    assert places(settings_of("metric.files", Files)) == set()


def test_a_place_that_may_be_empty_is_called_a_path() -> None:
    shown = {setting.name: setting.type_name for setting in settings_of("dataset", Files)}
    assert (shown["root"], shown["cache"], shown["either"]) == ("Path", "Path | None", "Path")


def test_they_begin_at_the_root_of_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert values(root="pics") == {
        "root": tmp_path / "pics", "cache": None, "parts": (tmp_path / "one",),
        "other": tmp_path / "here", "either": "", "size": 3, "name": "text", "words": (),
    }  # fmt: skip
    many = values(root="~/pics", cache="/far", parts="a,b", either="x", name="./y", words="z,~")
    assert many == {
        "root": tmp_path / "home/pics", "cache": Path("/far"),
        "parts": (tmp_path / "a", tmp_path / "b"), "other": tmp_path / "here",
        "either": tmp_path / "x", "size": 3, "name": "./y", "words": ("z", "~"),
    }  # fmt: skip
    assert values(root="~nobody-has-this-name")["root"] == tmp_path / "~nobody-has-this-name"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """It may lead elsewhere when the run goes on."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "pics").symlink_to("disk")
    assert values(root="pics")["root"] == tmp_path / "pics"


@pytest.mark.parametrize(("dataset", "default"), [("image-folder", None), ("mnist", "")])
def test_the_zoos_own(dataset: str, default: str | None, tmp_path: Path) -> None:
    request = Request(model="vanilla-mlp", dataset=dataset)
    if default is not None:
        assert plan(registry(), request).values["dataset.root"].value == default
    named = Request(
        model="vanilla-mlp", dataset=dataset, overrides=(Override("root", "pics", "--set"),)
    )
    assert plan(registry(), named).values["dataset.root"].value == tmp_path / "pics"
    os.chdir("/")
    assert plan(registry(), named).values["dataset.root"].value == Path("/pics")
