"""What a game does with an augmentation: both players see it, and its module is in checkpoints."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.objective import Objective
from ganzoo.engine.random import Draw
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.two_player import TwoPlayer
from ganzoo.errors import GanzooError


class Loss:
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake.mean() - 3 * real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        return -fake.mean()


class Adaptive(nn.Module):
    """Adds a number, and hears how the discriminator judges."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("added", torch.tensor(10.0))
        self.added: Tensor

    def forward(self, samples: Tensor, draw: Draw) -> Tensor:
        return samples + self.added

    def heard(self, on_real: Tensor, on_fake: Tensor) -> None:
        assert not on_real.requires_grad
        assert not torch.is_grad_enabled()
        self.added.copy_(on_real.mean() - on_fake.mean())


class Adapts:
    def build(self) -> nn.Module:
        return Adaptive()

    def __call__(self, samples: Tensor, draw: Draw) -> Tensor:
        raise NotImplementedError


BATCH = {"x": torch.tensor([[1.0], [3.0]])}


def game(augmentation: Any, penalty: Any = None) -> TwoPlayer:
    generator, discriminator = nn.Linear(1, 1), nn.Linear(1, 1, bias=False)
    nn.init.constant_(generator.weight, 0)
    nn.init.constant_(generator.bias, 5)
    nn.init.constant_(discriminator.weight, 2)
    return TwoPlayer(
        generator, discriminator, Objective(Loss(), penalty, augmentation=augmentation), 1
    )


def test_both_players_and_the_penalty_see_what_it_makes() -> None:
    def penalty(critic: Any, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
        return 100 * real.mean() + 1000 * fake.mean()

    played = game(lambda samples, draw: samples + 1, penalty)
    loss, _ = played.discriminator_loss(BATCH, Draw(0))
    assert loss.item() == 2 * 6 - 3 * 2 * 3 + 100 * 3 + 1000 * 6
    loss, _ = played.generator_loss(BATCH, Draw(0))
    assert loss.item() == -2 * 6
    assert played.verdict(BATCH, Draw(0)).tolist() == [[2], [6]]
    assert played.sample(2, Draw(0), {}).tolist() == [[5], [5]]
    assert "augmentation" in played.loss.used


def test_a_module_hears_each_move_and_is_part_of_the_game() -> None:
    played = game(Adapts())
    assert "augmentation.added" in played.state_dict()
    config = TrainerConfig(batch_size=2, optimizer="sgd", lr=0.0, device="cpu")
    rounds = Rounds(played, config, torch.device("cpu"))
    for player in rounds.players:
        player.play(BATCH)
    assert played.state_dict()["augmentation.added"].item() == 2 * 2 - 2 * 5


@pytest.mark.parametrize("given", [None, torch.ones(2, 2)])
def test_it_keeps_the_shape(given: Any) -> None:
    with pytest.raises(GanzooError, match=r"expected samples of shape \(2, 1\)"):
        game(lambda samples, draw: given).discriminator_loss(BATCH, Draw(0))
