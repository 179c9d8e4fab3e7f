"""The loss, the penalties and the augmentation that a user chose, as a game sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from reprlib import repr as short
from typing import Any

from torch import Tensor, nn

from ganzoo.engine.game import Scalars
from ganzoo.engine.random import Draw
from ganzoo.errors import GanzooError
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
        self._penalty_guards: Mapping[str, Guard] = (
            penalty_guard
            if isinstance(penalty_guard, Mapping)
            else dict.fromkeys(self._penalties, penalty_guard)
        )
        self._critic_moves = critic_moves
        self._augmentation = augmentation
        self._augmentation_guard = augmentation_guard
        self.used: set[str] = set()
        """Which of ``critic_moves``, ``discriminator``, ``generator``, ``penalty`` and
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

    @property
    def critic_moves(self) -> int:
        """Number of the discriminator's moves in a round."""
        self.used.add("critic_moves")
        return self._critic_moves

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's objective, a scalar, from its outputs on real and fake samples."""
        self.used.add("discriminator")
        return self._guard(_scalar, "discriminator()", self._loss.discriminator, real, fake)

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """The generator's objective, a scalar. ``real`` is needed if `uses_real`."""
        self.used.add("generator")
        args = (fake, real) if self.uses_real else (fake,)
        return self._guard(_scalar, "generator()", self._loss.generator, *args)

    def penalties(
        self, critic: Critic, real: Tensor, fake: Tensor, draw: Draw
    ) -> dict[str, Tensor]:
        """Each penalty, a scalar, by the name under which it is logged. The only one is called
        ``penalty``. ``critic`` returns the outputs on samples."""
        self.used.add("penalty")
        several = len(self._penalties) > 1
        return {
            name if several else "penalty": self._penalty_guards[name](
                _scalar, "it", penalty, critic, real, fake, draw
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
        """Tell the augmentation's module the outputs of the discriminator's move, to adapt."""
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
        if self.probability:
            return {"D(x)": real.sigmoid().mean(), "D(G(z))": fake.sigmoid().mean()}
        return {"score(x)": real.mean(), "score(G(z))": fake.mean()}


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
