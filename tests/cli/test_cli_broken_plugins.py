"""Third-party plugins: a broken one harms nothing, and what plugins print is not data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo
from installing import LOSS, install

IMPORT = "import ganzoo\n"
GIVE = "@ganzoo.hookimpl\ndef ganzoo_{}({}):\n    {}\n"
MODEL = 'ganzoo.Model(name="{}", summary="Own.", factory="json:dumps")'
WRONG = MODEL.replace("name", "needs=1, name")
ENDLESS = "n = 0\n    while n := n + 1: yield " + MODEL.replace('"{}"', 'f"m{n}"')
OWN = "class Own(BaseException):\n    def __str__(self): 1 / 0\n"
BROKEN: dict[str, tuple[str | None, str, str]] = {
    "uninstalled": ("import nosuch_module", "import", "No module named 'nosuch_module'"),
    "leaving": ("raise SystemExit(3)", "import", "SystemExit: 3"),
    "misspelt": ("def f(:", "import", "SyntaxError"),
    "absent": (None, "import", "No module named 'absent'"),
    "unknown": (IMPORT + GIVE.format("modles", "", "return []"), "hooks", "ganzoo_modles"),
    "greedy": (IMPORT + GIVE.format("models", "more", "return []"), "register", "ganzoo_models"),
    "raising": (IMPORT + GIVE.format("models", "", "1 / 0"), "call", "division by zero"),
    "stopping": (
        IMPORT + GIVE.format("models", "", f"yield {MODEL.format('early')}; 1 / 0"),
        "call",
        "division by zero",
    ),
    "single": (
        IMPORT + GIVE.format("models", "", f"return {MODEL.format('x')}"), "call",
        "returned one Model; yield it",
    ),
    "unmarked": (
        GIVE.format("models", "", "return []").partition("\n")[2], "hooks", "@ganzoo.hookimpl",
    ),
    "forgetful": (IMPORT + GIVE.format("models", "", "[]"), "call", "ganzoo_models returned None"),
    "shouting": (IMPORT + GIVE.format("models", "", f"yield {MODEL.format('X Y')}"), "call", "X Y"),
    "odd": (IMPORT + GIVE.format("models", "", "yield {'name': 'x'}"), "record", "ganzoo.Model"),
    "other": (
        IMPORT + GIVE.format("losses", "", f"yield {MODEL.format('x')}"), "record", "ganzoo.Loss",
    ),
    "double": (
        IMPORT + GIVE.format("models", "", f"return [{MODEL.format('x')}] * 2"), "record", "twice",
    ),
    "wrong": (
        IMPORT + GIVE.format("models", "", f"yield {WRONG.format('x')}"),
        "call",
        "needs is 1; expected a tuple",
    ),
    "endless": (IMPORT + GIVE.format("models", "", ENDLESS), "record", "more than 1,000 records"),
    "owning": (OWN + "raise Own", "import", "Own: <exception str() failed>"),
    "lost": (
        IMPORT + GIVE.format("models", "", f"yield {MODEL.replace('json', 'json.no').format('x')}"),
        "reference",
        "there is no module json.no",
    ),
    "nameless": (
        IMPORT + GIVE.format("models", "", f"yield {MODEL.replace('json', 'sys').format('x')}"),
        "reference",
        "module sys has no dumps",
    ),
}  # fmt: skip
"""Module -> its code, the phase that it fails in, and a part of the error."""


@pytest.fixture
def site() -> str:
    """All broken plugins, and a good one."""
    for module, (code, _, _) in BROKEN.items():
        install(f"ganzoo-{module}", module, code)
    return install("ganzoo-good", "good", LOSS.format(name="calm", module="good", scale=1.0))


def complaints(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("plugin ")]


def test_every_command_works_with_broken_plugins(forked: Forks, site: str) -> None:
    commands: dict[str, tuple[str | Path, ...]] = {
        "list": ("list", "--json"),
        "info": ("info", "vanilla-mlp", "--json"),
        "plugins": ("plugins", "list"),
        "train": (*TINY, "--loss", "calm", "--steps", "5", "--out", "run"),
        "dry run": (*TINY, "--dry-run"),
        "resume": ("train", "--resume", "run"),
        "sample": ("sample", "run", "--out", "x.npz"),
    }
    for name, args in commands.items():
        result = forked(*args, PYTHONPATH=site).ok()
        lines = complaints(result.err)
        assert len(lines) == len(BROKEN), (name, result)
        for module, (_, phase, error) in BROKEN.items():
            (line,) = (x for x in lines if f"plugin {module}-plugin " in x)
            assert f"ganzoo-{module} 1.2" in line
            assert f"failed at {phase}" in line
            assert error in line
            assert f"ganzoo plugins show {module}-plugin" in line
        if "--json" in args:
            assert "calm" in result.out or name == "info"
            assert "early" not in result.out, "half of a plugin"
            json.loads(result.out)


def test_the_failed_are_listed_with_their_trace(forked: Forks, site: str) -> None:
    listed = {p["name"]: p for p in forked("plugins", "list", "--json", PYTHONPATH=site).ok().json}
    assert listed["good-plugin"]["status"] == "ok"
    assert listed["good-plugin"]["gives"] == [{"kind": "loss", "name": "calm"}]
    assert listed["builtin"]["status"] == "ok"
    for module, (_, phase, error) in BROKEN.items():
        plugin = listed[f"{module}-plugin"]
        assert plugin["status"] == f"failed at {phase}", plugin
        assert plugin["distribution"] == f"ganzoo-{module}"
        assert plugin["version"] == "1.2"
        assert error in plugin["error"]
        assert plugin["gives"] == []


@pytest.mark.parametrize("module", ["uninstalled", "stopping", "odd", "owning"])
def test_show_has_the_whole_trace(forked: Forks, site: str, module: str) -> None:
    _, phase, error = BROKEN[module]
    for name in (f"{module}-plugin", f"ganzoo-{module}"):
        shown = forked("plugins", "show", name, PYTHONPATH=site)
        assert shown.status == 0
        assert shown.err == ""
        first = f"{module}-plugin (ganzoo-{module} 1.2): failed at {phase}\n"
        assert shown.out.startswith(first + "Traceback")
        assert error in shown.out
        if module != "odd":
            assert f"{module}.py" in shown.out


def test_show_has_the_records(forked: Forks) -> None:
    assert (
        forked("plugins", "show", "builtin")
        .ok()
        .out.startswith(
            """builtin (ganzoo-core 0.1.0): ok
  model vanilla-mlp: The first GAN: a generator and a discriminator, both multilayer perceptrons.
    ganzoo.builtin.vanilla_mlp:VanillaMLP
    Generative Adversarial Nets (2014) https://arxiv.org/abs/1406.2661
"""
        )
    )


def test_show_of_an_unknown_plugin(forked: Forks, site: str) -> None:
    refused = forked("plugins", "show", "god-plugin", PYTHONPATH=site)
    refused.refused(2, "no plugin 'god-plugin'; did you mean good-plugin")


def test_strict_plugins_make_every_command_fail(forked: Forks, site: str, trained: Path) -> None:
    strict = {"PYTHONPATH": site, "GANZOO_STRICT_PLUGINS": "1"}
    for args in (
        ("list",),
        ("list", "--json"),
        ("info", "vanilla-mlp"),
        ("runs",),
        (*TINY, "--out", "run"),
        ("sample", trained),
    ):
        refused = forked(*args, **strict)
        refused.refused(1, "GANZOO_STRICT_PLUGINS")
        for module, (_, phase, error) in BROKEN.items():
            (line,) = (x for x in refused.err.splitlines() if f"plugin {module}-plugin " in x)
            assert f"(ganzoo-{module} 1.2) failed at {phase}: " in line
            assert error in line
    assert not Path("run").exists()
    for args in (("plugins", "list"), ("plugins", "list", "--json")):
        listed = forked(*args, **strict)
        assert listed.status == 1
        assert "good-plugin" in listed.out
        assert "failed at reference" in listed.out
        assert "Error: GANZOO_STRICT_PLUGINS" in listed.err
    shown = forked("plugins", "show", "raising-plugin", **strict).ok()
    assert "ZeroDivisionError: division by zero" in shown.out
    for off in ("", "0"):
        forked("list", PYTHONPATH=site, GANZOO_STRICT_PLUGINS=off).ok()


def test_strict_plugins_in_python(site: str) -> None:
    code = """
import ganzoo
for use in (ganzoo.models, lambda: ganzoo.train("vanilla-mlp"), lambda: ganzoo.load_data("ring")):
    try:
        use()
    except ganzoo.GanzooError as error:
        assert "ganzoo-lost 1.2) failed at reference" in str(error), error
    else:
        raise AssertionError
"""
    environment = {**os.environ, "PYTHONPATH": site, "GANZOO_STRICT_PLUGINS": "1"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_strict_plugins_that_are_whole(forked: Forks) -> None:
    path = install("ganzoo-good", "good", LOSS.format(name="calm", module="good", scale=1.0))
    strict = {"PYTHONPATH": path, "GANZOO_PLUGINS": "ganzoo-good", "GANZOO_STRICT_PLUGINS": "1"}
    assert "calm" in forked("list", **strict).ok().out


def test_what_plugins_print_is_not_data(forked: Forks) -> None:
    """While they are imported, provide records and are used."""
    code = LOSS.format(name="loud", module="loud_loss", scale=1.0)
    hook, loss = code.split("@dataclass")
    path = install(
        "ganzoo-loud", "loud", "print('one')\n" + hook.replace("yield", "print('two')\n    yield")
    )
    Path("site/loud_loss.py").write_text(
        "print('three')\n" + hook.split("@")[0] + "@dataclass" + loss
    )
    listed = forked("list", "losses", "--json", PYTHONPATH=path).ok()
    assert "loud" in {record["name"] for record in listed.json}
    assert listed.err == "one\ntwo\n"
    shown = forked("info", "loud", "--json", PYTHONPATH=path).ok()
    assert shown.json
    assert shown.err == "one\ntwo\n", "settings are read without running the module"
    used = forked(*TINY, "--loss", "loud", "--steps", "1", "--out", "run", PYTHONPATH=path).ok()
    assert used.out == "run\n"
    assert "one\ntwo\nthree\n" in used.err


def test_check_shows_the_plugin_s_own_line_and_keeps_what_it_prints_apart(forked: Forks) -> None:
    wrong = "import torch; print('hello'); torch.nn.functional.kl_div(real, fake, reduction='?')"
    code = LOSS.format(name="odd", module="odd_loss", scale=1.0)
    code = code.replace("return (fake.mean()", f"{wrong}\n        return (fake.mean()")
    path = install("ganzoo-odd", "odd_loss", code)
    checked = forked("plugins", "check", "odd", "--json", PYTHONPATH=path)
    assert checked.status == 1
    outcomes = json.loads(checked.out)
    (told,) = {o["told"].splitlines()[-1] for o in outcomes if "not a valid value" in o["told"]}
    assert f"odd_loss.py:14: {wrong}" in told
    assert "hello" in checked.err


def test_check_completes_plugins_and_distributions_and_records(forked: Forks) -> None:
    path = install("ganzoo-calm", "calm", LOSS.format(name="calmer", module="calm", scale=1.0))
    for typed, offered in (("calm", {"calm-plugin", "calmer"}), ("ganzoo-c", {"ganzoo-calm"})):
        words = {"COMP_WORDS": f"ganzoo plugins check {typed}", "COMP_CWORD": "3"}
        env = {"_GANZOO_COMPLETE": "complete_bash", **words, "PYTHONPATH": path}
        assert offered <= set(forked(**env).ok().out.split())


def test_broken_plugins_from_the_very_start(ganzoo: Ganzoo, site: str) -> None:
    result = ganzoo("list", "--json", PYTHONPATH=site).ok()
    assert len(complaints(result.err)) == len(BROKEN)
    assert {"calm", "vanilla-mlp"} <= {record["name"] for record in result.json}


def test_an_unknown_name_mentions_the_failed_plugins(forked: Forks) -> None:
    path = install("ganzoo-raising", "raising", BROKEN["raising"][0])
    refused = forked("train", "nosuch", PYTHONPATH=path).refused(2, "unknown model 'nosuch'")
    assert "raising-plugin" in refused.err.splitlines()[-1]


def test_a_package_without_metadata(forked: Forks) -> None:
    code = LOSS.format(name="calm", module="bare", scale=1.0)
    path = install("ganzoo-bare", "bare", code, metadata=False)
    assert "calm" in forked("list", PYTHONPATH=path).ok().out


def test_damaged_metadata(forked: Forks) -> None:
    code = LOSS.format(name="calm", module="bare", scale=1.0)
    path = install("ganzoo-bare", "bare", code)
    Path("site/ganzoo_bare-1.2.dist-info/METADATA").write_bytes(b"\xff\xfe\x00")
    assert "calm" in forked("list", PYTHONPATH=path).ok().out


def test_code_that_breaks_on_use(forked: Forks) -> None:
    code = IMPORT + GIVE.format(
        "losses", "", 'yield ganzoo.Loss(name="late", summary="Own.", factory="late_loss:Late")'
    )
    path = install("ganzoo-late", "late", code)
    for content in ("import nosuch_module", "Early = 1", "1 / 0", "raise SystemExit(0)"):
        Path("site/late_loss.py").write_text(content)
        assert "late" in forked("list", PYTHONPATH=path).ok().out
        refused = forked(*TINY, "--loss", "late", PYTHONPATH=path)
        refused.refused(1, "loss late (ganzoo-late 1.2) failed at reference", "late_loss:Late")


# The plugin in a file


def test_a_plugin_in_a_file(forked: Forks) -> None:
    Path("mine.py").write_text(LOSS.format(name="calm", module="mine", scale=1.0))
    plugin = ("--plugin", "mine.py")
    forked(*plugin, *TINY, "--loss", "calm", "--steps", "5", "--out", "run").ok()
    forked(*plugin, "train", "--resume", "run", "--steps", "10").ok()
    forked(*plugin, "sample", "run").ok()
    refused = forked("train", "--resume", "run")
    refused.refused(2, "the loss calm came from --plugin mine.py")


@pytest.mark.parametrize("module", [m for m in BROKEN if m != "absent"])
def test_a_broken_plugin_in_a_file(forked: Forks, module: str) -> None:
    code, phase, error = BROKEN[module]
    Path("mine.py").write_text(code or "")
    refused = forked("--plugin", "mine.py", "list")
    refused.refused(1, f"plugin mine (mine.py) failed at {phase}", error)
