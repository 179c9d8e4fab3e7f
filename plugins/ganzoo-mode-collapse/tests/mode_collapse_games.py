"""What the plugin's tests build their games from."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import softplus

import ganzoo

SMALL = {"dataset.size": 400, "model.width": 4}
POINTS = {"point": ganzoo.Field((2,))}
COLOUR = {"image": ganzoo.Field((3, 28, 28), range=(-1.0, 1.0))}
DRAW = ganzoo.Draw(0)


class Minimax:
    """The game as it is first stated; the value f is minus the discriminator's loss."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        return -softplus(fake).mean()


def build(config: Any, data: dict[str, ganzoo.Field] = POINTS) -> Any:
    return config.build(data, ganzoo.Objective(Minimax()))


def settled(model: str, **asked: Any) -> dict[str, Any]:
    run = ganzoo.train(model, out="unused", **asked)
    return {key: value.value for key, value in run.plan.values.items()}


class Constant(nn.Module):
    """A generator that has collapsed: whatever the latents, it makes one sample."""

    def __init__(self, sample: Tensor) -> None:
        super().__init__()
        self.sample = nn.Parameter(sample)

    def forward(self, z: Tensor) -> Tensor:
        return self.sample.expand(len(z), *self.sample.shape)
