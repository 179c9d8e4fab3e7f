"""Plays rounds of moves: one by one from Python, or each as a CUDA graph where that is possible."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.average import Average, used
from ganzoo.engine.capture import (
    CannotCapture,
    Record,
    Replay,
    capture,
    cuda_graph,
    make_capturable,
)
from ganzoo.engine.checks import checked_moves, checked_views
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.dynamics import RULES, check_rule
from ganzoo.engine.events import State
from ganzoo.engine.game import Batch, Game, Move, Scalars
from ganzoo.engine.logs import LogNames
from ganzoo.engine.player import Player
from ganzoo.engine.progress import Progress
from ganzoo.engine.sums import Sums
from ganzoo.registry.boundary import Guard, unguarded

logger = logging.getLogger("ganzoo")


def batches_in_round(moves: Iterable[Move]) -> float:
    """Number of batches of a round: one, and another for each repeat with ``fresh_batch``.

    A move that is not made in each round adds a share.
    """
    return 1 + sum((move.repeats - 1) / move.every for move in moves if move.fresh_batch)


def kinds_of_rounds(moves: Iterable[Move]) -> list[int]:
    """The smallest step, except 0, of each set of moves that are made together in a round."""
    steps = {1}
    for move in moves:
        steps |= {math.lcm(step, move.every) for step in steps}
    return sorted(steps)


class Rounds:
    """The players of a game, the average of its weights and the sums of what is logged.

    ``record`` captures rounds. By default `cuda_graph` does, if the device is a GPU of NVIDIA and
    the setting allows it. ``guard`` calls the game's own code.

    Raises:
        GanzooError: The moves do not fit together or to the rule of the round, one of them trains
            nothing, or a view uses a module that is not there.
    """

    def __init__(
        self,
        game: Game,
        config: TrainerConfig,
        device: torch.device,
        record: Record | None = None,
        guard: Guard = unguarded,
    ) -> None:
        moves = checked_moves(game, guard(game.moves))
        self.progress = Progress(0.0, device)
        owners = {
            m.name: Player(game, m, config, device, guard, self.progress)
            for m in moves
            if m.shares is None
        }
        self.players = [
            owners[m.name]
            if m.shares is None
            else Player(game, m, config, device, guard, self.progress, owners[m.shares])
            for m in moves
        ]
        self._owners = list(owners.values())
        check_rule(config.dynamics, moves)
        self._rule = RULES[config.dynamics](self.players)
        self.views = checked_views(game, guard(game.views))
        self.average = Average(game, config.ema, used(self.views))
        self.sums = Sums()
        self._names = LogNames()
        self.uncaptured = ""
        """Why rounds cannot be captured, once it is known."""
        self._game = game
        self._device = device
        if record is None and device.type == "cuda" and config.cuda_graph == "auto":
            record = cuda_graph
        self._record = record
        self._replays: dict[int, Replay] = {}
        self.kinds = kinds_of_rounds(moves)
        """A step of each kind of round. The moves of a step are those of the kind with which it
        shares them."""
        self._make_capturable()

    @property
    def captured(self) -> bool:
        """Whether rounds are replayed."""
        return bool(self._replays)

    def batches(self, step: int) -> int:
        """Number of batches that the round after ``step`` others takes."""
        repeats = (p.move.repeats - 1 for p in self._made(step) if p.move.fresh_batch)
        return 1 + sum(repeats)

    def _made(self, step: int) -> list[Player]:
        """The players of the round after ``step`` others."""
        return [player for player in self.players if step % player.move.every == 0]

    def _kind(self, step: int) -> int:
        """The one of `kinds` whose rounds have the same moves."""
        return math.lcm(*(player.move.every for player in self._made(step)))

    def play(self, batches: Sequence[Batch], step: int, total: int) -> None:
        """Play the round after ``step`` others, of ``total`` in the run."""
        self.progress.set(step, total)
        for player in self.players:
            player.set_rate(step / total)
        self.average.begin(step)
        if step and self._record:  # the first round makes the optimizers' state
            try:
                if self._replays:
                    self._check_options()
                else:
                    self._replays = self.capture(batches, self._record)
            except CannotCapture as error:
                self._record, self._replays, self.uncaptured = None, {}, str(error)
                for player in self._owners:
                    if player.schedule is not None:
                        player.keep_rate_on(None)
                        player.set_rate(step / total)
                logger.info("Steps are not captured as a CUDA graph, because %s.", error)
        if self._replays:
            self._replays[self._kind(step)](batches)
        else:
            self._play(self._made(step), batches)

    def capture(self, batches: Sequence[Batch], record: Record) -> dict[int, Replay]:
        """Capture a round of each of `kinds`, all with these batches. None is played.

        Raises:
            CannotCapture: One cannot be captured, see `ganzoo.engine.capture.capture`.
        """
        self._check_options()
        draws = [player.draw.generator for player in self.players]
        found = {}
        for kind in self.kinds:
            given = [batches[min(i, len(batches) - 1)] for i in range(self.batches(kind))]
            found[kind] = capture(
                partial(self._play, self._made(kind)), given, self._tensors, self.sums, draws,
                self._device, record,
            )  # fmt: skip
        return found

    def _check_options(self) -> None:
        """Check that a graph would follow the schedules, which is so for the learning rate only."""
        for player in self._owners:
            if player.changed:
                raise CannotCapture(
                    f"the schedule of the move {player.move.name} sets {min(player.changed)}"
                )

    def _play(self, players: Sequence[Player], batches: Sequence[Batch]) -> None:
        """What a round does on the device."""
        self._rule.play(players, iter(batches), self._log)
        self.average.update(self._game)

    def _log(self, player: Player, logs: Scalars) -> None:
        self._names.check(player.move.name, logs)
        self.sums.add(logs)

    def _make_capturable(self) -> None:
        for player in self._owners if self._record else ():
            make_capturable(player.optimizer.param_groups, self._device)
            if player.schedule is not None:
                player.keep_rate_on(self._device)

    def _tensors(self) -> dict[str, Tensor]:
        """All tensors that a round changes, except the sums."""
        tensors: dict[str, Tensor] = dict(self._game.named_parameters())
        tensors |= dict(self._game.named_buffers())
        tensors |= {f"average/{k}": v for k, v in self.average.values.items()}
        tensors |= {f"dynamics/{k}": v for k, v in self._rule.state().items()}
        for player in self._owners:
            for i, values in enumerate(player.optimizer.state.values()):
                for key, value in values.items():
                    if isinstance(value, Tensor):
                        tensors[f"{player.move.name}/{i}/{key}"] = value
                    elif value is not None:
                        kind = type(player.optimizer).__name__
                        raise CannotCapture(f"{kind} keeps {key!r} in Python")
        return tensors

    def state(self) -> State:
        """All that rounds continue from, except the game. It is not a copy."""
        tensors = {f"metrics/{k}": v for k, v in self.sums.used.items()}
        tensors |= {f"average/{k}": v for k, v in self.average.values.items()}
        tensors |= {f"dynamics/{k}": v for k, v in self._rule.state().items()}
        plain: dict[str, Any] = {"counts": dict(self.sums.counts), "optimizers": {}}
        for player in self.players:
            tensors[f"draw/{player.move.name}"] = player.draw.generator.get_state()
        for player in self._owners:
            name = player.move.name
            saved = player.optimizer.state_dict()
            groups = [
                {k: float(v) if isinstance(v, Tensor) else v for k, v in group.items()}
                for group in saved["param_groups"]
            ]
            plain["optimizers"][name] = {"groups": groups, "values": {}}
            for index, values in saved["state"].items():
                for key, value in values.items():
                    if isinstance(value, Tensor):
                        tensors[f"optimizer/{name}/{index}/{key}"] = value
                    else:
                        plain["optimizers"][name]["values"][f"{index}/{key}"] = value
        return State(tensors, plain)

    def load(self, state: State) -> None:
        """Continue from ``state``, whose tensors become this object's own."""
        self._replays = {}  # they use the tensors of before
        self.sums = Sums()  # in the order of the counts and so of the columns
        self.sums.begin(state.under("metrics/"), state.plain["counts"], self._device)
        averaged = {k: v.to(self._device) for k, v in state.under("average/").items()}
        if averaged.keys() != self.average.values.keys():
            raise ValueError("its views use other modules")
        self.average.values = averaged
        for name, tensor in self._rule.state().items():
            tensor.copy_(state.tensors[f"dynamics/{name}"])
        for player in self.players:
            draw = state.tensors[f"draw/{player.move.name}"]
            player.draw.generator.set_state(draw)
        for player in self._owners:
            name = player.move.name
            plain = state.plain["optimizers"][name]
            values: dict[int, dict[str, Any]] = {}
            for key, value in (state.under(f"optimizer/{name}/") | plain["values"]).items():
                index, _, kind = key.partition("/")
                values.setdefault(int(index), {})[kind] = value
            groups = [dict(group) for group in plain["groups"]]
            if self._record:
                make_capturable(groups, self._device)  # first, so that the state goes there
            player.load_optimizer(values, groups)
        self._make_capturable()
