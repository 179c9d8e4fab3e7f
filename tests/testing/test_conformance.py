"""The built-in records pass the checks for all plugins, and broken records fail them.

Each first-party plugin has the same test.
"""

from __future__ import annotations

import contextlib
import types
from pathlib import Path
from typing import Any

import games
import pytest
import torch
from broken_records import BROKEN
from good_records import KINDS, GoodModel, TrainsShared
from PIL import Image

import ganzoo
from ganzoo.registry.hookspecs import HOOKS
from ganzoo.registry.registry import found
from ganzoo.testing import Check, Failed, checks


@pytest.mark.parametrize("check", checks("builtin"), ids=str)
def test_what_is_built_in_conforms(check: Check) -> None:
    check()


def test_every_first_party_plugin_tests_that_it_conforms() -> None:
    plugins = [*Path(__file__).parents[2].glob("plugins/*/pyproject.toml")]
    assert plugins
    for plugin in plugins:
        tests = "".join(path.read_text() for path in plugin.parent.glob("tests/test_*.py"))
        assert "test_it_conforms" in tests, plugin.parent


@pytest.mark.parametrize("check", [c for c in checks(games) if "formula" not in c.title], ids=str)
def test_the_games_of_these_tests_conform(check: Check) -> None:
    check()


def test_what_must_be_set_can_be(tmp_path: Path) -> None:
    for i in range(9):
        Image.new("RGB", (6, 5), (i, 20 * i, 100)).save(tmp_path / f"{i}.png")
    for check in checks("image-folder", {"dataset.root": str(tmp_path), "dataset.size": 4}):
        check()
    with pytest.raises(ganzoo.UsageError, match=r"unknown setting 'dataset.roots'.*dataset.root"):
        checks("image-folder", {"dataset.roots": "x"})


def test_nothing_of_that_name() -> None:
    with pytest.raises(
        ganzoo.UsageError, match=r"'vanila-mlp'; did you mean vanilla-mlp.*pip inst"
    ):
        checks("vanila-mlp")


def test_the_zoo_does_not_notice() -> None:
    assert not [e for e in found().entries() if e.plugin.distribution == "ganzoo-testing"]
    threads = torch.get_num_threads()
    for check in checks("bce"):
        check()
    assert torch.get_num_threads() == threads


def checks_of(cls: type, **says: Any) -> list[Check]:
    """The checks of a plugin that provides a record of this class."""
    kind = next((k for k, good in KINDS.items() if issubclass(cls, good)), ganzoo.Loss)
    own: dict[str, Any] = {"dataset": "ring"} if kind is ganzoo.Model else {}
    if kind is ganzoo.Metric:
        own = {"scores": (ganzoo.Score("shift", "How far.", better="lower"),)}
    factory = f"{cls.__module__}:{cls.__name__}"
    record = kind(name="tried", summary="Tried.", factory=factory, **own | says)
    module = types.ModuleType("tried_out")
    hook = next(hook for hook, record_kind in HOOKS.items() if record_kind is kind)
    setattr(module, hook, ganzoo.hookimpl(lambda: [record]))
    return checks(module)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"dataset": "rnig"}, "did you mean ring"),
        ({"defaults": {"trainer.steps": "many"}}, "expected int"),
        ({"defaults": {"trainer.batch_size": -3}}, "at least 1"),
        ({"defaults": {"dataset.sise": 4}}, "dataset.size"),
    ],
)
def test_what_a_model_suggests_is_checked(says: dict[str, Any], told: str) -> None:
    (check,) = (c for c in checks_of(GoodModel, **says) if "stored in run.json" in c.title)
    with pytest.raises(ganzoo.UsageError, match=told):
        check()


@pytest.mark.parametrize("cls", [*KINDS.values(), TrainsShared])
def test_the_good_ones_pass(cls: type) -> None:
    for check in checks_of(cls):
        if "formula" not in check.title and "no torch" not in check.title:
            check()


@pytest.mark.parametrize("cls", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_fails_with_advice(cls: type) -> None:
    (check,) = (c for c in checks_of(cls) if BROKEN[cls] in c.title)
    advised = r"(?s).\nWhat to do: .|expected a tensor of one number, such as"
    with pytest.raises((Failed, ganzoo.GanzooError), match=advised):
        check()


@pytest.mark.parametrize(
    ("formula", "fails"),
    [("-mean(fake)", False), ("mean(fake)", True), ("nosuch(fake)", True), ("", True)],
)
def test_the_formula_is_held(
    formula: str, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"tried_{abs(hash(formula))}"
    lines = [
        'r"""A lesson.',
        "",
        ">>> real, fake = [2.0, -1.0], [0.5, -3.0]",
        ">>> isclose(Tried().discriminator(tensor(real), tensor(fake)), mean(fake) - mean(real))",
        "True",
        *([f">>> isclose(Tried().generator(tensor(fake)), {formula})", "True"] if formula else []),
        '"""',
        "from good_records import GoodLoss",
        "class Tried(GoodLoss): pass",
    ]
    (tmp_path / f"{name}.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    record = ganzoo.Loss(name="tried", summary="Tried.", factory=f"{name}:Tried")
    module = types.ModuleType("tried_out")
    module.ganzoo_losses = ganzoo.hookimpl(lambda: [record])  # type: ignore[attr-defined]
    (check,) = (c for c in checks(module) if "formula" in c.title)
    told = pytest.raises(Failed, match=r"What to do: (correct|compute) the formula")
    with told if fails else contextlib.nullcontext():
        check()


def test_an_entry_module_that_loads_torch_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heavy_entry.py").write_text(
        "import torch, ganzoo\n\n@ganzoo.hookimpl\ndef ganzoo_losses():\n"
        '    yield ganzoo.Loss(name="x", summary="X.", factory="ganzoo.builtin.bce:BCE")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    import heavy_entry  # type: ignore[import-not-found]

    (check,) = (c for c in checks(heavy_entry) if "no torch" in c.title)
    with pytest.raises(Failed, match=r"importing heavy_entry .* loads torch"):
        check()
