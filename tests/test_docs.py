"""Every command and snippet in the README and the docs runs, in order, in one folder a page.

One rule shortens them: a `ganzoo train` line gets 20 steps instead of what it says, and 40 where it
resumes. Blocks marked ``bash`` and ``python`` run; a plain block is not for running here.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(bash|python)(?: file=(\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
LENGTH = re.compile(r" --(steps|epochs) \S+")


def shortened(line):
    if not re.search(r"\bganzoo\b.* train\b|\bganzoo train\b", line):
        return line
    steps = 40 if "--resume" in line else 20
    return f"{LENGTH.sub('', line)} --steps {steps}"


def commands(block):
    joined = block.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and line[0] != "#"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_and_snippets_run(page, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for kind, file, block in BLOCK.findall(page.read_text()):
        if file:
            (tmp_path / file).write_text(block)
            continue
        if kind == "python":
            code = re.sub(r'"steps": \d+', '"steps": 20', block)
            todo = [[sys.executable, "-c", code]]
        else:
            todo = [shlex.split(shortened(line)) for line in commands(block)]
        for command in todo:
            if command[0] == "ganzoo":
                command = [sys.executable, "-m", *command]
            elif command[0] == "python":
                command = [sys.executable, *command[1:]]
            done = subprocess.run(
                command, cwd=tmp_path, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{page.name}: {shlex.join(command)}\n{done.stderr}"


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_nothing_says_to_install_what_is_someone_else_s():
    for page in [*ROOT.rglob("*.md"), *ROOT.rglob("*.py"), ROOT / "Makefile"]:
        if ".venv" not in page.parts and page != Path(__file__):
            assert not re.search(r"pip install ganzoo\b(?!-)", page.read_text()), page
