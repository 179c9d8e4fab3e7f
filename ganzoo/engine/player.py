"""A move of a game with its parameters, optimizer and source of latents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ganzoo.engine.checks import checked_loss, checked_schedule, takes_settings
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.game import Batch, Game, Move
from ganzoo.engine.progress import Progress
from ganzoo.engine.random import Draw, derive
from ganzoo.errors import GanzooError
from ganzoo.registry.boundary import Guard, unguarded

Schedule = Callable[[float], float | Mapping[str, Any]]
LIKE_WEIGHTS = {"exp_avg", "exp_avg_sq", "square_avg", "momentum_buffer"}
"""Tensors of torch's optimizers that have the shape of their weight."""


class Turn(NamedTuple):
    """A gradient and what came with it."""

    gradients: list[Tensor | None]
    """Of each parameter of the player."""
    logs: dict[str, Tensor]
    """The numbers to log, detached."""


class Player:
    """Makes a move, in three parts: `gradient`, `descend` and `finish`.

    Its state is the state of the optimizer and of the draw. ``owner`` is the player whose optimizer
    it shares.
    """

    def __init__(
        self,
        game: Game,
        move: Move,
        config: TrainerConfig,
        device: torch.device,
        guard: Guard = unguarded,
        progress: Progress | None = None,
        owner: Player | None = None,
    ) -> None:
        self.move = move
        self.owner = owner
        self._who = f"move {move.name!r} of {type(game).__name__}"
        self._guard = guard
        modules = [_module(game, name, move) for name in move.trains]
        unique = {id(p): p for m in modules for p in m.parameters() if p.requires_grad}
        self.parameters = list(unique.values())
        if not self.parameters:
            raise GanzooError(f"move {move.name!r} trains no parameters")
        self.schedule: Schedule | None = None
        """What changes the optimizer over the run. A shared one follows its owner's."""
        self.changed: frozenset[str] = frozenset()
        """Options of the optimizer, besides the learning rate, that the schedule has set."""
        self.optimizer: torch.optim.Optimizer
        if owner is not None:
            self.optimizer = owner.optimizer
            if strange := unique.keys() - {id(p) for p in owner.parameters}:
                names = ", ".join(n for n, p in game.named_parameters() if id(p) in strange)
                raise GanzooError(
                    f"{self._who} shares the optimizer of {move.shares!r}, which does not train "
                    f"{names}"
                )
        else:
            self.optimizer = self._optimizer(config, device)
            self.schedule = move.schedule or (
                (lambda done: 1 - done) if config.schedule == "linear" else None
            )
        self.draw = Draw(derive(config.seed, "move", move.name), device, progress)
        self._rates = [float(group["lr"]) for group in self.optimizer.param_groups]
        self._own = {f"{move.name}_loss", f"{move.name}_gradient"}
        self._config = config
        self._device = device

    def _optimizer(self, config: TrainerConfig, device: torch.device) -> torch.optim.Optimizer:
        """Its own optimizer."""
        move = self.move
        if move.optimizer is None:
            return make_optimizer(self.parameters, config, device, move.rate)
        told = [replace(config, lr=config.lr * move.rate)] if takes_settings(move.optimizer) else []
        optimizer = self._guard(move.optimizer, self.parameters, *told)
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise GanzooError(f"{self._who}: its optimizer is not a torch.optim.Optimizer")
        return optimizer

    def load_optimizer(self, values: Mapping[int, Mapping[str, Any]], groups: Any) -> None:
        """Load the optimizer's state from a checkpoint.

        Raises:
            ValueError: It belongs to other weights.
        """
        if len({frozenset(kinds) for kinds in values.values()}) > 1:
            raise ValueError("its optimizer does not store the same for all weights")
        self.optimizer.load_state_dict({"state": values, "param_groups": groups})
        for weight, kinds in self.optimizer.state.items():
            # Adam in one pass does not check this, and would write outside the memory
            shapes = {**dict.fromkeys(LIKE_WEIGHTS, weight.shape), "step": torch.Size()}
            for kind in shapes.keys() & kinds.keys():
                if kinds[kind] is not None and torch.as_tensor(kinds[kind]).shape != shapes[kind]:
                    raise ValueError(f"{kind} of its optimizer has another shape than its weight")

    def set_rate(self, done: float) -> None:
        """Set what the schedule says for the completed share of the run, 0 to 1.

        Raises:
            GanzooError: It says something else, or the optimizer does not have such an option.
        """
        if self.schedule is None:
            return
        schedule = self.schedule
        factor, options = self._guard(lambda: checked_schedule(self._who, schedule(done)))
        self.changed |= options.keys()
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            if strange := options.keys() - (group.keys() - {"params"}):
                kind = type(self.optimizer).__name__
                raise GanzooError(
                    f"{self._who}: its schedule sets {min(strange)!r}, which {kind} does not have"
                )
            group.update(options)
            if isinstance(group["lr"], Tensor):  # at an address that a CUDA graph reads
                group["lr"].fill_(rate * factor)
            else:
                group["lr"] = rate * factor

    def keep_rate_on(self, device: torch.device | None) -> None:
        """Keep the learning rate in a tensor, which a CUDA graph reads with each replay.

        Without a device it is a number in Python, as it is at first.
        """
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate if device is None else torch.tensor(rate, device=device)

    def play(self, batch: Batch) -> Mapping[str, Tensor]:
        """Make the move once and return the numbers to log."""
        turn = self.gradient(batch)
        self.descend(turn)
        return self.finish(turn)

    def gradient(self, batch: Batch) -> Turn:
        """The gradient of the move's loss at the present weights, clipped if that is set."""
        logs: dict[str, Tensor] = {}
        pieces = _split(batch, self._config.accumulate)
        for piece in pieces:
            with self._precision():
                given = self._guard(self.move.loss, piece, self.draw)
                loss, scalars = checked_loss(self._who, given)
            if taken := self._own & scalars.keys():
                raise GanzooError(
                    f"move {self.move.name!r} logs {taken.pop()!r}, which ganzoo logs for each "
                    "move. Choose another name"
                )
            if len(pieces) > 1:
                loss = loss / len(pieces)
                scalars = {name: value / len(pieces) for name, value in scalars.items()}
            self._guard(torch.autograd.backward, loss, inputs=self.parameters)
            for name, value in {f"{self.move.name}_loss": loss, **scalars}.items():
                value = torch.as_tensor(value).detach().to(torch.float32, copy=True).reshape(())
                logs[name] = logs[name] + value if name in logs else value
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        if not gradients:
            raise GanzooError(f"{self._who}: its loss does not depend on what it trains")
        norm = nn.utils.get_total_norm(gradients)
        logs[f"{self.move.name}_gradient"] = norm.to(torch.float32)
        if self._config.clip_norm:
            nn.utils.clip_grads_with_norm_(self.parameters, self._config.clip_norm, norm)
        turn = Turn([p.grad for p in self.parameters], logs)
        self._let_go()
        return turn

    def descend(self, turn: Turn) -> None:
        """A step of the optimizer with the gradient of a turn."""
        for parameter, gradient in zip(self.parameters, turn.gradients, strict=True):
            parameter.grad = gradient
        if (self.owner or self).move.optimizer is None:
            self.optimizer.step()
        else:
            self._guard(self.optimizer.step)
        self._let_go()

    def finish(self, turn: Turn) -> Mapping[str, Tensor]:
        """Call the move's ``after``, and return the numbers to log."""
        if self.move.after is not None:
            with torch.no_grad():
                self._guard(self.move.after, turn.logs)
        return turn.logs

    def _let_go(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def _precision(self) -> AbstractContextManager[object]:
        if self._config.precision == "float32":
            return nullcontext()
        return torch.autocast(self._device.type, dtype=getattr(torch, self._config.precision))


def _module(game: Game, name: str, move: Move) -> nn.Module:
    try:
        return game.get_submodule(name)
    except AttributeError:
        there = ", ".join(name for name, _ in game.named_children())
        raise GanzooError(
            f"move {move.name!r} trains {name!r}, which {type(game).__name__} does not have; "
            f"it has {there}"
        ) from None


def make_optimizer(
    parameters: list[nn.Parameter], config: TrainerConfig, device: torch.device, rate: float
) -> torch.optim.Optimizer:
    """The optimizer that the trainer's settings describe."""
    lr, decay = config.lr * rate, config.weight_decay
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr, weight_decay=decay)
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr, weight_decay=decay)
    fused = device.type in ("cpu", "cuda")  # one pass over the weights instead of a dozen
    return torch.optim.Adam(parameters, lr, config.betas, weight_decay=decay, fused=fused)


def _split(batch: Batch, pieces: int) -> list[Batch]:
    if pieces == 1:
        return [batch]
    chunks = {name: tensor.chunk(pieces) for name, tensor in batch.items()}
    return [{name: c[i] for name, c in chunks.items()} for i in range(pieces)]
