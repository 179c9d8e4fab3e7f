"""Initialisers: what weights are before training.

An initialiser is for `nn.Module.apply`, which gives it each module within a game or a network:
``game.apply(normal_weights(0.02))``. It changes linear layers and convolutions; all others (norms,
embeddings) stay as torch made them.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

Initialiser = Callable[[nn.Module], None]
"""Changes one module's weights, in place."""


def normal_weights(std: float = 0.02, *, zero_biases: bool = True) -> Initialiser:
    """Weights from N(0, std^2). Biases become 0, or stay as they are."""
    return _initialiser(lambda weight: nn.init.normal_(weight, std=std), zero_biases)


def orthogonal_weights(gain: float = 1.0, *, zero_biases: bool = True) -> Initialiser:
    """Rows (or columns, where they are fewer) of length ``gain``, at right angles to each other.
    Biases become 0, or stay as they are.

    Source: Saxe, McClelland and Ganguli, 2013, https://arxiv.org/abs/1312.6120
    """
    return _initialiser(lambda weight: nn.init.orthogonal_(weight, gain=gain), zero_biases)


def _initialiser(draw: Callable[[Tensor], Tensor], zero_biases: bool) -> Initialiser:
    def initialise(module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            draw(module.weight)
            if zero_biases and module.bias is not None:
                nn.init.zeros_(module.bias)

    return initialise
