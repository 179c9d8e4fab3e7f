"""The usual game of two players, held against numbers that can be computed on paper.

The discriminator is D(x) = 2 x, the generator gives 5 for every latent, and the batch is 1 and 3.
So outputs are 4 on average for real samples and 10 for fake ones.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.game import Batch
from ganzoo.engine.random import Draw
from ganzoo.engine.rounds import Rounds
from ganzoo.engine.two_player import Critic, Objective, TwoPlayer
from ganzoo.errors import DoesNotFit, GanzooError

BATCH = {"x": torch.tensor([[1.0], [3.0]])}


class Times(nn.Module):
    """The discriminator w x."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: Tensor) -> Tensor:
        return self.w * x


class Always(nn.Module):
    """The generator that gives one number."""

    def __init__(self) -> None:
        super().__init__()
        self.g = nn.Parameter(torch.tensor(5.0))
        self.latents: list[Tensor] = []

    def forward(self, z: Tensor) -> Tensor:
        self.latents.append(z)
        return self.g.expand(len(z), 1)


class Loss:
    """The players weigh real and fake differently, so that no two can be confused."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return 3 * fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        return -fake.mean()

    def constrain(self, discriminator: Times) -> None:
        discriminator.w.clamp_(max=1.0)


class Comparing(Loss):
    def generator(self, fake: Tensor, real: Tensor) -> Tensor:  # type: ignore[override]
        return real.mean() - 3 * fake.mean()


def penalty(critic: Critic, real: Tensor, fake: Tensor, draw: Draw) -> Tensor:
    return 7 * critic(real).mean() + 11 * critic(fake).mean()


class Shifted(TwoPlayer):
    """The discriminator sees everything shifted by 1, and counts it twice."""

    def shown(self, samples: Tensor, batch: Batch, draw: Draw) -> Tensor:
        assert batch is BATCH
        assert isinstance(draw, Draw)
        return samples + 1

    def critic(self, batch: Batch) -> Critic:
        return lambda x: 2 * self.discriminator(x)


def game(loss: Any, penalised: Any = None, kind: type[TwoPlayer] = TwoPlayer, **more: Any) -> Any:
    return kind(Always(), Times(), Objective(loss, penalised), 3, **more)


@pytest.mark.parametrize("joint", [False, True])
def test_the_discriminator_s_loss_has_the_penalty_which_is_logged(joint: bool) -> None:
    loss, logs = game(Loss(), penalty, joint=joint).discriminator_loss(BATCH, Draw(0))
    share = 7 * 4 + 11 * 10  # 138; with real and fake exchanged it would be 114
    assert loss.item() == 3 * 10 - 4 + share
    assert {k: v.item() for k, v in logs.items()} == {
        "score(x)": 4, "score(G(z))": 10, "penalty": share,
    }  # fmt: skip


def test_several_penalties_are_summed_and_logged_by_their_names() -> None:
    two = {"first": penalty, "second": lambda critic, real, fake, draw: critic(fake).mean() / 2}
    played = game(Loss(), two)
    loss, logs = played.discriminator_loss(BATCH, Draw(0))
    assert loss.item() == 3 * 10 - 4 + 138 + 5
    assert (logs["first"].item(), logs["second"].item()) == (138, 5)
    assert "penalty" not in logs
    one, three = torch.ones(2, 1), torch.full((2, 1), 3.0)
    assert played.loss.penalty(lambda x: x, one, three, Draw(0)).item() == 7 + 33 + 1.5


def test_the_only_penalty_is_logged_as_penalty_whatever_its_name() -> None:
    _, logs = game(Loss(), {"first": penalty}).discriminator_loss(BATCH, Draw(0))
    assert logs["penalty"].item() == 138
    assert "first" not in logs


@pytest.mark.parametrize(("joint", "sizes"), [(False, [3, 3]), (True, [6])])
def test_a_joint_batch_passes_once(joint: bool, sizes: list[int]) -> None:
    played, passed = game(Loss(), joint=joint), list[int]()
    played.discriminator.register_forward_pre_hook(lambda _, args: passed.append(len(args[0])))
    loss, _ = played.discriminator_loss({"x": torch.tensor([[1.0], [3.0], [8.0]])}, Draw(0))
    assert loss.item() == 3 * 10 - 2 * 4
    assert passed == sizes


@pytest.mark.parametrize("joint", [False, True])
def test_without_a_penalty_there_is_none(joint: bool) -> None:
    loss, logs = game(Loss(), joint=joint).discriminator_loss(BATCH, Draw(0))
    assert loss.item() == 3 * 10 - 4
    assert set(logs) == {"score(x)", "score(G(z))"}


def test_the_generator_s_loss() -> None:
    loss, logs = game(Loss(), penalty).generator_loss(BATCH, Draw(0))
    assert (loss.item(), logs) == (-10, {})
    loss, _ = game(Comparing()).generator_loss(BATCH, Draw(0))
    assert loss.item() == 4 - 3 * 10


def test_what_is_shown_and_who_looks_can_be_changed() -> None:
    """Real outputs are 2 * 2 * (2 + 1) = 12 on average, and fake ones 2 * 2 * (5 + 1) = 24."""
    for joint in (False, True):
        shifted = game(Comparing(), penalty, Shifted, joint=joint)
        loss, logs = shifted.discriminator_loss(BATCH, Draw(0))
        assert loss.item() == 3 * 24 - 12 + 7 * 12 + 11 * 24
        assert logs["score(x)"].item() == 12
    assert shifted.generator_loss(BATCH, Draw(0))[0].item() == 12 - 3 * 24
    assert shifted.verdict(BATCH, Draw(0)).tolist() == [[8], [16]]
    assert shifted.sample(2, Draw(0), {}).tolist() == [[5], [5]]


def test_a_round() -> None:
    played = game(Loss(), penalty)
    config = TrainerConfig(batch_size=2, optimizer="sgd", lr=0.01, device="cpu")
    rounds = Rounds(played, config, torch.device("cpu"))
    rounds.play([BATCH], 0, 10)
    # The discriminator's gradient is 3 * 5 - 2 + 7 * 2 + 11 * 5 = 82. Its step leaves
    # 2 - 0.82 = 1.18, and its constraint 1. So the generator's loss is -1 * 5.
    assert played.discriminator.w.item() == 1
    assert played.generator.g.item() == pytest.approx(5 + 0.01 * 1)
    means = rounds.sums.means()
    assert means["discriminator_loss"] == 3 * 10 - 4 + 138
    assert means["discriminator_gradient"] == pytest.approx(82)
    assert (means["penalty"], means["generator_loss"], means["generator_gradient"]) == (138, -5, 1)


def test_gradients_reach_only_the_player_that_moves() -> None:
    played = game(Comparing(), penalty)
    loss, _ = played.discriminator_loss(BATCH, Draw(0))
    loss.backward()
    assert (played.generator.g.grad, played.discriminator.w.grad.item()) == (None, 82)
    played = game(Comparing())
    loss, _ = played.generator_loss(BATCH, Draw(0))
    loss.backward()
    assert played.generator.g.grad.item() == -3 * 2
    assert played.discriminator.w.grad.item() == -3 * 5  # not from real samples, which give 2 more


def test_latents_are_new_normal_numbers_of_the_size_that_is_set() -> None:
    played, draw = game(Loss()), Draw(4)
    played.discriminator_loss(BATCH, draw)
    played.generator_loss(BATCH, draw)
    played.sample(5, draw, {})
    like = Draw(4)
    assert [z.shape for z in played.generator.latents] == [(2, 3), (2, 3), (5, 3)]
    assert all(torch.equal(z, like.normal(*z.shape)) for z in played.generator.latents)


def test_moves_repeat_as_often_as_the_loss_says() -> None:
    objective = Objective(Loss(), None, critic_moves=5)
    moves = TwoPlayer(Always(), Times(), objective, 3).moves()
    assert [(m.name, m.trains, m.repeats) for m in moves] == [
        ("discriminator", ("discriminator",), 5), ("generator", ("generator",), 1),
    ]  # fmt: skip
    assert [m.repeats for m in game(Loss()).moves()] == [1, 1]


def test_outputs_are_logged_as_probabilities_where_they_are() -> None:
    class Probable(Loss):
        probability = True

    real = torch.tensor([0.0, math.log(3)], requires_grad=True)  # 1 / 2 and 3 / 4
    fake = torch.tensor([-math.log(4), math.log(1.5)], requires_grad=True)  # 1 / 5 and 3 / 5
    logs = Objective(Probable()).verdicts(real, fake)
    assert {k: float(v.detach()) for k, v in logs.items()} == pytest.approx(
        {"D(x)": 0.625, "D(G(z))": 0.4}
    )
    assert not any(v.requires_grad for v in logs.values())
    logs = Objective(Loss()).verdicts(real, fake)
    assert set(logs) == {"score(x)", "score(G(z))"}
    assert not any(v.requires_grad for v in logs.values())


def test_an_objective_knows_its_parts_and_notes_which_are_used() -> None:
    plain, whole = Objective(Loss()), Objective(Comparing(), penalty, 2)
    assert (plain.penalised, plain.uses_real, plain.per_sample) == (False, False, False)
    assert (whole.penalised, whole.uses_real, whole.per_sample) == (True, True, False)
    assert plain.used == set()
    one = torch.ones(2)
    assert (whole.critic_moves, whole.used) == (2, {"critic_moves"})
    whole.discriminator(one, one)
    assert whole.used == {"critic_moves", "discriminator"}
    whole.generator(one, one)
    assert whole.used == {"critic_moves", "discriminator", "generator"}
    assert plain.penalty(nn.Identity(), one, one, Draw(0)) == 0
    assert plain.used == {"penalty"}
    plain.generator(one, one)  # the second is not for this loss


@pytest.mark.parametrize("given", [torch.ones(2), torch.ones(1), 3.0])
def test_a_loss_and_a_penalty_are_one_number(given: Any) -> None:
    class Wrong:
        def discriminator(self, real: Tensor, fake: Tensor) -> Any:
            return given

        def generator(self, fake: Tensor) -> Any:
            return given

        def __call__(self, *_: object) -> Any:
            return given

    one, objective = torch.ones(2), Objective(Wrong(), Wrong())
    with pytest.raises(GanzooError, match=r"^discriminator\(\) gave"):
        objective.discriminator(one, one)
    with pytest.raises(GanzooError, match=r"^generator\(\) gave"):
        objective.generator(one)
    with pytest.raises(GanzooError, match=r"^it gave"):
        objective.penalty(nn.Identity(), one, one, Draw(0))


def test_batch_norm_fits_neither_one_batch_nor_a_gradient_at_each_sample() -> None:
    class Each:
        per_sample = True

    mixing = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2))
    with pytest.raises(GanzooError, match="joint: batch norm would mix"):
        TwoPlayer(Always(), mixing, Objective(Loss()), 3, joint=True)
    with pytest.raises(DoesNotFit, match="batch norm mixes samples"):
        TwoPlayer(Always(), mixing, Objective(Loss(), Each()), 3)
    TwoPlayer(Always(), mixing, Objective(Loss()), 3)
    TwoPlayer(Always(), Times(), Objective(Loss(), Each()), 3, joint=True)
