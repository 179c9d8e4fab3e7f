"""The norm of the discriminator's gradient, which all of these penalties use."""

from collections.abc import Callable

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]


def squared_slope(critic: Critic, at: Tensor) -> Tensor:
    """Squared norm of the output's gradient at each sample: (B, \\*shape) -> (B,).

    The result can be differentiated with respect to the critic's parameters.
    """
    at = at.detach().requires_grad_()
    # an output depends on its own sample alone, so the gradient of the sum holds each one's
    (gradient,) = torch.autograd.grad(critic(at).sum(), at, create_graph=True)
    return gradient.flatten(1).square().sum(dim=1)


def slope(critic: Critic, at: Tensor) -> Tensor:
    """Norm of the output's gradient at each sample: (B, \\*shape) -> (B,).

    A dead network has a gradient of zero, where the root's derivative is infinite. A tiny number
    avoids that.
    """
    return (squared_slope(critic, at) + 1e-12).sqrt()


def between(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """A point on the line from each fake to a real sample. ``share`` is (B,), 1 at the real one."""
    share = share.view(-1, *[1] * (real.dim() - 1))  # (B,) -> (B, 1, ..., 1)
    return share * real + (1 - share) * fake
