"""What a reader copies works: the scripts run, and the smallest plugin is installed and trained."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from code_lines import code_lines

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The environment in which ganzoo-smooth is installed, by pip, in a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    command = ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    source = tmp_path_factory.mktemp("source") / "ganzoo-smooth"
    subprocess.run(["cp", "-r", EXAMPLES / "ganzoo-smooth", source], check=True)
    subprocess.run([sys.executable, "-m", *command, "--target", target, source], check=True)
    return target


def ganzoo(installed, *args):
    """The command line with the plugin; its output."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "ganzoo", *args]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_smallest_plugin_is_listed_trained_with_and_sampled(installed, tmp_path):
    assert "smooth-bce" in ganzoo(installed, "list", "losses")
    assert "loss.label" in ganzoo(installed, "info", "smooth-bce")
    run = str(tmp_path / "run")
    options = ["--dataset", "ring", "--steps", "20", "--set", "loss.label=0.8", "--out", run]
    ganzoo(installed, "train", "vanilla-mlp", "--loss", "smooth-bce", *options)
    assert Path(ganzoo(installed, "sample", run).strip()).is_file()
    assert '"loss": "smooth-bce"' in Path(run, "run.json").read_text()
    assert '"ganzoo-smooth": "1.0"' in Path(run, "run.json").read_text()


def test_it_is_small():
    plugin = (EXAMPLES / "ganzoo-smooth").glob("ganzoo_smooth/*.py")
    assert sum(code_lines(path.read_text()) for path in plugin) <= 40


def test_it_conforms(installed):
    outcomes = json.loads(ganzoo(installed, "plugins", "check", "smooth", "--json"))
    assert {"plugin smooth", "loss smooth-bce"} == {o["of"] for o in outcomes}
    assert "the formula in its lesson holds on small numbers" in {
        o["check"] for o in outcomes if o["result"] == "ok"
    }


def test_ganzoo_never_names_its_examples():
    import ganzoo

    for path in Path(ganzoo.__file__).parent.rglob("*.py"):
        assert not re.search(r"ganzoo.smooth|[\"']smooth[\"']", path.read_text()), path


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda p: p.name)
def test_scripts_run(script, tmp_path):
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
