"""Commands that ganzoo prints can be pasted, whatever the names of folders."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from conftest import TINY, Forks

from ganzoo.runs.folder import Run

NAME = "o/it's my run; $HOME"


def printed(text: str) -> list[list[str]]:
    """The words of each command, as a shell reads them."""
    lines = re.findall(r"(?:^ +|: |`)(ganzoo [^`\n]*)", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def test_after_a_training(forked: Forks) -> None:
    told = forked(*TINY, "--steps", "20", "--out", NAME).ok().err
    commands = {words[1]: words[1:] for words in printed(told)}
    assert set(commands) == {"sample", "evaluate", "train"}
    assert commands["sample"] == ["sample", NAME, "--seed", "1"]
    assert commands["train"] == ["train", "--resume", NAME, "--steps", "40"]
    forked(*commands["sample"]).ok()
    forked(*commands["evaluate"], "--metric", "modes", "-n", "500").ok()
    forked(*commands["train"]).ok()
    again = forked(*TINY, "--steps", "20", "--out", NAME).refused(2, "already holds a run").err
    assert printed(again) == [["ganzoo", "train", "--resume", NAME]]
    other = forked("train", "--resume", NAME, "--set", "lr=1").refused(2, "other settings").err
    assert printed(other) == [["ganzoo", "train", "--config", f"{NAME}/run.json", "..."]]
    short = forked("diagnose", NAME).ok().err
    assert printed(short)[0][:4] == ["ganzoo", "train", "--resume", NAME]


def test_after_a_mistake(forked: Forks) -> None:
    told = forked(*TINY, "--set", "rot=my pictures").refused(2).err
    assert "my pictures" not in told or "'" in told
    told = forked("train", "--optimizer", "a b").refused(2, "--set optimizer='a b'").err
    told = forked("train", "--datset", "a b").refused(2).err
    assert "--dataset 'a b'" in " ".join(told.split())


def test_a_sweep(forked: Forks) -> None:
    line = (*TINY, "--steps", "4", "--seeds", "0", "--out", NAME)
    table = forked(*line, "--dry-run").ok().out
    assert shlex.split(table[table.index("ganzoo train") :])[-2:] == ["--out", f"{NAME}/seed-0"]
    told = forked(*line).ok().err
    assert ["ganzoo", "compare", NAME] in printed(told)
    other = forked(*TINY, "--steps", "5", "--seeds", "0", "--out", NAME).refused(2).err
    assert ["ganzoo", "train", "--resume", NAME] in printed(other)
    assert Run(Path(NAME, "seed-0")).exists


def test_a_new_plugin(forked: Forks) -> None:
    told = forked("plugins", "new", "odd-loss", "--kind", "loss", "--out", NAME).ok().err
    (install,) = re.findall("^  (pip .*)$", told, re.MULTILINE)
    assert shlex.split(install) == ["pip", "install", "-e", f"{NAME}/ganzoo-odd-loss"]
