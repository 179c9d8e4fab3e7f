"""Losses with several outputs for each sample, and what penalties prepare and keep, by hand.

The discriminator maps x to (x, 2 x), the generator gives 5 for every latent, and the batch is 1
and 3.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.game import Game
from ganzoo.engine.objective import Objective
from ganzoo.engine.random import Draw
from ganzoo.engine.two_player import TwoPlayer
from ganzoo.errors import DoesNotFit, GanzooError

BATCH = {"x": torch.tensor([[1.0], [3.0]])}


class Pairs:
    """Compares the second output of each sample."""

    outputs = 2

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        assert real.shape[1:] == fake.shape[1:] == (2,)
        return fake[:, 1].mean() - 3 * real[:, 1].mean()

    def generator(self, fake: Tensor) -> Tensor:
        return -fake[:, 1].mean()


class Scored(Pairs):
    def score(self, outputs: Tensor) -> Tensor:
        return 10 * outputs[:, 0]


class Compared(Pairs):
    def score(self, outputs: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        return outputs[:, 0] + 100 * real[:, 0].mean() + 1000 * fake[:, 0].mean()


def double(width: int = 2) -> nn.Linear:
    linear = nn.Linear(1, width, bias=False)
    linear.weight.data = torch.arange(1.0, width + 1)[:, None]
    return linear


def game(loss: Any, penalty: Any = None, discriminator: nn.Module | None = None) -> TwoPlayer:
    generator = nn.Linear(1, 1)
    nn.init.constant_(generator.weight, 0)
    nn.init.constant_(generator.bias, 5)
    return TwoPlayer(generator, discriminator or double(), Objective(loss, penalty), 1)


def test_the_loss_takes_rows() -> None:
    played = game(Pairs())
    assert played.loss.outputs == 2
    loss, scalars = played.discriminator_loss(BATCH, Draw(0))
    assert loss.item() == 10 - 3 * 4
    assert scalars["score(x)"].item() == 3  # the mean of 1, 2, 3 and 6
    assert scalars["score(G(z))"].item() == 7.5  # of 5 and 10
    loss, _ = played.generator_loss(BATCH, Draw(0))
    assert loss.item() == -10


def test_maps_of_outputs_become_rows() -> None:
    maps = torch.arange(12.0).reshape(1, 2, 2, 3)
    objective = Objective(Scored())
    expected = maps[0, 1].mean() - 3 * maps[0, 1].mean()
    assert objective.discriminator(maps, maps).item() == expected
    assert objective.scores(maps, maps, maps).tolist() == [[0, 10, 20, 30, 40, 50]]


@pytest.mark.parametrize("width", [1, 3])
def test_another_number_of_outputs_is_refused(width: int) -> None:
    with pytest.raises(GanzooError, match=rf"shape \(2, {width}\); expected \(B, 2\)"):
        game(Pairs(), discriminator=double(width)).discriminator_loss(BATCH, Draw(0))


@pytest.mark.parametrize(
    ("loss", "of_real", "of_fake", "alone"),
    [
        (Pairs(), 3.0, 7.5, [[1.5], [4.5]]),
        (Scored(), 20.0, 50.0, [[10], [30]]),
        (Compared(), 2 + 200 + 5000, 5 + 200 + 5000, None),
    ],
)
def test_penalties_logs_and_verdicts_are_of_scores(
    loss: Any, of_real: float, of_fake: float, alone: Any
) -> None:
    def penalty(critic: Any, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
        return critic(real).mean() + 7 * critic(fake).mean()

    played = game(loss, penalty)
    _, scalars = played.discriminator_loss(BATCH, Draw(0))
    assert scalars["score(x)"].item() == of_real
    assert scalars["score(G(z))"].item() == of_fake
    assert scalars["penalty"].item() == of_real + 7 * of_fake
    verdict = played.verdict(BATCH, Draw(0))
    assert (verdict if verdict is None else verdict.tolist()) == alone


def test_a_score_is_one_number_for_each_row() -> None:
    class Whole(Pairs):
        def score(self, outputs: Tensor) -> Tensor:
            return outputs

    with pytest.raises(GanzooError, match=r"score\(\) gave tensor.*expected a number for each row"):
        game(Whole()).discriminator_loss(BATCH, Draw(0))


def test_one_output_is_not_touched() -> None:
    class Plain:
        def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
            return real.mean()

        def generator(self, fake: Tensor) -> Tensor:
            return fake.mean()

    outputs = torch.ones(2, 3, 4)
    objective = Objective(Plain())
    assert objective.outputs == 1
    assert objective.scores(outputs, outputs, outputs) is outputs
    assert objective.verdict(outputs) is outputs


def test_a_model_that_does_not_ask_is_refused() -> None:
    played = game(Pairs())
    with pytest.raises(DoesNotFit, match=r"wants 2 outputs .* does not use loss\.outputs"):
        played.loss.join(played)
    assert played.loss.outputs == 2
    played.loss.join(played)


class Kept(nn.Module):
    """Adds up what it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))
        self.seen: Tensor

    def forward(self, critic: Any, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
        self.seen.add_(real.sum())
        return self.seen.clone()


class Keeps:
    per_sample = True

    def build(self) -> nn.Module:
        return Kept()

    def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
        raise NotImplementedError


class Doubles:
    def prepare(self, discriminator: nn.Linear) -> None:
        discriminator.weight.data *= 2

    def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
        return torch.zeros(())


def test_a_penalty_s_module_is_called_and_is_part_of_the_game() -> None:
    played = game(Pairs(), {"keeps": Keeps(), "doubles": Doubles()})
    assert played.loss.outputs == 2
    assert played.loss.per_sample
    played.loss.join(played)
    assert played.discriminator.weight.tolist() == [[2], [4]]
    for expected in (4, 8):
        _, scalars = played.discriminator_loss(BATCH, Draw(0))
        assert scalars["keeps"].item() == expected
    assert played.state_dict()["penalties.keeps.seen"].item() == 8
    other = game(Pairs(), Keeps())
    assert other.loss.outputs == 2
    other.loss.join(other)
    assert [name for name in other.state_dict() if "penalt" in name] == ["penalties.penalty.seen"]


def test_without_a_discriminator_nothing_can_be_prepared() -> None:
    class Empty(Game):
        pass

    objective = Objective(Pairs(), {"doubles": Doubles()})
    assert objective.outputs == 2
    with pytest.raises(DoesNotFit, match="the penalty doubles prepares the discriminator"):
        objective.join(Empty())


def test_a_module_needs_its_place_and_is_one() -> None:
    class Odd:
        def build(self) -> int:
            return 3

        __call__ = None

    with pytest.raises(GanzooError, match=r"build\(\) returned 3; expected a torch.nn.Module"):
        Objective(Scored(), Odd())
    played = game(Pairs(), Keeps())
    assert played.loss.outputs == 2
    played.penalties = 3
    with pytest.raises(GanzooError, match="TwoPlayer has an attribute penalties"):
        played.loss.join(played)
