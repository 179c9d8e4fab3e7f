"""What may import what, and what must not be imported at all until it is needed."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import GenericAlias

import pytest
import typer

import ganzoo
from ganzoo.cli.app import COMMANDS

PACKAGE = Path(ganzoo.__file__).parent
ROOT = PACKAGE.parent


FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.parent != PACKAGE or p.stem[:2] != "__"]


def test_rooms_import_only_from_the_floors_below():
    """`make lint` says the same; here a test says it, too."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_floors_of_architecture_md_are_those_that_are_checked():
    text = (ROOT / "ARCHITECTURE.md").read_text().split("## What may import what")[1]
    rows = re.findall(r"^\| \d+ \| (.*?) \|$", text, re.MULTILINE)
    shown = [{name.strip("`/").removesuffix(".py") for name in row.split(", ")} for row in rows]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    checked = [set(row.split(" | ")) for row in contracts["contracts"][0]["layers"]]
    assert shown == checked


def test_the_root_has_few_files():
    assert len([p for p in PACKAGE.iterdir() if p.is_file()]) <= 6


def test_click_and_typer_s_insides_are_not_imported():
    for path in FILES:
        text = path.read_text()
        # typer.core has the class that `command(cls=...)` takes, and is documented
        assert not re.search(r"^\s*(import|from) (click|typer\.(?!core))", text, re.MULTILINE), path


LIGHT = (
    "import atexit, os, sys\n"
    "atexit.register(lambda: {'torch', 'numpy', 'PIL'} & set(sys.modules) and os._exit(77))\n"
)


@pytest.mark.parametrize(
    "code",
    [
        "import ganzoo; ganzoo.hookimpl; ganzoo.Model; ganzoo.models()",
        "import ganzoo.builtin",
        "from ganzoo.cli.app import app; app()",
    ],
)
def test_neither_torch_nor_numpy_is_loaded(code):
    done = subprocess.run([sys.executable, "-c", LIGHT + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("args", "status"),
    [
        ("list", 0),
        ("plugins list", 0),
        ("runs", 0),
        ("--help", 0),
        ("--version", 0),
        ("train vanila-mlp", 2),
        ("train vanilla-mlp --loss nosuch", 2),
        ("train --resume nosuch", 2),
        ("sample nosuch", 2),
        ("evaluate nosuch", 2),
        ("compare nosuch", 2),
        ("info nosuch", 2),
        ("info vanilla-mlp", 0),
        ("info dcgan --json", 0),
        ("train vanilla-mlp --set latnt=3", 2),
        ("train vanilla-mlp --set latent=0", 2),
        ("train dcgan --set norm=none --set norm=nosuch", 2),
    ],
)
def test_nor_is_it_by_a_command_that_does_without(args, status):
    command = [sys.executable, "-c", LIGHT + "from ganzoo.cli import main; main()", *args.split()]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == status, done.stderr


def test_the_root_s_help_says_what_each_command_says_of_itself():
    for name, (where, text) in COMMANDS.items():
        module, _, attribute = where.partition(":")
        loaded = getattr(importlib.import_module(module), attribute)
        own = loaded.info.help if isinstance(loaded, typer.Typer) else inspect.getdoc(loaded)
        assert own.split("\n\n")[0] == text, name


def test_importing_does_nothing():
    """No output, no file read or written but modules, no registration."""
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda e, a: opened.append(a) if e == 'open' else None)\n"
        "import ganzoo, ganzoo.registry.registry, ganzoo.training.run, ganzoo.cli.app\n"
        "foreign = [a for a in opened if 'w' in str(a[1]) or 'a' in str(a[1])]\n"
        "assert ganzoo.registry.registry.found.cache_info().currsize == 0\n"
        "print(foreign)\n"
    )
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_every_public_name_is_there_and_documented():
    for name in ganzoo.__all__:
        value = getattr(ganzoo, name)
        if callable(value) and not isinstance(value, GenericAlias):  # its text is below it
            assert value.__doc__, name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ganzoo.nothing  # noqa: B018


def test_no_file_is_too_long():
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 300, path


OUTSIDE = [
    *sorted(p for p in ROOT.glob("plugins/*/ganzoo_*/**/*.py")),
    *sorted(p for p in ROOT.glob("examples/**/*.py") if "build" not in p.parts),
]


def of_ganzoo(code):
    """The names and modules inside ganzoo that code uses."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            used = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "ganzoo":
            used = [f"ganzoo.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            used = ["." * node.level + (node.module or "")]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = [f"{node.value.id}.{node.attr}"]
        else:
            continue
        yield from (n.removeprefix("ganzoo.") for n in used if n.startswith("ganzoo."))


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda p: p.name)
def test_plugins_use_what_is_public_and_nothing_else(path):
    assert set(of_ganzoo(path.read_text())) <= {*ganzoo.__all__, "nn", "testing"}


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("from ganzoo import Loss, plan", ["Loss", "plan"]),
        ("import ganzoo\nganzoo.Loss", ["Loss"]),
        ("import ganzoo.testing", ["testing"]),
        ("from ganzoo.testing import checks", ["testing"]),
        ("from ganzoo.nn import perceptron", ["nn"]),
        ("from ganzoo.nn.dcgan import upsampling", ["nn.dcgan"]),
        ("from ganzoo.engine.game import Game", ["engine.game"]),
        ("from ganzoo_wgan.toy import Toy\nfrom .engine import x\nimport ganzoo_wgan.toy", []),
    ],
)
def test_what_is_used_of_ganzoo_is_seen(code, used):
    assert list(of_ganzoo(code)) == used
