"""Initialisers, which set the weights before training.

Pass an initialiser to `nn.Module.apply`, which calls it with each module of a game or a network:
``game.apply(normal_weights(0.02))``. It changes linear layers and convolutions. Other layers, such
as norms and embeddings, keep torch's values. In layers with spectral norm, it changes the weight
before it is normalised.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

Initialiser = Callable[[nn.Module], None]
"""Changes one module's weights, in place."""
Layer = nn.Linear | nn.Conv2d | nn.ConvTranspose2d


def normal_weights(std: float = 0.02, *, zero_biases: bool = True) -> Initialiser:
    """Weights from N(0, std²). Biases become 0, or keep their values without ``zero_biases``."""
    return _initialiser(lambda weight: nn.init.normal_(weight, std=std), zero_biases)


def orthogonal_weights(gain: float = 1.0, *, zero_biases: bool = True) -> Initialiser:
    """Orthogonal rows of length ``gain``, or columns if there are fewer. Biases become 0, or keep
    their values without ``zero_biases``.

    Source: Saxe, McClelland and Ganguli, 2013, https://arxiv.org/abs/1312.6120
    """
    return _initialiser(lambda weight: nn.init.orthogonal_(weight, gain=gain), zero_biases)


def xavier_weights(gain: float = 1.0, *, zero_biases: bool = True) -> Initialiser:
    """Uniform weights with variance ``gain``² · 2 / (fan-in + fan-out), as SNGAN's networks have.
    Biases become 0, or keep their values without ``zero_biases``.

    Source: Glorot and Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """
    return _initialiser(lambda weight: nn.init.xavier_uniform_(weight, gain=gain), zero_biases)


def _initialiser(draw: Callable[[Tensor], Tensor], zero_biases: bool) -> Initialiser:
    def initialise(module: nn.Module) -> None:
        if isinstance(module, Layer):
            if parametrize.is_parametrized(module, "weight"):
                _draw_original(module, draw)
            else:
                draw(module.weight)
            if zero_biases and module.bias is not None:
                nn.init.zeros_(module.bias)

    return initialise


@torch.no_grad()
def _draw_original(module: Layer, draw: Callable[[Tensor], Tensor]) -> None:
    """Set the parameter from which a parametrisation computes the weight.

    ``module.weight`` is the result of the computation, so a change of it in place would be lost.
    Each reading improves spectral norm's estimate, whose vectors belong to the old weight. torch
    begins with 15 such steps, too.
    """
    module.weight = draw(torch.empty_like(module.weight))
    for _ in range(15):
        module.weight  # noqa: B018
