"""The loss, the penalties and the augmentation that a user chose, as a game sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from reprlib import repr as short
from typing import Any

from torch import Tensor, nn

from ganzoo.engine.game import Game, Scalars
from ganzoo.engine.random import Draw
from ganzoo.errors import DoesNotFit, GanzooError
from ganzoo.registry.boundary import Guard, unguarded

Critic = Callable[[Tensor], Tensor]
"""A discriminator as a function of samples alone. Its labels are bound, see `TwoPlayer.critic`."""


class Objective:
    """The chosen loss, penalties and augmentation, which a model's ``build`` receives as ``loss``.

    A loss has ``discriminator(real, fake)`` and ``generator(fake)``, or ``generator(fake, real)``
    if it compares the two. They take the discriminator's raw outputs, of any shape. A loss may set
    ``probability`` to true if the sigmoid of an output is the probability that a sample is real. It
    may also have ``constrain(discriminator)``, which is called after each of the discriminator's
    moves. ``penalty`` is one, or a mapping of several by name. A penalty has ``__call__`` (see
    `penalty`) and may set ``per_sample`` to true. ``guard`` calls the loss's code, and
    ``penalty_guard`` that of the penalty, or of each by name. An augmentation has
    ``__call__(samples, draw)``, or ``build()``, which returns an `nn.Module` with it.
    """

    def __init__(
        self,
        loss: Any,
        penalty: Any = None,
        critic_moves: int = 1,
        guard: Guard = unguarded,
        penalty_guard: Guard | Mapping[str, Guard] = unguarded,
        augmentation: Any = None,
        augmentation_guard: Guard = unguarded,
    ) -> None:
        self._loss = loss
        self._penalties: Mapping[str, Any] = (
            penalty if isinstance(penalty, Mapping) else {"penalty": penalty}
        )
        if penalty is None:
            self._penalties = {}
        self._guard = guard
        self._outputs: int | None = getattr(loss, "outputs", None)
        score = getattr(loss, "score", None)
        self._compares = score is not None and len(inspect.signature(score).parameters) > 1
        self._penalty_guards: Mapping[str, Guard] = (
            penalty_guard
            if isinstance(penalty_guard, Mapping)
            else dict.fromkeys(self._penalties, penalty_guard)
        )
        self._critic_moves = critic_moves
        self._augmentation = augmentation
        self._augmentation_guard = augmentation_guard
        self.used: set[str] = set()
        """Which of ``critic_moves``, ``outputs``, ``discriminator``, ``generator``, ``penalty`` and
        ``augmentation`` the game has used. A run ends after its first round if it has a penalty or
        an augmentation that its game does not use."""
        self.penalised = bool(self._penalties)
        """Whether there is a penalty. A model whose game does not use `penalty` must then raise
        `DoesNotFit`."""
        self.probability: bool = getattr(loss, "probability", False)
        each = self._penalties.values()
        self.per_sample = any(getattr(penalty, "per_sample", False) for penalty in each)
        """Whether a penalty uses the discriminator's gradient at each sample. Such a gradient is
        meaningless if the network mixes the samples of a batch, as batch norm does. A model with
        such a network must then raise `DoesNotFit`."""
        self.uses_real = len(inspect.signature(loss.generator).parameters) > 1
        """Whether the generator's objective also takes the outputs on real samples."""
        self._modules = {
            name: self._penalty_guards[name](_built, penalty.build)
            for name, penalty in self._penalties.items()
            if hasattr(penalty, "build")
        }

    @property
    def outputs(self) -> int:
        """Number of the discriminator's outputs that the loss wants for each sample, which is 1 for
        most losses. A model passes it to the discriminator's last layer, which gives
        (B, outputs, ...). If a model does not, a loss that wants several is refused."""
        self.used.add("outputs")
        return self._outputs or 1

    def join(self, game: Game) -> None:
        """Complete a game that was just built. The game keeps the penalties' modules, so that their
        buffers are in checkpoints, and penalties prepare its ``discriminator``.

        Raises:
            GanzooError: The game has an attribute ``penalties`` already.
            DoesNotFit: The loss wants several outputs and the model did not ask how many, or a
                penalty prepares the discriminator and the game has none.
        """
        if self._outputs not in (None, 1) and "outputs" not in self.used:
            raise DoesNotFit(
                f"the loss wants {self._outputs} outputs of the discriminator for each sample, and "
                "this model's discriminator gives one, because its build() does not use "
                "loss.outputs. Use another loss or another model"
            )
        if self._modules:
            if hasattr(game, "penalties"):
                raise GanzooError(
                    f"{type(game).__name__} has an attribute penalties, which is the place of the "
                    "penalties' modules. Give it another name"
                )
            game.add_module("penalties", nn.ModuleDict(self._modules))
        for name, penalty in self._penalties.items():
            if not hasattr(penalty, "prepare"):
                continue
            discriminator = getattr(game, "discriminator", None)
            if not isinstance(discriminator, nn.Module):
                raise DoesNotFit(
                    f"the penalty {name} prepares the discriminator, and this model's game has no "
                    "module of that name. Use another penalty or another model"
                )
            self._penalty_guards[name](penalty.prepare, discriminator)

    @property
    def critic_moves(self) -> int:
        """Number of the discriminator's moves in a round."""
        self.used.add("critic_moves")
        return self._critic_moves

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's objective, a scalar, from its outputs on real and fake samples."""
        self.used.add("discriminator")
        rows = self._rows(real), self._rows(fake)
        return self._guard(_scalar, "discriminator()", self._loss.discriminator, *rows)

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """The generator's objective, a scalar. ``real`` is needed if `uses_real`."""
        self.used.add("generator")
        args = (fake, real) if self.uses_real else (fake,)
        rows = [each if each is None else self._rows(each) for each in args]
        return self._guard(_scalar, "generator()", self._loss.generator, *rows)

    def scores(self, outputs: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """What to log of ``outputs`` and what penalties see: larger for real samples, (B, ...).

        For most losses these are the outputs themselves. A loss with several outputs may have
        ``score(outputs)``, or ``score(outputs, real, fake)`` if it compares them with the outputs
        on the batch's real and fake samples. It maps rows (N, outputs) to (N,). Without it, the
        score is the mean of a row.
        """
        if self._outputs is None:
            return outputs
        rows = self._rows(outputs)
        if not hasattr(self._loss, "score"):
            scores = rows.mean(1)
        else:
            others = (self._rows(real), self._rows(fake)) if self._compares else ()
            scores = self._guard(self._loss.score, rows, *others)
        if not isinstance(scores, Tensor) or scores.shape != (len(rows),):
            raise GanzooError(f"score() gave {short(scores)}; expected a number for each row")
        return scores.reshape(len(outputs), -1)

    def verdict(self, outputs: Tensor) -> Tensor | None:
        """The scores of samples without a batch to compare with, or ``None`` if the loss compares.

        See `ganzoo.Game.verdict`.
        """
        return None if self._compares else self.scores(outputs, outputs, outputs)

    def _rows(self, outputs: Tensor) -> Tensor:
        """(B, outputs, ...) -> (N, outputs) for a loss with vectors, or else the same."""
        if self._outputs is None:
            return outputs
        if outputs.dim() < 2 or outputs.shape[1] != self._outputs:
            raise GanzooError(
                f"the discriminator's outputs have shape {tuple(outputs.shape)}; expected "
                f"(B, {self._outputs}), because the loss wants {self._outputs} for each sample"
            )
        return outputs.movedim(1, -1).reshape(-1, self._outputs)

    def penalties(
        self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw
    ) -> dict[str, Tensor]:
        """Each penalty, a scalar, by the name under which it is logged. The only one is called
        ``penalty``. ``critic`` returns the scores of samples, see `scores`."""
        self.used.add("penalty")
        several = len(self._penalties) > 1
        return {
            name if several else "penalty": self._penalty_guards[name](
                _scalar, "it", self._modules.get(name, penalty), critic, real, fake, draw
            )
            for name, penalty in self._penalties.items()
        }

    def penalty(self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw) -> Tensor | float:
        """The sum of the penalties, a scalar, or 0 without one."""
        values = [*self.penalties(critic, real, fake, draw).values()]
        return sum(values[1:], values[0]) if values else 0.0

    def augmentation(self) -> nn.Module | None:
        """The augmentation's module, if it has one. A game keeps it, so that its buffers are in
        checkpoints, and passes it to `augmented` and `hear`."""
        build = getattr(self._augmentation, "build", None)
        return None if build is None else self._augmentation_guard(build)

    def augmented(self, module: nn.Module | None, samples: Tensor, draw: Draw) -> Tensor:
        """Samples as the augmentation changes them, or themselves without one.

        Raises:
            GanzooError: It returned samples of another shape.
        """
        self.used.add("augmentation")
        if self._augmentation is None:
            return samples
        call = self._augmentation if module is None else module
        return self._augmentation_guard(_alike, call, samples, draw)

    def hear(self, module: nn.Module | None, on_real: Tensor, on_fake: Tensor) -> None:
        """Tell the augmentation's module the scores of the discriminator's move, to adapt."""
        heard: Any = getattr(module, "heard", None)
        if heard is not None:
            self._augmentation_guard(heard, on_real, on_fake)

    def constrain(self, discriminator: nn.Module) -> None:
        """Apply the loss's constraint on the discriminator's weights, if it has one."""
        if hasattr(self._loss, "constrain"):
            self._guard(self._loss.constrain, discriminator)

    def verdicts(self, real: Tensor, fake: Tensor) -> Scalars:
        """The mean outputs on real and fake samples to log, as probabilities or as scores."""
        real, fake = real.detach(), fake.detach()
        if self._outputs is not None:
            real, fake = (self.scores(outputs, real, fake) for outputs in (real, fake))
        if self.probability:
            return {"D(x)": real.sigmoid().mean(), "D(G(z))": fake.sigmoid().mean()}
        return {"score(x)": real.mean(), "score(G(z))": fake.mean()}


def _built(build: Callable[[], Any]) -> nn.Module:
    """What the ``build`` of a penalty returns, if it is a module."""
    module = build()
    if not isinstance(module, nn.Module):
        raise GanzooError(f"build() returned {short(module)}; expected a torch.nn.Module")
    return module


def _alike(call: Callable[..., Any], samples: Tensor, draw: Draw) -> Tensor:
    """What an augmentation returns, if it has the shape of the samples."""
    value = call(samples, draw)
    if not isinstance(value, Tensor) or value.shape != samples.shape:
        gave = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else short(value)
        raise GanzooError(f"it gave {gave}; expected samples of shape {tuple(samples.shape)}")
    return value


def _scalar(what: str, call: Callable[..., Any], *args: Any) -> Tensor:
    """What a loss or a penalty returns, if it is one number."""
    value = call(*args)
    if not isinstance(value, Tensor) or value.shape != ():
        shape = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else short(value)
        raise GanzooError(
            f"{what} gave {shape}; expected a tensor of one number, such as the mean over the batch"
        )
    return value
