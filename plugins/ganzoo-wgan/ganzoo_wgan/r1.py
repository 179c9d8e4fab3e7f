r"""R1 and R2: the discriminator is flat at the real samples, or at the generated ones.

At the equilibrium the generator's samples match the data. A discriminator that is not flat there
pushes them away again, and the players circle for ever. A penalty on its gradient makes training
converge near the equilibrium. The paper proves it for :math:`\gamma > 0` and for both places, the
real samples and the generated ones:

.. math:: R_1 = \frac{\gamma}{2} \mathbb{E}_x[\|\nabla D(x)\|^2], \qquad
    R_2 = \frac{\gamma}{2} \mathbb{E}_z[\|\nabla D(G(z))\|^2]

As in the paper, :math:`D` is the raw output. The paper takes :math:`\gamma = 10` and finds the two
equally good. R1 is more common, because the real samples stay where they are. Together they also
make the loss `relativistic` converge (Huang et al. 2025, R3GAN): ``--penalty r1,r2``. There
:math:`\gamma` must be found for each dataset, from 0.05 for pictures of 32 pixels to 150 for 256.

>>> critic = lambda x: (x**2).sum(1) / 2  # its gradient at x is x
>>> real = tensor([[3.0, 4.0], [0.0, 1.0]])  # of squared length 25 and 1
>>> fake = tensor([[0.0, 2.0], [0.0, 0.0]])  # of squared length 4 and 0
>>> isclose(R1(gamma=3)(critic, real, fake, Draw(0)), 3 / 2 * mean([25, 1]))
True
>>> isclose(R2(gamma=3)(critic, real, fake, Draw(0)), 3 / 2 * mean([4, 0]))
True

Common mistakes: a mean over the pixels in place of a sum makes :math:`\gamma` 784 times smaller for
digits, and the gradient of a sigmoid vanishes where the discriminator is certain.

Sources: Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?",
2018, equations 9 and 10, https://arxiv.org/abs/1801.04406, and Huang et al., "The GAN is dead; long
live the GAN!", 2025, https://arxiv.org/abs/2501.05441
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


@dataclass(frozen=True)
class R2:
    """A scalar term in the discriminator's loss."""

    gamma: Annotated[float, Ge(0)] = 10.0
    """Twice the weight of the squared gradient norm."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``fake`` is (B, \\*shape); ``real`` is unused."""
        return self.gamma / 2 * squared_slope(critic, fake).mean()
