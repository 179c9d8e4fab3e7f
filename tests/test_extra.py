"""The core alone: without the extra ``pages`` everything works but pages and terminal pictures."""

from __future__ import annotations

import ast
import os
import pty
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo, Result
from same_runs import assert_same
from small_experiment import MINE

import ganzoo as zoo
from ganzoo import errors

PACKAGE = Path(zoo.__file__).parent
PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
PAGES = (*errors.EXTRAS["pages"], "markupsafe")
"""Modules of the extra, and one that another of them brings."""
GUARDED = {
    "cli.preview.curves", "cli.preview.pixels",
    "reporting.interactive", "reporting.notebook", "reporting.page",
}  # fmt: skip
"""Modules that begin with importing them; `needs` comes before whatever leads there."""
BLOCK = f"import sys\nsys.modules.update(dict.fromkeys({PAGES}))\n"
"""After this, importing one of them raises ModuleNotFoundError, as where it is not installed."""
RUN = (*TINY, "--steps", "40", "--out", "run")


def message(what: str) -> str:
    return (
        f"bokeh, jinja2, matplotlib, rich-pixels and uniplot must be installed for {what}: "
        "in the folder of ganzoo's source, run pip install -e '.[pages]'"
    )


# What is declared


def named(requirements: Sequence[str]) -> list[str]:
    """The distributions of requirements."""
    found = (re.match(r"[\w.-]+(\[\w+\])?", text) for text in requirements)
    return [match[0].lower() for match in found if match]


def test_the_core_has_at_most_fourteen_dependencies() -> None:
    assert len(PROJECT["dependencies"]) <= 14


def test_an_extra_brings_what_is_asked_for_in_its_name() -> None:
    extras = PROJECT["optional-dependencies"]
    for extra, modules in errors.EXTRAS.items():
        if extra != "zoo":  # tests/test_packaging.py
            assert named(extras[extra]) == [module.replace("_", "-") for module in modules]
    assert "ganzoo-core[pages]" in named(extras["dev"])


def imports(path: Path) -> Iterator[str]:
    """The top-level modules that code imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_the_core_imports_its_dependencies_and_no_others() -> None:
    declared = {
        {"pillow": "PIL"}.get(n, n.replace("-", "_")) for n in named(PROJECT["dependencies"])
    }
    known = {*sys.stdlib_module_names, *declared, "ganzoo"}
    others = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): used
        for path in PACKAGE.rglob("*.py")
        if (used := {*imports(path)} - known)
    }
    assert others.keys() == {*GUARDED, "reporting.keepsakes", "builtin.inception"}
    assert others["reporting.keepsakes"] == {"matplotlib"}
    assert others["builtin.inception"] == {"torch_fidelity"}


def test_every_other_module_can_be_imported_without_the_extra() -> None:
    code = f"""{BLOCK}
import importlib, pkgutil, ganzoo
for module in pkgutil.walk_packages(ganzoo.__path__, "ganzoo."):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            print(module.name.removeprefix("ganzoo."), error.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    failed = dict(line.split() for line in done.stdout.splitlines())
    leading = {"cli.preview.panel", "reporting.single"}  # to those that are guarded
    assert failed.keys() == GUARDED | leading
    assert {name.partition(".")[0] for name in failed.values()} <= {*PAGES}


# Commands, in processes in which the extra cannot be imported


@pytest.fixture
def without(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process that is started from here on, and each that it starts, lacks the extra."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "sitecustomize.py").write_text(BLOCK)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def in_a_terminal(*args: str | Path, **env: str) -> Result:
    """Run the command line with its messages in a terminal that has colours."""
    own, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40", **env}
    process = subprocess.Popen(
        [sys.executable, "-m", "ganzoo", *args],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=its, text=True, env=environment,
    )  # fmt: skip
    os.close(its)
    shown = b""
    with process:
        try:
            while got := os.read(own, 65536):
                shown += got
        except OSError:  # the process has closed its end
            os.close(own)
        assert process.stdout
        out = process.stdout.read()
    text = re.sub(r"\x1b\[[?\d;]*[A-Za-z]|\r", "", shown.decode())
    return Result(process.returncode, out, text)


def said_once(done: Result, text: str) -> None:
    """It succeeded, with this as a line of its own, and no other line about installing."""
    assert text in done.ok().err.splitlines(), done
    assert done.err.count("pip install") == 1, done


@pytest.mark.usefixtures("without")
def test_training_has_its_bars_and_leaves_all_but_the_page(trained: Path) -> None:
    done = in_a_terminal(*RUN, GANZOO_NO_REPORT="")
    what = "pictures during training, report.html and curves.png"
    said_once(done, f"{message(what)}, then ganzoo report run")
    for told in ("40/40", " samples/s", "generator loss", "Finished 40 steps.", "run/training.gif"):
        assert told in done.err, done
    assert not set("▄▀┌") & set(done.err)
    left, whole = ({p.name for p in folder.iterdir()} for folder in (Path("run"), trained))
    assert left == whole | {"training.gif"}
    assert_same(Path("run"), trained)


@pytest.mark.usefixtures("without")
def test_a_page_is_refused(ganzoo: Ganzoo, trained: Path) -> None:
    done = ganzoo("report", trained).refused(1)
    assert done.err == "Error: " + message("a run's page") + "\n"
    assert not {"report.html", "curves.png"} & {p.name for p in trained.iterdir()}


@pytest.mark.usefixtures("without")
def test_a_comparison_is_its_table(ganzoo: Ganzoo, trained: Path) -> None:
    done = ganzoo("compare", trained, trained)
    said_once(done, message("a comparison's page"))
    assert "generator loss" in done.out
    assert not list(Path().glob("*.html"))


@pytest.mark.usefixtures("without")
def test_samples_are_written_where_they_cannot_be_shown(trained: Path) -> None:
    done = in_a_terminal("sample", trained, "--show", "--out", "x.png")
    said_once(done, message("--show"))
    assert done.out == "x.png\n"
    assert Path("x.png").stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.usefixtures("without")
def test_a_sweep_says_it_once_for_all_its_runs(ganzoo: Ganzoo) -> None:
    done = ganzoo(*RUN, "--seeds", "0-1", GANZOO_NO_REPORT="")
    what = "report.html and curves.png of each run"
    said_once(done, f"{message(what)}, then ganzoo report RUN")
    assert "Finished 2 of 2 runs." in done.err
    for seed in (0, 1):
        left = {path.name for path in Path(f"run/seed-{seed}").iterdir()}
        assert "training.gif" in left
        assert not {"report.html", "curves.png"} & left


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    "args",
    [
        ("diagnose", "trained"),
        ("evaluate", "trained", "-n", "100"),
        ("reproduce", "mine.toml", "--scale", "0.1", "--seeds", "0", "--write", "page.md"),
    ],
    ids=lambda args: args[0],
)
def test_what_draws_nothing_misses_nothing(
    ganzoo: Ganzoo, trained: Path, args: Sequence[str]
) -> None:
    Path("mine.toml").write_text(MINE)
    assert "pip install" not in ganzoo(*args, GANZOO_NO_REPORT="").ok().err


@pytest.mark.usefixtures("without")
def test_in_python(trained: Path) -> None:
    code = (
        "import ganzoo\n"
        "settings = {'steps': 20, 'batch_size': 16, 'threads': 1}\n"
        "for _ in ganzoo.train('vanilla-mlp', dataset='ring', settings=settings, out='run'): pass\n"
        "ganzoo.load('run').sample(16).save('x.png')\n"
        "try:\n"
        "    ganzoo.report('run')\n"
        "except ganzoo.NotInstalled as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr) == (message("a run's page") + "\n", "")
    assert Path("run", "run.json").exists()


# The same in processes that are forked: which words are said, and when


def test_training_into_a_file(forked: Forks) -> None:
    done = forked(*RUN, "--quiet", before=BLOCK, GANZOO_NO_REPORT="").ok()
    assert done.err == f"{message('report.html and curves.png')}, then ganzoo report run\n"


def test_where_no_page_is_wanted_none_is_missed(forked: Forks) -> None:
    assert "pip install" not in forked(*RUN, "--no-report", before=BLOCK).ok().err


def test_a_run_that_fails_says_it_once(forked: Forks) -> None:
    done = forked(*RUN, "--set", "lr=1e30", before=BLOCK, GANZOO_NO_REPORT="").refused(1)
    assert done.err.count("pip install") == 1


def test_a_comparison_s_page_that_is_asked_for_is_refused(forked: Forks, trained: Path) -> None:
    done = forked("compare", trained, trained, "--out", "x.html", before=BLOCK).refused(1)
    assert done.err == "Error: " + message("a comparison's page") + "\n"


def test_a_comparison_for_programs_has_no_page(forked: Forks, trained: Path) -> None:
    done = forked("compare", trained, trained, "--json", before=BLOCK).ok()
    assert done.json["page"] is None
    assert len(done.json["runs"]) == 2


def test_only_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    errors.needs("pages", "anything")
    monkeypatch.setitem(sys.modules, "uniplot", None)
    with pytest.raises(zoo.NotInstalled, match=r"^uniplot must be installed for anything: in"):
        errors.needs("pages", "anything")
    monkeypatch.setitem(sys.modules, "rich_pixels", None)
    with pytest.raises(zoo.NotInstalled, match=r"^rich-pixels and uniplot must be installed"):
        errors.needs("pages", "anything")
