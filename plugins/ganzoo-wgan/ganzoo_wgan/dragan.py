r"""DRAGAN: the discriminator should be no steeper than one around the real samples.

Collapse comes with sharp gradients of the discriminator near real points. So its slope is held near
:math:`k` there, and only there, in a cloud of noise around the data:

.. math:: \lambda E_{x, \delta}[(\|\nabla D(x + \delta)\|_2 - k)^2], \qquad \delta \sim N(0, c I)

It goes with the usual loss and with one move of the discriminator a round. :math:`\lambda = 10` and
:math:`k = 1` are the paper's; here the noise's standard deviation is given as a share of the data's
own, and the slope is that of the raw output.

>>> critic = lambda x: x @ tensor([3.0, 4.0])  # its gradient is (3, 4) everywhere, of length 5
>>> x = tensor([[0.0, 0.0], [1.0, 2.0]])
>>> isclose(DRAGAN(weight=10, target=1)(critic, x, x, Draw(0)), 10 * (5 - 1) ** 2)
True

Source: Kodali, Abernethy, Hays and Kira, "On Convergence and Stability of GANs", 2017,
https://arxiv.org/abs/1705.07215
"""

from dataclasses import dataclass

from torch import Tensor

import ganzoo
from ganzoo_wgan.slope import Critic, slope


@dataclass(frozen=True)
class DRAGAN:
    """Added to the discriminator's loss; a scalar."""

    weight: float = 10.0
    """The factor lambda."""
    target: float = 1.0
    """k: the slope it is pulled towards."""
    noise: float = 0.5
    """Standard deviation of the noise, as a share of that of the batch's values."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` is (B, \\*shape); ``fake`` is not looked at."""
        around = real + self.noise * real.std() * draw.normal(*real.shape)
        return self.weight * (slope(critic, around) - self.target).square().mean()
