"""``ganzoo plugins new`` writes a working plugin, and refuses bad names and existing folders."""

from __future__ import annotations

import csv
import math
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from code_lines import code_lines
from conftest import snapshot

from ganzoo.errors import UsageError
from ganzoo.registry.isolation import Plugin
from ganzoo.registry.records import Loss
from ganzoo.registry.registry import Registry
from ganzoo.scaffold import Kind, Scaffold, scaffold, write

KINDS = get_args(Kind)
LENGTHS = ("x", "relativistic-average-hinge")
RULES = "E,F,W,I,B,UP,SIM,RUF,PT,C4,PIE,RET"


@pytest.fixture(params=KINDS)
def new(request):
    """A plugin of each kind."""
    return Scaffold(f"my-{request.param}", request.param)


def installed(new, out):
    """Its folder after an editable install, with the metadata that importlib finds on a path."""
    folder = write(new, out)
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / f"{new.module}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["ganzoo"].items()
    (info / "entry_points.txt").write_text(
        "\n".join(["[ganzoo]", *(f"{name} = {module}" for name, module in points)])
    )
    return folder


# What is written


def test_everything_is_there_and_filled_in(new, tmp_path):
    folder = write(new, tmp_path)
    assert {p for p in snapshot(folder) if (folder / p).is_file()} == {
        ".gitignore", "LICENSE", "README.md", "pyproject.toml",
        f"{new.module}/__init__.py", f"{new.module}/{new.kind}.py", f"tests/test_{new.module}.py",
    }  # fmt: skip
    assert "the authors of ganzoo-my-" in (folder / "LICENSE").read_text()
    for path, text in new.files.items():
        assert "$" not in text, path
    todo = {path for path, text in new.files.items() if "TODO" in text}
    assert todo == {f"{new.module}/__init__.py", f"{new.module}/{new.kind}.py"}


def test_the_readme_puts_the_core_first_then_trains_then_checks(new):
    readme = new.files["README.md"]
    steps = [
        "commands in this folder", "pip install -e 'path/to/ganzoo[pages]'", "pip install -e .",
        new.train, f"ganzoo plugins check {new.name}", "pip install pytest", "\npytest\n",
    ]  # fmt: skip
    assert sorted(steps, key=readme.index) == steps


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_code_is_small_and_compiles_under_any_name(kind, name):
    new = Scaffold(name, kind)
    for path, text in new.files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
    assert code_lines(new.files[f"{new.module}/{kind}.py"]) <= 40


@pytest.mark.parametrize("name", LENGTHS)
def test_ruff_has_nothing_to_say(name, tmp_path):
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed")
    for kind in KINDS:
        folder = write(Scaffold(name, kind), tmp_path / kind)
        for command in (["check", "--select", RULES], ["format", "--diff"]):
            done = subprocess.run(
                [ruff, *command, "--isolated", "--no-cache", "--line-length", "88", "."],
                cwd=folder, capture_output=True, text=True,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("least-squares", "loss", "LeastSquares"),
        ("none-of-it", "loss", "NoneOfIt"),
        ("true", "penalty", "PenaltyTrue"),
        ("3d", "model", "Model3d"),
        ("tensor", "loss", "LossTensor"),
    ],
)
def test_the_class_has_a_name_that_it_can_have(name, kind, expected):
    new = Scaffold(name, kind)
    code = new.files[f"{new.module}/{kind}.py"]
    assert f"\nclass {expected}:" in code
    assert f':{expected}"' in new.files[f"{new.module}/__init__.py"]
    compile(code, name, "exec")


# What it does


@pytest.mark.slow
def test_the_tests_that_it_comes_with_pass(tmp_path):
    folders = [installed(Scaffold(f"my-{kind}", kind), tmp_path) for kind in KINDS]
    path = os.pathsep.join(map(str, folders))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-W", "error", "-p", "no:cacheprovider", *folders],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "SKIPPED" not in done.stdout


def test_it_trains_at_once(forked, new, tmp_path):
    path = {"PYTHONPATH": str(installed(new, tmp_path))}
    (listed,) = [p for p in forked("plugins", "list", "--json", **path).ok().json
                 if p["name"] == new.name]  # fmt: skip
    assert (listed["status"], listed["gives"]) == ("ok", [{"kind": new.kind, "name": new.name}])
    train, *more_commands = new.train.splitlines()
    command = shlex.split(re.sub(r"--(steps|batch-size|out) \S+", "", train))[1:]
    more = "--steps 20 --batch-size 16 --set log_every=10 --set samples=16 --set threads=1"
    forked(*command, *more.split(), "--out", "run", **path).ok()
    rows = list(csv.DictReader(Path("run", "metrics.csv").read_text().splitlines()))
    assert [row["step"] for row in rows] == ["10", "20"]
    assert all(math.isfinite(float(value)) for value in rows[-1].values())
    for line in more_commands:
        words = shlex.split(line.replace(f"run-of-{new.name}", "run"))[1:]
        done = forked(*words, **path).ok()
    if new.kind == "section":
        page = forked("report", "run", "--out", "page.html", **path).ok()
        assert "section" not in page.err
        assert "Spread of the samples" in Path("page.html").read_text()
    if new.kind == "command":
        assert done.out.startswith("number,mean,deviation\n0,")
    if new.kind == "penalty":
        assert float(rows[0]["penalty"]) > 0
    if new.kind == "metric":
        assert [bool(row[f"{new.name}.distance"]) for row in rows] == [False, True]
    if new.kind == "observer":
        lines = Path("run", f"{new.name}.txt").read_text().splitlines()
        assert [line.partition(":")[0] for line in lines] == [
            "started at step 0", "step 10", "step 20", "finished at step 20",
        ]  # fmt: skip


def test_a_diary_continues_with_its_run(forked, tmp_path):
    folder = write(Scaffold("diary", "observer"), tmp_path)
    diary = {"before": f"import sys; sys.path.insert(0, {str(folder)!r})\n"
                       "import ganzoo, ganzoo_diary; ganzoo.register(ganzoo_diary)"}  # fmt: skip
    tiny = "--dataset ring --steps 2 --batch-size 8 --set log_every=2 --set samples=4 --out run"
    forked("train", "vanilla-mlp", *tiny.split(), "--observer", "diary", **diary).ok()
    forked("train", "--resume", "run", "--steps", "4", "--observer", "diary", **diary).ok()
    lines = Path("run", "diary.txt").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "started at step 0", "step 2", "finished at step 2",
        "resumed at step 2", "step 4", "finished at step 4",
    ]  # fmt: skip


# The command


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_the_folder_and_says_what_to_do_next(forked, kind, tmp_path):
    done = forked("plugins", "new", "ganzoo-soft", "--kind", kind).ok()
    assert done.out == "ganzoo-soft\n"
    new = Scaffold("soft", kind)
    *_, said = done.err.partition("Next, you can run:\n")
    assert said.rstrip().splitlines() == [
        "  pip install -e ganzoo-soft", *(f"  {line}" for line in new.train.splitlines()),
        "  ganzoo plugins check soft",
    ]  # fmt: skip
    assert snapshot(tmp_path / "ganzoo-soft") == snapshot(write(new, tmp_path / "again"))


def test_it_goes_where_out_says(forked, tmp_path):
    done = forked("plugins", "new", "soft", "--kind", "loss", "--out", "my plugins").ok()
    assert done.out == "my plugins/ganzoo-soft\n"
    assert "pip install -e 'my plugins/ganzoo-soft'" in done.err
    assert (tmp_path / "my plugins" / "ganzoo-soft" / "pyproject.toml").is_file()


def test_it_loads_no_torch(ganzoo):
    check = (
        "import atexit, os, sys\n"
        "atexit.register(lambda: {'torch', 'numpy'} & set(sys.modules) and os._exit(77))"
    )
    ganzoo("plugins", "new", "soft", "--kind", "model", before=check).ok()


# What is refused


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Soft_Labels", ["'Soft_Labels'", "joined by hyphens", "did you mean soft-labels?"]),
        ("soft-", ["'soft-'", "did you mean soft?"]),
        ("../soft", ["'../soft'", "joined by hyphens"]),
        ("ganzoo-", ["''", "such as least-squares"]),
        ("é", ["joined by hyphens, such as least-squares"]),
        ("core", ["ganzoo-core"]),
        ("ganzoo-core", ["ganzoo-core"]),
        ("builtin", ["plugin builtin already exists", "ganzoo-core"]),
        ("none", ["'none'", "means no penalty"]),
        ("bce", ["loss bce already exists in ganzoo-core 0"]),
    ],
)
def test_a_name_that_cannot_be(forked, name, words, tmp_path):
    forked("plugins", "new", "--kind", "loss", "--", name).refused(2, *words)
    assert snapshot(tmp_path) == {}


def test_a_name_of_another_kind_is_free(forked):
    assert forked("plugins", "new", "bce", "--kind", "dataset").ok().out == "ganzoo-bce\n"


def test_a_distribution_that_is_installed():
    zoo = Registry([Plugin("other", "ganzoo-soft", (Loss(name="a", summary="-", factory="b:c"),))])
    with pytest.raises(UsageError, match="plugin other already exists in ganzoo-soft"):
        scaffold(zoo, "soft", "loss")


def test_a_module_that_would_be_hidden(forked, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "ganzoo_soft.py").touch()
    refused = forked("plugins", "new", "soft", "--kind", "loss", PYTHONPATH=str(site))
    refused.refused(2, "module ganzoo_soft already exists", "site/ganzoo_soft.py", "choose")
    assert not (tmp_path / "ganzoo-soft").exists()


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_overwritten(forked, there, tmp_path):
    target = tmp_path / "ganzoo-soft"
    if there == "file":
        target.write_text("mine")
    elif there == "folder":
        target.mkdir()
    else:
        target.symlink_to("nowhere")
    before = snapshot(tmp_path)
    refused = forked("plugins", "new", "soft", "--kind", "loss")
    refused.refused(2, "ganzoo-soft already exists", "nothing is overwritten")
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("args", [(), ("--kind", "game")])
def test_the_kind_is_one_of_those_that_there_are(forked, args):
    forked("plugins", "new", "soft", *args).refused(2, "--kind", "metric" if args else "Missing")


def test_a_folder_that_cannot_be_written_is_left_as_it_is(forked, tmp_path):
    (tmp_path / "file").touch()
    refused = forked("plugins", "new", "soft", "--kind", "loss", "--out", "file/below")
    refused.refused(1, "cannot write file/below/ganzoo-soft", "Not a directory")
    # the disk is full when most is written
    full = (
        "from pathlib import Path; import errno; real = Path.write_text\n"
        "def write(self, *args, **kwargs):\n"
        "    if self.name.startswith('test_'): raise OSError(errno.ENOSPC, 'No space left')\n"
        "    return real(self, *args, **kwargs)\n"
        "Path.write_text = write"
    )
    refused = forked("plugins", "new", "soft", "--kind", "loss", before=full)
    refused.refused(1, "cannot write ganzoo-soft", "No space left")
    assert list(snapshot(tmp_path)) == ["file"]
