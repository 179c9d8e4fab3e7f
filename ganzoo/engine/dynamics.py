r"""The rule of the round: from which weights each player learns.

In a game, player :math:`i` has weights :math:`w_i` and wants its own loss :math:`L_i(w)` to fall.
Nothing falls for all players, so descent can circle forever. Let
:math:`g_i(w) = \partial L_i / \partial w_i` be a player's gradient, and
:math:`F(w) = (g_1(w), g_2(w), \dots)` all of them. With plain gradient descent of rate
:math:`\eta`, the rules are:

.. math::
    \text{alternating:} \quad
        & w_1^{t+1} = w_1^t - \eta\, g_1(w_1^t, w_2^t), \quad
          w_2^{t+1} = w_2^t - \eta\, g_2(w_1^{t+1}, w_2^t) \\
    \text{simultaneous:} \quad
        & w^{t+1} = w^t - \eta\, F(w^t) \\
    \text{extragradient:} \quad
        & w^{t+1/2} = w^t - \eta\, F(w^t), \quad
          w^{t+1} = w^t - \eta\, F(w^{t+1/2}) \\
    \text{optimistic:} \quad
        & w^{t+1} = w^t - 2 \eta\, F(w^t) + \eta\, F(w^{t-1})

In the game :math:`\min_x \max_y x y`, whose solution is (0, 0), simultaneous descent spirals
outwards, alternating descent circles, and the other two arrive. ``trainer.dynamics`` chooses a
rule. Each works with any optimizer, which turns gradients into updates.

Sources: Korpelevich 1976 (extragradient), Daskalakis et al. 2018 (optimistic),
https://arxiv.org/abs/1711.00141, and Gidel et al. 2019 (both, for GANs),
https://arxiv.org/abs/1802.10551
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor

from ganzoo.engine.game import Batch, Move, Scalars
from ganzoo.engine.player import Player
from ganzoo.errors import UsageError

Log = Callable[[Player, Scalars], None]
"""Takes what a player's move has logged."""


class Rule(Protocol):
    """Plays the moves of a round."""

    def play(self, players: Sequence[Player], batches: Iterator[Batch], log: Log) -> None:
        """Play a round of these players on the next batches."""

    def state(self) -> dict[str, Tensor]:
        """Tensors that the next round continues from. They stay at their addresses."""


class Alternating:
    """Each player learns from the weights that the one before has left. This is the usual rule."""

    def play(self, players: Sequence[Player], batches: Iterator[Batch], log: Log) -> None:
        """Move by move, with repeats, and with a new batch for a repeat that takes one."""
        batch = next(batches)
        for player in players:
            for repeat in range(player.move.repeats):
                if repeat and player.move.fresh_batch:
                    batch = next(batches)
                log(player, player.play(batch))

    def state(self) -> dict[str, Tensor]:
        """Nothing."""
        return {}


class Simultaneous(Alternating):
    """All players move from the same weights at once."""

    def play(self, players: Sequence[Player], batches: Iterator[Batch], log: Log) -> None:
        """First all gradients, and then all steps."""
        batch = next(batches)
        turns = [player.gradient(batch) for player in players]
        for player, turn in zip(players, turns, strict=True):
            player.descend(turn)
            log(player, player.finish(turn))


class Extragradient(Alternating):
    """All players look a step ahead, and then move from where they were with the gradient there.

    Both steps go through the optimizer, so Adam's moments see both gradients, as in ExtraAdam
    (Gidel et al., algorithm 4). The paper draws a new batch for the second gradient. Here both are
    of the round's batch, so that each rule reads the data equally often. Everything else random is
    drawn again. What is logged belongs to the second gradient.
    """

    def play(self, players: Sequence[Player], batches: Iterator[Batch], log: Log) -> None:
        """A step ahead, back, and the step."""
        batch = next(batches)
        start = {p: p.detach().clone() for player in players for p in player.parameters}
        turns = [player.gradient(batch) for player in players]
        for player, turn in zip(players, turns, strict=True):
            player.descend(turn)
        turns = [player.gradient(batch) for player in players]
        with torch.no_grad():
            for parameter, value in start.items():
                parameter.copy_(value)
        for player, turn in zip(players, turns, strict=True):
            player.descend(turn)
            log(player, player.finish(turn))


class Optimistic(Alternating):
    r"""All players move from the same weights, and expect the next gradient to be like this one.

    For an optimizer's update :math:`u^t`, which is :math:`-\eta F(w^t)` in plain descent, a step is
    :math:`2 u^t - u^{t-1}` with :math:`u^{-1} = 0`. With Adam this is Optimistic Adam (Daskalakis
    et al., algorithm 1).
    """

    def __init__(self, players: Sequence[Player]) -> None:
        self._last = {
            player.move.name: [torch.zeros_like(p) for p in player.parameters] for player in players
        }

    def play(self, players: Sequence[Player], batches: Iterator[Batch], log: Log) -> None:
        """First all gradients, and then all steps."""
        batch = next(batches)
        turns = [player.gradient(batch) for player in players]
        for player, turn in zip(players, turns, strict=True):
            start = [p.detach().clone() for p in player.parameters]
            player.descend(turn)
            with torch.no_grad():
                for parameter, value, last in zip(
                    player.parameters, start, self._last[player.move.name], strict=True
                ):
                    update = parameter - value
                    parameter.add_(update - last)
                    last.copy_(update)
            log(player, player.finish(turn))

    def state(self) -> dict[str, Tensor]:
        """The last updates of each move."""
        return {
            f"{move}/{i}": update
            for move, updates in self._last.items()
            for i, update in enumerate(updates)
        }


RULES: Mapping[str, Callable[[Sequence[Player]], Rule]] = {
    "alternating": lambda players: Alternating(),
    "simultaneous": lambda players: Simultaneous(),
    "extragradient": lambda players: Extragradient(),
    "optimistic": Optimistic,
}
"""By their names in ``trainer.dynamics``."""


def check_rule(name: str, moves: Sequence[Move]) -> None:
    """Check that a rule can play these moves.

    Raises:
        UsageError: A move is repeated, and in this rule all players move at once.
    """
    repeated = [move for move in moves if move.repeats > 1]
    if name != "alternating" and repeated:
        move = repeated[0]
        raise UsageError(
            f"trainer.dynamics is {name}, so all players move at once, and the move {move.name} "
            f"repeats {move.repeats} times. Use --set dynamics=alternating, or --set "
            "critic_moves=1 if the model follows it"
        )
