"""The moving average of the weights that sample, held against numbers computed by hand.

A generator with batch norm keeps running statistics, which are buffers: they sample as much as the
parameters do, and are averaged like them. All other buffers are copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.utils._python_dispatch import TorchDispatchMode

from ganzoo.builtin.bce import BCE
from ganzoo.engine.average import Average, decay_at, sampler_state, used
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.feed import Feed
from ganzoo.engine.trainer import Trainer
from ganzoo.engine.two_player import Objective, TwoPlayer
from ganzoo.engine.view import View
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


def updated(average: Average, played: nn.Module, *values: float, first: int = 0) -> None:
    """As if rounds had left these values, beginning with the update ``first``."""
    for n, value in enumerate(values, first):
        fill(played, value)
        average.begin(n)
        average.update(played)  # type: ignore[arg-type]


def test_it_is_the_formula_with_the_decay_that_is_set() -> None:
    played = game()
    fill(played, 1.0)
    average = Average(played, DECAY, ("generator",))
    updated(average, played, 2.0, 4.0, first=1_000)
    by_hand = 0.9 * (0.9 * 1 + 0.1 * 2) + 0.1 * 4  # 1.39; with the decay inverted it would be 3.79
    for name, tensor in average.values.items():
        expected = 4 if name == COUNTER else by_hand
        torch.testing.assert_close(tensor, torch.full_like(tensor, expected), msg=name)


def test_at_the_start_it_decays_faster() -> None:
    played = game()
    fill(played, 1.0)
    average = Average(played, DECAY, ("generator",))
    updated(average, played, 2.0, 4.0, 8.0)
    by_hand = 0.1 * 1 + 0.9 * 2  # 1.9
    by_hand = 2 / 11 * by_hand + 9 / 11 * 4  # 3.618
    by_hand = 3 / 12 * by_hand + 9 / 12 * 8  # 6.905
    for name in set(average.values) - {COUNTER}:
        tensor = average.values[name]
        torch.testing.assert_close(tensor, torch.full_like(tensor, by_hand), msg=name)


@pytest.mark.parametrize(
    ("n", "decay", "expected"),
    [(0, 0.9999, 0.1), (1, 0.9999, 2 / 11), (80, 0.9999, 0.9), (79, 0.9, 80 / 89), (81, 0.9, 0.9),
     (0, 0.05, 0.05), (89_989, 0.9999, 89_990 / 89_999), (89_991, 0.9999, 0.9999)],
)  # fmt: skip
def test_the_decay_rises_to_the_one_that_is_set(n: int, decay: float, expected: float) -> None:
    assert decay_at(n, decay) == pytest.approx(expected, rel=1e-12)


def test_a_short_run_does_not_sample_its_untrained_weights() -> None:
    played = game()
    fill(played, 0.0)
    average = Average(played, 0.9999, ("generator",))
    updated(average, played, *[1.0] * 100)
    assert all(bool((tensor > 0.999).all()) for tensor in average.values.values())


class Growing(nn.Module):
    """Every kind of norm with statistics, and buffers that mean something else."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.ModuleDict(
            {
                "batch": nn.BatchNorm2d(2),
                "sync": nn.SyncBatchNorm(2),
                "instance": nn.InstanceNorm2d(2, affine=True, track_running_stats=True),
                "plain": nn.InstanceNorm2d(2),
                "group": nn.GroupNorm(1, 2),
                "spectral": spectral_norm(nn.Linear(2, 2)),
            }
        )
        self.again = self.inner["batch"]
        self.weight = nn.Parameter(torch.zeros(2))
        self.tied = self.weight
        self.frozen = nn.Parameter(torch.zeros(2), requires_grad=False)
        self.register_buffer("level", torch.zeros(()))
        self.register_buffer("running_mean", torch.zeros(2))


def test_parameters_and_statistics_are_averaged_and_all_other_buffers_copied() -> None:
    played = game()
    played.generator = Growing()
    fill(played, 0.0)
    average = Average(played, DECAY, ("generator",))
    updated(average, played, 1.0, first=1_000)
    copied = {name for name, tensor in average.values.items() if bool((tensor == 1).all())}
    spectral = "generator.inner.spectral.parametrizations.weight.0"
    assert copied == {
        "generator.level",
        "generator.running_mean",  # only the name is that of a norm's statistics
        "generator.again.num_batches_tracked",
        f"{spectral}._u",
        f"{spectral}._v",
        *(f"generator.inner.{norm}.num_batches_tracked" for norm in ("batch", "sync", "instance")),
    }
    for name in set(average.values) - copied:
        tensor = average.values[name]
        torch.testing.assert_close(tensor, torch.full_like(tensor, 0.1), msg=name)


def test_spectral_norm_stays_1_in_the_weights_that_sample() -> None:
    torch.manual_seed(0)
    played = game()
    layer = spectral_norm(nn.Linear(20, 20))
    played.generator = layer
    average = Average(played, 0.99, ("generator",))
    original = layer.parametrizations.weight.original
    for n in range(200):
        with torch.no_grad():
            original.add_(0.02 * torch.randn(20, 20))
        layer(torch.zeros(1, 20))  # in training mode, it follows the weights by a power iteration
        average.begin(n)
        average.update(played)
    played.eval()
    with average.in_place(played):
        largest = torch.linalg.matrix_norm(layer.weight.detach(), 2)
        u = layer.parametrizations.weight[0]._u
        assert u.norm() == pytest.approx(1, abs=1e-5)
        assert float(largest) == pytest.approx(1, abs=0.1)


def test_it_has_the_sampler_with_its_statistics_and_nothing_else() -> None:
    played = game()
    names = {name for name in played.state_dict() if name.startswith("generator.")}
    assert Average(played, DECAY, ("generator",)).values.keys() == names
    assert names > {*STATISTICS, COUNTER}


def test_what_samples_is_the_average_and_what_is_trained_comes_back() -> None:
    played = game()
    average = Average(played, DECAY, ("generator",))
    fill(played, 3.0)
    with average.in_place(played):
        for name, tensor in average.values.items():
            assert torch.equal(played.state_dict()[name], tensor), name
        assert bool((played.discriminator.weight == 3).all())
    assert all(bool((tensor == 3).all()) for tensor in played.state_dict().values())


class Refusing(TorchDispatchMode):
    """Inside ``with``, torch computes nothing."""

    def __torch_dispatch__(self, func: object, *args: object, **kwargs: object) -> None:
        raise AssertionError(func)


def test_without_a_decay_there_is_none() -> None:
    played = game()
    average = Average(played, 0.0, ("generator",))
    with Refusing():
        average.begin(0)
        average.update(played)
    assert average.values == {}
    with average.in_place(played):
        fill(played, 2.0)
    assert bool((played.discriminator.weight == 2).all())


def test_weights_in_double_precision_stay_so() -> None:
    played = game().double()
    fill(played, 1.0)
    average = Average(played, DECAY, ("generator",))
    updated(average, played, 2.0, first=1_000)
    for name in set(average.values) - {COUNTER}:
        tensor = average.values[name]
        assert tensor.dtype == torch.float64
        torch.testing.assert_close(tensor, torch.full_like(tensor, 1.1), rtol=1e-6, atol=0)


@pytest.mark.parametrize("other", [torch.float64, torch.float16, torch.bfloat16])
def test_weights_of_several_precisions_are_blended_each_in_its_own(other: torch.dtype) -> None:
    played = game()
    played.generator[2].to(other)
    average = Average(played, DECAY, ("generator",))
    expected = {name: tensor.clone() for name, tensor in average.values.items()}
    for tensor in played.state_dict().values():
        tensor.add_(1)
    average.begin(1_000)
    average.update(played)
    for name, now in sampler_state(played, ("generator",)).items():
        if name == COUNTER:
            expected[name] = now
        else:  # one by one, to the last bit
            share = torch.tensor(1 - decay_at(1_000, DECAY)).to(now.dtype)
            expected[name].lerp_(now, share)
        assert torch.equal(average.values[name], expected[name]), name
        assert average.values[name].dtype == now.dtype


class Level(TwoPlayer):
    """It has a parameter of its own, and a module whose name begins like it."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(2, 2), nn.Linear(2, 1), Objective(BCE(), None), 2)
        self.level = nn.Parameter(torch.ones(()))
        self.levels = nn.Linear(1, 1)


def test_a_view_may_use_a_parameter() -> None:
    played = Level()
    assert set(sampler_state(played, ("level",))) == {"level"}
    names = {"level", "levels.weight", "levels.bias"}
    assert set(sampler_state(played, ("levels", "level"))) == names


def test_what_views_use_together() -> None:
    def show(n: int, draw: Any, given: Any) -> Any: ...

    a, b = View("a", show, uses=("x", "y")), View("b", show, uses=("y", "z"))
    assert used((a, b)) == ("x", "y", "z")


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
            share = 9 / (9 + step.step)  # 1 - (1 + n) / (10 + n) after n = step - 1 updates
            expected = {k: (1 - share) * v + share * now[k] for k, v in expected.items()}
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
