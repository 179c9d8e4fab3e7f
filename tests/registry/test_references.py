"""References to code: what is missing is found without importing anything."""

import importlib.machinery
import importlib.util
import sys
import types

import pytest

from ganzoo.registry.isolation import missing


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Packages to refer to; importing any of them fails the test."""
    files = {
        "whole/__init__.py": "",
        "whole/inner/__init__.py": "",
        "whole/inner/code.py": "",
        "single.py": "",
        "spaces/one/code.py": "",
    }
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize(
    ("factory", "expected"),
    [
        ("whole:X", ""),
        ("whole.inner.code:X", ""),
        ("single:X", ""),
        ("spaces.one.code:X", ""),  # a namespace's inside cannot be told
        ("os.path:join", ""),
        ("ganzoo:TwoPlayer", ""),  # made when asked for
        ("ganzoo.builtin.bce:Anything", ""),
        ("nowhere:X", "there is no module nowhere"),
        ("whole.nowhere:X", "there is no module whole.nowhere"),
        ("whole.nowhere.code:X", "there is no module whole.nowhere"),
        ("whole.inner.nowhere:X", "there is no module whole.inner.nowhere"),
        ("single.json:X", "there is no module single.json"),  # though there is json
        ("os.json:X", "there is no module os.json"),
        ("os:nowhere", "module os has no nowhere"),
    ],
)
def test_what_is_missing_is_found_without_importing(packages, monkeypatch, factory, expected):
    monkeypatch.delitem(sys.modules, "ganzoo.builtin.bce", raising=False)
    before = set(sys.modules)
    assert missing(factory) == expected
    assert set(sys.modules) == before


def test_a_lazy_module_is_left_asleep(packages, monkeypatch):
    spec = importlib.util.find_spec("whole")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "whole", module)
    spec.loader.exec_module(module)
    assert missing("whole:X") == ""
    assert missing("whole.nowhere:X") == ""


def raises(*_):
    raise KeyError("parent")


@pytest.mark.parametrize("finder", [object(), types.SimpleNamespace(find_spec=raises)])
def test_a_finder_that_cannot_tell_is_no_reason_to_fail(monkeypatch, finder):
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    assert missing("nowhere:X") == ""


def test_a_finder_of_another_kind_is_asked(monkeypatch):
    found = importlib.machinery.ModuleSpec("nowhere", None)
    finder = types.SimpleNamespace(find_spec=lambda name, _: found if name == "nowhere" else None)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    assert missing("nowhere:X") == ""
    assert missing("elsewhere:X")
