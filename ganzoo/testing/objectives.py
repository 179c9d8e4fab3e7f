"""A check of models that take a loss: whether their games use what users choose."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.player import Player
from ganzoo.engine.two_player import Objective
from ganzoo.errors import DoesNotFit
from ganzoo.testing.check import expect
from ganzoo.testing.stage import Stage, unchanged
from ganzoo.training.building import Built, build_game

ROUNDS = 32
"""A game may use a penalty in one of several rounds."""


def it_uses_the_objective(stage: Stage) -> None:
    """it uses the chosen loss, and the chosen penalty or refuses it."""
    built = stage.built()
    if built.objective is None:  # it takes neither
        return
    loss = built.plan.make("loss")
    used = played(built, Objective(loss, None, built.objective.critic_moves))
    expect(
        used & {"discriminator", "generator"} != set(),
        "its game never calls loss.discriminator() or loss.generator(), so a user's --loss has no "
        "effect",
        "call them in its moves, or set output=None if the model has its own objective",
    )
    with suppress(DoesNotFit):
        used = played(built, Objective(loss, Nothing(), built.objective.critic_moves))
        expect(
            "penalty" in used,
            "its game never calls loss.penalty(), so a run with --penalty ends after its first "
            "round",
            "add loss.penalty(...) to the discriminator's objective, or raise ganzoo.DoesNotFit in "
            "build() if loss.penalised",
        )


class Nothing:
    """A penalty of 0."""

    def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: Any) -> Tensor:
        return torch.zeros((), device=real.device)


def played(built: Built, objective: Objective) -> set[str]:
    """What a new game uses of an objective in some rounds."""
    trainer, expected = built.trainer, {"discriminator", "generator"}
    if objective.penalised:
        expected.add("penalty")
    with unchanged():
        game = build_game(built.plan, built.data.fields, objective).to(trainer.device)
        players = [Player(game, move, trainer.config, trainer.device) for move in game.moves()]
        for _ in range(ROUNDS):
            for player in players:
                player.play(next(trainer.feed))
            if objective.used >= expected:
                break
    return objective.used


CHECKS = (it_uses_the_objective,)
