"""What rounds keep for a run that goes on, and what they take of it. See `one_weight`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from one_weight import OneWeight, rounds, times_mean, x

from ganzoo.engine.game import Move


def test_a_state_that_is_loaded_goes_on_with_the_sums_the_draws_and_the_optimizer() -> None:
    def noisy(game: OneWeight) -> Move:
        return Move("m", ("w",), lambda _, draw: (game.w.value * draw.normal(), {}))

    config = {"optimizer": "adam", "ema": 0.5}
    whole, part, other = OneWeight(noisy), OneWeight(noisy), OneWeight(noisy)
    one, two, three = (rounds(game, **config) for game in (whole, part, other))
    for step in range(4):
        one.play([x(1)], step, 4)
    for step in range(2):
        two.play([x(1)], step, 4)
    other.load_state_dict(part.state_dict())
    three.load(two.state())
    for step in range(2, 4):
        three.play([x(1)], step, 4)
    assert other.w.value.item() == whole.w.value.item()
    assert three.sums.means() == one.sums.means()
    assert three.sums.counts == {"m_loss": 4, "m_gradient": 4}
    assert three.average.values["w.value"].item() == one.average.values["w.value"].item()
    assert torch.equal(
        three.players[0].draw.generator.get_state(), one.players[0].draw.generator.get_state()
    )


def test_what_is_loaded_goes_to_the_device() -> None:
    one, two = (rounds(OneWeight(times_mean()), ema=0.5) for _ in range(2))
    one.play([x(1)], 0, 4)
    two._device = torch.device("meta")
    two.load(one.state())
    loaded = [*two.sums.totals.values(), *two.average.values.values()]
    assert {tensor.device.type for tensor in loaded} == {"meta"}
    assert len(loaded) == 3 + 1


def both(game: OneWeight) -> Move:
    return Move("both", ("w", "v"), lambda *_: (3 * game.w.value + 4 * game.v.value, {}))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, None),
        ({1: {"step": torch.tensor(1.0)}}, "does not store the same for all weights"),
        ({1: {"exp_avg": torch.zeros(2)}}, "exp_avg of its optimizer has another shape"),
        ({0: {"exp_avg_sq": torch.zeros(1)}}, "exp_avg_sq of its optimizer has another shape"),
        ({1: {"step": torch.ones(1)}}, "step of its optimizer has another shape"),
    ],
)
def test_an_optimizer_s_state_fits_its_weights(changed: Any, message: str | None) -> None:
    played = rounds(OneWeight(both), optimizer="adam")
    played.play([x(0)], 0, 4)
    (player,) = played.players
    saved = player.optimizer.state_dict()
    values = {i: dict(kinds) for i, kinds in saved["state"].items()}
    for index, kinds in changed.items():
        values[index] = kinds if message and "the same" in message else {**values[index], **kinds}
    if message is None:
        player.load_optimizer(values, saved["param_groups"])
        return
    with pytest.raises(ValueError, match=message):
        player.load_optimizer(values, saved["param_groups"])


def test_an_optimizer_may_have_no_momentum_yet() -> None:
    (player,) = rounds(OneWeight(both)).players
    groups = player.optimizer.state_dict()["param_groups"]
    player.load_optimizer({i: {"momentum_buffer": None} for i in (0, 1)}, groups)
    with pytest.raises(ValueError, match="momentum_buffer of its optimizer has another shape"):
        player.load_optimizer({i: {"momentum_buffer": torch.ones(2)} for i in (0, 1)}, groups)
