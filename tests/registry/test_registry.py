"""Finding plugins, settling names, and keeping the broken from harming the rest."""

import itertools
import sys
import types

import pytest

import ganzoo
from ganzoo.registry import hookspecs
from ganzoo.registry.boundary import headline, trace
from ganzoo.registry.discovery import from_file
from ganzoo.registry.isolation import MOST, Plugin, ask
from ganzoo.registry.records import Loss, Model
from ganzoo.registry.registry import Registry, registry


def plugin(name, **hooks):
    """A plugin that gives what its functions give."""
    module = types.ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, ganzoo.hookimpl(function))
    return ask(Plugin(name, f"ganzoo-{name}"), module)


def loss(name, factory="ganzoo.builtin.bce:BCE"):
    return Loss(name=name, summary="A loss.", factory=factory)


def good(name="good", gives="fine"):
    return plugin(name, ganzoo_losses=lambda: [loss(gives)])


def fails():
    raise RuntimeError("on purpose")


def fails_late():
    yield loss("one")
    raise RuntimeError("on purpose")


def exits():
    raise SystemExit(3)


class Own(BaseException):
    """Not an `Exception`, and it cannot even say what it is."""

    def __str__(self):
        raise RuntimeError("on purpose")


def raises_its_own():
    raise Own


def never_ends():
    return (loss(f"x{i}") for i in itertools.count())


BROKEN = {
    "call": {"ganzoo_losses": fails},
    "call late": {"ganzoo_losses": fails_late},
    "call exit": {"ganzoo_losses": exits},
    "call one": {"ganzoo_losses": lambda: loss("x")},
    "record": {"ganzoo_losses": lambda: ["bce"]},
    "record of another kind": {"ganzoo_models": lambda: [loss("x")]},
    "record twice": {"ganzoo_losses": lambda: [loss("x"), loss("x")]},
    "call bad name": {"ganzoo_losses": lambda: [loss("Not A Name")]},
    "call own exception": {"ganzoo_losses": raises_its_own},
    "record without end": {"ganzoo_losses": never_ends},
    "reference no module": {"ganzoo_losses": lambda: [loss("x", "no.such.module:X")]},
    "reference no name": {"ganzoo_losses": lambda: [loss("x", "ganzoo.registry.records:Nothing")]},
    "call none": {"ganzoo_losses": lambda: None},
    "hooks": {"ganzoo_losss": fails},
    "register": {"ganzoo_losses": lambda needless: []},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_plugin_leaves_nothing_but_a_failure(kind):
    broken = plugin("broken", **BROKEN[kind])
    assert broken.failure is not None
    assert broken.failure.phase == kind.split()[0]
    assert broken.records == ()
    assert "Traceback" in trace(broken.failure.error)
    after = good()  # the same manager serves the next one
    assert after.failure is None
    assert [r.name for r in after.records] == ["fine"]


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        (lambda: loss("x"), "ganzoo_losses returned one Loss; yield it, or return a list"),
        (lambda: None, "ganzoo_losses returned None; yield each record, or return a list"),
    ],
)
def test_what_a_hook_should_give_is_told(hook, told):
    assert told in headline(plugin("broken", ganzoo_losses=hook).failure.error)


class Unmarked:
    """As a module that forgot `ganzoo.hookimpl`; only functions are meant for hooks."""

    ganzoo_models = "a name that is free"

    def ganzoo_losses(self):
        return [loss("x")]


GIVES = types.SimpleNamespace(ganzoo_losses=lambda: [loss("x")])


@pytest.mark.parametrize("module", [Unmarked(), GIVES])
def test_a_hook_that_is_not_marked_is_told(module):
    failure = ask(Plugin("broken", "broken"), module).failure
    assert failure.phase == "hooks"
    assert "ganzoo_losses is not marked; write @ganzoo.hookimpl" in headline(failure.error)


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


def test_an_unknown_name_mentions_the_disabled():
    zoo = Registry([good("a", "fine"), Plugin("b", "ganzoo-b", disabled=True)])
    with pytest.raises(ganzoo.UsageError, match=r"\(plugins that are disabled: b\)$"):
        zoo.find(Loss, "nosuch")


def test_an_unknown_name_names_the_close_ones_and_the_failed():
    zoo = Registry([good("a", "least-squares"), plugin("broken", **BROKEN["call"])])
    with pytest.raises(ganzoo.UsageError, match=r"did you mean least-squares\?.*failed.*broken"):
        zoo.find(Loss, "least-square")
    with pytest.raises(ganzoo.UsageError, match="unknown model 'least-squares'"):
        zoo.find(Model, "least-squares")


def test_an_error_that_cannot_be_told_is_told_by_its_type():
    broken = plugin("broken", ganzoo_losses=raises_its_own)
    assert headline(broken.failure.error).startswith("Own: ")
    assert "raises_its_own" in trace(broken.failure.error)
    assert headline(ValueError("")) == "ValueError"
    assert headline(ValueError("one\ntwo")) == "ValueError: one two"


def test_ctrl_c_is_not_a_plugin_s_failure():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plugin("same", ganzoo_losses=interrupted)
    assert good("same").failure is None


def test_a_plugin_cannot_ask_for_the_zoo_while_it_is_asked():
    curious = plugin("curious", ganzoo_losses=good)
    assert curious.failure.phase == "call"
    assert "while ganzoo queried the plugin" in headline(curious.failure.error)
    assert good().failure is None


def test_how_many_records_are_too_many():
    many = plugin("many", ganzoo_losses=lambda: itertools.islice(never_ends(), MOST))
    assert len(many.records) == MOST
    endless = plugin("endless", ganzoo_losses=never_ends)
    assert f"more than {MOST:,}" in headline(endless.failure.error)


def test_what_a_plugin_prints_is_no_data(capsys):
    def talks():
        print("hello")
        yield loss("x")
        print("there")

    assert plugin("talks", ganzoo_losses=talks).failure is None
    assert capsys.readouterr() == ("", "hello\nthere\n")


def test_what_breaks_on_use_is_told_with_its_plugin(tmp_path, monkeypatch, capsys):
    (tmp_path / "breaks_on_use.py").write_text("print('hello')\nraise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    zoo = Registry([plugin("a", ganzoo_losses=lambda: [loss("late", "breaks_on_use:X")])])
    told = r"loss late \(ganzoo-a\) failed at reference: .*breaks_on_use:X \(SystemExit: 3\)"
    with pytest.raises(ganzoo.GanzooError, match=told):
        zoo.find(Loss, "late").resolve()
    assert capsys.readouterr() == ("", "hello\n")


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
        with pytest.raises(
            ganzoo.GanzooError, match=r"plugin broken \(broken\) failed at call: RuntimeError"
        ):
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
    assert zoo.find(Loss, "same", near.plugin.distribution).plugin.name == "b"


def test_a_file_never_drives_another_module_out(tmp_path):
    import colorsys

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
    assert "not the name of a Python module" in headline(from_file(path).failure.error)
