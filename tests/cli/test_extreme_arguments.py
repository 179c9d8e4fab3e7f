"""Numbers without end, brackets without end, names that no file system has: one short message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import TINY, Forks, Result

from ganzoo.prose.visible import LONG_TEXT, LONG_WORD, shortened

LONG = "1" * 5000
DEEP = "[" * 2000
NAME = "x" * 5000
BYTES = os.fsdecode(b"caf\xe9")


def refused(result: Result, status: int = 2) -> str:
    result.refused(status)
    assert len(result.err) < 2500, result
    return " ".join(result.err.replace("│", "").split())


def test_numbers_of_settings(forked: Forks) -> None:
    for key in ("dataset.seed", "trainer.seed", "latent", "log_every"):
        told = refused(forked(*TINY, "--set", f"{key}={LONG}"))
        assert f"{key}" in told
        assert "expected less than 2**63" in told
        assert "(5,000 characters)" in told
        for value in (f"-{LONG}", str(-(10**30))):
            told = refused(forked(*TINY, "--set", f"{key}={value}"))
            assert "expected more than -2**63" in told or "at least" in told, told
    for key in ("lr", "generator", "betas", "schedule", "model.slope"):
        for value in (LONG, DEEP, "{a=" * 1000, f"-{LONG}", f"1e{LONG}", f"[{LONG},1]"):
            refused(forked(*TINY, "--set", f"{key}={value}"), 2)
    assert "expected float" in refused(forked(*TINY, "--set", f"trainer.lr={DEEP}"))


NUMBERS = {
    "train": ("--steps", "--epochs", "--batch-size", "--seed", "--seeds", "--jobs",
        "--evaluate-every"),
    "sample trained": ("-n", "--seed", "--frames", "--step"),
    "evaluate trained": ("-n", "--seed", "--step"),
    "reproduce nosuch": ("--scale", "--seeds", "--jobs"),
}  # fmt: skip


def test_numbers_of_options(forked: Forks, trained: Path) -> None:
    for line, options in NUMBERS.items():
        for option in options:
            words = (*TINY, "--out", "new") if line == "train" else line.split()
            for value in (LONG, str(10**30), "-" + LONG, DEEP, "1e400", "nan", "²"):
                told = refused(forked(*words, f"{option}={value}"))
                assert option in told or "expected" in told or "nosuch" in told, told
    told = refused(forked("sample", "trained", "--interpolate", "1", str(10**30)))
    assert f"{10**30} is too large; expected less than 2**63" in told
    told = refused(forked("sample", "trained", "--interpolate", "1", str(-(10**30))))
    assert f"-{10**30} is too small; expected more than -2**63" in told
    refused(forked("sample", "trained", "--interpolate", LONG, "1"))


NAMES = (
    ("runs", NAME), ("report", NAME), ("sample", NAME), ("evaluate", NAME), ("diagnose", NAME),
    ("compare", NAME, NAME), ("info", NAME), ("list", NAME), (NAME,), (f"--{NAME}",),
    ("--plugin", NAME, "list"), ("plugins", "show", NAME), ("plugins", "check", NAME),
    ("plugins", "new", NAME, "--kind", "loss"), ("plugins", "new", "x" * 250, "--kind", "loss"),
    ("plugins", "new", "x", "--kind", "loss", "--out", NAME), ("reproduce", NAME),
    ("reproduce", "nosuch", "--out", NAME), ("reproduce", "nosuch", "--write", f"{NAME}.md"),
    ("sample", "trained", "--out", f"{NAME}.png"),
    ("sample", "trained", "--out", f"{'x' * 251}.png"),
    ("report", "trained", "--out", NAME), ("compare", "trained", "--out", NAME),
    ("runs", "x/" * 3000), ("sample", "trained", "--out", "x/" * 3000 + "x.png"),
    ("train", NAME), ("train", "--resume", NAME), ("train", "--config", NAME),
    *(("train", "vanilla-mlp", f"--{each}", NAME) for each in (
        "out", "preset", "dataset", "loss", "penalty", "observer", "metric", "device", "seeds")),
    ("train", "vanilla-mlp", "--dataset", "image-folder", "--set", f"dataset.root={NAME}"),
    ("write", NAME, "-o", "my.py"), ("write", "vanilla-mlp", "--dataset", "ring", "-o", NAME),
    ("write", "vanilla-mlp", "--dataset", "ring", "-o", f"{'x' * 253}.py"),
    ("train", "vanilla-mlp", "--set", f"{NAME}=3"), ("train", "vanilla-mlp", "--set", NAME),
)  # fmt: skip


def test_names_that_are_too_long(forked: Forks, trained: Path) -> None:
    for args in NAMES:
        told = refused(forked(*args))
        assert "characters)..." in told or len(max(args, key=len)) < 300, told
    assert not [path for path in Path().iterdir() if path != Path("trained")]


def test_bytes_that_are_no_text(forked: Forks, trained: Path) -> None:
    for args in (
        ("runs", BYTES), ("info", BYTES), (BYTES,), ("sample", "trained", "--out", f"{BYTES}.png"),
        (*TINY, "--out", BYTES), (*TINY, "--set", f"lr={BYTES}"), ("--plugin", BYTES, "list"),
    ):  # fmt: skip
        assert r"caf\xe9" in refused(forked(*args))
    assert list(Path().iterdir()) == [Path("trained")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.toml", f"[settings]\nlr = {LONG}"),
        ("c.toml", f"[settings]\nlr = {DEEP}"),
        ("c.toml", f"{NAME} = 3"),
        ("c.json", "[" * 100_000),
        ("c.json", f'{{"asked": [{LONG}]}}'),
        ("run.json", f'{{"format": 2, "total": {LONG}}}'),
    ],
)
def test_configurations(forked: Forks, name: str, text: str) -> None:
    Path(name).write_text(text)
    result = forked("train", "--config", name)
    refused(result, result.status)
    assert result.status in (1, 2)


def test_long_words_and_texts_are_shortened() -> None:
    path = "/".join("abcdefghi" for _ in range(LONG_WORD // 10 - 1))
    assert shortened(f"no such run: {path}") == f"no such run: {path}"
    long = shortened(f"a {'x' * 3_000_000} b")
    assert len(long) < LONG_WORD
    assert long.startswith("a xxx")
    assert long.endswith("x b")
    assert "(3,000,000 characters)" in long
    assert len(shortened("a b " * 100_000)) < LONG_TEXT
