r"""Spectral norm: each weight matrix divided by its largest singular value.

.. math:: \bar W = W / \sigma(W), \qquad \sigma(W) = \max_{|h| = 1} |W h|

A linear layer then cannot stretch the difference between two inputs. If no layer and no activation
stretches it, the network does not either. So the discriminator's gradient is bounded everywhere,
without a penalty. The weight of a convolution counts as a matrix (output channels, input channels
times kernel). With a kernel of k x k, such a convolution can still stretch by at most k. Biases
stay as they are.

A singular value decomposition in each step would be slow. Two vectors per layer, ``u`` and ``v``,
follow the weights instead:

.. math:: v \leftarrow W^T u / |W^T u|, \quad u \leftarrow W v / |W v|, \quad \sigma \approx u^T W v

Each forward pass in training mode makes one such step. In evaluation mode the vectors stay, so
sampling and watching a run do not change it. The vectors are buffers, which a checkpoint contains.
A moving average of the weights copies them, because an average of two unit vectors is shorter.

Do not combine it with batch norm in the same network. Batch norm divides by the batch's standard
deviation, which undoes the bound.

Source: Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial
Networks", 2018, https://arxiv.org/abs/1802.05957
"""

from __future__ import annotations

from typing import TypeVar

from torch import nn
from torch.nn.utils import parametrizations, parametrize

LAYERS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, nn.Embedding)
AnyModule = TypeVar("AnyModule", bound=nn.Module)


def spectral_norm(network: AnyModule) -> AnyModule:
    """Normalise each linear layer, convolution and embedding of ``network``, and return it.

    Each layer gets torch's own `torch.nn.utils.parametrizations.spectral_norm`. Its parameter is
    then named ``parametrizations.weight.original``, and ``layer.weight`` is the normalised weight.
    Layers that already have a parametrisation of their weight are left alone. Initialisers may be
    applied before or after.

    Source: as the module's
    """
    for layer in [*network.modules()]:
        if isinstance(layer, LAYERS) and not parametrize.is_parametrized(layer, "weight"):
            parametrizations.spectral_norm(layer)
    return network
