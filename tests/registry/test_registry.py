"""Finding plugins, settling names, and keeping the broken from harming the rest."""

import importlib.machinery
import importlib.util
import itertools
import sys
import types

import pytest

import ganzoo
from ganzoo.registry import hookspecs
from ganzoo.registry.discovery import from_file
from ganzoo.registry.isolation import MOST, Failure, Plugin, ask, missing
from ganzoo.registry.records import Dataset, Loss, Model, Paper
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
    assert "Traceback" in broken.failure.trace
    after = good()  # the same manager serves the next one
    assert after.failure is None
    assert [r.name for r in after.records] == ["fine"]


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        (lambda: loss("x"), "ganzoo_losses returned one Loss; yield it, or return a list"),
        (lambda: None, "ganzoo_losses gave None; yield each record, or return a list"),
    ],
)
def test_what_a_hook_should_give_is_told(hook, told):
    assert told in plugin("broken", ganzoo_losses=hook).failure.headline


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
    assert "ganzoo_losses is no hook yet; write @ganzoo.hookimpl" in failure.headline


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
    assert broken.failure.headline.startswith("Own: ")
    assert "raises_its_own" in broken.failure.trace
    assert Failure("call", ValueError("")).headline == "ValueError"
    assert Failure("call", ValueError("one\ntwo")).headline == "ValueError: one"


def test_ctrl_c_is_not_a_plugin_s_failure():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plugin("same", ganzoo_losses=interrupted)
    assert good("same").failure is None


def test_a_plugin_cannot_ask_for_the_zoo_while_it_is_asked():
    curious = plugin("curious", ganzoo_losses=good)
    assert curious.failure.phase == "call"
    assert "while it was being asked itself" in curious.failure.headline
    assert good().failure is None


def test_how_many_records_are_too_many():
    many = plugin("many", ganzoo_losses=lambda: itertools.islice(never_ends(), MOST))
    assert len(many.records) == MOST
    assert f"more than {MOST:,}" in plugin("endless", ganzoo_losses=never_ends).failure.headline


def test_what_a_plugin_prints_is_no_data(capsys):
    def talks():
        print("hello")
        yield loss("x")
        print("there")

    assert plugin("talks", ganzoo_losses=talks).failure is None
    assert capsys.readouterr() == ("", "hello\nthere\n")


# References


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


def test_what_breaks_on_use_is_told_with_its_plugin(tmp_path, monkeypatch, capsys):
    (tmp_path / "breaks_on_use.py").write_text("print('hello')\nraise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    zoo = Registry([plugin("a", ganzoo_losses=lambda: [loss("late", "breaks_on_use:X")])])
    told = r"loss late \(ganzoo-a\) failed at reference: .*breaks_on_use:X \(SystemExit: 3\)"
    with pytest.raises(ganzoo.GanzooError, match=told):
        zoo.find(Loss, "late").resolve()
    assert capsys.readouterr() == ("", "hello\n")


# Records

WRONG = [
    (Loss, "name", "Upper", "lower-case words"),
    (Loss, "name", "two words", "lower-case words"),
    (Loss, "name", "", "lower-case words"),
    (Loss, "name", None, "lower-case words"),
    (Loss, "factory", "no_colon", "package.module:name"),
    (Loss, "factory", "a:b:c", "package.module:name"),
    (Loss, "factory", print, "package.module:name"),
    (Loss, "summary", "", "one line of text"),
    (Loss, "summary", " ", "one line of text"),
    (Loss, "summary", "two\nlines", "one line of text"),
    (Loss, "summary", ("a",), "one line of text"),
    (Loss, "paper", "1406.2661", "ganzoo.Paper or None"),
    (Loss, "input", None, "text"),
    (Loss, "penalty", ("r1",), "text or None"),
    (Loss, "defaults", [("trainer.lr", 1)], "settings by qualified key"),
    (Loss, "defaults", {1: 2}, "settings by qualified key"),
    (Model, "needs", "label", "a tuple of names"),
    (Model, "needs", (1,), "a tuple of names"),
    (Model, "output", 1, "text or None"),
    (Model, "loss", Loss, "text or None"),
    (Model, "dataset", None, "text"),
    (Model, "defaults", None, "settings by qualified key"),
    (Dataset, "fallback", 5, "text or None"),
    (Paper, "title", "", "one line of text"),
    (Paper, "year", "2014", "a whole number"),
    (Paper, "arxiv", 1406.2661, "text"),
]


@pytest.mark.parametrize(("kind", "field", "value", "expected"), WRONG)
def test_records_check_themselves(kind, field, value, expected):
    right = {"name": "x", "summary": "X.", "factory": "a:b"}
    if kind is Paper:
        right = {"title": "X", "year": 2014}
    kind(**right)
    with pytest.raises(ganzoo.GanzooError) as refused:
        kind(**{**right, field: value})
    for word in (kind.__name__.lower(), f": {field} is {value!r}; expected", expected):
        assert word in str(refused.value)


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
    assert zoo.find(Loss, "same", near).plugin.name == "b"


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
    assert "not the name of a Python module" in from_file(path).failure.headline
