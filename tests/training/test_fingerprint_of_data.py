"""The fingerprint of a dataset that does not come from files, and what datasets may state."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TINY, Forks
from same_runs import assert_same

from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.registry.records import Dataset, Field
from ganzoo.registry.registry import registry
from ganzoo.runs.fingerprint import Fingerprint
from ganzoo.training import fingerprint as of
from ganzoo.training.fingerprint import check_beside, checksum, fingerprint_of, stated
from ganzoo.training.plan import Plan, Request, plan

FIELDS = {"image": Field((1, 4, 4), range=(-1.0, 1.0)), "label": Field((), "int64", classes=3)}


def arrays() -> dict[str, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(50, 1, 4, 4), dtype=np.uint8)
    return {"image": images, "label": np.arange(50) % 3}


@dataclass(frozen=True)
class Source:
    """Samples that are read one by one, with noise."""

    content: Mapping[str, np.ndarray[Any, Any]]

    def __len__(self) -> int:
        return len(self.content["image"])

    def item(self, index: int, rng: np.random.Generator) -> dict[str, np.ndarray[Any, Any]]:
        image = self.content["image"][index] // 2 + rng.integers(9, dtype=np.uint8)
        return {"image": image, "label": self.content["label"][index]}


def in_memory(**changed: np.ndarray[Any, Any]) -> dict[str, str]:
    return dict(fingerprint_of(Data(FIELDS, {**arrays(), **changed})).sums)


def streamed(**changed: np.ndarray[Any, Any]) -> dict[str, str]:
    return dict(fingerprint_of(Data(FIELDS, source=Source({**arrays(), **changed}))).sums)


@pytest.mark.parametrize("sums", [in_memory, streamed])
def test_each_field_has_a_checksum_that_changes_with_it(sums: Any) -> None:
    before, (image, label) = sums(), arrays().values()
    assert list(before) == ["image", "label"]
    assert sums() == before
    other = image.copy()
    other[0, 0, 3, 3] ^= 8
    assert {name for name in before if sums(image=other)[name] != before[name]} == {"image"}
    assert {name for name in before if sums(label=label[::-1])[name] != before[name]} == {"label"}
    fewer = sums(image=image[:49], label=label[:49])
    assert not [name for name in before if fewer[name] == before[name]]
    assert sums(image=np.roll(image, 1, axis=0))["image"] != before["image"], "another order"


def test_samples_from_all_over_a_source_and_their_number_count() -> None:
    def sums(n: int, changed: int = -1) -> str:
        images = np.zeros((n, 1, 4, 4), np.uint8)
        images[changed] = changed >= 0
        source = Source({"image": images * 2, "label": np.zeros(n, int)})
        return fingerprint_of(Data(FIELDS, source=source)).sums["image"]

    assert sums(1_000) == sums(1_000) != sums(1_001)
    for looked_at in (0, 500, 996):  # i * 1,000 // 256, for i from 0 to 255
        assert sums(1_000, looked_at) != sums(1_000)


def test_fingerprints_stay_what_they_are() -> None:
    """Earlier runs can only be resumed as long as these sums stay."""

    def sha(content: bytes) -> bytes:
        return hashlib.sha256(content).digest()

    values = b"\1\0\0\0" + b"\2\1\0\0"
    assert checksum(np.int32([1, 258])) == sha(b"<i4 (2,)" + sha(values)).hex()
    content = {"image": np.uint8([6, 8]).reshape(2, 1), "label": np.int64([1, 2])}
    noise = int(np.random.default_rng(0).integers(9, dtype=np.uint8))
    found = fingerprint_of(Data({"image": Field((1,)), "label": Field(())}, source=Source(content)))
    items = [checksum(np.uint8([half + noise])) for half in (3, 4)]  # each from a new generator
    assert found.sums["image"] == sha(f"2{''.join(items)}".encode()).hex()


def test_only_a_sweep_has_one_data_for_all_its_runs(tmp_path: Path) -> None:
    other, now = Fingerprint({"a": "1"}), Fingerprint({"a": "2"})
    check_beside(tmp_path, now)
    other.write(tmp_path)
    check_beside(tmp_path, now)  # a run in the folder of another run
    (tmp_path / "sweep.json").touch()
    check_beside(tmp_path, other)
    check_beside(tmp_path, None)
    (tmp_path / "data.sums").rename(tmp_path / "kept")
    check_beside(tmp_path, now)  # an earlier version recorded no data
    (tmp_path / "data.sums").write_text("1  a")
    with pytest.raises(BrokenFile, match=r"data\.sums is damaged"):
        check_beside(tmp_path, now)
    (tmp_path / "kept").rename(tmp_path / "data.sums")
    with pytest.raises(UsageError, match=r"its data has changed since it began\n  changed: a\n"):
        check_beside(tmp_path, now)


def test_held_out_samples_count() -> None:
    held_out = {"image": arrays()["image"][:3]}
    one = fingerprint_of(Data(FIELDS, arrays(), held_out=held_out))
    other = fingerprint_of(Data(FIELDS, arrays(), held_out={"image": held_out["image"] ^ 1}))
    assert set(one.sums) - set(in_memory()) == {"held-out image"}
    assert one.digest != other.digest


def test_each_domain_s_source_counts() -> None:
    class Numbers:
        def __init__(self, size: int, name: str) -> None:
            self.size, self.name = size, name

        def __len__(self) -> int:
            return self.size

        def item(self, index: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
            return {self.name: np.array([float(index)])}

    fields = {each: Field((1,), domain=each) for each in ("a", "b")}

    def sums(b: int) -> Mapping[str, str]:
        source = {"a": Numbers(7, "a"), "b": Numbers(b, "b")}
        return fingerprint_of(Data(fields, source=source)).sums

    assert list(sums(5)) == ["a", "b"]
    assert sums(5)["a"] == sums(6)["a"]
    assert sums(5)["b"] != sums(6)["b"]


def test_the_checksum_of_an_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """It depends on the values, the shape and the type, and on nothing else."""
    x = np.arange(24, dtype=np.int32)
    others = [
        x.reshape(4, 6), x.reshape(6, 4), x.astype(np.int64), x.astype(np.uint32), x + 1,
        x.astype(np.float32), x[:0], x[:0].reshape(0, 3), x[0], x[:1],
    ]  # fmt: skip
    assert len({checksum(each) for each in (x, *others)}) == len(others) + 1
    assert checksum(x.astype(">i4")) == checksum(x), "of a machine with the other order of bytes"
    wide = np.repeat(x, 2)
    assert checksum(wide[::2]) == checksum(x), "with gaps in memory"
    assert checksum(np.asfortranarray(x.reshape(4, 6))) == checksum(x.reshape(4, 6))
    monkeypatch.setattr(of, "CHUNK", 7)
    for i in range(24):
        other = x.copy()
        other[i] = -1
        assert checksum(other) != checksum(x), "each chunk counts"
    swapped = x.copy().reshape(2, 12)[::-1]
    assert checksum(swapped.reshape(-1)) != checksum(x), "so does their order"


class Stating:
    """A plan whose dataset states something."""

    def __new__(cls, said: object) -> Plan:  # type: ignore[misc]
        settled = plan(registry(), Request(model="vanilla-mlp", dataset="ring"))
        methods = dict.fromkeys(("fields", "load"), lambda self: {})
        made = type(
            "Made",
            (),
            {**methods, "fingerprint": lambda self: said, "__init__": lambda self, **_: None},
        )
        record = Dataset(name="made", summary="Made.", factory="made:Made")
        entry = replace(settled.entries["dataset"], record=record)
        object.__setattr__(entry, "resolve", lambda: made)
        return replace(settled, entries={**settled.entries, "dataset": entry})


@pytest.mark.parametrize(
    "said",
    [None, {}, [], "text", {"a": 1}, {1: "a"}, {"": "a"}, {"a": ""}, {"a": "two words"},
     {"a": "a\n"}, {"a": "\\a"}, {"a": "ä"}],
)  # fmt: skip
def test_a_fingerprint_of_another_form_is_refused(said: object) -> None:
    settled = Stating(said)
    with pytest.raises(GanzooError, match=r"made:Made: fingerprint\(\) returned"):
        stated(settled)


def test_a_fingerprint_of_the_right_form_is_kept() -> None:
    found = stated(Stating({"b": "2", "a/c d": "1"}))
    assert found is not None
    assert list(found.sums.items()) == [("b", "2"), ("a/c d", "1")]


PLUGIN = """
import dataclasses
import pathlib

import ganzoo
import numpy as np


@ganzoo.hookimpl
def ganzoo_datasets():
    for name in ("Arrays", "Items", "Stated"):
        yield ganzoo.Dataset(name=name.lower(), summary=name, factory=f"{__name__}:{name}")


def points():
    return np.load(pathlib.Path(__file__).parent / "points.npy")


@dataclasses.dataclass(frozen=True)
class Arrays:
    size: int = 320

    def fields(self):
        return {"point": ganzoo.Field((2,))}

    def load(self):
        return ganzoo.Data(self.fields(), {"point": points()})


class Source:
    def __len__(self):
        return len(points())

    def item(self, index, rng):
        return {"point": points()[index]}


@dataclasses.dataclass(frozen=True)
class Items(Arrays):
    def load(self):
        return ganzoo.Data(self.fields(), source=Source())


@dataclasses.dataclass(frozen=True)
class Stated(Arrays):
    def fingerprint(self):
        file = pathlib.Path(__file__).parent / "points.npy"
        return ganzoo.checksums(file.parent, [file])
"""


@pytest.mark.parametrize(
    ("dataset", "words"), [("arrays", "point"), ("items", "point"), ("stated", "points.npy")]
)
def test_a_plugins_data_is_known_too(
    dataset: str, words: str, tmp_path: Path, forked: Forks
) -> None:
    Path("plug.py").write_text(textwrap.dedent(PLUGIN))
    points = np.random.default_rng(0).standard_normal((320, 2)).astype(np.float32)
    np.save("points.npy", points)
    tiny = [dataset if word == "ring" else word for word in TINY]
    here = ("--plugin", "plug.py")
    options = ("--set", "workers=0", "--quiet", "--no-report")
    for steps, out in (("20", "run"), ("30", "whole")):
        forked(*here, *tiny, *options, "--steps", steps, "--out", out).ok()
    other = points.copy()
    other[0] += 1
    np.save("points.npy", other)
    changed = f"the data is not what the run began with changed: {words} Put the data back"
    forked(*here, "train", "--resume", "run", "--steps", "30").refused(2, "resume run", changed)
    forked(*here, "evaluate", "run").refused(2, "cannot evaluate run", changed)
    np.save("points.npy", points)
    forked(*here, "train", "--resume", "run", "--steps", "30", *options[2:]).ok()
    assert_same(Path("run"), Path("whole"))


def test_computed_samples_are_known_by_their_formula() -> None:
    """Machines may round them differently in the last bit."""
    for name in ("ring", "grid"):
        found = stated(plan(registry(), Request(model="vanilla-mlp", dataset=name)))
        assert found is not None
        assert dict(found.sums) == {"mixture of Gaussians": "1"}
    assert stated(plan(registry(), Request(model="vanilla-mlp", dataset="mnist-5k"))) is None
