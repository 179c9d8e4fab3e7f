"""Names that other programs use lead to ganzoo's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import Forks, Ganzoo
from PIL import Image

MLP = ("train", "vanilla-mlp")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("--lr 0.001", "No such option: --lr. It is a setting: --set lr=0.001"),
        ("--learning-rate=0.001", "It is a setting: --set lr=0.001"),
        ("--z-dim 64", "It is a setting: --set latent=64"),
        ("--ema 0.999", "It is a setting: --set ema=0.999"),
        ("--lr", "It is a setting: --set lr=..."),
        ("--epoch 3", "No such option: --epoch. Did you mean --epochs 3?"),
        ("--iterations 100", "Did you mean --steps 100?"),
        ("--batchsize 8", "Did you mean --batch-size 8?"),
        ("--batch_size 8", "Did you mean --batch-size 8?"),
        ("--data ring", "Did you mean --dataset ring?"),
        ("--traceback", "It stands before the command: ganzoo --traceback ..."),
        ("--plugin own.py", "It stands before the command: ganzoo --plugin own.py ..."),
        (
            "--set learning_rate=0.001",
            "unknown setting 'learning_rate'; did you mean --set lr=0.001?",
        ),
        ("--set trainer.learning-rate=1", "did you mean --set trainer.lr=1?"),
        ("--set iterations=9", "did you mean --set steps=9?"),
        ("--set batch-size=9", "did you mean --set batch_size=9?"),
        ("--set epoch=9", "did you mean --set epochs=9?"),
        ("--set beta1=0.5", "did you mean --set betas=...?"),
        ("--set model.latnt=9", "did you mean --set model.latent=9?"),
        ("--set colour=red", "`ganzoo info` with the model's name lists the settings"),
    ],
)
def test_another_name_of_an_option_or_setting(forked: Forks, typed: str, hint: str) -> None:
    forked(*MLP, *typed.split(), COLUMNS="120").refused(2, hint)


def test_an_unknown_option_is_refused_as_usual(forked: Forks) -> None:
    forked(*MLP, "--quux").refused(2, "No such option: --quux")
    refused = forked("sample", "run", "--lr", "3").refused(2, "No such option: --lr")
    assert "--set" not in refused.err


ALONE = "from importlib import metadata\nmetadata.entry_points = lambda **_: ()\n"
"""After this, no plugin is installed."""


@pytest.mark.parametrize(
    ("args", "distribution"),
    [
        (("train", "dcgan"), "ganzoo-dcgan"),
        (("train", "acgan"), "ganzoo-conditional"),
        ((*MLP, "--loss", "hinge"), "ganzoo-losses"),
        ((*MLP, "--dataset", "cifar10"), "ganzoo-torchvision"),
        ((*MLP, "--observer", "tensorboard"), "ganzoo-tensorboard"),
        (("info", "unrolled"), "ganzoo-mode-collapse"),
    ],
)
def test_what_another_distribution_has(
    ganzoo: Ganzoo, args: tuple[str, ...], distribution: str
) -> None:
    told = f"{distribution} provides it and is not installed"
    line = f"pip install -e plugins/{distribution}"
    ganzoo(*args, before=ALONE).refused(2, told, line)


def test_a_shape_that_does_not_fit_is_named(forked: Forks) -> None:
    Path("pictures").mkdir()
    for i in range(4):
        Image.fromarray(np.full((50, 50, 3), i, np.uint8)).save(f"pictures/{i}.png")
    folder = ("--dataset", "image-folder", "--set", "root=pictures")
    forked("train", "dcgan", *folder).refused(
        2, "this data has colour pictures of 50 x 50 pixels", "--set dataset.size=64"
    )
    forked("train", "dcgan", "--dataset", "ring").refused(2, "this data has points in the plane")
    forked("train", "pacgan", "--dataset", "mnist-5k").refused(2, "grey pictures of 28 x 28 pixels")
    few = ("--batch-size", "2", "--set", "width=2", "--set", "held_out=0")
    forked("train", "dcgan", *folder, "--set", "dataset.size=32", *few, "--steps", "1").ok()
