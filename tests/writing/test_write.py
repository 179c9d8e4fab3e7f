"""A model as one file: it trains without ganzoo, and its losses are those of the run."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, TINY, Forks

import ganzoo
from ganzoo.builtin.mnist_5k import MNIST5k
from ganzoo.registry.registry import registry

MODELS = [entry.qualified for entry in registry().entries(ganzoo.Model)]
REFUSED = {
    "pacgan": "unpacks",
    "pix2pix": "needs a to begin with",
    "cyclegan": "a schedule of its own",
    "discogan": ".append()",
}
"""Models that plain code cannot say, and a word of the reason."""
TRAIN = """
import itertools, json, runpy, sys
sys.modules["ganzoo"] = None  # so that it cannot be imported
import torch
torch.set_num_threads(1)
names = runpy.run_path(sys.argv[1], run_name="written")
print(json.dumps([*itertools.islice(names["train"](), int(sys.argv[2]))]))
"""


def losses_of_file(file: str, steps: int) -> list[dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRAIN, file, str(steps)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, float]] = json.loads(done.stdout)
    return rows


def downloaded_digits() -> None:
    """What torchvision would download, made of the digits that come with ganzoo."""
    arrays = MNIST5k().load().arrays or {}
    raw = Path("data/MNIST/raw")
    raw.mkdir(parents=True)
    order = np.arange(5_000).reshape(10, 500).T.ravel()  # theirs are not sorted by label
    for name, array in (("images-idx3", arrays["image"][:, 0]), ("labels-idx1", arrays["label"])):
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        for part in ("train", "t10k"):
            path = raw / f"{part}-{name}-ubyte"
            path.write_bytes(head + array[order].astype(np.uint8).tobytes())


def same_losses(forked: Forks, *options: str, steps: int) -> str:
    """The file that ``write`` writes and the run that ``train`` trains have the same losses."""
    forked("write", *options, "-o", "my.py").ok()
    own = ("--set", "threads=1", "--set", "log_every=1", "--steps", str(steps), "--out", "run")
    forked("train", *options, *own, "-q", "--no-preview").ok()
    with open("run/metrics.csv") as file:
        run = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]
    ours = losses_of_file("my.py", steps)
    assert len(ours) == len(run) == steps
    text = Path("my.py").read_text()
    repeated = re.findall(r"range\(\d+\):\n(?: +.* = next\(data\)\n)? +loss = (\w+)\(", text)
    for mine, row in zip(ours, run, strict=True):
        for name in mine.keys() - {*repeated}:  # of these a row has the mean
            assert mine[name] == row[name], name
    assert not re.search("^ *(from|import) ganzoo", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 120
    assert len(text.splitlines()) <= 250
    return text


POINTS = ("--dataset", "ring", *TINY[4:16])


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--loss", "wgan"),
        ("--loss", "wgan-gp"),
        ("--loss", "hinge", "--penalty", "r1", "--penalty", "dragan", "--set", "ema=0.9"),
        ("--set", "schedule=linear", "--set", "clip_norm=0.1", "--set", "steps=12"),
        ("--set", "optimizer=sgd", "--set", "weight_decay=0.1"),
    ],
    ids=lambda more: " ".join(more) or "plain",
)
def test_the_losses_of_a_file_are_those_of_the_run(forked: Forks, more: tuple[str, ...]) -> None:
    same_losses(forked, "vanilla-mlp", *POINTS, *more, steps=12)


def test_a_file_says_what_it_does(forked: Forks) -> None:
    text = same_losses(forked, "vanilla-mlp", *POINTS, steps=3)
    assert text.startswith('"""The first GAN, with the networks that most people start with.\n')
    assert "Goodfellow et al." in text
    assert "ganzoo write vanilla-mlp --dataset ring" in " ".join(text.split())
    assert ":math:" not in text
    assert "min_G max_D" in text
    assert (
        "    # -log D(x) - log(1 - D(G(z))), each averaged over the batch.\n"
        "    return softplus(-on_real).mean() + softplus(on_fake).mean()\n"
    ) in text
    assert "nn.Linear(2, 8), nn.ReLU(inplace=True)," in text
    assert "self" not in text


def test_a_file_is_a_program(forked: Forks) -> None:
    downloaded_digits()
    options = (*SMALL[1:2], *SMALL[2:12], "--set", "steps=4", "--set", "sample_every=2")
    forked("write", *options, "--set", "log_every=2", "-o", "my.py").ok()
    done = subprocess.run(
        [sys.executable, "my.py"], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("step 2 discriminator_loss 1.")
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["2", "4"]
    assert sorted(path.name for path in Path().glob("*.png")) == [
        "samples-000002.png",
        "samples-000004.png",
    ]


def test_data_that_cannot_be_downloaded_lies_next_to_the_file(forked: Forks) -> None:
    options = ("cgan", "--dataset", "held-out", "--set", "generator=8", "--set", "discriminator=8")
    result = forked("write", *options, "-o", "my.py").ok()
    assert "Its data is in my.npz" in result.err
    with np.load("my.npz") as arrays:
        assert {k: v.shape for k, v in arrays.items()} == {
            "image": (4500, 1, 28, 28),
            "label": (4500,),
        }
    assert len(losses_of_file("my.py", 2)) == 2


def test_what_cannot_be_written(forked: Forks) -> None:
    Path("there.py").write_text("mine")
    forked("write", "vanilla-mlp", *POINTS, "-o", "there.py").refused(2, "there.py already exists")
    assert Path("there.py").read_text() == "mine"
    Path("other.npz").write_text("mine")
    forked("write", "vanilla-mlp", *POINTS, "-o", "other.py").refused(2, "other.npz already exists")
    for key, value in (("dynamics", "optimistic"), ("accumulate", "2"), ("precision", "bfloat16")):
        refused = forked("write", "vanilla-mlp", *POINTS, "--set", f"{key}={value}", "-o", "my.py")
        refused.refused(2, "vanilla-mlp cannot be written as one file", f"trainer.{key}={value}")
    for name in ("spectral", "lecam"):
        refused = forked("write", "vanilla-mlp", *POINTS, "--penalty", name, "-o", "my.py")
        refused.refused(2, f"the penalty {name} changes the discriminator or keeps values")
    forked("write", "nosuch", "-o", "my.py").refused(2, "unknown model 'nosuch'")
    forked("write", "vanilla-mlp").refused(2, "--out")
    forked("write", "pacgan", "-o", "my.py").refused(2, "pacgan cannot be written", "unpacks")
    assert not Path("my.py").exists()


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_model(forked: Forks, model: str) -> None:
    downloaded_digits()
    if (own := model.rpartition("/")[2]) in REFUSED:
        forked("write", model, "-o", "my.py").refused(2, REFUSED[own])
        return
    same_losses(
        forked,
        model,
        *(("--dataset", "mnist-5k") if model.endswith("vanilla-mlp") else ()),
        steps=50,
    )
