"""Commands of plugins: they are listed, loaded only when called, and their errors are contained."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Forks, Ganzoo
from installing import install

from ganzoo.cli.app import COMMANDS
from ganzoo.registry.records import BUILT_IN

HOOK = """
import ganzoo

@ganzoo.hookimpl
def ganzoo_commands():
    for name, code in {commands}.items():
        yield ganzoo.Command(
            name=name, summary="Say ``words`` [bold]loud[/].", factory="{module}:" + code
        )
"""
CODE = '''
"""Words, and how to say them."""

import os
import sys
from typing import Annotated

import typer

import ganzoo

print("imported")
os.system("echo by a program")


def say(
    word: Annotated[str, typer.Argument(help="The word.")],
    times: Annotated[int, typer.Option(help="How often.", min=1)] = 1,
    do: Annotated[str, typer.Option(help="Python to run.")] = "",
) -> None:
    """Say a word."""
    for _ in range(times):
        print(word)
    exec(do)


group = typer.Typer(help="Several commands.")


@group.command()
def shout(word: str) -> None:
    """Shout a word."""
    print(word.upper())


@group.command()
def fail() -> None:
    """Fail."""
    raise ValueError("not today")


def odd(word: int | str) -> None:
    """Typer reads no such type."""


number = 3
'''
GIVEN = {"say": "say", "words": "group", "odd": "odd", "number": "number", "absent": "nosuch"}
HEADING = "Commands from plugins"


@pytest.fixture
def site() -> str:
    """A plugin whose hook and whose code are in two modules."""
    path = install("ganzoo-words", "hook", HOOK.format(commands=GIVEN, module="code_of_words"))
    Path(path, "code_of_words.py").write_text(CODE)
    return path


@pytest.fixture
def file() -> Path:
    """The same in one file."""
    both = CODE.replace(
        "\nimport os", HOOK.format(commands={"say": "say"}, module="own") + "\nimport os"
    )
    Path("own.py").write_text(both)
    return Path("own.py")


def test_the_names_of_ganzoos_own_commands() -> None:
    assert set(BUILT_IN) == set(COMMANDS)


@pytest.mark.parametrize(
    "args", [("--help",), ("list",), ("list", "commands"), ("plugins", "list")]
)
def test_listing_commands_loads_none(ganzoo: Ganzoo, site: str, args: tuple[str, ...]) -> None:
    check = (
        "import atexit, os, sys\n"
        "late = {'torch', 'numpy', 'code_of_words'}\n"
        "atexit.register(lambda: late & set(sys.modules) and os._exit(77))"
    )
    listed = ganzoo(*args, before=check, PYTHONPATH=site).ok()
    assert all(name in listed.out for name in GIVEN)
    assert listed.err == ""


def test_the_help_has_a_heading_for_them(forked: Forks, site: str, file: Path) -> None:
    shown = forked("--help", PYTHONPATH=site).ok().out
    own, _, theirs = shown.partition(HEADING)
    assert "train" in own
    assert "say" not in own.replace("says", "")
    assert "Say words [bold]loud[/]." in theirs
    assert all(name in theirs for name in GIVEN)
    assert HEADING not in forked("--help").ok().out
    assert HEADING not in forked("--no-plugins", "--help", PYTHONPATH=site).ok().out
    for args in (("--plugin", file, "--help"), ("--help", "--plugin", file)):
        assert HEADING in forked(*args).ok().out


def test_a_function_is_a_command(forked: Forks, site: str) -> None:
    said = forked("say", "hello", "--times", "2", PYTHONPATH=site).ok()
    assert said.out == "hello\nhello\n"  # and nothing of what its import prints
    assert said.err == "imported\nby a program\n" or sorted(said.err.split()) == [
        "a", "by", "imported", "program",
    ]  # fmt: skip
    shown = forked("say", "--help", PYTHONPATH=site).ok().out
    assert "Usage: ganzoo say [OPTIONS]" in shown
    assert "How often." in shown


def test_a_typer_app_is_a_group_of_commands(forked: Forks, site: str) -> None:
    assert forked("words", "shout", "hello", PYTHONPATH=site).ok().out == "HELLO\n"
    shown = forked("words", "--help", PYTHONPATH=site).ok().out
    assert "Shout a word." in shown
    assert "completion" not in shown
    failed = forked("words", "fail", PYTHONPATH=site)
    failed.refused(1, "command words (ganzoo-words 1.2, code_of_words.py:", "ValueError: not today")


def test_a_command_from_a_file(forked: Forks, file: Path) -> None:
    assert forked("--plugin", file, "say", "hello").ok().out == "hello\n"
    failed = forked("--plugin", file, "say", "hello", "--do", "1 / 0")
    assert failed.status == 1
    assert "Error: command say (own.py:" in failed.err
    assert "failed: ZeroDivisionError: division by zero" in failed.err
    file.write_text("1 / 0")
    forked("--plugin", file, "say", "hello").refused(1, "plugin own (own.py) failed at import")
    forked("--plugin", "nosuch.py", "say", "hello").refused(2, "'nosuch.py' does not exist")


def test_what_is_typed_is_checked_as_for_other_commands(forked: Forks, site: str) -> None:
    for args, words in {
        ("say",): "Missing argument",
        ("say", "hello", "--times", "0"): "greater than or equal to 1",
        ("say", "hello", "--tims", "2"): "No such option: --tims. Did you mean --times 2?",
        ("say", "hello", "--times", "2", "--times", "3"): "given twice",
        ("say", "hello", "--times", str(2**63)): "is too large",
        ("words", "shuot", "hello"): "Did you mean 'shout'?",
    }.items():
        forked(*args, PYTHONPATH=site).refused(2, words)


ENDS: dict[str, tuple[int, str]] = {
    "raise typer.Exit(4)": (4, ""),
    "sys.exit(3)": (3, ""),
    "sys.exit('that is all')": (1, "Error: that is all"),
    "raise typer.BadParameter('no such word')": (2, "no such word"),
    "raise ganzoo.UsageError('say something else')": (2, "Error: say something else"),
    "raise KeyboardInterrupt": (130, "Interrupted."),
    "raise MemoryError": (1, "not enough memory"),
    "raise ValueError('[red]\\n two')": (1, "failed: ValueError: [red] two (traceback: ganzoo --"),
    "open('nosuch')": (1, "failed: FileNotFoundError: [Errno 2]"),
    "import torch; torch.set_num_threads(1); os.chdir('/')": (0, ""),
}


@pytest.mark.parametrize("do", ENDS)
def test_how_a_command_ends(forked: Forks, site: str, do: str) -> None:
    status, told = ENDS[do]
    ended = forked("say", "hello", "--do", do, PYTHONPATH=site)
    assert (ended.status, ended.out) == (status, "hello\n")
    assert "Traceback" not in ended.err
    own = ended.err.replace("imported\n", "").replace("by a program\n", "")
    assert told in own
    assert bool(told) == bool(own), own
    assert "ganzoo itself failed" not in own


def test_the_whole_traceback(forked: Forks, site: str) -> None:
    failed = forked("--traceback", "say", "hello", "--do", "1 / 0", PYTHONPATH=site)
    assert failed.status == 1
    assert "Traceback" in failed.err
    assert failed.err.endswith("failed: ZeroDivisionError: division by zero\n")


def test_code_that_is_no_command(forked: Forks, site: str) -> None:
    for name, told in {
        "odd": "command odd (ganzoo-words 1.2) failed: AssertionError: Typer",
        "number": "3 is not a command; expected a function or a typer.Typer",
        "absent": "command absent (ganzoo-words 1.2) failed at reference: cannot load",
    }.items():
        failed = forked(name, PYTHONPATH=site)
        assert (failed.status, failed.out) == (1, "")
        assert told in failed.err


def test_the_reader_has_enough(site: str) -> None:
    command = [sys.executable, "-m", "ganzoo", "say", "hello", "--times", "100000"]
    env = {**os.environ, "PYTHONPATH": site}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=env, text=True) as started:
        assert started.stdout
        assert started.stderr
        assert started.stdout.readline() == "hello\n"
        started.stdout.close()
        assert "Error" not in started.stderr.read()
        assert started.wait(60) == 0


def test_the_name_of_a_built_in_command_is_refused(forked: Forks) -> None:
    path = install("ganzoo-words", "hook", HOOK.format(commands={"train": "x"}, module="os"))
    done = forked("train", "--help", PYTHONPATH=path).ok()
    assert "--resume" in done.out
    listed = forked("list", "commands", PYTHONPATH=path).ok()
    assert "command train: ganzoo has a command of this name" in listed.err


def test_two_plugins_with_one_command(forked: Forks, site: str) -> None:
    install("ganzoo-other", "other", HOOK.format(commands={"say": "print"}, module="builtins"))
    shown = forked("--help", PYTHONPATH=site).ok().out
    assert "ganzoo-words/say" in shown
    assert "ganzoo-other/say" in shown
    assert forked("ganzoo-words/say", "hello", PYTHONPATH=site).ok().out == "hello\n"
    refused = forked("say", "hello", PYTHONPATH=site)
    refused.refused(2, "several plugins provide command 'say'", "ganzoo-other/say")


def test_a_command_that_is_not_there(forked: Forks, site: str) -> None:
    forked("sya", "hello", PYTHONPATH=site).refused(2, "No such command 'sya'. Did you mean 'say'?")
    forked("tarin", PYTHONPATH=site).refused(2, "No such command 'tarin'. Did you mean 'train'?")
    Path(site, "hook.py").write_text("1 / 0")
    refused = forked("say", "hello", PYTHONPATH=site)
    refused.refused(2, "No such command 'say'", "plugin hook-plugin (ganzoo-words 1.2) failed")
    assert refused.err.count("hook-plugin (") == 1
    forked("--help", PYTHONPATH=site).ok()


def test_a_shell_completes_their_names_and_options(forked: Forks, site: str, file: Path) -> None:
    def completed(words: str, path: str = "") -> list[str]:
        env = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        done = forked(_GANZOO_COMPLETE="complete_bash", PYTHONPATH=path, **env).ok()
        assert done.out.count("imported") == 0
        return done.out.split()

    assert completed("ganzoo sa", site) == ["sample", "say"]
    assert completed("ganzoo say --", site)[:2] == ["--times", "--do"]
    assert completed("ganzoo words sh", site) == ["shout"]
    assert completed("ganzoo odd --", site) == ["--help"]
    assert completed(f"ganzoo --plugin {file} sa") == ["sample", "say"]
    file.write_text("1 / 0")
    assert completed(f"ganzoo --plugin {file} sa") == ["sample"]


def test_info_shows_its_lesson(forked: Forks, site: str) -> None:
    shown = forked("info", "say", PYTHONPATH=site).ok().out
    assert "say  command of ganzoo-words 1.2" in shown
    assert "Words, and how to say them." in shown
    assert "ganzoo say --help" in shown
    everything = forked("info", "say", "--json", PYTHONPATH=site).ok().json
    assert (everything["kind"], everything["settings"]) == ("command", [])
