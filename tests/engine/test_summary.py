"""The layers of a game: their names, shapes and parameters."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.engine.summary import Layer, watched


class Scaled(nn.Module):
    """A parameter of its own, and a child. It returns a pair."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(7))
        self.inner = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = self.inner(x)
        return y, y


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3))
        self.scaled = Scaled()
        self.unused = nn.ReLU()


def test_layers_and_the_shape_of_their_first_output() -> None:
    net = Net()
    with watched(net) as layers:
        net.scaled(net.first(torch.zeros(5, 1, 4, 4)))
        net.first[0](torch.zeros(5, 1, 9, 9))
    assert layers == [
        Layer("first.0", "Conv2d", 2 * 9 + 2, (2, 2, 2)),
        Layer("first.1", "Flatten", 0, (8,)),
        Layer("first.2", "Linear", 8 * 3 + 3, (3,)),
        Layer("scaled", "Scaled", 7, None),
        Layer("scaled.inner", "Linear", 3 * 4 + 4, (4,)),
        Layer("unused", "ReLU", 0, None),
    ]
    net.unused(torch.zeros(2, 6))
    assert layers[-1].shape is None, "it is not watched any more"
