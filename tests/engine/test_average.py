"""The moving average of the weights that sample, held against numbers computed by hand.

A generator with batch norm keeps running statistics, which are buffers: they sample as much as the
parameters do, and are averaged like them.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ganzoo.builtin.bce import BCE
from ganzoo.engine.average import Average
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.trainer import Trainer
from ganzoo.engine.two_player import Objective, TwoPlayer
from ganzoo.registry.records import Field

DECAY = 0.9
STATISTICS = ("generator.1.running_mean", "generator.1.running_var")
COUNTER = "generator.1.num_batches_tracked"


def game() -> TwoPlayer:
    generator = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    return TwoPlayer(generator, nn.Linear(2, 1), Objective(BCE(), None), 2)


def fill(of: nn.Module, value: float) -> None:
    """As if a round of training had left this value everywhere."""
    for tensor in of.state_dict().values():
        tensor.fill_(value)


def test_it_is_the_formula_with_the_decay_that_is_set() -> None:
    played = game()
    fill(played, 1.0)
    average = Average(played, DECAY)
    for value in (2.0, 4.0):
        fill(played, value)
        average.update(played)
    by_hand = 0.9 * (0.9 * 1 + 0.1 * 2) + 0.1 * 4  # 1.39; with the decay inverted it would be 3.79
    for name, tensor in average.values.items():
        expected = 4 if name == COUNTER else by_hand
        torch.testing.assert_close(tensor, torch.full_like(tensor, expected), msg=name)


def test_it_starts_at_the_untrained_weights() -> None:
    played = game()
    average = Average(played, DECAY)
    untrained = {k: v.clone() for k, v in played.state_dict().items() if k in average.values}
    assert all(torch.equal(v, untrained[k]) for k, v in average.values.items())
    fill(played, 7.0)
    average.update(played)
    for name in set(untrained) - {COUNTER}:
        torch.testing.assert_close(average.values[name], 0.9 * untrained[name] + 0.7, msg=name)


def test_it_has_the_sampler_with_its_statistics_and_nothing_else() -> None:
    played = game()
    names = {name for name in played.state_dict() if name.startswith("generator.")}
    assert Average(played, DECAY).values.keys() == names
    assert names > {*STATISTICS, COUNTER}


def test_what_samples_is_the_average_and_what_is_trained_comes_back() -> None:
    played = game()
    average = Average(played, DECAY)
    fill(played, 3.0)
    with average.in_place(played):
        for name, tensor in average.values.items():
            assert torch.equal(played.state_dict()[name], tensor), name
        assert bool((played.discriminator.weight == 3).all())
    assert all(bool((tensor == 3).all()) for tensor in played.state_dict().values())


def test_without_a_decay_there_is_none() -> None:
    played = game()
    average = Average(played, 0.0)
    average.update(played)
    assert average.values == {}
    with average.in_place(played):
        fill(played, 2.0)
    assert bool((played.discriminator.weight == 2).all())


def trainer() -> Trainer:
    """The same game on eight points, ready to train."""
    torch.manual_seed(0)
    points = np.random.default_rng(0).standard_normal((8, 2)).astype(np.float32)
    feed = Feed(Data({"point": Field((2,))}, {"point": points}), 4, 0, torch.device("cpu"))
    config = TrainerConfig(steps=4, batch_size=4, ema=DECAY, lr=0.1, device="cpu")
    return Trainer(game(), feed, config, torch.device("cpu"))


def test_a_training_takes_in_each_round() -> None:
    training = trainer()
    expected: dict[str, Tensor] = {}
    for step in training:
        now = {k: v.double() for k, v in training.game.state_dict().items() if "generator" in k}
        if step.step == 0:
            expected = {k: v.clone() for k, v in now.items()}
        else:
            expected = {k: 0.9 * v + 0.1 * now[k] for k, v in expected.items()}
        expected[COUNTER] = now[COUNTER].clone()
    found, state = training.sampling_weights(), training.state().tensors
    assert {k for k in state if k.startswith("average/")} == {f"average/{k}" for k in expected}
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name].double(), tensor, msg=name)
        assert torch.equal(state[f"average/{name}"], found[name]), name
    apart = [k for k in expected if not torch.equal(found[k], training.game.state_dict()[k])]
    assert {*STATISTICS} < {*apart}  # or the formula would have had nothing to say


def test_a_training_that_goes_on_ends_with_the_same_bits() -> None:
    whole, first, second = trainer(), trainer(), trainer()
    for _ in whole:
        pass
    for step in first:
        if step.step == 2:
            break
    second.load_state(first.state())
    for _ in second:
        pass
    found, expected = second.state().tensors, whole.state().tensors
    assert found.keys() == expected.keys()
    assert all(torch.equal(tensor, found[name]) for name, tensor in expected.items())
