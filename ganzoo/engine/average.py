r"""The weights of the sampling modules, and their exponential moving average.

After the update :math:`n = 0, 1, 2, \ldots`, with the decay :math:`d` that is set,

.. math::
    \bar\theta \leftarrow d_n \bar\theta + (1 - d_n) \theta \qquad
    d_n = \min\left(d, \frac{1 + n}{10 + n}\right)

The decay is smaller at the start. Otherwise the average would contain the untrained weights for
about :math:`1 / (1 - d)` updates: 0.9999 to the power of 1,000 is 0.9. With it, the average lags by
about a ninth of the updates so far, and never by more than :math:`1 / (1 - d)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _NormBase

from ganzoo.engine.game import Game
from ganzoo.engine.view import View


def used(views: Iterable[View]) -> tuple[str, ...]:
    """Names of the modules that the views use."""
    return tuple(dict.fromkeys(name for view in views for name in view.uses))


def sampler_state(game: Game, modules: Iterable[str]) -> dict[str, Tensor]:
    """The tensors of some modules by name. They are not copies."""
    state = game.state_dict()
    return {k: v for m in modules for k, v in state.items() if k == m or k.startswith(f"{m}.")}


def decay_at(n: int, decay: float) -> float:
    """The decay of update ``n``, which counts from 0."""
    return min(decay, (1 + n) / (10 + n))


class Average:
    """Exponential moving average of the sampling modules, which starts at the untrained weights.

    It averages parameters and the running statistics of batch norm (and instance norm). All other
    buffers are copied, because an average of them may have no meaning. The vectors of spectral
    norm, for example, must have length 1. With ``decay`` 0 there is no average, and the trained
    weights sample.
    """

    def __init__(self, game: Game, decay: float, modules: Iterable[str]) -> None:
        self._modules = tuple(modules)
        self._decay = decay
        self._blended = _blended(game)
        state = sampler_state(game, self._modules) if decay else {}
        self.values = {k: v.detach().clone() for k, v in state.items()}
        device = next((v.device for v in self.values.values()), None)
        self._share = torch.zeros((), device=device)  # a tensor, which a CUDA graph can read

    def begin(self, n: int) -> None:
        """Prepare update ``n``, which counts from 0."""
        if self.values:
            self._share.fill_(1 - decay_at(n, self._decay))

    @torch.no_grad()
    def update(self, game: Game) -> None:
        """Update the average with the weights after a round."""
        if not self.values:
            return
        state = sampler_state(game, self._modules)
        if blended := [name for name in state if name in self._blended]:
            shares = {dtype: self._share.to(dtype) for dtype in {state[k].dtype for k in blended}}
            torch._foreach_lerp_(
                [self.values[name] for name in blended],
                [state[name] for name in blended],
                [shares[state[name].dtype] for name in blended],
            )
        for name in state:
            if name not in self._blended:
                self.values[name].copy_(state[name])

    @contextmanager
    def in_place(self, game: Game) -> Iterator[None]:
        """Inside ``with``, the game has the averaged weights."""
        if not self.values:
            yield
            return
        state = sampler_state(game, self._modules)
        trained = {k: v.detach().clone() for k, v in state.items()}
        _copy(self.values, state)
        try:
            yield
        finally:
            _copy(trained, state)


def _blended(game: Game) -> frozenset[str]:
    """Names of the tensors that are averaged."""
    tensors: dict[str, Tensor] = dict(game.named_parameters(remove_duplicate=False))
    for prefix, module in game.named_modules(remove_duplicate=False):
        if isinstance(module, _NormBase):  # all of torch's batch norms and instance norms
            statistics = {"running_mean": module.running_mean, "running_var": module.running_var}
            tensors |= {f"{prefix}.{k}": v for k, v in statistics.items() if v is not None}
    return frozenset(name for name, tensor in tensors.items() if tensor.is_floating_point())


@torch.no_grad()
def _copy(values: dict[str, Tensor], into: dict[str, Tensor]) -> None:
    for name, tensor in into.items():
        tensor.copy_(values[name])
