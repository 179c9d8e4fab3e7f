"""Checks of all parts of a game: gradients, moves and exact repetition."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from unittest import SkipTest

import torch

from ganzoo.engine.capture import CannotCapture, rehearsal
from ganzoo.engine.checks import checked_loss
from ganzoo.engine.events import State
from ganzoo.engine.trainer import Trainer
from ganzoo.errors import GanzooError
from ganzoo.runs.tensors import read_tensors, write_tensors
from ganzoo.testing.check import expect, failed
from ganzoo.testing.stage import STEPS, Stage

ROUNDS = 3
"""In the first round, a move may have nothing to learn yet."""


def its_gradients_are_finite(stage: Stage) -> None:
    """its losses are scalars with finite gradients."""
    trainer = stage.built().trainer
    for player in trainer.rounds.players:
        move = player.move
        given = move.loss(next(trainer.feed), player.draw)
        try:
            loss, scalars = checked_loss(f"move {move.name!r}", given)
        except GanzooError as error:
            raise failed(str(error), "look at what the loss computes and returns") from error
        for name, value in {f"{move.name}_loss": loss, **scalars}.items():
            value = torch.as_tensor(value)
            expect(
                value.numel() == 1 and bool(value.isfinite().all()),
                f"{name} is {value.detach()!r}; expected one finite number",
                "take the mean over the batch, and avoid logarithms of 0",
            )
        gradients = torch.autograd.grad(loss, player.parameters, allow_unused=True)
        there = [g for g in gradients if g is not None]
        expect(
            bool(there) and all(bool(g.isfinite().all()) for g in there),
            f"move {move.name!r} has {'gradients that are not finite' if there else 'none'}",
            "look for square roots at 0, detach() and no_grad()",
        )


def its_moves_train_what_they_declare(stage: Stage) -> None:
    """each move changes every module that it declares and no other."""
    trainer = stage.built().trainer
    game = trainer.game
    names = {id(p): n for n, p in game.named_parameters()}  # a shared parameter gets its first name
    players = trainer.rounds.players
    idle = {(p.move.name, module) for p in players for module in p.move.trains}
    for player in players * ROUNDS:  # a lazy move, too
        move = player.move
        before = {id(p): p.detach().clone() for p in game.parameters() if p.requires_grad}
        player.play(next(trainer.feed))
        changed = {id(p) for p in game.parameters() if not torch.equal(p, before.get(id(p), p))}
        declared: set[int] = set()
        for module in move.trains:
            own = {id(p) for p in game.get_submodule(module).parameters()}
            declared |= own
            if own & changed:
                idle.discard((move.name, module))
        strange = ", ".join(sorted(names[i] for i in changed - declared))
        expect(
            not strange,
            f"move {move.name!r} changes {strange}, which is not in its `trains`",
            "declare the module in `trains`. A slow copy of another module needs no gradient, so "
            "use requires_grad_(False) or a buffer",
        )
    for name, module in sorted(idle):
        expect(
            False,
            f"move {name!r} does not change {module}",
            f"remove {module!r} from its `trains`, or let its loss depend on it",
        )


def it_repeats_itself(stage: Stage) -> None:
    """the same seed gives the same training, and another seed a different one."""
    advice = (
        "take random numbers from `draw` or torch's global generator, and keep no state outside "
        "parameters and buffers"
    )
    first, again = (trained(playing(stage, seed=1)) for _ in range(2))
    differs = difference(first, again)
    expect(not differs, f"two runs with the same seed differ in {differs}", advice)
    weights, others = (State(stage.built(seed=s).trainer.game.state_dict(), {}) for s in (1, 2))
    expect(
        bool(difference(weights, others)),
        "two seeds give the same initial weights",
        "set no seed yourself, because the run's seed is set while the game is built",
    )


def it_resumes_exactly(stage: Stage) -> None:
    """it resumes from a checkpoint as if it had never stopped."""
    whole = trained(playing(stage))
    trainer = playing(stage)
    trained(trainer, trainer.total // 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "checkpoint")
        state = trainer.state()
        write_tensors(path, state.tensors, state.plain)
        resumed = playing(stage)
        resumed.load_state(State(*read_tensors(path)))
    differs = difference(whole, trained(resumed))
    expect(
        not differs,
        f"a resumed run ends with a different {differs}",
        "keep all state in parameters and persistent buffers (register_buffer), including what "
        "`after` updates",
    )


def its_steps_can_be_captured(stage: Stage) -> None:
    """a GPU can replay its steps as a CUDA graph, which is several times faster."""
    trainer = stage.built().trainer
    rounds = trainer.rounds
    batches = [next(trainer.feed) for _ in range(rounds.batches(0))]
    rounds.play(batches, 0, 1)
    try:
        rounds.capture(batches, rehearsal)
    except CannotCapture as error:
        raise SkipTest(f"{error}, so a GPU runs its steps one operation at a time") from error


def playing(stage: Stage, seed: int = 0) -> Trainer:
    """A trainer of so many steps that a move that is not made in each round is made twice."""
    trainer = stage.built(seed=seed).trainer
    trainer.total = max(STEPS, *(1 + player.move.every for player in trainer.rounds.players))
    return trainer


def trained(trainer: Trainer, steps: int | None = None) -> State:
    """A trainer's state after ``steps`` steps in all, by default at its end."""
    for step in trainer:
        if step.step == steps:
            break
    return trainer.state()


def difference(one: State, other: State) -> str:
    """The first name in which two states differ; empty if they are equal."""
    for name, value in one.tensors.items():
        if name not in other.tensors or not torch.equal(value, other.tensors[name]):
            return name
    for name, plain in one.plain.items():
        if json.dumps(plain) != json.dumps(other.plain.get(name)):  # a tuple is a list when read
            return name
    return ""


CHECKS = (
    its_gradients_are_finite,
    its_moves_train_what_they_declare,
    it_repeats_itself,
    it_resumes_exactly,
    its_steps_can_be_captured,
)
