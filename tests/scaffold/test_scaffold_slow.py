"""New plugins of each kind and shape in one fresh environment, used as their READMEs say."""

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from ganzoo.scaffold import Kind, Like

OPTIONS = {kind: ("--kind", kind) for kind in get_args(Kind)} | {
    like: ("--kind", "model", "--like", like) for like in get_args(Like)
}


@pytest.mark.slow
def test_new_plugins_are_installed_tested_checked_and_trained_with(fresh, tmp_path):
    folders = [
        fresh("ganzoo", "plugins", "new", f"my-{what}", *options).strip()
        for what, options in OPTIONS.items()
    ]
    assert folders == [f"ganzoo-my-{what}" for what in OPTIONS]
    fresh("pip", "install", "--quiet", "pytest", *(w for f in folders for w in ("-e", f"./{f}")))
    plugins = json.loads(fresh("ganzoo", "plugins", "list", "--json"))
    states = {p["distribution"]: p["status"] for p in plugins}
    assert states == dict.fromkeys(["ganzoo-core", *folders], "ok")
    for kind, folder in zip(OPTIONS, folders, strict=True):
        tested = fresh("pytest", "-W", "error", "-rs", folder)
        assert re.search(r"^=+ [0-9]+ passed in", tested, re.MULTILINE), tested
        fresh("ganzoo", "plugins", "check", f"my-{kind}")
        readme = (tmp_path / folder / "README.md").read_text()
        (command,) = re.findall("^ganzoo (train .*)$", readme, re.MULTILINE)
        run = fresh(
            "ganzoo",
            *shlex.split(re.sub(r"--(steps|out) \S+", "", command)),
            "--steps",
            "100",
            "--out",
            f"run-{kind}",
        )
        assert Path(tmp_path, fresh("ganzoo", "sample", run.strip()).strip()).is_file()
    assert fresh("ganzoo", "my-command", "run-command").startswith("number,mean,deviation\n0,")
    scored = (tmp_path / "run-metric" / "metrics.csv").read_text()
    assert "my-metric.distance" in scored.splitlines()[0]
    diary = (tmp_path / "run-observer" / "my-observer.txt").read_text()
    assert diary.endswith("finished at step 100\n")
