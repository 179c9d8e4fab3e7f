"""The objective of a plan, and what of the user's request a game does not use."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from ganzoo.engine.checks import checked_moves, takes_settings
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.dynamics import check_rule
from ganzoo.engine.game import Game, Move
from ganzoo.engine.two_player import Objective
from ganzoo.errors import DoesNotFit, GanzooError, UsageError, listed
from ganzoo.registry.records import Field, Model
from ganzoo.training.plan import Plan, asked_keys

logger = logging.getLogger("ganzoo")
RECORDS = ("run.json", "sweep.json")
"""Sources of settings that were accepted when the run or sweep began."""


def objective_of(settled: Plan) -> Objective | None:
    """The loss and the penalty, or ``None`` if the model has its own objective."""
    record = settled.model.record
    assert isinstance(record, Model)
    if record.output is None:
        return None
    config: TrainerConfig = settled.make("trainer")
    if settled.entry("loss") is None:
        return Objective(LeftOut(), None, config.critic_moves)
    loss, guard = settled.make("loss"), settled.boundary("loss")
    penalties = settled.chosen("penalty")
    made = {entry.record.name: settled.make(group) for group, entry in penalties.items()}
    guards = {entry.record.name: settled.boundary(group) for group, entry in penalties.items()}
    objective = partial(Objective, loss, made or None, config.critic_moves, guard, guards)
    if settled.entry("augmentation") is None:
        return guard(objective)
    return guard(objective, settled.make("augmentation"), settled.boundary("augmentation"))


class LeftOut:
    """Stands in for the loss of a recorded run that is not there. Sampling does not need it."""

    def discriminator(self, real: Any, fake: Any) -> NoReturn:
        """Refuse."""
        raise GanzooError("the run's loss is not there, so this game can only sample")

    def generator(self, fake: Any) -> NoReturn:
        """Refuse."""
        self.discriminator(None, fake)


@dataclass(frozen=True)
class Idle:
    """A setting of the trainer that some moves do not use, and why."""

    key: str
    moves: tuple[str, ...]
    """Names of these moves."""
    why: str
    whole: bool
    """Whether no move uses it."""


def check_settings(settled: Plan, game: Game, objective: Objective | None) -> None:
    """Check that the trainer's settings that the user set change something.

    Settings that only some moves ignore give a warning.

    Raises:
        UsageError: A setting changes nothing, or the rule of the round cannot play the moves.
    """
    config: TrainerConfig = settled.make("trainer")
    guard = settled.boundary("model")
    moves = guard.checking(checked_moves, game, guard(game.moves))
    check_rule(config.dynamics, moves)
    asked = {key for key in asked_keys(settled) if settled.values[key].source not in RECORDS}
    for idle in _idle(config, moves, objective):
        if idle.key not in asked:
            continue
        source = settled.values[idle.key].source
        if idle.whole:
            model = settled.model.record.name
            raise UsageError(
                f"{source}: {idle.key} would change nothing for {model}: {idle.why}. Leave it out"
            )
        logger.warning(
            "%s: %s changes nothing for %s, because %s.",
            source,
            idle.key,
            listed(idle.moves),
            idle.why,
        )


def _idle(
    config: TrainerConfig, moves: Sequence[Move], objective: Objective | None
) -> Iterator[Idle]:
    def idle(key: str, names: list[str], why: str) -> Idle:
        named = tuple(f"the move {name}" for name in names)
        return Idle(f"trainer.{key}", named, why, whole=len(names) == len(every))

    owners = [move for move in moves if move.shares is None]  # the others follow them
    every = [move.name for move in owners]
    own = [move.name for move in owners if move.optimizer is not None]
    untold = [m.name for m in owners if m.optimizer and not takes_settings(m.optimizer)]
    for key in ("optimizer", "lr", "betas", "weight_decay"):
        if ignoring := own if key == "optimizer" else untold:
            yield idle(key, ignoring, "the model brings its own optimizer")
    usual = [move.name for move in owners if move.optimizer is None]
    if config.optimizer != "adam" and usual:
        told = own != untold
        yield idle(
            "betas", usual if told else every,
            f"only adam has them, and the optimizer is {config.optimizer}",
        )  # fmt: skip
    if len(moves) == 1 and config.dynamics == "simultaneous":
        yield idle("dynamics", every, "it has only one move")
    if scheduled := [move.name for move in owners if move.schedule is not None]:
        yield idle("schedule", scheduled, "the model brings its own schedule")
    if objective is None or "critic_moves" not in objective.used:
        yield idle("critic_moves", every, "the model decides how often its networks move")


def check_pictures(settled: Plan, made: Field) -> None:
    """Check that an augmentation has pictures to change.

    Raises:
        DoesNotFit: The game makes something else.
    """
    if not made.is_image and (name := settled.name("augmentation")):
        raise DoesNotFit(
            f"the augmentation {name} changes pictures, and {settled.model.record.name} makes "
            f"samples of shape {made.shape} from this data"
        )


def check_used(settled: Plan, objective: Objective | None) -> None:
    """Check, after a round, that the game has used the loss and the penalty that were chosen.

    If it has used a half of the loss only, that gives a warning.

    Raises:
        UsageError: It has not.
    """
    if objective is None:
        return
    model = settled.model.record.name
    if objective.penalised and "penalty" not in objective.used:
        penalty = (settled.name("penalty") or "").replace(",", " and ")
        raise UsageError(
            f"{model} does not use the penalty {penalty}: its game never calls loss.penalty(). "
            "Use --penalty none"
        )
    if (name := settled.name("augmentation")) and "augmentation" not in objective.used:
        raise UsageError(
            f"{model} does not use the augmentation {name}: its game never calls "
            "loss.augmented(). Use --augmentation none"
        )
    if settled.request.loss is None:  # the model's own choice
        return
    unused = [half for half in ("discriminator", "generator") if half not in objective.used]
    loss = settled.entries["loss"].record.name
    if len(unused) == 2:
        raise UsageError(
            f"{model} does not use the loss {loss}: its game calls neither loss.discriminator() "
            "nor loss.generator(). Leave --loss out"
        )
    if unused:
        logger.warning(
            "%s uses only a half of the loss %s: in the first round, its game did not call "
            "loss.%s().", model, loss, unused[0],
        )  # fmt: skip
