"""Every command and snippet in the READMEs and the docs runs, in order, in one folder a page.

- ``bash`` and ``python`` blocks run; a plain block is not for running here.
- ``bash fails``: each of its commands must end with status 1 or 2, and no traceback.
- ``python file=PATH`` is written there; ``diff file=PATH`` changes what is there.
- ``text``: its lines, save ``...``, must be in what the block before it printed, in this order.
  ``text whole``: so they must where pages run whole (below); what they say needs the full length.
- Pages in Korean (``*.ko.md``) have the blocks of the English ones and do not run
  (``test_korean.py``).
- A page that installs (`pip install -e FOLDER`) gets an environment of its own, which sees all that
  this one has; nothing is downloaded.

**The switch.** Training is cut short: a `ganzoo train` line gets 20 steps instead of what it says
(40 where it resumes), and so do ``"steps": 2000`` and a line ``STEPS = 2000`` in Python. With
``GANZOO_DOCS=whole`` everything runs as it is written. `make lessons` does that for the lessons.
"""

import difflib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from code_lines import code_lines

from ganzoo.registry.hookspecs import HOOKS

ROOT = Path(__file__).parent.parent
KOREAN = sorted((ROOT / "docs").rglob("*.ko.md"))
PAGES = [
    ROOT / "README.md",
    *sorted(set((ROOT / "docs").rglob("*.md")) - set(KOREAN)),
    *sorted(ROOT.glob("plugins/*/README.md")),
]
BLOCK = re.compile(
    r"^```(bash|python|diff|text)(?: file=(\S+)| (fails|whole))?\n(.*?)^```",
    re.MULTILINE | re.DOTALL,
)
ANSWER = re.compile(r"^<details>\n(.*?)^</details>", re.MULTILINE | re.DOTALL)
WHOLE = os.environ.get("GANZOO_DOCS") == "whole"
LESSONS = sorted((ROOT / "docs" / "lessons").glob("[0-9]*.md"))
LENGTH = re.compile(r" --(steps|epochs) \S+")
LENGTH_IN_PYTHON = re.compile(r'^(STEPS = |.*"steps": )[\d_]+', re.MULTILINE)
INSTALL = ["pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]


def within(path):
    return str(path.relative_to(ROOT))


def shortened(line, whole=WHOLE):
    """A command of a page, with few steps where it trains."""
    if whole or not re.search(r"\bganzoo\b.* train\b|\bganzoo train\b", line):
        return line
    steps = 40 if "--resume" in line else 20
    return f"{LENGTH.sub('', line)} --steps {steps}"


def shortened_code(code, whole=WHOLE):
    """Python of a page, with few steps where it trains."""
    return code if whole else LENGTH_IN_PYTHON.sub(r"\g<1>20", code)


def commands(block):
    joined = block.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and line[0] != "#"]


def environment_that_sees_this_one(folder):
    """The Python of a new one: what is installed there leaves this one as it is."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    own = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    here = sysconfig.get_path("purelib")
    Path(own, "this_one.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    return python


def as_run(command, python):
    """A page's command, with a Python instead of what is on the path."""
    match command:
        case ["ganzoo" | "pytest" as module, *rest]:
            return [python, "-m", module, *rest]
        case ["pip", "install", *rest]:
            return [python, "-m", *INSTALL, *rest]
        case ["python", *rest]:
            return [python, *rest]
    return command


def changed(path, block):
    """Apply a diff: where its old lines stand, and they stand there once, come its new ones."""
    old, new = (
        "".join(line[1:] or "\n" for line in block.splitlines(keepends=True) if line[0] in kept)
        for kept in (" -\n", " +\n")
    )
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} has this {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new))


def slow_where_long(page):
    """Most pages train, even if cut short; those of the hooks are quick."""
    marks = pytest.mark.slow if page.parent.name != "hooks" else ()
    return pytest.param(page, id=within(page), marks=marks)


@pytest.mark.parametrize("page", [slow_where_long(page) for page in PAGES])
def test_commands_and_snippets_run(page, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    for folder in ("docs", "examples"):  # pages run scripts that lie there
        (tmp_path / folder).symlink_to(ROOT / folder)
    blocks = BLOCK.findall(page.read_text())
    python, printed = sys.executable, ""
    if any(kind == "bash" and "pip install" in block for kind, _, _, block in blocks):
        python = environment_that_sees_this_one(tmp_path / ".venv")
    for kind, file, how, block in blocks:
        path = tmp_path / file
        if kind == "text" and how == "whole" and not WHOLE:
            continue
        if kind == "text":
            for line in (line for line in block.splitlines() if line != "..."):
                assert line in printed, f"{page.name}: {line!r} not in what is left of\n{printed}"
                printed = printed.partition(line)[2]
            continue
        if kind == "diff":
            changed(path, block)
            continue
        if file:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shortened_code(block))
            continue
        if kind == "python":
            todo = [["python", "-c", shortened_code(block)]]
        else:
            todo = [shlex.split(shortened(line)) for line in commands(block)]
        printed = ""
        for command in todo:
            done = subprocess.run(
                as_run(command, python),
                cwd=tmp_path, env=environment, capture_output=True, text=True,
            )  # fmt: skip
            printed += done.stdout + done.stderr
            told = f"{page.name}: {shlex.join(command)}\n{done.stdout}{done.stderr}"
            assert done.returncode in ((1, 2) if how == "fails" else (0,)), told
            assert how != "fails" or "Traceback" not in done.stderr, told


def test_training_is_cut_short_unless_pages_run_whole():
    line, code = "ganzoo train m --steps 500 --out r", 'STEPS = 3_000\nf({"steps": 900, "lr": 1})\n'
    assert shortened(line, whole=False) == "ganzoo train m --out r --steps 20"
    assert shortened("ganzoo sample r -n 500", whole=False) == "ganzoo sample r -n 500"
    assert shortened_code(code, whole=False) == 'STEPS = 20\nf({"steps": 20, "lr": 1})\n'
    assert (shortened(line, whole=True), shortened_code(code, whole=True)) == (line, code)


@pytest.mark.parametrize("page", LESSONS, ids=within)
def test_answers_can_be_checked(page):
    answers = ANSWER.findall(page.read_text())
    assert 3 <= len(answers) <= 5
    for answer in answers:
        blocks = BLOCK.findall(answer)
        assert any(kind in ("bash", "python") and not file for kind, file, _, _ in blocks), answer


def generator(name):
    """``docs/NAME.py``, which writes pages."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_of_the_hooks_say_what_the_code_says():
    pages = generator("hooks").pages()
    there = {path: path.read_text() for path in (ROOT / "docs" / "hooks").glob("*.md")}
    assert set(pages) == set(there), "run: python docs/hooks.py"
    for path, text in pages.items():
        difference = difflib.unified_diff(there[path].splitlines(), text.splitlines(), lineterm="")
        assert text == there[path], "\n".join(["run: python docs/hooks.py", *difference])


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_a_whole_example(hook):
    hooks = generator("hooks")
    assert hooks.lacks(hook) == []
    files = dict(hooks.documented(hook)[2])
    conditional = files.pop("ganzoo_tiny/conditional.py", "")  # the page's second model
    assert sum(map(code_lines, files.values())) <= 40
    assert code_lines(conditional) <= 40


@pytest.mark.parametrize("page", [*PAGES, *KOREAN, *ROOT.glob("*.md")], ids=within)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_nothing_says_to_install_what_is_someone_else_s():
    for page in [*ROOT.rglob("*.md"), *ROOT.rglob("*.py"), ROOT / "Makefile"]:
        if ".venv" not in page.parts and page != Path(__file__):
            assert not re.search(r"pip install ganzoo\b(?!-)", page.read_text()), page
