"""How steep the discriminator is: what all of these penalties are made of."""

from collections.abc import Callable

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]


def squared_slope(critic: Critic, at: Tensor) -> Tensor:
    """Squared length of the output's gradient at each sample: (B, \\*shape) -> (B,).

    It can be differentiated again, with respect to the critic's parameters.
    """
    at = at.detach().requires_grad_()
    # an output depends on its own sample alone, so the gradient of the sum holds each one's
    (gradient,) = torch.autograd.grad(critic(at).sum(), at, create_graph=True)
    return gradient.flatten(1).square().sum(dim=1)


def slope(critic: Critic, at: Tensor) -> Tensor:
    """Length of the output's gradient at each sample: (B, \\*shape) -> (B,).

    The root's own slope is infinite at zero, where a dead network is: hence the tiny number.
    """
    return (squared_slope(critic, at) + 1e-12).sqrt()


def between(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """A point on the line from each fake to a real sample; ``share`` is (B,), 1 at the real."""
    share = share.view(-1, *[1] * (real.dim() - 1))  # (B,) -> (B, 1, ..., 1)
    return share * real + (1 - share) * fake
