"""Printed commands can be pasted: a shell reads the words that were meant."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ganzoo.prose.commands import joined, quoted, shell_command
from ganzoo.prose.visible import visible

WORDS = (
    "runs/vanilla-mlp", "my run", "it's", 'a "b"', "$HOME `ls` $(ls)", "a;b&c|d>e", "*?[a]", "~",
    "", "größe 数字", "back\\slash", "#", "!", "-n", "two\nlines", "tab\t", "\x9b2J",
    "\x1b[31m'red\\", "\u202eabc1", "\u200b0", "\x011", "\udcff0",
)  # fmt: skip
"""Among them what a shell would read otherwise, and a byte that is not UTF-8."""


def test_plain_words_stay_as_they_are() -> None:
    line = shell_command("sample", Path("runs/a"), "--seed", 1)
    assert line == "ganzoo sample runs/a --seed 1"
    assert shell_command("sample", "a b") == "ganzoo sample 'a b'"


def test_plugins_stand_before_the_command() -> None:
    line = shell_command("info", "x", plugins=[Path("my loss.py"), "b.py"])
    assert line == "ganzoo --plugin 'my loss.py' --plugin b.py info x"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_shell_reads_the_words_that_were_meant() -> None:
    line = joined(["printf", r"%s\0", *WORDS])
    assert visible(line, keep="") == line
    done = subprocess.run(["bash", "-c", line], capture_output=True, env={"LC_ALL": "C.UTF-8"})
    assert done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1] == list(WORDS)


def test_programs_read_visible_words_too() -> None:
    words = [word for word in WORDS if visible(word, keep="") == word]
    assert len(words) > 12
    assert shlex.split(joined(words)) == words
    assert all(quoted(word).isprintable() for word in WORDS)
