"""What samples cover according to the preview: modes of points, classes of digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

import ganzoo
from ganzoo.builtin.mnist_5k import MNIST5k
from ganzoo.cli.preview.coverage import Coverage
from ganzoo.registry.records import Field


def test_modes_and_digits_are_counted() -> None:
    modes = ganzoo.Modes(np.array([[0.0, 0.0], [4.0, 0.0]]), sigma=1.0)
    points = {"point": np.zeros((4, 2))}
    counted = Coverage(ganzoo.Data({"point": Field((2,))}, points, modes=modes))
    assert counted.of(torch.tensor([[0.1, 0.0], [9.0, 9.0]])) == "1 of 2 modes"
    assert counted.of(torch.tensor([[0.1, 0.0], [4.0, 0.0], [float("nan")] * 2])) == "2 of 2 modes"
    digits = MNIST5k().load()
    eights, all_ten = digits.some(5_000)[4_000:4_050], digits.some(500)
    counted = Coverage(digits)
    assert counted.of(torch.from_numpy(eights)) == "1 of 10 digits"
    assert counted.of(torch.from_numpy(all_ten)) == "10 of 10 digits"
    assert counted.of(torch.from_numpy(all_ten[:400])) == "8 of 10 digits, no 8 9"
    assert Coverage(replace(digits, depicts=None)).of(torch.from_numpy(eights)) == ""
