r"""DRAGAN: the discriminator's gradient norm stays near one around the real samples.

Mode collapse comes with sharp gradients of the discriminator near real points. So this penalty
pulls the gradient norm towards :math:`k` in a cloud of noise around the data, and only there:

.. math::
    \lambda \mathbb{E}_{x, \delta}[(\|\nabla D(x + \delta)\|_2 - k)^2], \qquad \delta \sim N(0, c I)

It works with the usual loss and one discriminator move per round. The paper takes
:math:`\lambda = 10` and :math:`k = 1`. Here the noise's standard deviation is a share of the data's
own, and the gradient is that of the raw output.

>>> critic = lambda x: (x**2).sum(1) / 2  # its gradient at x is x
>>> real = tensor([[5.0, 1.0], [1.0, 1.0]])  # the standard deviation of its values is 2
>>> fake = tensor([[3.0, 4.0], [0.0, 6.0]])
>>> (a, b), (c, d) = (0.25 * 2 * Draw(0).normal(2, 2)).tolist()
>>> slopes = [hypot(5 + a, 1 + b), hypot(1 + c, 1 + d)]
>>> formula = 3 * mean((slope - 2) ** 2 for slope in slopes)
>>> isclose(DRAGAN(weight=3, target=2, noise=0.25)(critic, real, fake, Draw(0)), formula)
True

Source: Kodali, Abernethy, Hays and Kira, "On Convergence and Stability of GANs", 2017,
https://arxiv.org/abs/1705.07215
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import Tensor

import ganzoo
from ganzoo_wgan.slope import Critic, slope


@dataclass(frozen=True)
class DRAGAN:
    """A scalar term in the discriminator's loss."""

    weight: Annotated[float, Ge(0)] = 10.0
    """The factor lambda."""
    target: float = 1.0
    """The target k of the gradient norm."""
    noise: Annotated[float, Ge(0)] = 0.5
    """The noise's standard deviation, as a share of the batch's own."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` is (B, \\*shape); ``fake`` is unused."""
        around = real + self.noise * real.std() * draw.normal(*real.shape)
        return self.weight * (slope(critic, around) - self.target).square().mean()
