r"""The paper's game as it is written, for seeing why nobody trains with it.

Both players move along one value (equation 1 of the paper), which the discriminator maximises and
the generator minimises:

.. math:: \min_G \max_D V = \mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]

With logits, :math:`D = \sigma(d)`. The gradient of :math:`\log(1-\sigma(d))` with respect to
:math:`d` is :math:`-\sigma(d)`: where the discriminator has seen through a sample, :math:`\sigma(d)
\to 0` and the generator learns nothing from it. `bce` differs from this loss in the generator's
line alone, whose gradient there is :math:`\sigma(d) - 1 \to -1`.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> D = lambda d: 1 / (1 + exp(-d))
>>> V = mean(log(D(d)) for d in real) + mean(log(1 - D(d)) for d in fake)
>>> isclose(Minimax().discriminator(tensor(real), tensor(fake)), -V)
True
>>> isclose(Minimax().generator(tensor(fake)), mean(log(1 - D(d)) for d in fake))
True

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, https://arxiv.org/abs/1406.2661
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Minimax:
    """Losses of logits, of any shape; each is a scalar."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-V = -log D(x) - log(1 - D(G(z))), each averaged."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """The part of V that it can change: log(1 - D(G(z))), averaged."""
        return -softplus(fake).mean()
