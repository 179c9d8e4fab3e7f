"""Finding plugins, settling names, and keeping the broken from harming the rest."""

import types

import pytest

import ganzoo
from ganzoo import hookspecs
from ganzoo.records import Loss, Model
from ganzoo.registry import Plugin, Registry, ask, from_file, registry


def plugin(name, **hooks):
    """A plugin that gives what its functions give."""
    module = types.ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, ganzoo.hookimpl(function))
    return ask(Plugin(name, f"ganzoo-{name}"), module)


def loss(name):
    return Loss(name=name, summary="A loss.", factory="ganzoo.builtin.bce:BCE")


def good(name="good", gives="fine"):
    return plugin(name, ganzoo_losses=lambda: [loss(gives)])


def fails():
    raise RuntimeError("on purpose")


def fails_late():
    yield loss("one")
    raise RuntimeError("on purpose")


def exits():
    raise SystemExit(3)


BROKEN = {
    "call": {"ganzoo_losses": fails},
    "call late": {"ganzoo_losses": fails_late},
    "call exit": {"ganzoo_losses": exits},
    "call not iterable": {"ganzoo_losses": lambda: loss("x")},
    "record": {"ganzoo_losses": lambda: ["bce"]},
    "record of another kind": {"ganzoo_models": lambda: [loss("x")]},
    "record twice": {"ganzoo_losses": lambda: [loss("x"), loss("x")]},
    "call bad name": {"ganzoo_losses": lambda: [loss("Not A Name")]},
    "hooks": {"ganzoo_losss": fails},
    "register": {"ganzoo_losses": lambda needless: []},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_plugin_leaves_nothing_but_a_failure(kind):
    broken = plugin("broken", **BROKEN[kind])
    assert broken.failure is not None
    assert broken.failure.phase == kind.split()[0]
    assert broken.records == ()
    assert "Traceback" in broken.failure.trace
    after = good()  # the same manager serves the next one
    assert after.failure is None
    assert [r.name for r in after.records] == ["fine"]


def test_a_plugin_can_be_asked_again_after_it_failed():
    assert plugin("same", **BROKEN["register"]).failure
    assert plugin("same", ganzoo_losses=lambda: [loss("fine")]).failure is None


def test_names_are_found_with_and_without_their_distribution():
    zoo = Registry([good("a", "one"), good("b", "two")])
    assert zoo.find(Loss, "one").qualified == "ganzoo-a/one"
    assert zoo.find(Loss, "ganzoo-b/two").record.name == "two"


def test_a_name_given_twice_must_be_qualified():
    zoo = Registry([good("a", "same"), good("b", "same")])
    with pytest.raises(ganzoo.UsageError, match="ganzoo-a/same or ganzoo-b/same"):
        zoo.find(Loss, "same")
    assert zoo.find(Loss, "ganzoo-b/same").plugin.name == "b"
    assert len(zoo.entries(Loss)) == 2


def test_an_unknown_name_names_the_close_ones_and_the_failed():
    zoo = Registry([good("a", "least-squares"), plugin("broken", **BROKEN["call"])])
    with pytest.raises(ganzoo.UsageError, match=r"did you mean least-squares\?.*failed.*broken"):
        zoo.find(Loss, "least-square")
    with pytest.raises(ganzoo.UsageError, match="unknown model 'least-squares'"):
        zoo.find(Model, "least-squares")


@pytest.mark.parametrize("factory", ["no.such.module:X", "ganzoo.records:Nothing"])
def test_a_bad_reference_is_told_with_its_plugin(factory):
    record = Loss(name="lost", summary="A loss.", factory=factory)
    zoo = Registry([plugin("a", ganzoo_losses=lambda: [record])])
    with pytest.raises(ganzoo.GanzooError, match=rf"lost of ganzoo-a: cannot load {factory}"):
        zoo.find(Loss, "lost").resolve()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Upper"},
        {"name": "two words"},
        {"name": ""},
        {"factory": "no_colon"},
        {"factory": "a:b:c"},
    ],
)
def test_records_check_themselves(bad):
    with pytest.raises(ganzoo.GanzooError, match="loss"):
        Loss(**{"name": "x", "summary": "", "factory": "a:b", **bad})


FILE = """
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="filed", summary="From a file.", factory=__name__ + ":Filed")

class Filed:
    pass
"""


def test_a_file_of_one_s_own_is_a_plugin(tmp_path):
    path = tmp_path / "my_own_loss.py"
    path.write_text(FILE)
    found = from_file(path)
    assert found.failure is None
    assert Registry([found]).find(Loss, "filed").resolve().__name__ == "Filed"
    assert found.distribution == "my_own_loss.py"


@pytest.mark.parametrize(
    ("name", "content"),
    [("os.py", FILE), ("broken_file.py", "syntax error"), ("exits.py", "raise SystemExit")],
)
def test_a_file_that_fails_is_a_failure(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    failure = from_file(path).failure
    assert failure is not None
    assert failure.phase == "import"


def test_register_adds_to_this_process_or_says_why_not():
    zoo = registry()
    before = list(zoo.plugins)
    try:
        ganzoo.register(types.SimpleNamespace(), "empty")
        assert zoo.plugins[-1].name == "empty"
        module = types.SimpleNamespace(ganzoo_losses=ganzoo.hookimpl(fails))
        with pytest.raises(ganzoo.GanzooError, match="broken fails"):
            ganzoo.register(module, "broken")
    finally:
        zoo.plugins[:] = before


def test_every_hook_is_documented_with_an_example_and_given_by_a_kind():
    specs = {n: f for n, f in vars(hookspecs).items() if n.startswith("ganzoo_")}
    assert set(specs) == set(hookspecs.HOOKS)
    for name, function in specs.items():
        assert "@ganzoo.hookimpl" in function.__doc__, name
        assert f"def {name}()" in function.__doc__, name


def test_a_suggestion_means_the_suggesting_plugin_s_own():
    zoo = Registry([good("a", "same"), good("b", "same")])
    (near,) = zoo.named("ganzoo-b/same")
    assert zoo.find(Loss, "same", near).plugin.name == "b"


def test_a_file_never_drives_another_module_out(tmp_path):
    import colorsys
    import sys

    path = tmp_path / "colorsys.py"
    path.write_text(FILE)
    assert from_file(path).failure
    assert sys.modules["colorsys"] is colorsys


def test_a_file_can_be_registered_again_after_a_change(tmp_path):
    path = tmp_path / "my_changing_loss.py"
    path.write_text(FILE)
    before = list(registry().plugins)
    try:
        ganzoo.register(path)
        path.write_text(FILE.replace("From a file.", "Changed at length."))
        ganzoo.register(path)
        (entry,) = registry().named("filed")
        assert entry.record.summary == "Changed at length."
    finally:
        registry().plugins[:] = before


def test_a_file_s_name_must_be_a_module_s(tmp_path):
    path = tmp_path / "my-loss.py"
    path.write_text(FILE)
    assert "not the name of a Python module" in from_file(path).failure.headline
