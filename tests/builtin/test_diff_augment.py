"""The parts of diff-augment by hand, and a run with it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from conftest import Forks
from torch import Tensor

import ganzoo
from ganzoo.builtin.diff_augment import DiffAugment
from ganzoo.testing import checks

MLP = (
    "train", "vanilla-mlp", "--dataset", "mnist-5k", "--batch-size", "8", "--set", "log_every=2",
    "--set", "model.generator=8", "--set", "model.discriminator=8", "--set", "samples=4",
    "--set", "threads=1", "--set", "checkpoint_every=4", "--no-report", "-q",
)  # fmt: skip


@pytest.mark.parametrize("check", checks("diff-augment"), ids=str)
def test_it_conforms(check: ganzoo.testing.Check) -> None:
    check()


class Given(ganzoo.Draw):
    """Numbers that are given in advance."""

    def __init__(self, *numbers: float) -> None:
        super().__init__(0)
        self._numbers = list(numbers)

    def uniform(self, *shape: int) -> Tensor:
        return torch.full(shape, self._numbers.pop(0))

    def integers(self, high: int, *shape: int) -> Tensor:
        number = self._numbers.pop(0)
        assert number < high
        return torch.full(shape, int(number))


def test_by_hand() -> None:
    picture = torch.arange(1.0, 17).reshape(1, 1, 4, 4)
    brighter = DiffAugment(brightness=0.5, translation=0, cutout=0)
    assert torch.equal(brighter(picture, Given(1.0, 0, 0, 0, 0)), picture + 0.5)
    moved = DiffAugment(brightness=0, translation=0.25, cutout=0)
    found = moved(picture, Given(0.5, 2, 1, 0, 0))[0, 0]  # a pixel up, and none to the side
    assert found.tolist() == [[5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [0, 0, 0, 0]]
    cut = DiffAugment(brightness=0, translation=0, cutout=0.5)
    hole = cut(picture, Given(0.5, 0, 0, 1, 4))[0, 0] == 0  # rows 0 and 1, and column 3
    assert hole.nonzero().tolist() == [[0, 3], [1, 3]]


def metrics(run: str) -> str:
    return Path(run, "metrics.csv").read_text()


def test_real_and_fake_pictures_change_but_not_samples(forked: Forks) -> None:
    forked(*MLP, "--steps", "4", "--augment", "diff-augment", "--out", "with").ok()
    forked(*MLP, "--steps", "4", "--out", "without").ok()
    off = ("--augment", "diff-augment", "--set", "strength=0")
    forked(*MLP, "--steps", "4", *off, "--out", "off").ok()
    rows = {n: metrics(n) for n in ("with", "without", "off")}
    assert rows["with"] != rows["without"]
    run = ganzoo.load("with").record
    assert (run.augmentation, run.settings["augmentation.strength"]) == ("diff-augment", 1.0)
    assert "--augmentation diff-augment" in run.command
    forked("train", "--resume", "with", "--steps", "8", "--no-report", "-q").ok()
    forked(*MLP, "--steps", "8", "--augment", "diff-augment", "--out", "whole").ok()
    assert metrics("with") == metrics("whole")


def test_it_needs_pictures(forked: Forks) -> None:
    words = ("train", "vanilla-mlp", "--dataset", "ring", "--augment", "diff-augment")
    forked(*words).refused(2, "diff-augment changes pictures", "samples of shape (2,)")
