"""Plugins of other people: a broken one harms nobody, and none is loaded that was not wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo

LOSS = '''
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="{name}", summary="Scores.", factory="{module}:Scores")

@dataclass(frozen=True)
class Scores:
    """Differences."""
    scale: float = {scale}
    def discriminator(self, real, fake):
        return (fake.mean() - real.mean()) * self.scale
    def generator(self, fake):
        return -fake.mean() * self.scale
'''


def install(distribution: str, module: str, code: str | None, *, metadata: bool = True) -> str:
    """Put a package into ``site``, as pip would; gives what finds it: ``PYTHONPATH``."""
    info = Path("site", f"{distribution.replace('-', '_')}-1.2.dist-info")
    info.mkdir(parents=True)
    if metadata:
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n"
        )
    (info / "entry_points.txt").write_text(f"[ganzoo]\n{module}-plugin = {module}\n")
    if code is not None:
        Path("site", f"{module}.py").write_text(code)
    return str(Path("site").absolute())


IMPORT = "import ganzoo\n"
GIVE = "@ganzoo.hookimpl\ndef ganzoo_{}({}):\n    {}\n"
MODEL = 'ganzoo.Model(name="{}", summary="", factory="a:B")'
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
        IMPORT + GIVE.format("models", "", f"return {MODEL.format('x')}"), "call", "not iterable",
    ),
    "shouting": (IMPORT + GIVE.format("models", "", f"yield {MODEL.format('X Y')}"), "call", "X Y"),
    "odd": (IMPORT + GIVE.format("models", "", "yield {'name': 'x'}"), "record", "ganzoo.Model"),
    "other": (
        IMPORT + GIVE.format("losses", "", f"yield {MODEL.format('x')}"), "record", "ganzoo.Loss",
    ),
    "double": (
        IMPORT + GIVE.format("models", "", f"return [{MODEL.format('x')}] * 2"), "record", "twice",
    ),
}  # fmt: skip
"""Module -> its code, the phase that it fails in, and a part of the error."""


@pytest.fixture
def site() -> str:
    """All of the broken, and a good one among them."""
    for module, (code, _, _) in BROKEN.items():
        install(f"ganzoo-{module}", module, code)
    return install("ganzoo-good", "good", LOSS.format(name="calm", module="good", scale=1.0))


def complaints(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("plugin ")]


def test_every_command_works_beside_broken_plugins(forked: Forks, site: str) -> None:
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


@pytest.mark.parametrize("module", ["uninstalled", "stopping", "odd"])
def test_show_has_the_whole_trace(forked: Forks, site: str, module: str) -> None:
    shown = forked("plugins", "show", f"{module}-plugin", PYTHONPATH=site)
    assert shown.status == 0
    assert shown.err == ""
    for part in (f"ganzoo-{module} 1.2", "Traceback", BROKEN[module][2]):
        assert part in shown.out
    if module != "odd":
        assert f"{module}.py" in shown.out


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


def test_code_that_breaks_on_use(forked: Forks) -> None:
    code = IMPORT + GIVE.format(
        "losses", "", 'yield ganzoo.Loss(name="late", summary="", factory="late_loss:Late")'
    )
    path = install("ganzoo-late", "late", code)
    assert "late" in forked("list", PYTHONPATH=path).ok().out
    for content in (None, "import nosuch_module", "Early = 1", "1 / 0"):
        if content is not None:
            Path("site/late_loss.py").write_text(content)
        refused = forked(*TINY, "--loss", "late", PYTHONPATH=path)
        refused.refused(1, "loss late of ganzoo-late", "late_loss:Late")


# The plugin in a file


def test_a_plugin_in_a_file(forked: Forks) -> None:
    Path("mine.py").write_text(LOSS.format(name="calm", module="mine", scale=1.0))
    plugin = ("--plugin", "mine.py")
    forked(*plugin, *TINY, "--loss", "calm", "--steps", "5", "--out", "run").ok()
    forked(*plugin, "train", "--resume", "run", "--steps", "10").ok()
    forked(*plugin, "sample", "run").ok()
    refused = forked("train", "--resume", "run")
    refused.refused(2, "unknown loss 'mine.py/calm'")


@pytest.mark.parametrize("module", [m for m in BROKEN if m != "absent"])
def test_a_broken_plugin_in_a_file(forked: Forks, module: str) -> None:
    code, phase, error = BROKEN[module]
    Path("mine.py").write_text(code or "")
    forked("--plugin", "mine.py", "list").refused(1, "plugin mine fails", phase, error)


# Names


def test_two_plugins_with_one_name(forked: Forks) -> None:
    for module, scale in (("one", 1.0), ("two", 2.0)):
        code = LOSS.format(name="twin", module=module, scale=scale)
        path = install(f"ganzoo-{module}", module, code)
    listed = forked("list", "losses", "--json", PYTHONPATH=path).ok().json
    assert [r["distribution"] for r in listed if r["name"] == "twin"] == [
        "ganzoo-one",
        "ganzoo-two",
    ]
    tiny = (*TINY, "--steps", "5")
    refused = forked(*tiny, "--loss", "twin", PYTHONPATH=path)
    refused.refused(2, "several plugins", "ganzoo-one/twin", "ganzoo-two/twin")
    for distribution, scale in (("ganzoo-one", 1.0), ("ganzoo-two", 2.0)):
        args = (*tiny, "--loss", f"{distribution}/twin", "--out", distribution)
        forked(*args, PYTHONPATH=path).ok()
        record = json.loads(Path(distribution, "run.json").read_text())
        assert record["distributions"]["loss"] == distribution
        assert record["settings"]["loss.scale"] == scale
        forked("train", "--resume", distribution, "--steps", "10", PYTHONPATH=path).ok()
        forked("sample", distribution, PYTHONPATH=path).ok()
    metrics = [Path(d, "metrics.csv").read_text() for d in ("ganzoo-one", "ganzoo-two")]
    assert metrics[0] != metrics[1]


# What is not wanted is not loaded

TELLING = "from pathlib import Path\nPath('loaded').touch()\n" + LOSS.format(
    name="calm", module="telling", scale=1.0
)
UNWANTED: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "none allowed": ((), {"GANZOO_PLUGINS": ""}),
    "another allowed": ((), {"GANZOO_PLUGINS": "ganzoo-other, something"}),
    "name disabled": ((), {"GANZOO_DISABLE_PLUGINS": "x,telling-plugin"}),
    "distribution disabled": ((), {"GANZOO_DISABLE_PLUGINS": "ganzoo-telling"}),
    "allowed and disabled": (
        (), {"GANZOO_PLUGINS": "ganzoo-telling", "GANZOO_DISABLE_PLUGINS": "telling-plugin"},
    ),
    "option": (("--no-plugins",), {}),
    "option and allowed": (("--no-plugins",), {"GANZOO_PLUGINS": "ganzoo-telling"}),
}  # fmt: skip
WANTED: dict[str, dict[str, str]] = {
    "by default": {},
    "by name": {"GANZOO_PLUGINS": "telling-plugin"},
    "by distribution": {"GANZOO_PLUGINS": "other ganzoo-telling"},
    "others disabled": {"GANZOO_DISABLE_PLUGINS": "ganzoo-other"},
}


@pytest.mark.parametrize("case", UNWANTED)
def test_a_plugin_that_is_not_wanted(forked: Forks, case: str) -> None:
    options, env = UNWANTED[case]
    path = install("ganzoo-telling", "telling", TELLING)
    listed = forked(*options, "list", "--json", PYTHONPATH=path, **env).ok()
    names = {record["name"] for record in listed.json}
    assert "calm" not in names
    assert "vanilla-mlp" in names
    assert not Path("loaded").exists()


@pytest.mark.parametrize("case", WANTED)
def test_a_plugin_that_is_wanted(forked: Forks, case: str) -> None:
    path = install("ganzoo-telling", "telling", TELLING)
    listed = forked("list", "--json", PYTHONPATH=path, **WANTED[case]).ok()
    assert "calm" in {record["name"] for record in listed.json}
    assert Path("loaded").exists()


def test_a_plugin_that_is_not_wanted_from_the_very_start(ganzoo: Ganzoo) -> None:
    path = install("ganzoo-telling", "telling", TELLING)
    ganzoo("--no-plugins", "list", PYTHONPATH=path).ok()
    assert not Path("loaded").exists()
