"""The commands' output: data on stdout for programs, and files that are the same each time."""

from __future__ import annotations

import json
import re
import shlex
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks, Ganzoo, snapshot
from PIL import Image

import ganzoo as zoo
from ganzoo.cli.app import COMMANDS


def test_version(ganzoo: Ganzoo) -> None:
    result = ganzoo("--version").ok()
    assert result.out == f"ganzoo {zoo.__version__}\n"
    assert result.err == ""


@pytest.mark.parametrize("args", [("--help",), ("-h",), ("train", "-h"), ("plugins", "-h")])
def test_help(forked: Forks, args: tuple[str, ...]) -> None:
    assert "Usage: ganzoo" in forked(*args).ok().out


@pytest.mark.parametrize(
    "args", [(), *((name,) for name in COMMANDS), ("plugins", "list"), ("plugins", "check")]
)
def test_options_without_a_value_have_no_type(forked: Forks, args: tuple[str, ...]) -> None:
    shown = forked(*args, "--help").ok().out
    (line,) = (line for line in shown.splitlines() if "--help " in line)
    assert re.search(r"--help +-h +Show this message", line), line
    assert "bool" not in shown.lower()


# Lists


def test_list_as_json(forked: Forks) -> None:
    result = forked("list", "--json").ok()
    assert result.err == ""
    records = {record["name"]: record for record in result.json}
    assert records["vanilla-mlp"] == {
        "kind": "model",
        "name": "vanilla-mlp",
        "summary": records["vanilla-mlp"]["summary"],
        "paper": {
            "title": "Generative Adversarial Nets",
            "year": 2014,
            "link": "https://arxiv.org/abs/1406.2661",
        },
        "distribution": "ganzoo-core",
        "version": zoo.__version__,
    }
    assert {"bce", "minimax", "mnist", "mnist-5k", "ring", "grid", "image-folder"} <= set(records)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("models", "vanilla-mlp"), ("losses", "bce"), ("datasets", "ring"), ("metrics", "modes")],
)
def test_list_of_one_kind(forked: Forks, kind: str, name: str) -> None:
    records = forked("list", kind, "--json").ok().json
    assert name in {record["name"] for record in records}
    assert {record["kind"] for record in records} == {records[0]["kind"]}
    table = forked("list", kind).ok().out
    assert name in table
    assert "ganzoo-core" in table


def test_list_of_nothing(forked: Forks) -> None:
    assert forked("--no-plugins", "list", "observers", "--json").ok().json == []
    forked("--no-plugins", "list", "observers").ok()


@pytest.mark.parametrize("name", ["vanilla-mlp", "bce", "ring", "ganzoo-core/mnist"])
def test_info_as_json(forked: Forks, name: str) -> None:
    record = forked("info", name, "--json").ok().json
    assert record["name"] == name.rpartition("/")[2]
    assert record["lesson"]
    settings = {setting["key"]: setting for setting in record["settings"]}
    for setting in settings.values():
        assert setting["meaning"], setting
        assert setting["type"], setting
    if record["kind"] == "model":
        assert settings["model.latent"]["default"] == 100
        assert settings["trainer.batch_size"]["default"] == 128
        assert {"trainer.lr", "trainer.seed", "model.generator"} <= set(settings)


def test_info_for_a_person(forked: Forks) -> None:
    shown = forked("info", "vanilla-mlp").ok().out
    for part in ("Generative Adversarial Nets", "arxiv.org/abs/1406.2661", "model.latent", "100"):
        assert part in shown


def test_plugins(forked: Forks) -> None:
    plugins = {plugin["name"]: plugin for plugin in forked("plugins", "list", "--json").ok().json}
    builtin = plugins["builtin"]
    assert builtin["distribution"] == "ganzoo-core"
    assert builtin["status"] == "ok"
    assert builtin["error"] is None
    assert {"kind": "model", "name": "vanilla-mlp"} in builtin["gives"]
    assert "builtin" in forked("plugins", "list").ok().out
    assert "model vanilla-mlp" in forked("plugins", "show", "builtin").ok().out


def test_runs(forked: Forks, trained: Path) -> None:
    assert forked("runs", "--json").ok().json == []
    assert "No runs under runs" in forked("runs").ok().err
    first = forked(*TINY, "--steps", "5").ok().out.strip()
    second = forked(*TINY, "--steps", "10", "--loss", "minimax").ok().out.strip()
    runs = forked("runs", "--json").ok().json
    assert [run["run"] for run in runs] == [second, first], "newest first"
    assert first.startswith("runs/vanilla-mlp-ring-")
    started = runs[0].pop("started")
    assert started[:2] == "20"
    assert runs[0] == {
        "run": second, "model": "vanilla-mlp", "dataset": "ring", "loss": "minimax", "step": 10,
        "total": 10, "status": "finished", "problem": None,
    }  # fmt: skip
    assert first in forked("runs").ok().out
    assert forked("runs", trained, "--json").ok().json[0]["run"] == str(trained)
    name = Path(first).name  # a run can be named without its folder
    assert forked("sample", name).ok().out.startswith(first)


# Samples


def test_points_in_a_file(forked: Forks, trained: Path) -> None:
    result = forked("sample", trained, "-n", "1500", "--out", "x.npz").ok()
    assert result.out == "x.npz\n"
    with np.load("x.npz") as file:
        assert list(file) == ["points"]
        assert file["points"].dtype == np.float32
        assert file["points"].shape == (1500, 2)
        assert np.isfinite(file["points"]).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_images_in_a_file(forked: Forks, channels: int) -> None:
    Path("pictures").mkdir()
    rng = np.random.default_rng(0)
    for i in range(9):
        pixels = rng.integers(256, size=(6, 8, channels), dtype=np.uint8)
        Image.fromarray(pixels.squeeze()).save(f"pictures/{i}.png")
    args = ("--dataset", "image-folder", "--set", "root=pictures", "--batch-size", "4")
    small = ("--set", "generator=8", "--set", "discriminator=8", "--steps", "3", "--out", "run")
    forked("train", "vanilla-mlp", *args, *small).ok()
    forked("sample", "run", "-n", "10", "--out", "x.npz").ok()
    with np.load("x.npz") as file:
        assert list(file) == ["images"]
        assert file["images"].dtype == np.uint8
        assert file["images"].shape == (10, channels, 6, 8)  # (N, C, H, W)
        assert file["images"].std() > 0
    forked("sample", "run", "-n", "10", "--out", "x.png").ok()
    with Image.open("x.png") as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"


@pytest.mark.parametrize("ending", ["png", "npz"])
def test_the_same_seed_gives_the_same_bytes(
    forked: Forks, ganzoo: Ganzoo, trained: Path, ending: str
) -> None:
    def sample(how: Ganzoo, *args: str) -> bytes:
        how("sample", trained, "-n", "50", "--out", f"x.{ending}", *args).ok()
        return Path(f"x.{ending}").read_bytes()

    first = sample(forked)
    assert sample(ganzoo if ending == "npz" else forked, "--seed", "0") == first
    assert sample(forked, "--seed", "1") != first
    assert sample(forked, "--step", "40") == first
    assert sample(forked, "--step", "0") != first


def test_a_sample_without_a_name(forked: Forks, trained: Path) -> None:
    before = snapshot(trained)
    out = Path(forked("sample", trained, "-n", "9", "--seed", "3").ok().out.strip())
    assert out.parent == trained
    after = snapshot(trained)
    assert set(after) - set(before) == {out.name}
    assert Image.open(BytesIO(out.read_bytes())).size == (392, 384)  # with an axis at its left


def test_sampling_is_from_the_newest_weights(forked: Forks, trained: Path) -> None:
    forked("train", "--resume", trained, "--steps", "50").ok()  # a checkpoint after the last grid
    forked("sample", trained, "--out", "x.npz").ok()
    forked("sample", trained, "--step", "40", "--out", "y.npz").ok()
    assert Path("x.npz").read_bytes() != Path("y.npz").read_bytes()


# The dry run


def test_a_dry_run(forked: Forks, tmp_path: Path) -> None:
    Path("c.toml").write_text('model = "vanilla-mlp"\n[settings.trainer]\nlr = 0.001\n')
    before = snapshot(tmp_path)
    args = ("train", "--config", "c.toml", "--dataset", "ring", "--seed", "3", "--dry-run")
    result = forked(*args, "--set", "model.latent=5", "--steps", "1000").ok()
    assert result.err == ""
    assert snapshot(tmp_path) == before
    rows = [line.split() for line in result.out.splitlines()]

    def row(*words: str) -> bool:
        return any(line[: len(words)] == list(words) for line in rows)

    assert row("generator.0", "Linear", "B", "x", "128", str(5 * 128 + 128))
    assert row("generator.1", "ReLU", "B", "x", "128", "0")
    assert row("discriminator.1", "Linear", "B", "x", "512", "1,536")
    assert row("discriminator.5", "Linear", "B", "x", "1", "257")
    generator = 5 * 128 + 128 + 128 * 256 + 256 + 256 * 512 + 512 + 512 * 2 + 2
    discriminator = 2 * 512 + 512 + 512 * 256 + 256 + 257
    assert row("total", f"{generator + discriminator:,}")
    assert row("model", "vanilla-mlp", "ganzoo-core")
    assert row("dataset", "ring", "ganzoo-core")
    assert row("model.latent", "5", "--set")
    assert row("trainer.seed", "3", "--seed")
    assert row("trainer.steps", "1000", "--steps")
    assert row("trainer.lr", "0.001", "c.toml")
    assert row("trainer.batch_size", "128", "model", "vanilla-mlp")
    assert row("trainer.ema", "0.0", "default")
    assert row("trainer.device", "cpu", "default") or row("trainer.device")
    last = result.out.splitlines()[-1]
    assert last.startswith("1,000 steps of ")
    assert re.search(r"about \d+:\d\d on ", last)
    assert "Nothing was written" in last


def test_a_dry_run_of_what_cannot_be(forked: Forks) -> None:
    args = (*TINY, "--dry-run")
    forked(*args, "--set", "latent=0").refused(2, "model.latent is 0")
    forked(
        "train", "vanilla-mlp", "--dataset", "mnist-5k", "--batch-size", "9999", "--dry-run"
    ).refused(2, "trainer.batch_size is 9999")


# Configuration

TOML = """
model = "vanilla-mlp"
dataset = "ring"
loss = "minimax"

[settings]
batch_size = 16
"model.generator" = [8]
threads = 1

[settings.model]
latent = 2
discriminator = [8]

[settings.trainer]
steps = 20
lr = 1e-3
log_every = 5
samples = 16

[settings.dataset]
size = 320
"""


def metrics(run: str | Path) -> bytes:
    return Path(run, "metrics.csv").read_bytes()


def test_a_toml_file(forked: Forks) -> None:
    Path("c.toml").write_text(TOML)
    forked("train", "--config", "c.toml", "--out", "run").ok()
    record = json.loads(Path("run/run.json").read_text())
    assert record["model"] == "vanilla-mlp"
    assert (record["dataset"], record["loss"]) == ("ring", "minimax")
    settings = record["settings"]
    assert settings["model.generator"] == [8]
    assert settings["trainer.lr"] == 1e-3
    assert record["total"] == 20
    forked("train", "--config", "c.toml", "--out", "again").ok()
    assert metrics("run") == metrics("again")
    # options override the file
    forked("train", "--config", "c.toml", "--loss", "bce", "--set", "lr=0.1", "--out", "other").ok()
    record = json.loads(Path("other/run.json").read_text())
    assert record["loss"] == "bce"
    assert record["settings"]["trainer.lr"] == 0.1
    assert record["settings"]["trainer.steps"] == 20


def test_a_runs_record_trains_it_again(forked: Forks, trained: Path) -> None:
    record = trained / "run.json"
    forked("train", "--config", record, "--out", "again").ok()
    assert metrics("again") == metrics(trained)
    assert (
        json.loads(Path("again/run.json").read_text())["settings"]
        == (json.loads(record.read_text())["settings"])
    )
    forked("train", "--config", record, "--seed", "1", "--out", "other").ok()
    assert metrics("other") != metrics(trained)


def test_the_recorded_command_trains_it_again(forked: Forks, trained: Path) -> None:
    command = shlex.split(json.loads((trained / "run.json").read_text())["command"])
    assert command[0] == "ganzoo"
    forked(*command[1:], "--out", "again").ok()
    assert metrics("again") == metrics(trained)


def test_another_model_leaves_the_files_settings_of_it(forked: Forks, trained: Path) -> None:
    args = ("train", "--config", trained / "run.json", "--dataset", "grid", "--steps", "5")
    forked(*args, "--out", "run").ok()
    settings = json.loads(Path("run/run.json").read_text())["settings"]
    assert settings["dataset.side"] == 5
    assert "dataset.radius" not in settings
    assert settings["model.latent"] == 2


KEYS: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "bare": (
        {"model.latent": 7, "model.generator": [7, 9], "trainer.betas": [0.5, 0.9]},
        ("latent=7", "generator=7,9", "betas=0.5,0.9"),
    ),
    "qualified": (
        {"model.latent": 7, "model.generator": [7, 9], "trainer.lr": 1.0, "dataset.radius": 2.0},
        ("model.latent=7", "model.generator=[7, 9]", "trainer.lr=1", "dataset.radius=2"),
    ),
    "others": (
        {"model.generator": [7], "trainer.lr": 1e-3, "trainer.schedule": "linear"},
        ("model.generator=7", " lr = 1e-3 ", "schedule=linear", "trainer.epochs=none"),
    ),
}
"""Recorded settings, and settings from the command line."""


@pytest.mark.parametrize("case", KEYS)
def test_keys_and_values(forked: Forks, case: str) -> None:
    recorded, typed = KEYS[case]
    small = ("train", "vanilla-mlp", "--dataset", "ring", "--steps", "2", "--batch-size", "16")
    settings = [part for text in typed for part in ("--set", text)]
    forked(*small, *settings, "--out", "run").ok()
    found = json.loads(Path("run/run.json").read_text())["settings"]
    assert {key: found[key] for key in recorded} == recorded


def test_of_two_values_the_last_wins(forked: Forks) -> None:
    forked(*TINY, "--steps", "2", "--set", "lr=1", "--set", "trainer.lr=0.5", "--out", "run").ok()
    assert json.loads(Path("run/run.json").read_text())["settings"]["trainer.lr"] == 0.5
