"""A move of a game with its parameters, optimizer and source of latents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from reprlib import repr as short
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.engine.checks import checked_loss
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.game import Batch, Game, Move
from ganzoo.engine.progress import Progress
from ganzoo.engine.random import Draw, derive
from ganzoo.errors import GanzooError
from ganzoo.registry.boundary import Guard, unguarded

LIKE_WEIGHTS = {"exp_avg", "exp_avg_sq", "square_avg", "momentum_buffer"}
"""Tensors of torch's optimizers that have the shape of their weight."""


class Player:
    """Makes a move. Its state is the state of the optimizer and of the draw."""

    def __init__(
        self,
        game: Game,
        move: Move,
        config: TrainerConfig,
        device: torch.device,
        guard: Guard = unguarded,
        progress: Progress | None = None,
    ) -> None:
        self.move = move
        self._who = f"move {move.name!r} of {type(game).__name__}"
        self._guard = guard
        modules = [_module(game, name, move) for name in move.trains]
        unique = {id(p): p for m in modules for p in m.parameters() if p.requires_grad}
        self.parameters = list(unique.values())
        if not self.parameters:
            raise GanzooError(f"move {move.name!r} trains no parameters")
        if move.optimizer is None:
            self.optimizer = make_optimizer(self.parameters, config, device, move.rate)
        else:
            self.optimizer = guard(move.optimizer, self.parameters)
            if not isinstance(self.optimizer, torch.optim.Optimizer):
                raise GanzooError(f"{self._who}: its optimizer is not a torch.optim.Optimizer")
        self.draw = Draw(derive(config.seed, "move", move.name), device, progress)
        self.schedule: Callable[[float], float] | None = move.schedule or (
            (lambda done: 1 - done) if config.schedule == "linear" else None
        )
        self._rates = [float(group["lr"]) for group in self.optimizer.param_groups]
        self._own = {f"{move.name}_loss", f"{move.name}_gradient"}
        self._config = config
        self._device = device

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
        """Set the learning rate for the completed share of the run, 0 to 1."""
        if self.schedule is not None:
            for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
                now = rate * self._guard(_factor, self._who, self.schedule, done)
                if isinstance(group["lr"], Tensor):  # at an address that a CUDA graph reads
                    group["lr"].fill_(now)
                else:
                    group["lr"] = now

    def keep_rate_on(self, device: torch.device | None) -> None:
        """Keep the learning rate in a tensor, which a CUDA graph reads with each replay.

        Without a device it is a number in Python, as it is at first.
        """
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate if device is None else torch.tensor(rate, device=device)

    def play(self, batch: Batch) -> Mapping[str, Tensor]:
        """Make the move once and return the numbers to log, detached."""
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
                value = torch.as_tensor(value).detach().to(torch.float32, copy=True)
                logs[name] = logs[name] + value if name in logs else value
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        if not gradients:
            raise GanzooError(f"{self._who}: its loss does not depend on what it trains")
        norm = nn.utils.get_total_norm(gradients)
        logs[f"{self.move.name}_gradient"] = norm.to(torch.float32)
        if self._config.clip_norm:
            nn.utils.clip_grads_with_norm_(self.parameters, self._config.clip_norm, norm)
        if self.move.optimizer is None:
            self.optimizer.step()
        else:
            self._guard(self.optimizer.step)
        self.optimizer.zero_grad(set_to_none=True)
        if self.move.after is not None:
            with torch.no_grad():
                self._guard(self.move.after, logs)
        return logs

    def _precision(self) -> AbstractContextManager[object]:
        if self._config.precision == "float32":
            return nullcontext()
        return torch.autocast(self._device.type, dtype=getattr(torch, self._config.precision))


def _factor(who: str, schedule: Callable[[float], float], done: float) -> float:
    factor = schedule(done)
    try:
        return float(factor)
    except (TypeError, ValueError, RuntimeError) as error:
        raise GanzooError(
            f"{who}: its schedule returned {short(factor)}; expected a factor of the learning rate"
        ) from error


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
