"""When a replay counts as the round itself, held against numbers that can be computed on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from one_weight import OneWeight, rounds, times_mean, x

from ganzoo.engine.capture import CannotCapture, Record, Work, _close, rehearsal
from ganzoo.engine.readback import MOVED, NoReadBack, ReadsBack
from ganzoo.engine.rounds import Rounds


@pytest.mark.parametrize(
    ("start", "expected", "found", "close"),
    [
        (8.0, 10.0, 10.015, True), (8.0, 10.0, 10.025, False),  # up to a hundredth of 2
        (9.0, 10.0, 10.02, False), (9.0, 10.0, 9.98, False),
        (None, 10.0, 10.05, True), (None, 10.0, 10.15, False),  # from 0
        (1e3, 1e3, 1e3 + 9e-4, True), (1e3, 1e3, 1e3 + 15e-4, False),  # or a millionth of 1,000
        (0, 2, 2, True), (2, 2, 3, False),  # whole numbers are the same or not
    ],
)  # fmt: skip
def test_what_is_close(start: Any, expected: Any, found: Any, close: bool) -> None:
    def tensor(value: Any) -> Any:
        if value is None:
            return None
        kind = torch.int64 if isinstance(value, int) else torch.float64
        return torch.tensor([value, 0], dtype=kind)

    given = _close(tensor(start), tensor(expected), tensor(found))
    assert (given.shape, bool(given)) == ((), close)


def begun() -> Rounds:
    played = rounds(OneWeight(times_mean()))
    played.play([x(1, 2)], 0, 10)
    return played


def once(work: Work, generators: Sequence[torch.Generator]) -> Work:
    """Its second replay does nothing."""
    left = [work]
    return lambda: left.pop()() if left else None


def test_the_second_replay_counts() -> None:
    played = begun()
    with pytest.raises(CannotCapture, match="a replay changes"):
        played.capture([x(1, 2)], once)


def playing(work: Work, generators: Sequence[torch.Generator]) -> Work:
    """Plays the round while it records it."""
    work()
    return work


@pytest.mark.parametrize("record", [rehearsal, playing])
def test_recording_may_play_the_round_and_batches_stay_the_caller_s(record: Record) -> None:
    played, batch = begun(), x(1, 2)
    game = played._game
    assert isinstance(game, OneWeight)
    before = game.w.value.item()
    (replay,) = played.capture([batch], record).values()
    assert game.w.value.item() == before
    replay([x(4, 4)])
    assert game.w.value.item() == pytest.approx(before - 0.1 * 4)
    assert batch["x"].tolist() == [1, 2]


def test_a_round_moves_nothing_between_devices() -> None:
    here, there = torch.zeros(2), torch.zeros(2, device="meta")
    with NoReadBack():
        there.copy_(there.clone())
        with pytest.raises(ReadsBack, match=f"^test_capture_by_hand.py, line [0-9]+, {MOVED}$"):
            here.to("meta")
        with pytest.raises(ReadsBack, match=MOVED):
            there.copy_(here)
