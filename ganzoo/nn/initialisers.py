"""Initialisers, which set the weights before training.

Pass an initialiser to `nn.Module.apply`, which calls it with each module of a game or a network:
``game.apply(normal_weights(0.02))``. It changes linear layers and convolutions. Other layers, such
as norms and embeddings, keep torch's values.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

Initialiser = Callable[[nn.Module], None]
"""Changes one module's weights, in place."""


def normal_weights(std: float = 0.02, *, zero_biases: bool = True) -> Initialiser:
    """Weights from N(0, std²). Biases become 0, or keep their values without ``zero_biases``."""
    return _initialiser(lambda weight: nn.init.normal_(weight, std=std), zero_biases)


def orthogonal_weights(gain: float = 1.0, *, zero_biases: bool = True) -> Initialiser:
    """Orthogonal rows of length ``gain``, or columns if there are fewer. Biases become 0, or keep
    their values without ``zero_biases``.

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
