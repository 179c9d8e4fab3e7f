"""``ganzoo plugins new --kind model --like SHAPE`` writes a working model of each shape."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from code_lines import code_lines
from conftest import Forks

from ganzoo.scaffold import Like, Scaffold, write

LIKES = get_args(Like)
FURTHER = [like for like in LIKES if like != "two-player"]
RULES = "E,F,W,I,B,UP,SIM,RUF,PT,C4,PIE,RET"


@pytest.mark.parametrize("name", ["x", "relativistic-average-hinge"])
@pytest.mark.parametrize("like", LIKES)
def test_the_code_is_small_tidy_and_compiles_under_any_name(
    like: Like, name: str, tmp_path: Path
) -> None:
    new = Scaffold(name, "model", like)
    for path, text in new.files.items():
        assert "$" not in text, path
        if path.endswith(".py"):
            compile(text, path, "exec")
            assert code_lines(text) <= 55
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed")
    folder = write(new, tmp_path)
    for command in (["check", "--select", RULES], ["format", "--diff"]):
        done = subprocess.run(
            [ruff, *command, "--isolated", "--no-cache", "--line-length", "88", "."],
            cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("like", FURTHER)
def test_its_own_tests_pass(like: Like, forked: Forks, tmp_path: Path) -> None:
    folder = Path(
        forked("plugins", "new", "fresh", "--kind", "model", "--like", like).ok().out.strip()
    )
    info = folder / "ganzoo_fresh-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: ganzoo-fresh\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[ganzoo]\nfresh = ganzoo_fresh\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-W", "error", "-p", "no:cacheprovider", folder],
        env={**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "SKIPPED" not in done.stdout


def test_only_models_have_a_shape(forked: Forks) -> None:
    refused = forked("plugins", "new", "soft", "--kind", "loss", "--like", "encoder")
    refused.refused(2, "--like chooses the shape of a model, and this is a loss")
    refused = forked("plugins", "new", "soft", "--kind", "model", "--like", "cycle")
    refused.refused(2, "--like", "conditional")
