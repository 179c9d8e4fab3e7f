r"""R1: the discriminator is flat at the real samples.

At the equilibrium the generator's samples match the data. A discriminator that is not flat there
pushes them away again, and the players circle for ever. A penalty on its gradient at real samples
makes training converge near the equilibrium. The paper proves it for :math:`\gamma > 0`:

.. math:: R_1 = \frac{\gamma}{2} \mathbb{E}_x[\|\nabla D(x)\|^2]

As in the paper, :math:`D` is the raw output. The paper takes :math:`\gamma = 10`.

>>> critic = lambda x: (x**2).sum(1) / 2  # its gradient at x is x
>>> real = tensor([[3.0, 4.0], [0.0, 1.0]])  # of squared length 25 and 1
>>> fake = tensor([[0.0, 2.0], [0.0, 0.0]])
>>> isclose(R1(gamma=3)(critic, real, fake, Draw(0)), 3 / 2 * mean([25, 1]))
True

Source: Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?",
2018, equation 9, https://arxiv.org/abs/1801.04406
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import Tensor

import ganzoo
from ganzoo_wgan.slope import Critic, squared_slope


@dataclass(frozen=True)
class R1:
    """A scalar term in the discriminator's loss."""

    gamma: Annotated[float, Ge(0)] = 10.0
    """Twice the weight of the squared gradient norm."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` is (B, \\*shape); ``fake`` is unused."""
        return self.gamma / 2 * squared_slope(critic, real).mean()
